using System.Net;
using System.Net.Sockets;
using FedSite.Configuration;
using FedSite.OpenStack.Compute;
using FedSite.OpenStack.Network;

namespace FedSite.Accounting;

/// <summary>The public addresses of one project and, as servers are seen, who holds them.</summary>
/// <param name="counted">The words of <see cref="PublicIpConfig.Count"/>.</param>
internal sealed class PublicAddresses(IReadOnlyList<string> counted)
{
    // Neutron lists addresses from the beginning again when one that it was to go on after has been released.
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int V4, int V6)> _ofServer = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _userOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int V4, int V6)> _ofPort = new(StringComparer.Ordinal);
    private (int V4, int V6) _ofProject;

    public bool CountsFloating => counted.Contains(PublicIpConfig.Floating);

    /// <summary>True when addresses of ports count for themselves.</summary>
    public bool CountsPorts => counted.Any(word => word is not PublicIpConfig.Floating);

    /// <summary>True when it matters which network a port is on.</summary>
    public bool CountsByNetwork => counted.Any(word => word is PublicIpConfig.External or PublicIpConfig.Provider);

    /// <summary>True when ports have to be read.</summary>
    public bool NeedsPorts => CountsPorts || _ofPort.Count > 0;

    /// <summary>True when somebody has to tell the users of servers by <see cref="See"/>.</summary>
    public bool HasServers => _ofServer.Count > 0;

    /// <returns>Why it is none; null when it counts.</returns>
    public string? AddFloating(FloatingIp floating)
    {
        if (!IPAddress.TryParse(floating.Address, out var address))
        {
            return "its address is none";
        }

        if (!_seen.Add(floating.Id))
        {
            return null;
        }

        if (floating.PortId is { Length: > 0 } port)
        {
            _ofPort[port] = Plus(_ofPort.GetValueOrDefault(port), address);
        }
        else
        {
            _ofProject = Plus(_ofProject, address);
        }

        return null;
    }

    /// <param name="port">A port of the project.</param>
    /// <param name="network">Word of the kind of its network, if it has one.</param>
    /// <returns>Why it is none; null when all is well.</returns>
    public string? AddPort(Port port, string? network)
    {
        // Routers, DHCP and the floating addresses themselves; the latter were counted before.
        if (port.DeviceOwner.StartsWith("network:", StringComparison.Ordinal))
        {
            return null;
        }

        _ofPort.Remove(port.Id, out var held);
        foreach (var text in port.FixedIps.Select(f => f.Address))
        {
            if (!IPAddress.TryParse(text, out var address))
            {
                return "it has an address that is none";
            }

            if (Counts(address, network))
            {
                held = Plus(held, address);
            }
        }

        if (held == default)
        {
            return null;
        }

        if (
            port.DeviceOwner.StartsWith("compute:", StringComparison.Ordinal) && port.DeviceId is { Length: > 0 } server
        )
        {
            _ofServer[server] = Plus(_ofServer.GetValueOrDefault(server), held);
        }
        else
        {
            _ofProject = Plus(_ofProject, held);
        }

        return null;
    }

    /// <summary>Looks at a live server.</summary>
    public void See(Server server)
    {
        if (server.UserId is { Length: > 0 } user && _ofServer.ContainsKey(server.Id))
        {
            _userOf[server.Id] = user;
        }
    }

    /// <summary>Who holds how many; user null: nobody but the project.</summary>
    public IEnumerable<(string? User, int Version, int Count)> Holders()
    {
        // Floating addresses at ports of other projects, and servers that went away meanwhile, are the project's own.
        var project = _ofPort.Values.Aggregate(_ofProject, Plus);
        var users = new SortedDictionary<string, (int V4, int V6)>(StringComparer.Ordinal);
        foreach (var (server, held) in _ofServer)
        {
            if (_userOf.TryGetValue(server, out var user))
            {
                users[user] = Plus(users.GetValueOrDefault(user), held);
            }
            else
            {
                project = Plus(project, held);
            }
        }

        return users
            .Select(u => (User: (string?)u.Key, Held: u.Value))
            .Append((User: null, Held: project))
            .SelectMany(o => new[] { (o.User, Version: 4, Count: o.Held.V4), (o.User, Version: 6, Count: o.Held.V6) })
            .Where(o => o.Count > 0);
    }

    private bool Counts(IPAddress address, string? network) =>
        (network is PublicIpConfig.External && counted.Contains(network))
        || (network is PublicIpConfig.Provider && counted.Contains(network) && IsRoutable(address))
        || (
            counted.Contains(PublicIpConfig.GlobalIpv6)
            && address.AddressFamily is AddressFamily.InterNetworkV6
            && IsRoutable(address)
        );

    /// <summary>
    /// Not one of the ranges that stay within a site: https://www.iana.org/assignments/iana-ipv4-special-registry and, of
    /// IPv6, global unicast (2000::/3).
    /// </summary>
    internal static bool IsRoutable(IPAddress address)
    {
        Span<byte> b = stackalloc byte[16];
        if (!address.TryWriteBytes(b, out var length))
        {
            return false;
        }

        return length == 16
            ? b[0] >> 5 == 1
            : b[0] is not (0 or 10 or 127 or >= 224)
                && !(b[0] == 100 && b[1] >> 6 == 1)
                && !(b[0] == 169 && b[1] == 254)
                && !(b[0] == 172 && b[1] >> 4 == 1)
                && !(b[0] == 192 && b[1] == 168);
    }

    private static (int V4, int V6) Plus((int V4, int V6) held, IPAddress address) =>
        address.AddressFamily is AddressFamily.InterNetworkV6 ? (held.V4, held.V6 + 1) : (held.V4 + 1, held.V6);

    private static (int V4, int V6) Plus((int V4, int V6) a, (int V4, int V6) b) => (a.V4 + b.V4, a.V6 + b.V6);
}
