using System.Globalization;

namespace FedSite.Federation.Rendering;

/// <summary>What balancers before Apache have in common.</summary>
internal static class FrontEnd
{
    /// <summary>Where <c>fedsite federation render trust-bundle</c> is meant to write.</summary>
    internal const string TrustFolder = "/etc/fedsite/trust";
    internal const string Authorities = "igtf-ca.pem";
    internal const string RevocationLists = "igtf-crl.pem";

    /// <summary>The Keystone hosts as <c>host:port</c>; without a port, that of Keystone's URL.</summary>
    /// <exception cref="FedSiteException">There are none.</exception>
    public static IReadOnlyList<string> Hosts(RenderedSite site) =>
        site.Config.Hosts.Count > 0
            ?
            [
                .. site.Config.Hosts.Select(host =>
                    host.Contains(':', StringComparison.Ordinal)
                        ? host
                        : string.Create(CultureInfo.InvariantCulture, $"{host}:{site.KeystoneUrl.Port}")
                ),
            ]
            : throw new FedSiteException(
                "A balancer needs to know the Keystone hosts, and there are no federation.hosts.",
                "Write them as `hosts: [keystone1.example.org:5001, …]`: where Apache listens on each.",
                ExitCode.Usage
            );

    /// <summary>A browser's login is known to the host alone that made it.</summary>
    public static bool MustStick(RenderedSite site) => site.Config.Memcache.Count == 0 && site.Config.Hosts.Count > 1;

    public static bool EndsTls(RenderedSite site) => site.KeystoneUrl.Scheme == "https";
}
