using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Glance's API v2: the image catalogue, for reading.</summary>
internal sealed class Glance(CloudWorld world, Tokens tokens, Endpoints endpoints)
{
    private const int DefaultLimit = 25;
    private const int MaxLimit = 1000;
    private static readonly string[] Visibilities = ["public", "private", "shared", "community", "all"];

    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/').Split('/');
        if (path is [""] or ["versions"])
        {
            await VersionsAsync(context, path is [""] ? 300 : 200);
            return;
        }
        if (tokens.Of(context.Request) is not { } token)
        {
            context.Response.Headers.WWWAuthenticate = $"Keystone uri=\"{endpoints.Identity}/v3\"";
            await Answers.PageAsync(
                context,
                401,
                "This server could not verify that you are authorized to access the document you requested. Either "
                    + "you supplied the wrong credentials (e.g., bad password), or your browser does not understand "
                    + "how to supply the credentials required."
            );
            return;
        }
        Answers.StampRequestId(context.Response);
        if (path is ["v2"] && !context.Request.Path.Value.EndsWith('/'))
        {
            context.Response.StatusCode = 302;
            context.Response.ContentType = "text/plain; charset=utf8";
            context.Response.Headers.Location = $"{Answers.Origin(context.Request)}/v2/";
            return;
        }
        await (
            (context.Request.Method, path) switch
            {
                ("GET", ["v2", "images"]) => ImagesAsync(context, token),
                ("GET", ["v2", "images", var id]) => ImageAsync(context, token, id),
                _ => Answers.PageAsync(context, 404, "The resource could not be found."),
            }
        );
    }

    private Task ImagesAsync(HttpContext context, Token token)
    {
        var query = context.Request.Query;
        string? visibility = query["visibility"];
        if (visibility is not null && !Visibilities.Contains(visibility))
        {
            return Answers.PageAsync(context, 400, $"Invalid visibility value: {visibility}");
        }
        var limit = DefaultLimit;
        if (query.TryGetValue("limit", out var wanted))
        {
            if (!int.TryParse(wanted[^1], CultureInfo.InvariantCulture, out limit))
            {
                return Answers.PageAsync(context, 400, "limit param must be an integer");
            }
            if (limit < 0)
            {
                return Answers.PageAsync(context, 400, "limit param must be positive");
            }
        }
        limit = Math.Min(limit, MaxLimit);
        var images = world.Images.Where(i => Shows(i, token, visibility)).Where(i => Matches(i, query));
        if (query.TryGetValue("marker", out var marker))
        {
            if (world.FindImage(marker[^1] ?? "") is not { } last)
            {
                return Answers.PageAsync(context, 400, $"No image found with ID {marker[^1]}");
            }
            images = images.Where(i => string.CompareOrdinal(i.Id, last.Id) > 0);
        }
        var page = images.Take(limit).ToList();
        return Answers.JsonAsync(context, 200, json => Page(json, context.Request, page, limit));
    }

    private void Page(Utf8JsonWriter json, HttpRequest request, List<SandboxImage> page, int limit)
    {
        json.WriteStartObject();
        json.WriteStartArray("images");
        foreach (var image in page)
        {
            Image(json, image);
        }
        json.WriteEndArray();
        var others = request
            .Query.Where(p => p.Key != "marker")
            .Select(p => KeyValuePair.Create(p.Key, (string?)p.Value[^1]))
            .ToList();
        json.WriteString("first", $"/v2/images{QueryString.Create(others)}");
        json.WriteString("schema", "/v2/schemas/images");
        if (page.Count > 0 && page.Count == limit)
        {
            others.Add(KeyValuePair.Create("marker", (string?)page[^1].Id));
            json.WriteString("next", $"/v2/images{QueryString.Create(others)}");
        }
        json.WriteEndObject();
    }

    private static bool Shows(SandboxImage image, Token token, string? visibility)
    {
        var own = image.OwnerId == token.Project?.Id || token.IsAdmin;
        return visibility switch
        {
            null => own || image.Visibility == "public",
            "all" => own || image.Visibility is "public" or "community",
            _ => image.Visibility == visibility && (own || visibility is "public" or "community"),
        };
    }

    private static bool Matches(SandboxImage image, IQueryCollection query) =>
        query.All(p =>
            p.Key switch
            {
                "limit" or "marker" or "visibility" or "sort" or "sort_key" or "sort_dir" or "member_status" => true,
                "name" => image.Name == p.Value,
                "id" => image.Id == p.Value,
                "owner" => image.OwnerId == p.Value,
                "status" => p.Value == "active",
                _ => image.Properties.TryGetValue(p.Key, out var value) && value == p.Value,
            }
        );

    private Task ImageAsync(HttpContext context, Token token, string id) =>
        world.FindImage(id) is { } image && Shows(image, token, "all")
            ? Answers.JsonAsync(context, 200, json => Image(json, image))
            : Answers.PageAsync(context, 404, $"No image found with ID {id}");

    private void Image(Utf8JsonWriter json, SandboxImage image)
    {
        var created = Answers.Seconds(world.Start - TimeSpan.FromDays(120));
        json.WriteStartObject();
        foreach (var (key, value) in image.Properties)
        {
            json.WriteString(key, value);
        }
        json.WriteString("name", image.Name);
        json.WriteString("disk_format", "qcow2");
        json.WriteString("container_format", "bare");
        json.WriteString("visibility", image.Visibility);
        json.WriteNumber("size", 600000);
        json.WriteNull("virtual_size");
        json.WriteString("status", "active");
        json.WriteString("checksum", image.Id.Replace("-", "", StringComparison.Ordinal));
        json.WriteBoolean("protected", false);
        json.WriteNumber("min_ram", 0);
        json.WriteNumber("min_disk", 1);
        json.WriteString("owner", image.OwnerId);
        json.WriteBoolean("os_hidden", false);
        json.WriteString("os_hash_algo", "sha512");
        json.WriteString("os_hash_value", Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(image.Id))));
        json.WriteString("id", image.Id);
        json.WriteString("created_at", created);
        json.WriteString("updated_at", created);
        json.WriteStartArray("tags");
        json.WriteEndArray();
        json.WriteString("self", $"/v2/images/{image.Id}");
        json.WriteString("file", $"/v2/images/{image.Id}/file");
        json.WriteString("schema", "/v2/schemas/image");
        json.WriteString("stores", "disk");
        json.WriteEndObject();
    }

    private static Task VersionsAsync(HttpContext context, int status) =>
        Answers.JsonAsync(
            context,
            status,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("versions");
                for (var minor = 15; minor >= 0; minor--)
                {
                    json.WriteStartObject();
                    json.WriteString("id", string.Create(CultureInfo.InvariantCulture, $"v2.{minor}"));
                    json.WriteString("status", minor == 15 ? "CURRENT" : "SUPPORTED");
                    Answers.Link(json, "links", "self", $"{Answers.Origin(context.Request)}/v2/");
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );
}
