using static FedSite.OpenStack.Identity.IdentityRequests;

namespace FedSite.OpenStack.Identity;

/// <summary>
/// Roles, and who has them where; needs the role admin.
/// https://docs.openstack.org/api-ref/identity/v3/#roles
/// </summary>
public sealed class GrantApi
{
    private readonly IdentityRequests _requests;

    internal GrantApi(IdentityRequests requests) => _requests = requests;

    /// <summary>Roles of the whole cloud.</summary>
    public Task<IReadOnlyList<Role>> ListRolesAsync(CancellationToken ct) =>
        _requests.ListAsync("roles", "roles", IdentityJson.Default.Role, ct);

    /// <summary>Those that the group was given itself.</summary>
    public Task<IReadOnlyList<RoleAssignment>> ListOfGroupAsync(string groupId, CancellationToken ct) =>
        ListAsync(("group.id", groupId), ct);

    /// <summary>Those that the user was given itself, not by a group.</summary>
    public Task<IReadOnlyList<RoleAssignment>> ListOfUserAsync(string userId, CancellationToken ct) =>
        ListAsync(("user.id", userId), ct);

    public Task GrantAsync(Grant grant, CancellationToken ct) => _requests.PutAsync(grant.Path, ct);

    /// <summary>https://docs.openstack.org/api-ref/identity/v3/#check-whether-group-has-role-assignment-on-project</summary>
    public Task<bool> HasAsync(Grant grant, CancellationToken ct) => _requests.ExistsAsync(grant.Path, ct);

    /// <param name="path">As kept by <see cref="Grant.Path"/>.</param>
    /// <param name="ct">Ends the work.</param>
    internal Task RevokeAsync(string path, CancellationToken ct) => _requests.DeleteAsync(path, ct);

    /// <param name="path">As kept by <see cref="Grant.Path"/>.</param>
    /// <param name="ct">Ends the work.</param>
    internal Task<bool> HasAsync(string path, CancellationToken ct) => _requests.ExistsAsync(path, ct);

    private Task<IReadOnlyList<RoleAssignment>> ListAsync((string, string?) filter, CancellationToken ct) =>
        _requests.ListAsync(
            $"role_assignments{Query(filter)}",
            "role_assignments",
            IdentityJson.Default.RoleAssignment,
            ct
        );
}

/// <summary>A role of somebody somewhere, by ids.</summary>
/// <param name="Place">What the role counts for.</param>
/// <param name="PlaceId">Id of the project or domain.</param>
/// <param name="Holder">Who has it.</param>
/// <param name="HolderId">Id of the group or user.</param>
/// <param name="RoleId">Id of the role.</param>
public sealed record Grant(GrantPlace Place, string PlaceId, GrantHolder Holder, string HolderId, string RoleId)
{
    internal string Path =>
        $"{(Place == GrantPlace.Project ? "projects" : "domains")}/{Uri.EscapeDataString(PlaceId)}"
        + $"/{(Holder == GrantHolder.Group ? "groups" : "users")}/{Uri.EscapeDataString(HolderId)}"
        + $"/roles/{Uri.EscapeDataString(RoleId)}";
}

/// <summary>What a role counts for.</summary>
public enum GrantPlace
{
    Project,
    Domain,
}

/// <summary>Who has a role.</summary>
public enum GrantHolder
{
    Group,
    User,
}
