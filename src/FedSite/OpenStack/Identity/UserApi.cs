using System.Text.Json.Serialization;
using static FedSite.OpenStack.Identity.IdentityRequests;

namespace FedSite.OpenStack.Identity;

/// <summary>
/// Users, their groups and roles; needs reader on the system, or the role admin.
/// https://docs.openstack.org/api-ref/identity/v3/#users
/// </summary>
public sealed class UserApi
{
    private readonly IdentityRequests _requests;

    internal UserApi(IdentityRequests requests) => _requests = requests;

    /// <summary>Users of a domain, with e-mail.</summary>
    /// <param name="domainId">Id of the domain.</param>
    /// <param name="odd">Takes those that are not understood, in words.</param>
    /// <param name="ct">Ends the work.</param>
    public Task<IReadOnlyList<User>> ListAsync(string domainId, ICollection<string> odd, CancellationToken ct) =>
        _requests.ListAsync(
            $"users{Query(("domain_id", domainId))}",
            "users",
            TokenScope.Configured,
            IdentityJson.Default.User,
            odd,
            ct
        );

    /// <summary>
    /// Groups that a user is in, and those of the last logins until they expire; none for a user who is gone.
    /// https://docs.openstack.org/api-ref/identity/v3/#list-groups-to-which-a-user-belongs
    /// </summary>
    public async Task<IReadOnlyList<GroupMembership>> ListGroupsAsync(string userId, CancellationToken ct)
    {
        try
        {
            return await _requests.ListAsync(
                $"users/{Uri.EscapeDataString(userId)}/groups",
                "groups",
                IdentityJson.Default.GroupMembership,
                ct
            );
        }
        catch (OpenStackException e) when (e.Status == 404)
        {
            return [];
        }
    }

    /// <summary>
    /// Users who were put into a group; those whom a login put there are not among them.
    /// https://docs.openstack.org/api-ref/identity/v3/#list-users-in-group
    /// </summary>
    /// <param name="groupId">Id of the group.</param>
    /// <param name="odd">Takes those that are not understood, in words.</param>
    /// <param name="ct">Ends the work.</param>
    public Task<IReadOnlyList<User>> ListMembersAsync(string groupId, ICollection<string> odd, CancellationToken ct) =>
        _requests.ListAsync(
            $"groups/{Uri.EscapeDataString(groupId)}/users",
            "users",
            TokenScope.Configured,
            IdentityJson.Default.User,
            odd,
            ct
        );

    /// <summary>
    /// All roles of the cloud as they were given, to users and to groups.
    /// https://docs.openstack.org/api-ref/identity/v3/#list-role-assignments
    /// </summary>
    public Task<IReadOnlyList<RoleAssignment>> ListRoleAssignmentsAsync(CancellationToken ct) =>
        _requests.ListAsync("role_assignments", "role_assignments", IdentityJson.Default.RoleAssignment, ct);
}

/// <summary>A group that a user is in.</summary>
public sealed record GroupMembership
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>When what a login gave ends; null: it was given for good.</summary>
    [JsonPropertyName("membership_expires_at")]
    [JsonConverter(typeof(LenientTimeConverter))]
    public DateTimeOffset? Expires { get; init; }
}
