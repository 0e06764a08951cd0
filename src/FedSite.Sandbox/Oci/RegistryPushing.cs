using System.Collections.Concurrent;
using FedSite.Sandbox.OpenStack;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.Oci;

/// <summary>Pushes and deletions, as clients such as <c>oras</c> send them. What is pushed is held in memory.</summary>
internal sealed class RegistryPushing(SandboxRegistry registry)
{
    private readonly ConcurrentDictionary<string, byte[]> _uploads = new(StringComparer.Ordinal);

    /// <param name="upload">Empty: a new one.</param>
    public async Task UploadAsync(HttpContext context, string repository, string upload)
    {
        var sent = await BodyAsync(context);
        var digest = context.Request.Query["digest"].ToString();
        if (upload.Length == 0)
        {
            upload = Guid.CreateVersion7().ToString();
            _uploads[upload] = [];
        }
        if (!_uploads.TryGetValue(upload, out var before))
        {
            await RegistryApi.ErrorAsync(context, 404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
            return;
        }
        _uploads[upload] = [.. before, .. sent];
        if (digest.Length == 0)
        {
            context.Response.Headers.Location =
                $"{Answers.Origin(context.Request)}/v2/{repository}/blobs/uploads/{upload}";
            context.Response.Headers["Docker-Upload-UUID"] = upload;
            context.Response.Headers.Range = $"0-{Math.Max(0, _uploads[upload].Length - 1)}";
            context.Response.StatusCode = 202;
            return;
        }
        _uploads.TryRemove(upload, out var whole);
        var content = SandboxContent.Of(whole!);
        if (content.Digest != digest)
        {
            await RegistryApi.ErrorAsync(
                context,
                400,
                "DIGEST_INVALID",
                "provided digest did not match uploaded content"
            );
            return;
        }
        registry.PushBlob(repository, content);
        Created(context, $"/v2/{repository}/blobs/{digest}", digest);
    }

    /// <param name="reference">Tag or digest.</param>
    public async Task ManifestAsync(HttpContext context, string repository, string reference)
    {
        var body = await BodyAsync(context);
        string[] tags = reference.Contains(':', StringComparison.Ordinal) ? [] : [reference];
        var digest = registry.PushManifest(repository, tags, context.Request.ContentType ?? "", body);
        Created(context, $"/v2/{repository}/manifests/{digest}", digest);
    }

    public Task DeleteAsync(HttpContext context, string repository, string digest)
    {
        if (!registry.RemoveManifest(repository, digest))
        {
            return RegistryApi.ErrorAsync(context, 404, "MANIFEST_UNKNOWN", "manifest unknown");
        }
        context.Response.StatusCode = 202;
        return Task.CompletedTask;
    }

    private static void Created(HttpContext context, string path, string digest)
    {
        context.Response.Headers.Location = $"{Answers.Origin(context.Request)}{path}";
        context.Response.Headers["Docker-Content-Digest"] = digest;
        context.Response.StatusCode = 201;
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }
}
