namespace FedSite.Federation.Rendering;

/// <summary>The addresses of Keystone at which mod_auth_openidc asks who it is.</summary>
internal static class ApacheLocations
{
    public static string Render(RenderedSite site)
    {
        // Apache compares the decoded path.
        var root = "^" + Quoted.ApachePattern(Uri.UnescapeDataString(site.KeystoneUrl.AbsolutePath));
        var parts = new List<string>
        {
            "# The dashboard's logins: browsers are sent to the provider, and come back to …/redirect.",
        };
        foreach (var protocol in site.Protocols)
        {
            var redirect = protocol == site.Providers[0].Protocol ? "(/redirect)?" : "";
            parts.Add(
                Location(
                    $"{root}/auth/OS-FEDERATION/websso/{Quoted.ApachePattern(protocol)}{redirect}/?$",
                    "openid-connect",
                    "Require valid-user"
                )
            );
        }

        parts.AddRange(
            site.Providers.Select(provider =>
                Location(
                    $"{root}/auth/OS-FEDERATION/{PathOf(provider)}/websso/?$",
                    "openid-connect",
                    [.. Discovery(site, provider), Demand(site, provider)]
                )
            )
        );
        parts.Add("# Logins with an access token.");
        parts.AddRange(
            site.Providers.Select(provider =>
                Location($"{root}/OS-FEDERATION/{PathOf(provider)}/auth/?$", "oauth20", Demand(site, provider))
            )
        );
        return string.Join('\n', parts);
    }

    private static string PathOf(OpenIdProvider provider) =>
        $"identity_providers/{Quoted.ApachePattern(provider.Idp)}/protocols/{Quoted.ApachePattern(provider.Protocol)}";

    private static IEnumerable<string> Discovery(RenderedSite site, OpenIdProvider provider) =>
        site.HasSeveral
            ?
            [
                $"OIDCDiscoverURL {Quoted.Apache($"{site.RedirectUri}?iss={Uri.EscapeDataString(provider.Issuer)}")}",
                "# Who is logged in by another provider is sent to this one, and not turned away.",
                "OIDCUnAutzAction auth",
            ]
            : [];

    // With several providers, who comes from one of them must not enter by the address of another.
    private static string Demand(RenderedSite site, OpenIdProvider provider) =>
        site.HasSeveral ? $"Require claim {Quoted.Apache($"iss:{provider.Issuer}")}" : "Require valid-user";

    private static string Location(string pattern, string authType, params IEnumerable<string> lines) =>
        $"""
            <LocationMatch "{pattern}">
              AuthType {authType}
              {string.Join("\n  ", lines)}
            </LocationMatch>
            """;
}
