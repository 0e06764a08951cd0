using System.Globalization;

namespace FedSite.Federation.Rendering;

/// <summary>nginx before the Keystone hosts.</summary>
internal static class NginxFiles
{
    private const string Folder = "/etc/nginx/fedsite";

    public static RenderedTarget Render(RenderedSite site) =>
        new([new RenderedFile("fedsite-keystone.conf", Text(site))], []);

    private static string Text(RenderedSite site) =>
        FileHeader.Parts(
            FileHeader.Of(
                RenderTarget.Nginx,
                "Keystone's public address, before Apache on the Keystone hosts.",
                "Goes to /etc/nginx/conf.d/fedsite-keystone.conf, which nginx reads by itself (within `http`)."
                    + (FrontEnd.EndsTls(site) ? $"\n{NeedsOf(site)}" : "")
            ),
            $$"""
            upstream fedsite_keystone {
            {{(
                FrontEnd.MustStick(site)
                    ? "    ip_hash; # a login is known to one host alone: there is no federation.memcache\n"
                    : ""
            )}}{{string.Join('\n', FrontEnd.Hosts(site).Select(host => $"    server {host};"))}}
            }
            """,
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                server {
                    listen {{site.KeystoneUrl.Port}}{{(FrontEnd.EndsTls(site) ? " ssl http2" : "")}};
                    server_name {{site.KeystoneUrl.Host}};
                {{(FrontEnd.EndsTls(site) ? Tls() : "")}}
                    # Header names other than of letters, digits and - are dropped: OIDC_sub and the like are.
                    ignore_invalid_headers on;
                    underscores_in_headers off;
                    # Session cookies and lists of entitlements are long.
                    large_client_header_buffers 8 32k;

                    location / {
                        # Where Apache itself speaks TLS: https://, with proxy_ssl_verify on and proxy_ssl_trusted_certificate.
                        proxy_pass http://fedsite_keystone;
                        proxy_http_version 1.1;
                        proxy_buffer_size 32k;
                        proxy_buffers 8 32k;
                        proxy_set_header Host $http_host;
                        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        # mod_auth_openidc and Keystone make their own addresses from these.
                        proxy_set_header X-Forwarded-Proto {{site.KeystoneUrl.Scheme}};
                        proxy_set_header X-Forwarded-Port {{site.KeystoneUrl.Port}};
                        proxy_set_header X-Forwarded-Host "";
                        proxy_set_header Forwarded "";
                        # Claims come from mod_auth_openidc behind, never from outside. nginx removes headers by name alone;
                        # Apache, with FedSite's federation.conf, refuses any other that begins with OIDC.
                {{string.Join('\n', Scrubbed(site).Select(name => $"        proxy_set_header {name} \"\";"))}}
                    }
                }
                """
            )
        );

    private static IEnumerable<string> Scrubbed(RenderedSite site) =>
        ForgedHeaders.Claims(site.Config).SelectMany(claim => ForgedHeaders.Spellings(claim, underscoresPass: false));

    private static string NeedsOf(RenderedSite site) =>
        $"""
            Needs {Folder}/keystone.crt and {Folder}/keystone.key (of {site.KeystoneUrl.Host}), and the grid's authorities,
            which `fedsite federation render trust-bundle -o {FrontEnd.TrustFolder}` writes.
            """;

    private static string Tls() =>
        $"""
                ssl_certificate {Folder}/keystone.crt;
                ssl_certificate_key {Folder}/keystone.key;
                # EGI's monitoring shows a grid certificate. It is accepted, none is demanded.
                ssl_verify_client optional;
                ssl_verify_depth 10;
                ssl_client_certificate {FrontEnd.TrustFolder}/{FrontEnd.Authorities};
                ssl_crl {FrontEnd.TrustFolder}/{FrontEnd.RevocationLists};

            """;
}
