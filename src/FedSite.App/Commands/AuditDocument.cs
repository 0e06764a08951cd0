using System.Text.Json.Serialization;
using FedSite.Federation.Audit;

namespace FedSite.App.Commands;

/// <summary>An audit, for <c>--output json</c>.</summary>
internal sealed record AuditDocument(
    string OlderThan,
    IReadOnlyList<ServerDocument> OldMachines,
    IReadOnlyList<OpenGroupDocument> OpenGroups,
    IReadOnlyList<IdleAddressDocument> IdleAddresses,
    IReadOnlyList<string> Unread
)
{
    public static AuditDocument Of(AuditReport report, string age) =>
        new(
            age,
            [.. report.OldServers.Select(ServerDocument.Of)],
            [.. report.OpenGroups.Select(OpenGroupDocument.Of)],
            [.. report.IdleAddresses.Select(IdleAddressDocument.Of)],
            report.Unread
        );
}

/// <param name="Project">Its name.</param>
/// <param name="Owner">Null: not known.</param>
/// <param name="Infrastructure">Null: no orchestrator made it.</param>
internal sealed record ServerDocument(
    string Id,
    string Name,
    string Status,
    IReadOnlyList<string> Vos,
    string Project,
    string ProjectId,
    OwnerDocument? Owner,
    DateTimeOffset Created,
    int Days,
    IReadOnlyList<string> Addresses,
    Infrastructure? Infrastructure
)
{
    public static ServerDocument Of(AuditedServer server) =>
        new(
            server.Id,
            server.Name,
            server.Status,
            server.Project.Vos,
            server.Project.Name,
            server.Project.Id,
            server.Owner is { } owner
                ? new OwnerDocument(owner.Id, owner.Name, owner.Email, owner.IsGone, owner.IsDisabled)
                : null,
            server.Created,
            server.Days,
            server.Addresses,
            server.Infrastructure
        );
}

/// <param name="Deleted">Keystone has no such user any more.</param>
/// <param name="Disabled">The account may not log in.</param>
internal sealed record OwnerDocument(string Id, string? Name, string? Email, bool Deleted, bool Disabled);

/// <param name="Id">Null: no group at all, but ports without port security.</param>
/// <param name="Grade"><c>high</c> or <c>low</c>.</param>
internal sealed record OpenGroupDocument(
    string? Id,
    string Name,
    IReadOnlyList<string> Vos,
    string Project,
    string Grade,
    IReadOnlyList<string> Ports,
    IReadOnlyList<ServerDocument> Machines
)
{
    public static OpenGroupDocument Of(OpenGroup group) =>
        new(
            group.Id,
            group.Name,
            group.Vos,
            group.ProjectName,
            AuditView.GradeOf(group),
            group.Ports,
            [.. group.Servers.Select(ServerDocument.Of)]
        );
}

/// <param name="PortId">A port that nothing is plugged into; null: at none.</param>
/// <param name="Since">Its last change; null: not known.</param>
internal sealed record IdleAddressDocument(
    string Id,
    string Address,
    IReadOnlyList<string> Vos,
    string Project,
    string ProjectId,
    string? PortId,
    DateTimeOffset? Since,
    int? Days
)
{
    public static IdleAddressDocument Of(IdleAddress address) =>
        new(
            address.Id,
            address.Address,
            address.Project.Vos,
            address.Project.Name,
            address.Project.Id,
            address.PortId,
            address.Since,
            address.Days
        );
}

[JsonSerializable(typeof(AuditDocument))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class AuditJson : JsonSerializerContext;
