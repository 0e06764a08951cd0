using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace FedSite.Sandbox.Oci;

internal sealed record StoredManifest(string Digest, string MediaType, byte[] Body, DateTimeOffset Pushed);

internal sealed class StoredRepository
{
    public Dictionary<string, StoredManifest> Manifests { get; } = new(StringComparer.Ordinal);
    public SortedDictionary<string, string> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary>It has a tag, or had one.</summary>
    public bool WasTagged { get; set; }
    public Dictionary<string, SandboxContent> Blobs { get; } = new(StringComparer.Ordinal);
}

/// <summary>What the APIs show of it.</summary>
public sealed partial class SandboxRegistry
{
    private readonly ConcurrentDictionary<string, (string Scope, DateTimeOffset Until)> _tokens = new(
        StringComparer.Ordinal
    );

    /// <summary>Makes all tokens invalid, as if they had expired.</summary>
    public void RevokeTokens() => _tokens.Clear();

    internal string GiveToken(string scope)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        _tokens[token] = (scope, _time.GetUtcNow() + TokenLifetime);
        return token;
    }

    internal bool TakesToken(string token, string scope) =>
        _tokens.TryGetValue(token, out var given) && Covers(given.Scope, scope) && _time.GetUtcNow() < given.Until;

    /// <summary>A token for more actions will do.</summary>
    private static bool Covers(string given, string wanted) =>
        given.Split(' ').Any(scope => scope == wanted || scope.StartsWith($"{wanted},", StringComparison.Ordinal));

    /// <param name="reference">Tag or digest.</param>
    internal StoredManifest? Find(string repository, string reference)
    {
        lock (_change)
        {
            var stored = _repositories.GetValueOrDefault(repository);
            return stored?.Manifests.GetValueOrDefault(stored.Tags.GetValueOrDefault(reference, reference));
        }
    }

    /// <param name="repository">Null: any.</param>
    internal SandboxContent? FindBlob(string? repository, string digest)
    {
        lock (_change)
        {
            return _repositories
                .Where(stored => repository is null || stored.Key == repository)
                .Select(stored => stored.Value.Blobs.GetValueOrDefault(digest))
                .FirstOrDefault(blob => blob is not null);
        }
    }

    /// <summary>Null: there is no such repository, or none that ever had a tag, which the registry does not tell apart.</summary>
    internal IReadOnlyList<string>? TagsOf(string repository)
    {
        lock (_change)
        {
            return _repositories.TryGetValue(repository, out var stored) && stored.WasTagged
                ? [.. stored.Tags.Keys]
                : null;
        }
    }

    /// <summary>Newest first, with their tags. Null: there is no such repository.</summary>
    internal IReadOnlyList<(StoredManifest Manifest, IReadOnlyList<string> Tags)>? ArtifactsOf(string repository)
    {
        lock (_change)
        {
            if (!_repositories.TryGetValue(repository, out var stored))
            {
                return null;
            }
            return
            [
                .. stored
                    .Manifests.Values.OrderByDescending(manifest => manifest.Pushed)
                    .Select(manifest => (manifest, Tags(stored, manifest.Digest))),
            ];
        }

        static IReadOnlyList<string> Tags(StoredRepository stored, string digest) =>
            [.. stored.Tags.Where(tag => tag.Value == digest).Select(tag => tag.Key)];
    }
}
