using System.Collections.Concurrent;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace FedSite.Oci;

/// <summary>A manifest as it was served.</summary>
/// <param name="Digest">Of the body, which fits it.</param>
internal sealed record ServedManifest(string Digest, byte[] Body);

/// <summary>
/// Reads from an OCI registry: https://github.com/opencontainers/distribution-spec. Safe for use by many tasks at once.
/// </summary>
internal sealed class RegistryClient : IDisposable
{
    /// <summary>As many as registries give at most.</summary>
    private const int PageSize = 1000;
    private const int MaxNames = 100_000;

    private static readonly string[] ManifestTypes =
    [
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    ];

    private readonly RegistryHttp _http;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<(string Server, string Digest), string> _tags = new();

    /// <exception cref="FedSiteException">The file of CAs cannot be read.</exception>
    public RegistryClient(RegistryAccount account, TimeProvider time, ILogger logger)
    {
        _time = time;
        _http = new RegistryHttp(account, time, logger);
        Harbor = new HarborApi(_http);
    }

    public Uri Url => _http.Account.Url;

    /// <summary>Requests sent so far, repeated ones included.</summary>
    public long Requests => _http.Requests;

    /// <summary>Harbor's own API, if the registry is one.</summary>
    public HarborApi Harbor { get; }

    /// <summary>By the catalog, which many registries keep to themselves.</summary>
    /// <exception cref="RegistryException">It refuses, or answers nonsense.</exception>
    public Task<IReadOnlyList<string>> ListRepositoriesAsync(CancellationToken ct) =>
        ListAsync(
            $"/v2/_catalog?n={PageSize}",
            "registry:catalog:*",
            OciJson.Default.CatalogAnswer,
            answer => answer.Repositories,
            ct
        );

    /// <summary>Tags of a repository. Names that are none are left out.</summary>
    /// <exception cref="RegistryException">It refuses, or answers nonsense; 404: there is no such repository.</exception>
    public async Task<IReadOnlyList<string>> ListTagsAsync(string repository, CancellationToken ct)
    {
        var tags = await ListAsync(
            $"/v2/{repository}/tags/list?n={PageSize}",
            PullScope(repository),
            OciJson.Default.TagsAnswer,
            answer => answer.Tags,
            ct
        );
        return [.. tags.Where(RegistryNames.IsTag)];
    }

    /// <summary>The digest that a tag stands for now.</summary>
    /// <exception cref="RegistryException">It refuses, or answers nonsense.</exception>
    public async Task<string> HeadManifestAsync(string repository, string reference, CancellationToken ct)
    {
        using var answer = await _http.GetAsync(Manifest(HttpMethod.Head, repository, reference), ct);
        // Not every registry says it, and what it says first must be the body's.
        return answer.Header("Docker-Content-Digest") is { } digest && ContentDigest.IsOne(digest)
            ? digest
            : (await GetManifestAsync(repository, reference, ct)).Digest;
    }

    /// <param name="reference">Tag or digest.</param>
    /// <exception cref="RegistryException">It refuses, or the body does not fit the digest.</exception>
    public async Task<ServedManifest> GetManifestAsync(string repository, string reference, CancellationToken ct)
    {
        using var answer = await _http.GetAsync(Manifest(HttpMethod.Get, repository, reference), ct);
        var said = answer.Header("Docker-Content-Digest");
        var digest =
            ContentDigest.IsOne(reference) ? reference
            : ContentDigest.IsOne(said) ? said!
            : ContentDigest.Of(answer.Body);
        if (!ContentDigest.Fits(digest, answer.Body))
        {
            throw RegistryFailures.Nonsense(answer, $"its content is not that of {digest}");
        }
        return said is null || said == digest || !ContentDigest.IsOne(said) || ContentDigest.Fits(said, answer.Body)
            ? new ServedManifest(digest, answer.Body)
            : throw RegistryFailures.Nonsense(
                answer,
                $"with the digest {RegistryFailures.Plain(said)} of something else"
            );
    }

    /// <summary>The bytes of a blob, from one on. They are not compared with the digest here.</summary>
    /// <param name="from">Bytes that are there already.</param>
    /// <returns>
    /// Ends early, or throws <see cref="IOException"/>, when the connection breaks or no byte comes for a minute.
    /// </returns>
    /// <exception cref="RegistryException">It refuses, or has no such byte.</exception>
    public async Task<Stream> OpenBlobAsync(string repository, string digest, long from, CancellationToken ct)
    {
        var request = new RegistryRequest(
            HttpMethod.Get,
            _http.At($"/v2/{repository}/blobs/{digest}"),
            PullScope(repository)
        )
        {
            Follows = true,
            IsStream = true,
            From = from,
            Tag = server => _tags.GetValueOrDefault((server, digest)),
        };
        var answer = await _http.SendAsync(request, ct);
        try
        {
            var skip = BytesToSkip(answer, from);
            if (answer.Message.Headers.ETag is { IsWeak: false } tag)
            {
                _tags[(answer.Url.Authority, digest)] = tag.Tag;
            }
            return new BlobStream(answer, await answer.Message.Content.ReadAsStreamAsync(ct), skip, _time);
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Of an answer that begins before the byte that is wanted.</summary>
    private long BytesToSkip(RegistryAnswer answer, long from)
    {
        var range = answer.Message.Content.Headers.ContentRange;
        return answer.Status switch
        {
            200 when answer.Message.Content.Headers.ContentLength < from => throw RegistryFailures.Nonsense(
                answer,
                $"it has less than {from} bytes"
            ),
            200 => from,
            206 when range is { Unit: "bytes", From: { } first } && first == from => 0,
            206 => throw RegistryFailures.Nonsense(
                answer,
                $"with another range than was asked for ({RegistryFailures.Plain(range?.ToString() ?? "none")})"
            ),
            416 => throw RegistryFailures.Nonsense(answer, $"it has no byte {from}"),
            _ => throw RegistryFailures.Refused(answer, _http.Account),
        };
    }

    private RegistryRequest Manifest(HttpMethod method, string repository, string reference) =>
        new(method, _http.At($"/v2/{repository}/manifests/{reference}"), PullScope(repository))
        {
            Follows = true,
            Accept = ManifestTypes,
        };

    private static string PullScope(string repository) => $"repository:{repository}:pull";

    private async Task<IReadOnlyList<string>> ListAsync<T>(
        string path,
        string scope,
        JsonTypeInfo<T> type,
        Func<T, IReadOnlyList<string?>?> read,
        CancellationToken ct
    )
    {
        var names = new List<string>();
        var bytes = 0L;
        var pages = new PageLinks(_http);
        for (var next = _http.At(path); next is not null; )
        {
            using var answer = await _http.GetAsync(new RegistryRequest(HttpMethod.Get, next, scope), ct);
            bytes += answer.Body.Length;
            if (bytes > RegistryHttp.MaxListBytes)
            {
                throw RegistryFailures.Endless(answer);
            }
            names.AddRange((read(PageLinks.Read(answer, type)) ?? []).OfType<string>());
            if (names.Count > MaxNames)
            {
                throw RegistryFailures.Nonsense(answer, $"with more than {MaxNames} names");
            }
            next = pages.Next(answer);
        }
        return names;
    }
}
