using FedSite.Configuration;
using FedSite.Federation.Mappings;

namespace FedSite.Federation.Rendering;

/// <summary>What Apache needs before Keystone: mod_auth_openidc on the addresses of federated logins.</summary>
internal static class ApacheFiles
{
    /// <summary>Where the files go; the files themselves follow <c>FEDSITE_DIR</c>.</summary>
    internal const string Folder = "/etc/apache2/fedsite";
    internal const string Secrets = "secrets.conf";
    internal const string Metadata = "metadata";
    private static readonly string[] StandardScopes = ["openid", "profile", "email"];
    private static readonly string[] UserClaims = ["sub", "iss", "email"];
    private const string Variable = "${FEDSITE_DIR}";

    public static RenderedTarget Render(RenderedSite site)
    {
        var warnings = new List<string>();
        var files = new List<RenderedFile>
        {
            new("federation.conf", Main(site)),
            new("setup", ApacheSetup.Render(site, warnings)) { Mode = RenderedFile.Program },
        };
        if (site.IntrospectionProxy is { Scheme: "http" } proxy)
        {
            files.Add(new RenderedFile("introspection.conf", IntrospectionServer()));
            files.Add(new RenderedFile("introspection.json", IntrospectionMetadata(proxy)));
        }

        if (site.CryptoPassphraseFile is null)
            warnings.Add(
                $"federation.crypto_passphrase is no `!file`: put the passphrase, the same on all Keystone hosts, into {Folder}/crypto-passphrase there (mode 0600). `openssl rand -base64 32` makes one."
            );
        if (site.Config is { Hosts.Count: > 1, Memcache.Count: 0 })
            warnings.Add(
                "There are several federation.hosts, but no federation.memcache: a browser must reach the same host again and again, so the balancer must be sticky."
            );
        return new RenderedTarget(files, warnings);
    }

    private static string Main(RenderedSite site) =>
        FileHeader.Parts(
            FileHeader.Of(
                RenderTarget.Apache,
                "Logins of the federation before Keystone, by mod_auth_openidc.",
                $"""
                Goes to {Folder}/federation.conf on each Keystone host. In Keystone's virtual host, as its last line:
                    Include {Folder}/federation.conf
                Needs the modules auth_openidc, headers and setenvif (a2enmod auth_openidc headers setenvif).
                Run {Folder}/setup as root before Apache starts, and when a secret changes. Then: apachectl -t
                """
            ),
            $$"""
            # Another folder than this one: write `Define FEDSITE_DIR /that/folder` before the Include.
            <IfDefine !FEDSITE_DIR>
              Define FEDSITE_DIR {{Folder}}
            </IfDefine>
            """,
            ForgedHeaderRules(site.Config),
            Claims(site),
            Client(site),
            site.HasSeveral ? SeveralProviders() : OneProvider(site),
            Tokens(site),
            Cache(site.Config),
            FrontEnd(site),
            site.Config.ProviderCa is { } ca
                ? $"# CAs of the providers' certificates (provider_ca).\nOIDCCABundlePath {Quoted.Apache(ca)}"
                : null,
            ApacheLocations.Render(site),
            site.KeystoneUrl.Scheme == "https" ? GridCertificates(site.TrustFolder) : null
        );

    // Measured on 2.4.71: the variable is set from the last matching header alone, and not when that one is empty. So the
    // names that mappings use are removed first, and the refusal is for all others.
    private static string ForgedHeaderRules(FederationConfig config)
    {
        var underscoresPass = config.Deployment == Deployment.ProxyHttp;
        var names = ForgedHeaders
            .Claims(config)
            .SelectMany(claim => ForgedHeaders.Spellings(claim, underscoresPass))
            .Select(name => $"RequestHeader unset {name} early");
        return $"""
            # Claims come from mod_auth_openidc, never from outside. It cleans the addresses that it protects; Keystone
            # evaluates mappings at /v3/auth/tokens too. `early`: before mod_auth_openidc sets the true ones.
            # Rules of your own that name further claims need a line for each of them.
            {string.Join('\n', names)}
            # A request with any other header of this kind is refused (403).
            SetEnvIfNoCase ^OIDC . fedsite_forged
            <If "-n reqenv('fedsite_forged') && -z reqenv('REDIRECT_STATUS')">
              Require all denied
            </If>
            """;
    }

    private static string Claims(RenderedSite site)
    {
        var pass = site.Config.Deployment == Deployment.ProxyHttp ? "headers" : "both";
        return $"""
            # What Keystone gets of the claims.{KeysThatArrive(site.Config)}
            OIDCClaimPrefix "OIDC-"
            OIDCClaimDelimiter ";"
            OIDCPassClaimsAs {pass}
            # sub, e-mail, and each claim that may hold entitlements.
            OIDCScope "{string.Join(' ', Scopes(site.Config))}"
            """;
    }

    internal static IEnumerable<string> Scopes(FederationConfig config) =>
        StandardScopes.Concat(config.EntitlementClaims).Distinct(StringComparer.Ordinal);

    private static string KeysThatArrive(FederationConfig config)
    {
        var keys = UserClaims
            .Concat(config.EntitlementClaims)
            .Select(claim => $"\n#   {claim}: {KeysOf(claim, config.Deployment)}");
        var remark =
            config.Deployment == Deployment.ProxyHttp
                ? "\n# What stands between must not drop headers with _ in their name (nginx and Apache do). Nobody but this Apache\n"
                    + "# may reach Keystone's own port: whoever does writes the claims."
                : "";
        return $" With {config.Deployment.Word()} a mapping finds them under:{string.Concat(keys)}{remark}";
    }

    private static string KeysOf(string claim, Deployment deployment) =>
        ClaimKeys.Of(deployment, claim) is { Count: > 0 } keys
            ? string.Join(", ", keys)
            : $"HTTP_OIDC_{claim.ToUpperInvariant()}, if nothing on the way drops headers with _ in their name";

    private static string Client(RenderedSite site) =>
        $"""
            # Keystone as a client. The redirect URI must be registered at the provider, letter by letter.
            OIDCResponseType code
            OIDCPKCEMethod S256
            OIDCRedirectURI {Quoted.Apache(site.RedirectUri)}
            OIDCCryptoPassphrase "exec:/bin/cat {site.CryptoPassphraseFile ?? $"{Variable}/crypto-passphrase"}"
            # The secrets of clients, which {Folder}/setup copies from where they are.
            Include "{Variable}/{Secrets}"
            """;

    private static string OneProvider(RenderedSite site) =>
        $"""
            OIDCProviderMetadataURL {Quoted.Apache(site.Providers[0].Discovery.AbsoluteUri)}
            OIDCClientID {Quoted.Apache(site.ClientId(0))}
            """;

    private static string SeveralProviders() =>
        $"""
            # A file .provider and a file .client for each provider; {Folder}/setup fetches and writes them.
            OIDCMetadataDir "{Variable}/{Metadata}"
            """;

    private static string Tokens(RenderedSite site)
    {
        var lines = new List<string> { "# Access tokens of the command line." };
        switch (site.IntrospectionProxy)
        {
            case { Scheme: "http" }:
                lines.Add(
                    "# mod_auth_openidc takes no plain http:// here. Through introspection.conf it finds the address."
                );
                lines.Add($"OIDCOAuthServerMetadataURL \"{MetadataUrl}\"");
                break;
            case { } proxy:
                lines.Add($"OIDCOAuthIntrospectionEndpoint {Quoted.Apache(proxy.AbsoluteUri)}");
                break;
            default:
                lines.Add(IntrospectionOf(site.Providers[0]));
                break;
        }

        var id = site.IntrospectionProxy is null ? site.ClientId(0) : EsacoFiles.User;
        lines.Add($"OIDCOAuthClientID {Quoted.Apache(id)}");
        lines.Add("OIDCOAuthRemoteUserClaim sub");
        if (site.IntrospectionProxy is not null)
            lines.Add("# What a proxy answers from its cache may be old.\nOIDCIDTokenIatSlack 3600");
        return string.Join('\n', lines);
    }

    private static string IntrospectionOf(OpenIdProvider provider) =>
        provider.Issuer is OpenIdProvider.CheckinIssuer or OpenIdProvider.CheckinDemoIssuer
            ? $"OIDCOAuthIntrospectionEndpoint {Quoted.Apache($"{provider.Issuer}/protocol/openid-connect/token/introspect")}"
            : "# The provider's introspection_endpoint is read from here when the first token comes.\n"
                + $"OIDCOAuthServerMetadataURL {Quoted.Apache(provider.Discovery.AbsoluteUri)}";

    private static string Cache(FederationConfig config)
    {
        const string Size =
            "# Lists of entitlements are long; a login that does not fit is lost.\nOIDCCacheShmEntrySizeMax 65536";
        return config.Memcache.Count == 0
            ? Size
            : $"""
                # Logins that all Keystone hosts know.
                OIDCCacheType memcache
                OIDCMemCacheServers "{string.Join(' ', config.Memcache)}"
                OIDCCacheEncrypt On
                {Size}
                """;
    }

    private static string FrontEnd(RenderedSite site) =>
        site.Config.Hosts.Count > 0
            ? """
                # The balancer ends TLS and says here how the browser came.
                OIDCXForwardedHeaders X-Forwarded-Proto X-Forwarded-Port
                """
            : """
                # Where a proxy before this Apache ends TLS, it must set both headers, and this line is needed:
                # OIDCXForwardedHeaders X-Forwarded-Proto X-Forwarded-Port
                """;

    private static string GridCertificates(string folder) =>
        $"""
            # EGI's monitoring shows a grid certificate. It is accepted, none is demanded.
            <IfModule ssl_module>
              <IfFile {Quoted.Apache(folder)}>
                SSLCACertificatePath {Quoted.Apache(folder)}
                SSLCARevocationPath {Quoted.Apache(folder)}
                SSLCARevocationCheck chain no_crl_for_cert_ok
                SSLVerifyClient optional
                SSLVerifyDepth 10
              </IfFile>
            </IfModule>
            """;

    private const string MetadataUrl = "http://127.0.0.1:8157/introspection.json";

    private static string IntrospectionServer() =>
        FileHeader.Parts(
            FileHeader.Of(
                RenderTarget.Apache,
                "Tells mod_auth_openidc where the introspection proxy is; on the loopback interface alone.",
                $"""
                Goes to {Folder}/introspection.conf on each Keystone host. Outside of any virtual host:
                    Include {Folder}/introspection.conf
                (Debian: ln -s {Folder}/introspection.conf /etc/apache2/conf-enabled/fedsite-introspection.conf)
                Needs the module alias.
                """
            ),
            $$"""
            <IfDefine !FEDSITE_DIR>
              Define FEDSITE_DIR {{Folder}}
            </IfDefine>
            """,
            $"""
            Listen 127.0.0.1:8157
            <VirtualHost 127.0.0.1:8157>
              Alias "/introspection.json" "{Variable}/introspection.json"
              <Location "/">
                Require all denied
              </Location>
              <Location "/introspection.json">
                Require all granted
              </Location>
            </VirtualHost>
            """
        );

    private static string IntrospectionMetadata(Uri proxy) =>
        $$"""
            {
              "fedsite": "Read by mod_auth_openidc; made by `fedsite federation render apache`, see introspection.conf.",
              "issuer": "http://127.0.0.1:8157",
              "introspection_endpoint": {{Quoted.Python(proxy.AbsoluteUri)}}
            }

            """;
}
