using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FedSite.Sandbox.OpenStack;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.Oci;

/// <summary>The distribution API as Debian's docker-registry and Harbor answer it, as far as reading goes.</summary>
internal sealed partial class RegistryApi(SandboxRegistry registry)
{
    /// <summary>Where the store has the registry's blobs, before their digests.</summary>
    public const string StoragePath = "/registry-blobs/";

    private const int Piece = 256 << 10;
    private const int MaxPageSize = 1000;

    private readonly RegistryLogin _login = new(registry);
    private readonly HarborAnswers _harbor = new(registry);
    private readonly RegistryPushing _pushing = new(registry);

    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        context.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        if (path == RegistryLogin.TokenPath)
        {
            await _login.TokenAsync(context);
        }
        else if (path.StartsWith("/api/", StringComparison.Ordinal) && registry.HasHarbor)
        {
            await _harbor.HandleAsync(context);
        }
        else if (!path.StartsWith("/v2/", StringComparison.Ordinal))
        {
            await Answers.TextAsync(context, 404, "text/plain; charset=utf-8", "404 page not found\n");
        }
        else if (Route().Match(path) is { Success: true } route)
        {
            await NamedAsync(
                context,
                route.Groups["name"].Value,
                route.Groups["kind"].Value,
                route.Groups["what"].Value
            );
        }
        else if (path == "/v2/_catalog" && registry.HasCatalog)
        {
            if (await _login.AdmitsAsync(context, "registry:catalog:*"))
            {
                await ListAsync(context, "repositories", registry.Repositories, name: null);
            }
        }
        else if (path == "/v2/")
        {
            if (await _login.AdmitsAsync(context, scope: null))
            {
                await Answers.JsonAsync(
                    context,
                    200,
                    json =>
                    {
                        json.WriteStartObject();
                        json.WriteEndObject();
                    }
                );
            }
        }
        else
        {
            await ErrorAsync(context, 404, "UNSUPPORTED", "the operation is unsupported");
        }
    }

    /// <summary>Where blobs are that the registry redirects to: a place that takes signed URLs and no other credentials.</summary>
    public async Task StorageAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization.ToString() is { Length: > 0 } leaked)
        {
            registry.Leaked.Enqueue(leaked);
            await Answers.TextAsync(context, 400, "application/xml", "<Error><Code>InvalidArgument</Code></Error>");
            return;
        }
        await BlobAsync(context, repository: null, context.Request.Path.Value![StoragePath.Length..]);
    }

    public static Task ErrorAsync(HttpContext context, int status, string code, string message) =>
        Answers.JsonAsync(
            context,
            status,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("errors");
                json.WriteStartObject();
                json.WriteString("code", code);
                json.WriteString("message", message);
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );

    private async Task NamedAsync(HttpContext context, string name, string kind, string what)
    {
        if (!await _login.AdmitsAsync(context, $"repository:{name}:pull"))
        {
            return;
        }
        if (context.Request.Method is not ("GET" or "HEAD"))
        {
            await ChangeAsync(context, name, kind, what);
            return;
        }
        switch (kind)
        {
            case "tags" when registry.TagsOf(name) is { } tags:
                await ListAsync(context, "tags", tags, name);
                break;
            case "tags":
                await ErrorAsync(context, 404, "NAME_UNKNOWN", "repository name not known to registry");
                break;
            case "manifests" when registry.Find(name, what) is { } manifest:
                await ManifestAsync(context, manifest);
                break;
            case "manifests":
                await ErrorAsync(context, 404, "MANIFEST_UNKNOWN", "manifest unknown");
                break;
            case "blobs" when registry.FindBlob(name, what) is not null && registry.BlobRedirect is { } redirect:
                context.Response.Headers.Location = redirect(what);
                context.Response.StatusCode = 307;
                break;
            default:
                await BlobAsync(context, name, what);
                break;
        }
    }

    private Task ChangeAsync(HttpContext context, string name, string kind, string what) =>
        (context.Request.Method, kind) switch
        {
            ("POST" or "PATCH" or "PUT", "blobs/uploads") => _pushing.UploadAsync(context, name, what),
            ("PUT", "manifests") => _pushing.ManifestAsync(context, name, what),
            ("DELETE", "manifests") => _pushing.DeleteAsync(context, name, what),
            _ => ErrorAsync(context, 405, "UNSUPPORTED", "the operation is unsupported"),
        };

    private async Task ManifestAsync(HttpContext context, StoredManifest manifest)
    {
        if (registry.TellsDigest)
        {
            context.Response.Headers["Docker-Content-Digest"] = manifest.Digest;
        }
        context.Response.Headers.ETag = $"\"{manifest.Digest}\"";
        await Answers.BytesAsync(context, 200, manifest.MediaType, manifest.Body);
    }

    /// <summary>A page of names, and the link to the next one.</summary>
    private async Task ListAsync(HttpContext context, string list, IReadOnlyList<string> names, string? name)
    {
        var query = context.Request.Query;
        var wanted = int.TryParse(query["n"], CultureInfo.InvariantCulture, out var n) ? n : registry.PageSize;
        if (wanted is < 1 or > MaxPageSize)
        {
            await ErrorAsync(context, 400, "PAGINATION_NUMBER_INVALID", "invalid number of results requested");
            return;
        }
        var size = Math.Min(wanted, registry.PageSize);
        var left = names.Where(item => string.CompareOrdinal(item, query["last"].ToString()) > 0).ToList();
        if (left.Count > size)
        {
            var next = $"{context.Request.Path}?last={Uri.EscapeDataString(left[size - 1])}&n={size}";
            context.Response.Headers.Link = $"<{next}>; rel=\"next\"";
        }
        await Answers.JsonAsync(
            context,
            200,
            json =>
            {
                json.WriteStartObject();
                if (name is not null)
                {
                    json.WriteString("name", name);
                }
                WriteNames(json, list, left.Take(size), isTags: name is not null);
                json.WriteEndObject();
            }
        );
    }

    /// <summary>No tags are null, no repositories an empty list.</summary>
    private static void WriteNames(Utf8JsonWriter json, string list, IEnumerable<string> names, bool isTags)
    {
        var items = names.ToList();
        if (isTags && items.Count == 0)
        {
            json.WriteNull(list);
            return;
        }
        json.WriteStartArray(list);
        foreach (var item in items)
        {
            json.WriteStringValue(item);
        }
        json.WriteEndArray();
    }

    private async Task BlobAsync(HttpContext context, string? repository, string digest)
    {
        if (registry.FindBlob(repository, digest) is not { } stored)
        {
            await ErrorAsync(context, 404, "BLOB_UNKNOWN", "blob unknown to registry");
            return;
        }
        var content = registry.Spoiled.GetValueOrDefault(digest, stored);
        var from = First(context, digest);
        if (from > 0 && from >= content.Length)
        {
            // As Debian's registry does: the length is that of the whole blob, and so the connection ends too early.
            context.Response.Headers.ContentRange = $"bytes */{content.Length}";
            context.Response.StatusCode = 416;
            context.Response.ContentLength = content.Length;
            await context.Response.Body.FlushAsync(context.RequestAborted);
            return;
        }
        context.Response.StatusCode = from is null ? 200 : 206;
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = content.Length - (from ?? 0);
        if (registry.TellsETag)
        {
            context.Response.Headers.ETag = $"\"{digest}\"";
        }
        if (from is not null)
        {
            context.Response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await SendAsync(context, content, from ?? 0, registry.Cuts.GetValueOrDefault(digest, long.MaxValue));
        }
    }

    /// <summary>The first byte that is wanted; null: all.</summary>
    private long? First(HttpContext context, string digest)
    {
        var headers = context.Request.Headers;
        var isOld = headers.IfRange.ToString() is { Length: > 0 } tag && tag != $"\"{digest}\"";
        return registry.KnowsRanges && !isOld && Range().Match(headers.Range.ToString()) is { Success: true } range
            ? long.Parse(range.Groups["first"].Value, CultureInfo.InvariantCulture)
            : null;
    }

    /// <summary>The server closes a connection on which less came than was announced.</summary>
    private static async Task SendAsync(HttpContext context, SandboxContent content, long from, long cut)
    {
        var buffer = new byte[Piece];
        var end = Math.Min(content.Length, Math.Max(cut, from));
        for (var at = from; at < end; )
        {
            var piece = buffer.AsMemory(0, (int)Math.Min(Piece, end - at));
            content.Read(at, piece.Span);
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            at += piece.Length;
        }
    }

    [GeneratedRegex(
        "^/v2/(?<name>[a-z0-9._/-]+)/(?<kind>tags|manifests|blobs/uploads|blobs)/(?<what>[^/]*)$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Route();

    [GeneratedRegex("^bytes=(?<first>[0-9]{1,18})-$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Range();
}
