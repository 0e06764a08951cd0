using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;

namespace FedSite.Sandbox.Oci;

/// <summary>How the registry wants its users to log in.</summary>
public enum RegistryLogins
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>With the password in each request.</summary>
    Password,

    /// <summary>With a token for each repository, given out against the password.</summary>
    Token,
}

/// <summary>What was pushed.</summary>
/// <param name="Manifest">Digest of the manifest.</param>
/// <param name="Content">Digest of the file.</param>
public sealed record PushedImage(string Manifest, string Content, long Size);

/// <summary>An OCI registry with Harbor's API, as VM images are kept in. Changed by tests while requests are served.</summary>
public sealed partial class SandboxRegistry
{
    public const string Username = "robot$sandbox";
    public const string Password = "registry-secret";

    internal const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    internal const string IndexType = "application/vnd.oci.image.index.v1+json";
    private const string EmptyDigest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    private readonly Lock _change = new();
    private readonly TimeProvider _time;
    private readonly SortedDictionary<string, StoredRepository> _repositories = new(StringComparer.Ordinal);

    internal SandboxRegistry(TimeProvider time) => _time = time;

    /// <summary>False: a plain registry, which answers 404 where Harbor has its API.</summary>
    public bool HasHarbor { get; set; } = true;

    /// <summary>False: repositories can't be listed by <c>_catalog</c>.</summary>
    public bool HasCatalog { get; set; } = true;

    public RegistryLogins Logins { get; set; }

    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Where tokens are to be had, as the registry says; null: at the registry itself.</summary>
    public string? Realm { get; set; }

    /// <summary>Most names in one page of tags or of the catalog.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>False: whole blobs whatever was asked for.</summary>
    public bool KnowsRanges { get; set; } = true;

    public bool TellsETag { get; set; } = true;

    /// <summary>False: answers do not say the digest of a manifest.</summary>
    public bool TellsDigest { get; set; } = true;

    /// <summary>Blobs are elsewhere: makes the URL from the digest. Null: they are here.</summary>
    public Func<string, string>? BlobRedirect { get; set; }

    /// <summary>What is served instead of a blob, by its digest.</summary>
    public ConcurrentDictionary<string, SandboxContent> Spoiled { get; } = new(StringComparer.Ordinal);

    /// <summary>After how many bytes of it a blob's connection breaks, by its digest; counted from its first byte.</summary>
    public ConcurrentDictionary<string, long> Cuts { get; } = new(StringComparer.Ordinal);

    /// <summary><c>Authorization</c> headers that came to where blobs are kept: there should be none.</summary>
    public ConcurrentQueue<string> Leaked { get; } = new();

    /// <summary>The tokens that were given out so far.</summary>
    public int Tokens => _tokens.Count;

    public IReadOnlyList<string> Repositories
    {
        get
        {
            lock (_change)
            {
                return [.. _repositories.Keys];
            }
        }
    }

    /// <summary>Pushes a file as <c>oras</c> does.</summary>
    /// <param name="tags">All name it; they move here if they were elsewhere.</param>
    /// <param name="annotations">Of the layer.</param>
    /// <param name="ofManifest">Annotations of the manifest; <c>org.opencontainers.image.created</c> is now unless given.</param>
    public PushedImage PushImage(
        string repository,
        IReadOnlyList<string> tags,
        SandboxContent content,
        IReadOnlyDictionary<string, string>? annotations = null,
        IReadOnlyDictionary<string, string>? ofManifest = null,
        string mediaType = "application/x-qemu-disk"
    )
    {
        PushBlob(repository, content);
        var ofAll = new Dictionary<string, string>(ofManifest ?? new Dictionary<string, string>());
        ofAll.TryAdd("org.opencontainers.image.created", OpenStack.Answers.Seconds(_time.GetUtcNow()));
        var body = ManifestOf(content, annotations, ofAll, mediaType);
        var digest = PushManifest(repository, tags, ManifestType, body);
        return new PushedImage(digest, content.Digest, content.Length);
    }

    /// <inheritdoc cref="PushImage(string, IReadOnlyList{string}, SandboxContent, IReadOnlyDictionary{string, string}?, IReadOnlyDictionary{string, string}?, string)"/>
    public PushedImage PushImage(
        string repository,
        string tag,
        byte[] content,
        IReadOnlyDictionary<string, string>? annotations = null
    ) => PushImage(repository, [tag], SandboxContent.Of(content), annotations);

    /// <summary>Pushes several images as one, by their architectures.</summary>
    /// <returns>Digest of the index.</returns>
    public string PushIndex(
        string repository,
        IReadOnlyList<string> tags,
        params IReadOnlyList<(string Architecture, string Manifest)> images
    )
    {
        var manifests = images.Select(image => new JsonObject
        {
            ["mediaType"] = ManifestType,
            ["digest"] = image.Manifest,
            ["size"] = Find(repository, image.Manifest)!.Body.Length,
            ["platform"] = new JsonObject { ["architecture"] = image.Architecture, ["os"] = "linux" },
        });
        var index = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = IndexType,
            ["manifests"] = new JsonArray([.. manifests]),
        };
        return PushManifest(repository, tags, IndexType, Encoding.UTF8.GetBytes(index.ToJsonString()));
    }

    /// <returns>Its digest.</returns>
    public string PushManifest(string repository, IReadOnlyList<string> tags, string mediaType, byte[] body)
    {
        var digest = SandboxContent.Of(body).Digest;
        lock (_change)
        {
            var stored = Open(repository);
            stored.Manifests[digest] = new StoredManifest(digest, mediaType, body, _time.GetUtcNow());
            foreach (var tag in tags)
            {
                stored.Tags[tag] = digest;
                stored.WasTagged = true;
            }
        }
        return digest;
    }

    public void PushBlob(string repository, SandboxContent content)
    {
        lock (_change)
        {
            Open(repository).Blobs[content.Digest] = content;
        }
    }

    public void MoveTag(string repository, string tag, string manifest)
    {
        lock (_change)
        {
            _repositories[repository].Tags[tag] = manifest;
        }
    }

    public void RemoveTag(string repository, string tag)
    {
        lock (_change)
        {
            _repositories[repository].Tags.Remove(tag);
        }
    }

    /// <summary>Takes all its tags along. The repository stays in the catalog.</summary>
    /// <returns>False: there is none.</returns>
    public bool RemoveManifest(string repository, string digest)
    {
        lock (_change)
        {
            if (!_repositories.TryGetValue(repository, out var stored) || !stored.Manifests.Remove(digest))
            {
                return false;
            }
            foreach (var tag in stored.Tags.Where(tag => tag.Value == digest).ToList())
            {
                stored.Tags.Remove(tag.Key);
            }
            return true;
        }
    }

    public void RemoveRepository(string repository)
    {
        lock (_change)
        {
            _repositories.Remove(repository);
        }
    }

    /// <summary>The manifest of one file, as <c>oras push --annotation-file</c> writes it.</summary>
    public static byte[] ManifestOf(
        SandboxContent content,
        IReadOnlyDictionary<string, string>? annotations,
        IReadOnlyDictionary<string, string>? ofManifest,
        string mediaType = "application/x-qemu-disk"
    )
    {
        var layer = new JsonObject
        {
            ["mediaType"] = mediaType,
            ["digest"] = content.Digest,
            ["size"] = content.Length,
            ["annotations"] = Object(annotations),
        };
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = ManifestType,
            ["artifactType"] = "application/vnd.unknown.artifact.v1",
            ["config"] = new JsonObject
            {
                ["mediaType"] = "application/vnd.oci.empty.v1+json",
                ["digest"] = EmptyDigest,
                ["size"] = 2,
                ["data"] = "e30=",
            },
            ["layers"] = new JsonArray(layer),
            ["annotations"] = Object(ofManifest),
        };
        return Encoding.UTF8.GetBytes(manifest.ToJsonString());
    }

    private static JsonObject Object(IReadOnlyDictionary<string, string>? annotations) =>
        new(
            (annotations ?? new Dictionary<string, string>()).Select(pair =>
                KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)
            )
        );

    private StoredRepository Open(string repository) =>
        _repositories.TryGetValue(repository, out var known)
            ? known
            : _repositories[repository] = new StoredRepository();
}
