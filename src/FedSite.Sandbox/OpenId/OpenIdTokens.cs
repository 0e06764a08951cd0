using System.Collections.Concurrent;
using FedSite.Sandbox.World;

namespace FedSite.Sandbox.OpenId;

/// <summary>An access token that was given out.</summary>
internal sealed record OpenIdToken(
    IReadOnlyList<(string Name, string[] Values)> Claims,
    DateTimeOffset Issued,
    DateTimeOffset Expires
);

/// <summary>The valid access tokens; opaque ones.</summary>
internal sealed class OpenIdTokens(OpenIdSandboxOptions options)
{
    private readonly ConcurrentDictionary<string, OpenIdToken> _tokens = new(StringComparer.Ordinal);
    private long _issued;

    public string Issue(IReadOnlyList<(string Name, string[] Values)> claims)
    {
        var number = (ulong)Interlocked.Increment(ref _issued);
        var id = $"{Mix.Hex(number, 0x6F696463)}{Mix.Hex(0x6F696463, number)}";
        Put(id, claims);
        return id;
    }

    public void Put(string id, IReadOnlyList<(string Name, string[] Values)> claims)
    {
        var now = options.TimeProvider.GetUtcNow();
        _tokens[id] = new OpenIdToken(claims, now, now + options.TokenLifetime);
    }

    /// <summary>Null when unknown or expired.</summary>
    public OpenIdToken? Find(string id) =>
        _tokens.TryGetValue(id, out var token) && options.TimeProvider.GetUtcNow() < token.Expires ? token : null;

    public void RevokeAll() => _tokens.Clear();
}
