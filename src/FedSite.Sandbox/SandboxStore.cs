using System.Collections.Concurrent;
using System.Globalization;
using FedSite.Sandbox.OpenStack;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox;

/// <summary>A web server that keeps what is put there, as WebDAV servers and S3 do.</summary>
public sealed class SandboxStore
{
    private readonly TimeProvider _time;

    internal SandboxStore(TimeProvider time) => _time = time;

    /// <summary>Files by the path of their URL, with its slash; to be changed by tests.</summary>
    public ConcurrentDictionary<string, StoredObject> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>The header <c>Authorization</c> that each request needs; null: none.</summary>
    public string? Authorization { get; set; }

    /// <summary>
    /// <c>ETag</c> is the MD5 of the content, and comes with the answer to a PUT too, as S3 does. Else it names a version.
    /// </summary>
    public bool TellsHash { get; set; }

    internal async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (Authorization is { } needed && context.Request.Headers.Authorization != needed)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"store\"";
            context.Response.StatusCode = 401;
            return;
        }
        switch (context.Request.Method)
        {
            case "PUT":
                await PutAsync(context, path);
                break;
            case "GET" or "HEAD" when Files.TryGetValue(path, out var stored):
                Describe(context.Response, stored);
                await Answers.BytesAsync(context, 200, stored.ContentType, stored.Content);
                break;
            case "DELETE" when Files.TryRemove(path, out _):
                context.Response.StatusCode = 204;
                break;
            default:
                context.Response.StatusCode = context.Request.Method is "GET" or "HEAD" or "DELETE" ? 404 : 405;
                break;
        }
    }

    private async Task PutAsync(HttpContext context, string path)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var type = context.Request.ContentType ?? "application/octet-stream";
        var isNew = !Files.ContainsKey(path);
        var stored = new StoredObject(body.ToArray(), type, _time.GetUtcNow());
        Files[path] = stored;
        if (TellsHash)
        {
            Describe(context.Response, stored);
        }
        context.Response.StatusCode = isNew ? 201 : 204;
    }

    private void Describe(HttpResponse response, StoredObject stored)
    {
        var tag = TellsHash ? Swift.Hash(stored.Content) : $"{stored.Content.Length:x}-{stored.Modified.Ticks:x}";
        response.Headers.ETag = $"\"{tag}\"";
        response.Headers.LastModified = stored.Modified.ToString("R", CultureInfo.InvariantCulture);
    }
}
