using System.Globalization;
using System.Text.Json;
using FedSite.Sandbox.OpenStack;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FedSite.Sandbox.Oci;

/// <summary>Harbor's API, version 2.0: its projects, their repositories, and the artefacts of one.</summary>
internal sealed class HarborAnswers(SandboxRegistry registry)
{
    private const int MaxPageSize = 100;

    public async Task HandleAsync(HttpContext context)
    {
        // As it was written: a name that is escaped twice must be told from one that is escaped once.
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0];
        var parts = target.Split('/').Skip(1).ToArray();
        if (parts is ["api", "v2.0", "ping"])
        {
            await Answers.TextAsync(context, 200, "text/plain; charset=utf-8", "Pong");
        }
        else if (registry.Logins != RegistryLogins.None && !RegistryLogin.HasPassword(context))
        {
            await RegistryApi.ErrorAsync(context, 401, "UNAUTHORIZED", "unauthorized: unauthorized");
        }
        else if (parts is ["api", "v2.0", "repositories"])
        {
            await RepositoriesAsync(context, project: null);
        }
        else if (parts is ["api", "v2.0", "projects", var project, "repositories"])
        {
            await RepositoriesAsync(context, Uri.UnescapeDataString(project));
        }
        else if (parts is ["api", "v2.0", "projects", var of, "repositories", var name, "artifacts"])
        {
            var repository = $"{Uri.UnescapeDataString(of)}/{Uri.UnescapeDataString(Uri.UnescapeDataString(name))}";
            await ArtifactsAsync(context, repository);
        }
        else
        {
            await RegistryApi.ErrorAsync(context, 404, "NOT_FOUND", "path not found");
        }
    }

    private async Task RepositoriesAsync(HttpContext context, string? project)
    {
        var names = registry
            .Repositories.Where(name => project is null || name.StartsWith($"{project}/", StringComparison.Ordinal))
            .ToList();
        if (project is not null && names.Count == 0)
        {
            await RegistryApi.ErrorAsync(context, 404, "NOT_FOUND", $"project {project} not found");
            return;
        }
        await PageAsync(
            context,
            names,
            (json, name) =>
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteEndObject();
            }
        );
    }

    private async Task ArtifactsAsync(HttpContext context, string repository)
    {
        if (registry.ArtifactsOf(repository) is not { } artifacts)
        {
            await RegistryApi.ErrorAsync(context, 404, "NOT_FOUND", $"repository {repository} not found");
            return;
        }
        await PageAsync(context, artifacts, WriteArtifact);
    }

    private static void WriteArtifact(
        Utf8JsonWriter json,
        (StoredManifest Manifest, IReadOnlyList<string> Tags) artifact
    )
    {
        json.WriteStartObject();
        json.WriteString("digest", artifact.Manifest.Digest);
        json.WriteString("type", "UNKNOWN");
        json.WriteString("manifest_media_type", artifact.Manifest.MediaType);
        json.WriteNumber("size", artifact.Manifest.Body.Length);
        json.WriteString(
            "push_time",
            Answers.Seconds(artifact.Manifest.Pushed).Replace("Z", ".000Z", StringComparison.Ordinal)
        );
        if (artifact.Tags.Count == 0)
        {
            json.WriteNull("tags");
        }
        else
        {
            json.WriteStartArray("tags");
            foreach (var tag in artifact.Tags)
            {
                json.WriteStartObject();
                json.WriteString("name", tag);
                json.WriteBoolean("immutable", false);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static async Task PageAsync<T>(HttpContext context, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        var query = context.Request.Query;
        var page = Number(query["page"], 1);
        var size = Number(query["page_size"], 10);
        if (size > MaxPageSize)
        {
            await RegistryApi.ErrorAsync(
                context,
                422,
                "UNPROCESSABLE_ENTITY",
                "page_size in query should be less than or equal to 100"
            );
            return;
        }
        context.Response.Headers["X-Total-Count"] = items.Count.ToString(CultureInfo.InvariantCulture);
        await Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartArray();
                foreach (var item in items.Skip((page - 1) * size).Take(size))
                {
                    write(json, item);
                }
                json.WriteEndArray();
            }
        );
    }

    private static int Number(string? text, int otherwise) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : otherwise;
}
