using FedSite.Federation.People;

namespace FedSite.Federation.Audit;

/// <summary>How much an open security group matters.</summary>
public enum AuditGrade
{
    /// <summary>Nothing but TCP 22, 80 and 443.</summary>
    Low,

    /// <summary>Any other port, or all.</summary>
    High,
}

/// <summary>What an audit found in the projects of VOs.</summary>
/// <param name="OldServers">Oldest first.</param>
/// <param name="OpenGroups">High ones first, then by project and name.</param>
/// <param name="IdleAddresses">Longest idle first.</param>
/// <param name="Unread">What could not be read, in words.</param>
public sealed record AuditReport(
    IReadOnlyList<AuditedServer> OldServers,
    IReadOnlyList<OpenGroup> OpenGroups,
    IReadOnlyList<IdleAddress> IdleAddresses,
    IReadOnlyList<string> Unread
)
{
    public bool IsClean => OldServers.Count + OpenGroups.Count + IdleAddresses.Count == 0;
}

/// <param name="Status">In capitals, as Nova shows it.</param>
/// <param name="Owner">Null: Nova does not tell, for its cell is down.</param>
/// <param name="Created">UTC.</param>
/// <param name="Days">Whole days since its creation.</param>
/// <param name="Addresses">Fixed and floating.</param>
/// <param name="Infrastructure">Null: no orchestrator of the federation made it.</param>
public sealed record AuditedServer(
    string Id,
    string Name,
    string Status,
    VoProject Project,
    Owner? Owner,
    DateTimeOffset Created,
    int Days,
    IReadOnlyList<string> Addresses,
    Infrastructure? Infrastructure
);

/// <summary>What the Infrastructure Manager, or its like, made a server for.</summary>
/// <param name="Id">Of the infrastructure; null: it is not noted.</param>
/// <param name="Orchestrator">For instance <c>es.upv.grycap.im</c>; null: it is not noted.</param>
public sealed record Infrastructure(string? Id, string? Orchestrator);

/// <summary>A security group that lets the world in.</summary>
/// <param name="Id">Null: no group at all, but ports of a project without port security.</param>
/// <param name="ProjectName">Of the project that it belongs to.</param>
/// <param name="Vos">Of that project; none: it was shared with a VO's project.</param>
/// <param name="Ports">For instance <c>tcp 22</c>, <c>udp all</c>, <c>all</c>.</param>
/// <param name="Servers">Those of VOs that have it, by name.</param>
public sealed record OpenGroup(
    string? Id,
    string Name,
    string ProjectName,
    IReadOnlyList<string> Vos,
    AuditGrade Grade,
    IReadOnlyList<string> Ports,
    IReadOnlyList<AuditedServer> Servers
);

/// <summary>A floating address at no server.</summary>
/// <param name="PortId">The port that it is at, which nothing is plugged into; null: at none.</param>
/// <param name="Since">Its last change, UTC; null: not known, as when a machine went from its port.</param>
/// <param name="Days">Whole days since then.</param>
public sealed record IdleAddress(
    string Id,
    string Address,
    VoProject Project,
    string? PortId,
    DateTimeOffset? Since,
    int? Days
);
