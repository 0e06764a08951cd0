namespace FedSite.Sandbox.OpenId;

/// <summary>
/// An OpenID provider inside this process, on 127.0.0.1, with the URLs and answers of Keycloak: discovery, tokens for
/// client credentials, introspection. It has no login pages.
/// </summary>
public sealed class OpenIdSandbox : IAsyncDisposable
{
    private readonly OpenIdSandboxOptions _options;
    private readonly OpenIdTokens _tokens;
    private LoopbackServer? _server;

    private OpenIdSandbox(OpenIdSandboxOptions options)
    {
        _options = options;
        _tokens = new OpenIdTokens(options);
        Traffic = new SandboxTraffic(options.Latency);
    }

    /// <summary>Without a trailing slash.</summary>
    public string Issuer => $"{_server!.Url.ToString().TrimEnd('/')}{_options.Path}";

    public Uri DiscoveryEndpoint => new($"{Issuer}/.well-known/openid-configuration");

    /// <summary>The issuer that the discovery document names; null: the true one.</summary>
    public string? ClaimedIssuer { get; set; }

    /// <summary>Request counters, and faults of the service <c>OpenId</c>.</summary>
    public SandboxTraffic Traffic { get; }

    /// <summary>Listens when this returns.</summary>
    /// <exception cref="IOException">A given port is taken.</exception>
    public static async Task<OpenIdSandbox> StartAsync(OpenIdSandboxOptions options, CancellationToken ct)
    {
        var sandbox = new OpenIdSandbox(options);
        sandbox._server = await sandbox.Traffic.ServeAsync(
            SandboxService.OpenId,
            new LoopbackTerms(options.Port, options.Certificate),
            new OpenIdApi(sandbox, options, sandbox._tokens).HandleAsync,
            ct
        );
        return sandbox;
    }

    /// <summary>Gives somebody an access token.</summary>
    /// <param name="claims">What introspection tells, besides <c>iss</c> and times; several values are a list there.</param>
    public string Issue(params (string Name, string[] Values)[] claims) => _tokens.Issue(claims);

    /// <summary>Makes a text of one's own an access token.</summary>
    /// <param name="claims">As with <see cref="Issue"/>.</param>
    public void Give(string token, params (string Name, string[] Values)[] claims) => _tokens.Put(token, claims);

    /// <summary>Makes all tokens invalid.</summary>
    public void RevokeTokens() => _tokens.RevokeAll();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
