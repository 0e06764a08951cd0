using System.Net;
using System.Net.Sockets;

namespace FedSite.Oci;

/// <summary>How far an address reaches.</summary>
internal enum Reach
{
    Public,

    /// <summary>Of an organisation's own networks.</summary>
    Private,

    /// <summary>This machine.</summary>
    Loopback,

    /// <summary>No place for a registry's content: link-local with the metadata of clouds, multicast, reserved.</summary>
    Never,
}

/// <summary>Where a registry may send its clients: never nearer to this machine than it is itself.</summary>
internal static class Reaches
{
    private static readonly (IPNetwork Network, Reach Reach)[] Special =
    [
        (IPNetwork.Parse("0.0.0.0/8"), Reach.Never),
        (IPNetwork.Parse("10.0.0.0/8"), Reach.Private),
        (IPNetwork.Parse("100.100.100.200/32"), Reach.Never),
        (IPNetwork.Parse("100.64.0.0/10"), Reach.Private),
        (IPNetwork.Parse("127.0.0.0/8"), Reach.Loopback),
        (IPNetwork.Parse("168.63.129.16/32"), Reach.Never),
        (IPNetwork.Parse("169.254.0.0/16"), Reach.Never),
        (IPNetwork.Parse("172.16.0.0/12"), Reach.Private),
        (IPNetwork.Parse("192.0.0.0/24"), Reach.Never),
        (IPNetwork.Parse("192.168.0.0/16"), Reach.Private),
        (IPNetwork.Parse("198.18.0.0/15"), Reach.Private),
        (IPNetwork.Parse("224.0.0.0/3"), Reach.Never),
        (IPNetwork.Parse("::1/128"), Reach.Loopback),
        (IPNetwork.Parse("fd00:ec2::254/128"), Reach.Never),
        (IPNetwork.Parse("fc00::/7"), Reach.Private),
        // Global unicast; what is left of IPv6 is link-local, multicast, old or not given out.
        (IPNetwork.Parse("2000::/3"), Reach.Public),
        (IPNetwork.Parse("::/0"), Reach.Never),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    public static Reach Of(IPAddress address)
    {
        var plain = Embedded(address);
        return Special.FirstOrDefault(special => special.Network.Contains(plain)).Reach;
    }

    /// <param name="registry">Of the registry itself.</param>
    /// <param name="target">Of what it points to.</param>
    public static bool MayPoint(Reach registry, Reach target) =>
        target == Reach.Public || (registry != Reach.Never && target <= registry && target != Reach.Never);

    /// <param name="before">Null: none.</param>
    public static Reach Farther(Reach? before, Reach now) => before < now ? before.Value : now;

    /// <summary>The IPv4 address that an IPv6 one stands for.</summary>
    private static IPAddress Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }
        var bytes = address.GetAddressBytes();
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
            : Nat64.Contains(address) ? new IPAddress(bytes.AsSpan(12))
            : SixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4))
            : address;
    }
}
