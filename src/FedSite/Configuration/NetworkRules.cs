using System.Net;
using System.Net.Sockets;

namespace FedSite.Configuration;

/// <summary>Whether the ranges of a project's network can be used, and together.</summary>
internal sealed class NetworkRules(ProjectNetworkConfig network, string key, Action<string, string> error)
{
    /// <summary>The gateway, the cloud's DHCP server, and somebody to use them.</summary>
    private const int FewestHostBits = 3;
    private const int ShortestPrefix = 8;

    /// <summary>This host, loopback, link-local (where metadata comes from), multicast and what is reserved.</summary>
    private static readonly IPNetwork[] NotForServers =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("224.0.0.0/3"),
        IPNetwork.Parse("::/8"),
        IPNetwork.Parse("fe80::/10"),
        IPNetwork.Parse("ff00::/8"),
    ];

    public void Check()
    {
        if (network.Cidrs.Count == 0)
            error(key, "needs `cidrs`: a range of addresses for each subnet, such as [192.168.0.0/24]");
        var earlier = new List<IPNetwork>();
        foreach (var (i, text) in network.Cidrs.Index())
        {
            if (Fault(text, earlier) is { } fault)
                error($"{key}.cidrs[{i}]", fault);
            else
                earlier.Add(IPNetwork.Parse(text));
        }

        foreach (var (i, text) in network.Dns.Index())
        {
            if (!IsAddress(text, out var address))
                error($"{key}.dns[{i}]", $"`{text}` is no IP address");
            else if (
                earlier.Count == network.Cidrs.Count
                && !earlier.Exists(range => range.BaseAddress.AddressFamily == address.AddressFamily)
            )
                error($"{key}.dns[{i}]", $"`{text}`: none of `cidrs` is of {Version(address)}, so nobody would use it");
        }
    }

    private static string? Fault(string text, List<IPNetwork> earlier)
    {
        var parts = text.Split('/');
        if (
            parts.Length != 2
            || !IsAddress(parts[0], out var address)
            || !byte.TryParse(parts[1], System.Globalization.NumberStyles.None, null, out var length)
            || length > Bits(address)
        )
            return $"`{text}` is no range of addresses such as 192.168.0.0/24 or fd00:1::/64";
        var range = new IPNetwork(Masked(address, length), length);
        if (!range.BaseAddress.Equals(address))
            return $"`{text}` is an address in a range: write {range}";
        if (Bits(address) - length < FewestHostBits)
            return $"`{text}` has no room for servers: at most /{Bits(address) - FewestHostBits}";
        if (length < ShortestPrefix || Array.Exists(NotForServers, other => Overlap(range, other)))
            return $"`{text}` has addresses that servers can't have";
        return earlier.Exists(other => Overlap(range, other))
            ? $"`{text}` overlaps with {earlier.Find(other => Overlap(range, other))}"
            : null;
    }

    /// <summary>In a form that nobody reads otherwise: no octal numbers, no parts left out, no zone.</summary>
    private static bool IsAddress(string text, out IPAddress address) =>
        IPAddress.TryParse(text, out address!)
        && (
            address.AddressFamily == AddressFamily.InterNetwork
                ? address.ToString() == text
                : !text.Contains('%', StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal)
        );

    private static IPAddress Masked(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)(0xff ^ (0x80 >> (bit % 8)));
        return new IPAddress(bytes);
    }

    private static int Bits(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;

    private static string Version(IPAddress address) => Bits(address) == 32 ? "IPv4" : "IPv6";

    private static bool Overlap(IPNetwork one, IPNetwork other) =>
        one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress);
}
