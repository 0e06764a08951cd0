namespace FedSite.Federation.Rendering;

/// <summary>What keystone.conf needs, as a file of a configuration folder.</summary>
internal static class KeystoneFiles
{
    /// <summary>The default of Zed; the option is one list, so what is added must repeat it.</summary>
    private static readonly string[] Methods =
    [
        "external",
        "password",
        "token",
        "oauth1",
        "mapped",
        "application_credential",
    ];

    /// <summary>Protocols that Keystone brings a login method for.</summary>
    private static readonly string[] KnownProtocols = ["openid", "mapped", "saml2", "x509"];

    public static RenderedTarget Render(RenderedSite site)
    {
        var warnings = new List<string>();
        if (site.Config.Horizon is null)
            warnings.Add("There is no federation.horizon: the dashboard can't log in through the federation.");
        foreach (var protocol in site.Protocols.Where(p => !KnownProtocols.Contains(p, StringComparer.Ordinal)))
            warnings.Add(
                $"Keystone brings no login method `{protocol}`: it starts only where a package gives it the entry point keystone.auth.{protocol} (default = keystone.auth.plugins.mapped:Mapped). With protocol `openid` none is needed."
            );
        return new RenderedTarget([new RenderedFile("fedsite.conf", Text(site))], warnings);
    }

    private static string Text(RenderedSite site) =>
        FileHeader.Parts([
            FileHeader.Of(
                RenderTarget.Keystone,
                "Federated logins in Keystone.",
                """
                Goes to /etc/keystone/keystone.conf.d/fedsite.conf on each Keystone host. Keystone reads that folder by
                itself after keystone.conf; where it is started with --config-file, add --config-dir /etc/keystone/keystone.conf.d.
                Takes effect when Keystone (or Apache, with mod_wsgi) is restarted.
                """
            ),
            $"""
            [auth]
            # Keystone's own list and the federation's protocol. One of your own in keystone.conf is replaced by this.
            methods = {string.Join(',', Methods.Concat(site.Protocols).Distinct())}
            """,
            .. site.Protocols.Select(protocol =>
                $"""
                    [{protocol}]
                    # Says which provider it was: the issuer of the token, as mod_auth_openidc hands it on. Without it any
                    # provider's users would pass for those of any other.
                    remote_id_attribute = HTTP_OIDC_ISS
                    """
            ),
            site.Config.Horizon is { } horizon
                ? $"""
                [federation]
                # The dashboard that may be given tokens of its users, letter by letter as it names itself.
                trusted_dashboard = {Quoted.Oslo(horizon.TrimEnd('/'))}/auth/websso/
                # The page that hands the token over; part of Keystone's package.
                sso_callback_template = /etc/keystone/sso_callback_template.html
                """
                : null,
        ]);
}
