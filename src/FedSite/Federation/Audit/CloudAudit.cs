using System.Text.RegularExpressions;
using FedSite.Configuration;
using FedSite.Federation.People;
using FedSite.OpenStack;
using FedSite.OpenStack.Compute;
using FedSite.OpenStack.Network;

namespace FedSite.Federation.Audit;

/// <summary>
/// Looks for what is forgotten or open in the projects of VOs. Servers are looked at once, one by one; those are kept that
/// something is found about.
/// </summary>
public sealed class CloudAudit(SiteConfig site, OpenStackCloud cloud, TimeProvider time)
{
    private const string Orchestrator = "eu.egi.cloud.orchestrator";

    private readonly Unread _unread = new();
    private bool _arePortsKnown = true;
    private readonly DateTimeOffset _now = time.GetUtcNow();

    // By id; what has no port security stands for a group of its project.
    private readonly Dictionary<string, OpenedGroup> _groups = new(StringComparer.Ordinal);

    // Ids of address groups that everybody is in; null: not read, for no rule names any.
    private HashSet<string>? _world;

    private readonly List<AuditedServer> _servers = [];
    private readonly List<IdleAddress> _idle = [];

    /// <summary>Reads an age such as <c>90d</c> or <c>12h</c>.</summary>
    /// <exception cref="FedSiteException">It is none.</exception>
    public static TimeSpan ParseAge(string text) =>
        Regex.IsMatch(text, $@"\A{Duration.Pattern}\z", RegexOptions.NonBacktracking)
            ? Duration.Parse(text)
            : throw new FedSiteException($"`{text}` is no age.", $"Write {Duration.Form}.", ExitCode.Usage);

    /// <param name="vo">Only this VO's projects; null: those of all VOs.</param>
    /// <param name="age">From which age on a server is old.</param>
    /// <param name="ct">Ends the work.</param>
    /// <exception cref="FedSiteException">Keystone does not tell the projects, or nobody knows the VO.</exception>
    public async Task<AuditReport> RunAsync(string? vo, TimeSpan age, CancellationToken ct)
    {
        var book = await ProjectBook.ReadAsync(site, cloud.Identity, vo, _unread, ct);
        var projects = book.Of(vo);
        if (projects.Count == 0)
        {
            var none = vo is null ? "no project belongs to a VO" : $"no project belongs to the VO {vo}";
            _unread.Add($"{none}: see vos of site.yaml, and accounting.vo_property");
            return new AuditReport([], [], [], _unread.Words);
        }

        var old = age < _now - DateTimeOffset.MinValue ? _now - age : DateTimeOffset.MinValue;
        await _unread.TryAsync("security groups", () => ReadGroupsAsync(ct));
        IReadOnlyList<string?> places = vo is null ? [null] : [.. projects.Keys];
        var ports = new PortGuards(cloud.Network, GuardsOf, _unread);
        foreach (var place in places)
            await _unread.TryAsync("ports", () => ports.ReadAsync(place, ct), () => _arePortsKnown = false);
        await _unread.TryAsync("ports of trunks", () => ports.JoinTrunksAsync(ct));
        foreach (var place in places)
            await _unread.TryAsync("servers", () => ReadServersAsync(place, projects, ports, old, ct));
        foreach (var place in places)
            await _unread.TryAsync("floating addresses", () => ReadAddressesAsync(place, projects, ports, ct));
        var users = new UserBook(cloud.Identity, _unread);
        await users.LearnAsync(_servers.Select(server => server.Owner?.Id).OfType<string>(), ct);

        var servers = _servers.ConvertAll(server =>
            server.Owner is { Id: var user } ? server with { Owner = users.OwnerOf(user) } : server
        );
        return new AuditReport(
            [.. servers.Where(server => server.Created < old).OrderBy(server => server.Created)],
            GroupsOf(servers, ports, projects, book),
            [.. _idle.OrderBy(address => address.Since ?? _now).ThenBy(address => address.Id, StringComparer.Ordinal)],
            _unread.Words
        );
    }

    private async Task ReadGroupsAsync(CancellationToken ct)
    {
        // Of all projects: a group may be shared with a VO's.
        await foreach (var listed in cloud.Network.ListSecurityGroupsAsAdminAsync(ct))
        {
            if (_unread.Take(listed, "security groups") is not { } group)
                continue;
            if (_world is null && group.Rules.Any(rule => rule.RemoteAddressGroupId is not null))
                await _unread.TryAsync("address groups", () => ReadAddressGroupsAsync(ct));
            if (OpenPorts.Of(group, _world) is { Count: > 0 } ports)
                _groups[group.Id] = new OpenedGroup(group.Id, group.Id, group.Name, group.ProjectId, ports);
        }
    }

    private async Task ReadAddressGroupsAsync(CancellationToken ct)
    {
        _world = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var listed in cloud.Network.ListAddressGroupsAsAdminAsync(ct))
        {
            if (_unread.Take(listed, "address groups") is { } group && group.Addresses.Any(OpenPorts.IsWorld))
                _world.Add(group.Id);
        }
    }

    private IReadOnlyList<string> GuardsOf(SecuredPort port)
    {
        if (port.HasSecurity != false)
            return [.. port.SecurityGroups.Where(_groups.ContainsKey)];
        var key = $"no port security in {port.ProjectId}";
        _groups.TryAdd(key, new OpenedGroup(key, Id: null, "no port security", port.ProjectId, [OpenPorts.AllPorts]));
        return [key];
    }

    private async Task ReadServersAsync(
        string? project,
        IReadOnlyDictionary<string, VoProject> projects,
        PortGuards ports,
        DateTimeOffset old,
        CancellationToken ct
    )
    {
        await foreach (var listed in cloud.Compute.ListOwnedServersAsync(project, ct))
        {
            if (_unread.Take(listed, "servers") is not { } server)
                continue;
            if (!projects.TryGetValue(server.ProjectId, out var owning))
                continue;
            if (server.UserId is null)
                _unread.Add(FederationPeople.CellDown(server));
            if (server.Created < old || ports.Of(server.Id).Count > 0)
                _servers.Add(MakeServer(server, owning));
        }
    }

    private async Task ReadAddressesAsync(
        string? place,
        IReadOnlyDictionary<string, VoProject> projects,
        PortGuards ports,
        CancellationToken ct
    )
    {
        await foreach (var listed in cloud.Network.ListFloatingIpsAsAdminAsync(place, ct))
        {
            if (_unread.Take(listed, "floating addresses") is not { ProjectId: { } id } address)
                continue;
            if (!projects.TryGetValue(id, out var project) || !IsIdle(address, ports))
                continue;
            // When a machine went from its port, the address did not change.
            var since = address.PortId is null ? address.UpdatedAt ?? address.CreatedAt : null;
            var days = since is { } then ? DaysSince(then) : (int?)null;
            _idle.Add(new IdleAddress(address.Id, address.Address, project, address.PortId, since, days));
        }
    }

    /// <summary>At no port; or at one that a deleted machine left behind, which no other machine may answer for.</summary>
    private bool IsIdle(FloatingIp address, PortGuards ports) =>
        address.PortId is null
        || (
            _arePortsKnown
            && address.Port is { DeviceId: "" }
            && !ports.LeadsToServer(address.PortId, address.FixedAddress)
        );

    private AuditedServer MakeServer(OwnedServer server, VoProject project) =>
        new(
            server.Id,
            server.Name,
            server.Status,
            project,
            server.UserId is { } user ? Owner.Unknown(user) : null,
            server.Created,
            DaysSince(server.Created),
            [.. server.Addresses],
            InfrastructureOf(server)
        );

    private static Infrastructure? InfrastructureOf(OwnedServer server)
    {
        var id = server.Metadata.GetValueOrDefault($"{Orchestrator}.id");
        var name = server.Metadata.GetValueOrDefault(Orchestrator);
        return id is null && name is null ? null : new Infrastructure(id, name);
    }

    private IReadOnlyList<OpenGroup> GroupsOf(
        List<AuditedServer> servers,
        PortGuards ports,
        IReadOnlyDictionary<string, VoProject> projects,
        ProjectBook book
    )
    {
        var guarded = servers
            .SelectMany(server => ports.Of(server.Id).Select(group => (group, server)))
            .ToLookup(guard => guard.group, guard => guard.server, StringComparer.Ordinal);
        return
        [
            .. _groups
                .Values.Where(group =>
                    guarded.Contains(group.Key) || (group.Id is not null && projects.ContainsKey(group.ProjectId ?? ""))
                )
                .Select(group => new OpenGroup(
                    group.Id,
                    group.Name,
                    book.NameOf(group.ProjectId ?? ""),
                    projects.GetValueOrDefault(group.ProjectId ?? "")?.Vos ?? [],
                    OpenPorts.GradeOf(group.Ports),
                    group.Ports,
                    [.. guarded[group.Key].OrderBy(server => server.Name, StringComparer.Ordinal)]
                ))
                .OrderByDescending(group => group.Grade)
                .ThenBy(group => group.ProjectName, StringComparer.Ordinal)
                .ThenBy(group => group.Name, StringComparer.Ordinal)
                .ThenBy(group => group.Id, StringComparer.Ordinal),
        ];
    }

    private int DaysSince(DateTimeOffset then) => Math.Max(0, (int)(_now - then).TotalDays);

    private sealed record OpenedGroup(
        string Key,
        string? Id,
        string Name,
        string? ProjectId,
        IReadOnlyList<string> Ports
    );
}
