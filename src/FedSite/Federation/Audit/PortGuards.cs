using System.Net;
using FedSite.Federation.People;
using FedSite.OpenStack.Network;

namespace FedSite.Federation.Audit;

/// <summary>
/// Which open security groups guard which server, by its ports and by the subports of their trunks. Kept are ports that are
/// open or that nothing is plugged into, for each of the latter may be a subport.
/// </summary>
/// <param name="network">Where ports are.</param>
/// <param name="openTo">Keys of a port's open groups.</param>
/// <param name="unread">Takes what is not understood.</param>
internal sealed class PortGuards(NetworkApi network, Func<SecuredPort, IReadOnlyList<string>> openTo, Unread unread)
{
    private const int AtOnce = 100;

    // Keys of groups, by the server's id.
    private readonly Dictionary<string, HashSet<string>> _guards = new(StringComparer.Ordinal);

    // Ids of servers, by the subport's id: a subport itself tells neither its server nor that it is one.
    private readonly Dictionary<string, string> _subports = new(StringComparer.Ordinal);

    // Keys of groups, by the port's id.
    private readonly Dictionary<string, IReadOnlyList<string>> _unplugged = new(StringComparer.Ordinal);

    // Addresses that ports may have besides their own: those that several machines share.
    private readonly HashSet<string> _shared = new(StringComparer.Ordinal);

    /// <param name="project">Its ports; null: those of all projects.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task ReadAsync(string? project, CancellationToken ct)
    {
        await foreach (var listed in network.ListPortsAsAdminAsync(project, ct))
        {
            if (unread.Take(listed, "ports") is not { } port)
                continue;
            _shared.UnionWith(port.AllowedPairs.Select(pair => pair.Address).OfType<string>());
            if (port.DeviceId is not { Length: > 0 } device)
                _unplugged[port.Id] = openTo(port);
            else if (port.DeviceOwner.StartsWith("compute:", StringComparison.Ordinal))
                AddServerPort(port, device);
        }
    }

    /// <summary>After all ports were read: what is open by subports is open at the servers of their parents.</summary>
    public async Task JoinTrunksAsync(CancellationToken ct)
    {
        // Those of another project than the one asked for, or with something in device_id that somebody else wrote.
        foreach (var ids in _subports.Keys.Where(id => !_unplugged.ContainsKey(id)).Chunk(AtOnce))
        {
            await foreach (var listed in network.ListPortsAsAdminAsync(ids, ct))
            {
                if (unread.Take(listed, "ports") is { } port)
                    _unplugged[port.Id] = openTo(port);
            }
        }

        foreach (var (subport, server) in _subports)
            Add(server, _unplugged.GetValueOrDefault(subport, []));
    }

    /// <summary>Keys of the open groups of a server.</summary>
    public IReadOnlyCollection<string> Of(string server) => _guards.GetValueOrDefault(server) ?? [];

    /// <summary>Whether a port, or another one that may take its address, leads to a server.</summary>
    public bool LeadsToServer(string port, string? address) =>
        _subports.ContainsKey(port) || _shared.Any(range => Covers(range, address));

    private void AddServerPort(SecuredPort port, string server)
    {
        Add(server, openTo(port));
        foreach (var id in port.Trunk?.Subports.Select(subport => subport.PortId).OfType<string>() ?? [])
            _subports[id] = server;
    }

    private void Add(string server, IReadOnlyList<string> groups)
    {
        if (groups.Count == 0)
            return;
        if (!_guards.TryGetValue(server, out var known))
            _guards[server] = known = new HashSet<string>(StringComparer.Ordinal);
        known.UnionWith(groups);
    }

    private static bool Covers(string range, string? address) =>
        range == address
        || (
            IPNetwork.TryParse(range, out var wide)
            && IPAddress.TryParse(address, out var known)
            && wide.Contains(known)
        );
}
