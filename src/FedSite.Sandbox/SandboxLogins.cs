using FedSite.Sandbox.OpenId;
using FedSite.Sandbox.World;

namespace FedSite.Sandbox;

/// <summary>Somebody who has an access token of the sandbox's OpenID provider.</summary>
/// <param name="Subject">The claim <c>sub</c>.</param>
/// <param name="Entitlement">In the old claim of Check-in and in the new one.</param>
public sealed record SandboxPerson(string AccessToken, string Subject, string Email, string Entitlement)
{
    /// <summary>The claims besides the issuer.</summary>
    public IReadOnlyList<(string Name, string Value)> Claims =>
        [("sub", Subject), ("email", Email), ("eduperson_entitlement", Entitlement), ("entitlements", Entitlement)];
}

/// <summary>
/// An OpenID provider, the web server before Keystone that is its client, and two people. Keystone itself knows nothing
/// of them yet.
/// </summary>
public sealed class SandboxLogins : IAsyncDisposable
{
    public const string Idp = "egi.eu";
    public const string Protocol = "openid";
    public const string ClientId = "keystone";
    public const string ClientSecret = "sandbox";

    private SandboxLogins(OpenIdSandbox provider, string vo)
    {
        Provider = provider;
        Member = new SandboxPerson(
            FederationSandbox.AccessToken,
            "4d5f0c1b7e92a386@egi.eu",
            "member@example.org",
            EntitlementOf(vo)
        );
        // Where an expression does not end with $, this one gets in as well.
        LookAlike = new SandboxPerson(
            "sandbox-lookalike-token",
            "b81e6a94c02d7f35@egi.eu",
            "lookalike@example.org",
            $"{EntitlementOf(vo)}.example.org"
        );
    }

    public OpenIdSandbox Provider { get; }

    /// <summary>A member of the first project's VO.</summary>
    public SandboxPerson Member { get; }

    /// <summary>Somebody whose entitlement begins like that of a member.</summary>
    public SandboxPerson LookAlike { get; }

    /// <summary>The entitlement that members of a VO have.</summary>
    public static string EntitlementOf(string vo) => $"urn:mace:egi.eu:group:{vo}:role=vm_operator#aai.egi.eu";

    internal static async Task<SandboxLogins> StartAsync(
        SandboxOptions options,
        SandboxMessaging messaging,
        CloudWorld world,
        CancellationToken ct
    )
    {
        var provider = await OpenIdSandbox.StartAsync(
            new OpenIdSandboxOptions
            {
                Clients = new Dictionary<string, string> { [ClientId] = ClientSecret },
                Certificate = messaging.ServerCertificate,
                Port = options.FirstPort == 0 ? 0 : options.FirstPort + (int)SandboxService.OpenId,
                Latency = options.Latency,
                TimeProvider = options.TimeProvider,
                // Tokens that were given out at the start are good as long as the sandbox runs.
                TokenLifetime = TimeSpan.FromDays(365),
            },
            ct
        );
        var first = world.SeededProjects.FirstOrDefault() ?? world.AdminProject;
        var logins = new SandboxLogins(provider, first.Name);
        world.Federation.WebLogins =
        [
            new SandboxWebLogin(Idp, Protocol, new Uri($"{provider.Issuer}/protocol/openid-connect/auth"), ClientId),
        ];
        logins.Admit(world, logins.Member);
        logins.Admit(world, logins.LookAlike);
        return logins;
    }

    /// <summary>The provider knows the token, and the web server hands its claims to Keystone.</summary>
    private void Admit(CloudWorld world, SandboxPerson person)
    {
        Provider.Give(person.AccessToken, [.. person.Claims.Select(claim => (claim.Name, new[] { claim.Value }))]);
        world.Federation.AccessTokens[person.AccessToken] = person
            .Claims.Append(("iss", Provider.Issuer))
            .SelectMany(KeysOf)
            .ToDictionary(StringComparer.Ordinal);
    }

    // As they arrive under mod_wsgi: of a header with an underscore nothing is left.
    private static IEnumerable<KeyValuePair<string, string>> KeysOf((string Name, string Value) claim)
    {
        yield return new($"OIDC-{claim.Name}", claim.Value);
        if (!claim.Name.Contains('_', StringComparison.Ordinal))
        {
            yield return new($"HTTP_OIDC_{claim.Name.ToUpperInvariant()}", claim.Value);
        }
    }

    public ValueTask DisposeAsync() => Provider.DisposeAsync();
}
