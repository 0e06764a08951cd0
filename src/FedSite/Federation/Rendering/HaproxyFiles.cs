using System.Globalization;

namespace FedSite.Federation.Rendering;

/// <summary>HAProxy before the Keystone hosts.</summary>
internal static class HaproxyFiles
{
    private const string Certificate = "/etc/haproxy/fedsite/keystone.pem";

    public static RenderedTarget Render(RenderedSite site) =>
        new([new RenderedFile("fedsite-keystone.cfg", Text(site))], []);

    private static string Text(RenderedSite site) =>
        FileHeader.Parts(
            FileHeader.Of(
                RenderTarget.Haproxy,
                "Keystone's public address, before Apache on the Keystone hosts.",
                """
                Goes to /etc/haproxy/fedsite/fedsite-keystone.cfg. HAProxy reads it beside the site's own file:
                    haproxy -f /etc/haproxy/haproxy.cfg -f /etc/haproxy/fedsite/fedsite-keystone.cfg
                (Debian: EXTRAOPTS="-f /etc/haproxy/fedsite/fedsite-keystone.cfg" in /etc/default/haproxy)
                """ + (FrontEnd.EndsTls(site) ? $"\n{NeedsOf(site)}" : "")
            ),
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                frontend fedsite_keystone
                    mode http
                    bind :{site.KeystoneUrl.Port}{Tls(site)}
                    timeout client 1m
                    option forwardfor
                    # Claims come from mod_auth_openidc behind, never from outside: OIDC-…, OIDC_… in any letters.
                    http-request del-header ^oidc -m reg
                    # mod_auth_openidc and Keystone make their own addresses from these; what came with them is replaced.
                    http-request del-header forwarded
                    http-request del-header x-forwarded-host
                    http-request set-header X-Forwarded-Proto {site.KeystoneUrl.Scheme}
                    http-request set-header X-Forwarded-Port {site.KeystoneUrl.Port}
                    default_backend fedsite_keystone
                """
            ),
            $"""
            backend fedsite_keystone
                mode http
                balance {(
                FrontEnd.MustStick(site)
                    ? "source # a login is known to one host alone: there is no federation.memcache"
                    : "roundrobin"
            )}
                timeout connect 10s
                timeout server 1m
                option httpchk GET {site.KeystoneUrl.AbsolutePath}
                # Where Apache itself speaks TLS: add `ssl verify required ca-file /etc/ssl/certs/ca-certificates.crt`.
            {string.Join('\n', FrontEnd.Hosts(site).Select(Server))}
            """
        );

    private static string NeedsOf(RenderedSite site) =>
        $"""
            Needs {Certificate} (certificate, chain and key of {site.KeystoneUrl.Host}), and the grid's authorities, which
            `fedsite federation render trust-bundle -o {FrontEnd.TrustFolder}` writes.
            """;

    // EGI's monitoring shows a grid certificate; no other client needs one.
    private static string Tls(RenderedSite site) =>
        FrontEnd.EndsTls(site)
            ? $" ssl crt {Certificate} alpn h2,http/1.1 verify optional ca-file {FrontEnd.TrustFolder}/{FrontEnd.Authorities} crl-file {FrontEnd.TrustFolder}/{FrontEnd.RevocationLists}"
            : "";

    private static string Server(string host, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"    server keystone{index + 1} {host} check");
}
