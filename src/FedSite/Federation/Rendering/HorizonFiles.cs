namespace FedSite.Federation.Rendering;

/// <summary>The choices of the dashboard's login page.</summary>
internal static class HorizonFiles
{
    public static RenderedTarget Render(RenderedSite site) =>
        new([new RenderedFile("_90_fedsite_websso.py", Text(site))], []);

    private static string Text(RenderedSite site) =>
        FileHeader.Parts(
            FileHeader.Of(
                RenderTarget.Horizon,
                "Federated logins in the dashboard.",
                """
                Goes to openstack_dashboard/local/local_settings.d/_90_fedsite_websso.py of the dashboard
                (Debian, Ubuntu: /etc/openstack-dashboard/local_settings.d/). Takes effect when the dashboard is restarted.
                """
            ),
            $"""
            WEBSSO_ENABLED = True
            # Browsers go here; OPENSTACK_KEYSTONE_URL, the dashboard's own way to Keystone, stays as it is.
            WEBSSO_KEYSTONE_URL = {Quoted.Python(site.KeystoneUrl.AbsoluteUri)}
            WEBSSO_INITIAL_CHOICE = "credentials"
            WEBSSO_CHOICES = (
                ("credentials", "Keystone Credentials"),
            {string.Join('\n', Choices(site))}
            )
            """,
            site.HasSeveral ? Mapping(site) : null
        );

    // Without a mapping the choice is the protocol, and Keystone finds the provider by the token's issuer.
    private static IEnumerable<string> Choices(RenderedSite site) =>
        site.Providers.Select(provider =>
            $"    ({Quoted.Python(site.HasSeveral ? provider.Idp : provider.Protocol)}, {Quoted.Python(Label(provider))}),"
        );

    private static string Mapping(RenderedSite site)
    {
        var lines = site.Providers.Select(provider =>
            $"    {Quoted.Python(provider.Idp)}: ({Quoted.Python(provider.Idp)}, {Quoted.Python(provider.Protocol)}),"
        );
        return $$"""
            # Choice: (identity provider, protocol) in Keystone.
            WEBSSO_IDP_MAPPING = {
            {{string.Join('\n', lines)}}
            }
            """;
    }

    private static string Label(OpenIdProvider provider) =>
        provider.Issuer switch
        {
            OpenIdProvider.CheckinIssuer => "EGI Check-in",
            OpenIdProvider.CheckinDemoIssuer => "EGI Check-in (demo)",
            _ => provider.Idp,
        };
}
