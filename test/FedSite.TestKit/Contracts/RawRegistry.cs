using System.Net;
using System.Net.Http.Headers;
using System.Text;
using FedSite.Sandbox.Oci;

namespace FedSite.TestKit.Contracts;

/// <summary>Plain HTTP to an OCI registry, so that a contract judges it and not the product's client; and pushes.</summary>
public sealed class RawRegistry(Uri url, string? username = null, string? password = null) : IDisposable
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private const string Accepted = $"{ManifestType}, application/vnd.oci.image.index.v1+json";

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public Uri Url => url;

    public async Task<RawAnswer> SendAsync(
        string method,
        string path,
        CancellationToken ct,
        HttpContent? body = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(url, path)) { Content = body };
        request.Headers.Add("Accept", Accepted);
        if (username is not null)
        {
            var secret = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", secret);
        }
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await _http.SendAsync(request, ct);
        return new RawAnswer(
            (int)response.StatusCode,
            // Its body is shorter than announced.
            response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable
                ? ""
                : await response.Content.ReadAsStringAsync(ct),
            response
                .Headers.Concat(response.Content.Headers)
                .ToDictionary(header => header.Key, header => header.Value.First(), StringComparer.OrdinalIgnoreCase)
        );
    }

    public Task<RawAnswer> GetAsync(string path, CancellationToken ct, params (string Name, string Value)[] headers) =>
        SendAsync("GET", path, ct, body: null, headers);

    /// <summary>Pushes a file as <c>oras</c> does; never holds it.</summary>
    public async Task<PushedImage> PushImageAsync(
        string repository,
        IReadOnlyList<string> tags,
        SandboxContent content,
        CancellationToken ct,
        IReadOnlyDictionary<string, string>? annotations = null,
        IReadOnlyDictionary<string, string>? ofManifest = null
    )
    {
        await PushBlobAsync(repository, content, ct);
        await PushBlobAsync(repository, SandboxContent.Of("{}"u8.ToArray()), ct);
        var manifest = "";
        foreach (var tag in tags)
        {
            var body = SandboxRegistry.ManifestOf(content, annotations, ofManifest);
            manifest = await PushManifestAsync(repository, tag, body, ct);
        }
        return new PushedImage(manifest, content.Digest, content.Length);
    }

    public async Task PushBlobAsync(string repository, SandboxContent content, CancellationToken ct)
    {
        var begun = await SendAsync("POST", $"/v2/{repository}/blobs/uploads/", ct);
        var upload = Expect(202, begun).Header("Location")!;
        var target = new UriBuilder(new Uri(url, upload));
        target.Query = $"{target.Query.TrimStart('?')}&digest={Uri.EscapeDataString(content.Digest)}".TrimStart('&');
        using var body = new BlobContent(content);
        Expect(201, await SendAsync("PUT", target.Uri.PathAndQuery, ct, body));
    }

    /// <returns>Its digest.</returns>
    public async Task<string> PushManifestAsync(
        string repository,
        string reference,
        byte[] manifest,
        CancellationToken ct,
        string mediaType = ManifestType
    )
    {
        using var body = new ByteArrayContent(manifest);
        body.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        var answer = await SendAsync("PUT", $"/v2/{repository}/manifests/{reference}", ct, body);
        return Expect(201, answer).Header("Docker-Content-Digest")!;
    }

    /// <summary>All tags that stand for it are gone too.</summary>
    public async Task RemoveAsync(string repository, string manifest, CancellationToken ct) =>
        Expect(202, await SendAsync("DELETE", $"/v2/{repository}/manifests/{manifest}", ct));

    public void Dispose() => _http.Dispose();

    private static RawAnswer Expect(int status, RawAnswer answer) =>
        answer.Status == status ? answer : throw new InvalidOperationException($"{answer.Status}: {answer.Text}");

    private sealed class BlobContent(SandboxContent content) : HttpContent
    {
        private const int Piece = 1 << 20;

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            var buffer = new byte[Piece];
            for (long at = 0; at < content.Length; at += Piece)
            {
                var piece = buffer.AsMemory(0, (int)Math.Min(Piece, content.Length - at));
                content.Read(at, piece.Span);
                await stream.WriteAsync(piece);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = content.Length;
            return true;
        }
    }
}
