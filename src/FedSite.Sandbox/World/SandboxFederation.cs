using System.Collections.Concurrent;

namespace FedSite.Sandbox.World;

/// <summary>
/// Identity providers, protocols and mappings of the cloud; empty at the start. Safe to change while requests are served.
/// </summary>
public sealed class SandboxFederation
{
    private readonly ConcurrentDictionary<string, SandboxIdentityProvider> _providers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Idp, string Id), SandboxProtocol> _protocols = new();
    private readonly ConcurrentDictionary<string, SandboxMapping> _mappings = new(StringComparer.Ordinal);

    /// <summary>By id.</summary>
    public IEnumerable<SandboxIdentityProvider> IdentityProviders =>
        _providers.Values.OrderBy(p => p.Id, StringComparer.Ordinal);

    /// <summary>By identity provider and id.</summary>
    public IEnumerable<SandboxProtocol> Protocols =>
        _protocols.Values.OrderBy(p => p.IdpId, StringComparer.Ordinal).ThenBy(p => p.Id, StringComparer.Ordinal);

    /// <summary>By id.</summary>
    public IEnumerable<SandboxMapping> Mappings => _mappings.Values.OrderBy(m => m.Id, StringComparer.Ordinal);

    /// <summary>
    /// Access tokens that the web server in front of Keystone takes, each with the WSGI keys that reach Keystone then,
    /// <c>HTTP_OIDC_ISS</c> among them.
    /// </summary>
    public ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> AccessTokens { get; } =
        new(StringComparer.Ordinal);

    /// <summary>
    /// The logins that a web server before Keystone knows; without any, Keystone itself answers the URLs of logins.
    /// </summary>
    public IReadOnlyList<SandboxWebLogin> WebLogins { get; set; } = [];

    /// <summary>Keystone's <c>[auth] methods</c>.</summary>
    public IReadOnlyList<string> AuthMethods { get; set; } =
    ["external", "password", "token", "oauth1", "mapped", "application_credential", "openid"];

    /// <summary>
    /// Evaluates a mapping for the WSGI keys of a login; null as result: no rule applies. As long as it is null itself,
    /// no mapping is evaluated, and <see cref="FederationSandbox.AccessToken"/> logs the first user in; it does so too as
    /// long as no identity provider is stored.
    /// </summary>
    public Func<SandboxMapping, IReadOnlyDictionary<string, string>, SandboxMappedUser?>? Evaluate { get; set; }

    public SandboxIdentityProvider? FindIdentityProvider(string id) => _providers.GetValueOrDefault(id);

    public SandboxProtocol? FindProtocol(string idpId, string id) => _protocols.GetValueOrDefault((idpId, id));

    public SandboxMapping? FindMapping(string id) => _mappings.GetValueOrDefault(id);

    public void Put(SandboxIdentityProvider provider) => _providers[provider.Id] = provider;

    public void Put(SandboxProtocol protocol) => _protocols[(protocol.IdpId, protocol.Id)] = protocol;

    public void Put(SandboxMapping mapping) => _mappings[mapping.Id] = mapping;

    /// <summary>Removes it with its protocols; its domain stays.</summary>
    public void RemoveIdentityProvider(string id)
    {
        _providers.TryRemove(id, out _);
        foreach (var protocol in _protocols.Keys.Where(key => key.Idp == id))
        {
            _protocols.TryRemove(protocol, out _);
        }
    }

    public void RemoveProtocol(string idpId, string id) => _protocols.TryRemove((idpId, id), out _);

    public void RemoveMapping(string id) => _mappings.TryRemove(id, out _);
}
