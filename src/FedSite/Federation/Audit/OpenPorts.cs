using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FedSite.OpenStack.Network;

namespace FedSite.Federation.Audit;

/// <summary>What a security group lets in from everywhere.</summary>
internal static class OpenPorts
{
    public const string AllPorts = "all";

    /// <summary>Meant for everybody where a service is offered.</summary>
    private static readonly string[] Customary = ["tcp 22", "tcp 80", "tcp 443"];

    /// <summary>
    /// For instance <c>tcp 22</c>, <c>udp 5000-5010</c>, <c>tcp all</c>, <c>gre</c>, <c>all</c>; each once. ICMP opens no
    /// port.
    /// </summary>
    /// <param name="group">With its rules.</param>
    /// <param name="world">Ids of address groups that everybody is in; null: there are none.</param>
    public static IReadOnlyList<string> Of(SecurityGroup group, IReadOnlySet<string>? world = null) =>
        [
            .. group
                .Rules.Where(rule => IsOpen(rule, world))
                .Select(rule => (Protocol: Name(rule.Protocol), rule.PortFrom, rule.PortTo))
                .Where(open => open.Protocol is not "icmp")
                .OrderBy(open => open.Protocol, StringComparer.Ordinal)
                .ThenBy(open => open.PortFrom ?? 0)
                .Select(open => Words(open.Protocol, open.PortFrom, open.PortTo))
                .Distinct(),
        ];

    public static AuditGrade GradeOf(IReadOnlyList<string> ports) =>
        ports.All(port => Customary.Contains(port)) ? AuditGrade.Low : AuditGrade.High;

    /// <summary>
    /// Whether a range is the world, or as good as it: halves make a whole, and <c>2000::/3</c> is all of IPv6 that is in
    /// use. Local ranges are none, however wide.
    /// </summary>
    public static bool IsWorld(string range)
    {
        // Neutron keeps 192.0.2.1/0 as it was typed.
        if (range.Split('/') is not [var text, var bits] || !IPAddress.TryParse(text, out var address))
            return false;
        if (!int.TryParse(bits, CultureInfo.InvariantCulture, out var length))
            return false;
        return address.AddressFamily == AddressFamily.InterNetwork
            ? length < 8
            : length == 0 || (length < 16 && address.GetAddressBytes()[0] < 0xfc);
    }

    private static bool IsOpen(SecurityGroupRule rule, IReadOnlySet<string>? world) =>
        rule.Direction == "ingress"
        && rule.RemoteGroupId is null
        && (
            rule.RemoteAddressGroupId is { } addresses
                ? world?.Contains(addresses) == true
                : string.IsNullOrEmpty(rule.RemotePrefix) || IsWorld(rule.RemotePrefix)
        );

    /// <summary>https://www.iana.org/assignments/protocol-numbers: Neutron takes names and numbers.</summary>
    private static string Name(string? protocol) =>
        protocol?.ToLowerInvariant() switch
        {
            null or "" or "any" or "-1" => AllPorts,
            "6" => "tcp",
            "17" => "udp",
            "33" => "dccp",
            "132" => "sctp",
            "136" => "udplite",
            "1" or "58" or "icmpv6" or "ipv6-icmp" => "icmp",
            var name when int.TryParse(name, CultureInfo.InvariantCulture, out _) => $"protocol {name}",
            var name => name,
        };

    private static string Words(string protocol, int? from, int? to)
    {
        if (protocol is not ("tcp" or "udp" or "sctp" or "dccp" or "udplite"))
            return protocol;
        if (from is null && to is null)
            return $"{protocol} {AllPorts}";
        var (low, high) = (from ?? 1, to ?? 65535);
        return low == high
            ? string.Create(CultureInfo.InvariantCulture, $"{protocol} {low}")
            : string.Create(CultureInfo.InvariantCulture, $"{protocol} {low}-{high}");
    }
}
