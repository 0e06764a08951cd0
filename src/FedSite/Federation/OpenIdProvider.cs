using FedSite.Configuration;

namespace FedSite.Federation;

/// <summary>An OpenID provider and its place in Keystone.</summary>
/// <param name="Issuer">As its tokens spell it; the remote id in Keystone.</param>
/// <param name="Idp">Id of the identity provider in Keystone.</param>
/// <param name="Protocol">Id of the protocol in Keystone.</param>
/// <param name="Mapping">Id of the mapping in Keystone; providers may share one.</param>
/// <param name="Client">Keystone's client there; null: not known yet.</param>
public sealed record OpenIdProvider(
    string Issuer,
    string Idp,
    string Protocol,
    string Mapping,
    OpenIdClientConfig? Client
)
{
    /// <summary>https://docs.egi.eu/providers/check-in/sp/</summary>
    public const string CheckinIssuer = "https://aai.egi.eu/auth/realms/egi";
    public const string CheckinDemoIssuer = "https://aai-demo.egi.eu/auth/realms/egi";

    /// <summary>Where the provider tells its endpoints. https://openid.net/specs/openid-connect-discovery-1_0.html §4</summary>
    public Uri Discovery => new($"{Issuer.TrimEnd('/')}/.well-known/openid-configuration");

    /// <summary>The providers in the order of the file.</summary>
    public static IReadOnlyList<OpenIdProvider> Of(FederationConfig config) =>
        config.Providers.Count == 0
            ?
            [
                new OpenIdProvider(
                    IssuerOf(config.Provider, config.Issuer),
                    config.Idp,
                    config.Protocol,
                    config.Mapping,
                    config.Client
                ),
            ]
            :
            [
                .. config.Providers.Select(provider => new OpenIdProvider(
                    IssuerOf(provider.Provider, provider.Issuer),
                    provider.Idp,
                    provider.Protocol,
                    provider.Mapping,
                    provider.Client
                )),
            ];

    private static string IssuerOf(string? provider, string? issuer) =>
        provider switch
        {
            FederationConfig.Checkin => CheckinIssuer,
            FederationConfig.CheckinDemo => CheckinDemoIssuer,
            _ => issuer ?? "",
        };
}
