using System.Text.Json.Nodes;
using static FedSite.OpenStack.Identity.IdentityRequests;

namespace FedSite.OpenStack.Identity;

/// <summary>Keystone, always by the configured URL: the catalog's may be reachable from inside the cloud only.</summary>
public sealed class IdentityApi
{
    private readonly CloudSession _session;
    private readonly IdentityRequests _requests;

    internal IdentityApi(CloudSession session)
    {
        _session = session;
        _requests = new IdentityRequests(session);
        Federation = new FederationApi(_requests);
        Grants = new GrantApi(_requests);
        Limits = new LimitApi(_session, _requests);
        Users = new UserApi(_requests);
    }

    public FederationApi Federation { get; }
    public GrantApi Grants { get; }
    public LimitApi Limits { get; }
    public UserApi Users { get; }

    /// <summary>
    /// Projects in which the account has a role; no right is needed.
    /// https://docs.openstack.org/api-ref/identity/v3/#get-available-project-scopes
    /// </summary>
    /// <param name="odd">Takes those that are not understood, in words; null: the first one ends the listing.</param>
    /// <param name="ct">Ends the work.</param>
    public Task<IReadOnlyList<Project>> ListMyProjectsAsync(ICollection<string>? odd, CancellationToken ct) =>
        _requests.ListAsync("auth/projects", "projects", TokenScope.Unscoped, IdentityJson.Default.Project, odd, ct);

    public Task<IReadOnlyList<Project>> ListMyProjectsAsync(CancellationToken ct) => ListMyProjectsAsync(null, ct);

    /// <summary>
    /// Projects of the cloud; each filter that is not null must match. Needs reader on system, or a role of the site's
    /// own policy (403 otherwise). https://docs.openstack.org/api-ref/identity/v3/#list-projects
    /// </summary>
    public Task<IReadOnlyList<Project>> ListProjectsAsync(
        string? tag,
        string? name,
        string? domainId,
        ICollection<string>? odd,
        CancellationToken ct
    )
    {
        var query = Query(("tags", tag), ("name", name), ("domain_id", domainId));
        return _requests.ListAsync(
            $"projects{query}",
            "projects",
            TokenScope.Configured,
            IdentityJson.Default.Project,
            odd,
            ct
        );
    }

    /// <returns>Null: there is none.</returns>
    public async Task<Project?> FindProjectAsync(string id, CancellationToken ct) =>
        (
            await _requests.FindAsync($"projects/{Uri.EscapeDataString(id)}", IdentityJson.Default.ProjectBody, ct)
        )?.Project;

    /// <summary>https://docs.openstack.org/api-ref/identity/v3/#create-project</summary>
    /// <returns>False: its domain has a project of that name already.</returns>
    public Task<bool> CreateProjectAsync(JsonObject fields, CancellationToken ct) =>
        _requests.PostAsync("projects", "project", fields, ct);

    /// <param name="id">The project's id.</param>
    /// <param name="fields">What to change; the site's own properties too.</param>
    /// <param name="ct">Ends the work.</param>
    public Task UpdateProjectAsync(string id, JsonObject fields, CancellationToken ct) =>
        _requests.PatchAsync($"projects/{Uri.EscapeDataString(id)}", "project", fields, ct);

    /// <summary>Needs reader on system, or a role of the site's own policy (403 otherwise).</summary>
    /// <returns>Null: there is none.</returns>
    public async Task<User?> GetUserAsync(string userId, TokenScope scope, CancellationToken ct)
    {
        var path = $"users/{Uri.EscapeDataString(userId)}";
        return (await _requests.FindAsync(path, scope, IdentityJson.Default.UserBody, ct))?.User;
    }

    public Task<IReadOnlyList<User>> ListUsersAsync(string name, string domainId, CancellationToken ct) =>
        _requests.ListAsync(
            $"users{Query(("name", name), ("domain_id", domainId))}",
            "users",
            IdentityJson.Default.User,
            ct
        );

    /// <summary>Needs reader on system, or a role of the site's own policy (403 otherwise).</summary>
    /// <returns>Null: there is none.</returns>
    public async Task<Domain?> FindDomainAsync(string nameOrId, CancellationToken ct)
    {
        var path = $"domains/{Uri.EscapeDataString(nameOrId)}";
        var byId = await _requests.FindAsync(path, IdentityJson.Default.DomainBody, ct);
        if (byId is not null)
        {
            return byId.Domain;
        }
        var named = await _requests.ListAsync(
            $"domains{Query(("name", nameOrId))}",
            "domains",
            IdentityJson.Default.Domain,
            ct
        );
        return named.Count == 0 ? null : named[0];
    }

    public Task<IReadOnlyList<Domain>> ListDomainsAsync(CancellationToken ct) =>
        _requests.ListAsync("domains", "domains", IdentityJson.Default.Domain, ct);

    /// <returns>False: there is one of that name already.</returns>
    public Task<bool> CreateDomainAsync(string name, string description, CancellationToken ct) =>
        _requests.PostAsync(
            "domains",
            "domain",
            new JsonObject
            {
                ["name"] = name,
                ["description"] = description,
                ["enabled"] = true,
            },
            ct
        );

    public Task UpdateDomainAsync(string id, JsonObject fields, CancellationToken ct) =>
        _requests.PatchAsync($"domains/{Uri.EscapeDataString(id)}", "domain", fields, ct);

    public Task<IReadOnlyList<Group>> ListGroupsAsync(string domainId, CancellationToken ct) =>
        _requests.ListAsync($"groups{Query(("domain_id", domainId))}", "groups", IdentityJson.Default.Group, ct);

    /// <returns>Null: there is none.</returns>
    public async Task<Group?> FindGroupAsync(string id, CancellationToken ct) =>
        (await _requests.FindAsync($"groups/{Uri.EscapeDataString(id)}", IdentityJson.Default.GroupBody, ct))?.Group;

    /// <returns>False: its domain has a group of that name already.</returns>
    public Task<bool> CreateGroupAsync(string name, string domainId, string description, CancellationToken ct) =>
        _requests.PostAsync(
            "groups",
            "group",
            new JsonObject
            {
                ["name"] = name,
                ["domain_id"] = domainId,
                ["description"] = description,
            },
            ct
        );

    public Task UpdateGroupAsync(string id, JsonObject fields, CancellationToken ct) =>
        _requests.PatchAsync($"groups/{Uri.EscapeDataString(id)}", "group", fields, ct);

    public Task DeleteGroupAsync(string id, CancellationToken ct) =>
        _requests.DeleteAsync($"groups/{Uri.EscapeDataString(id)}", ct);

    /// <summary>What the account's token of this scope says.</summary>
    public async Task<TokenInfo> GetTokenInfoAsync(TokenScope scope, CancellationToken ct) =>
        TokenInfo.Of((await _session.GetTokenAsync(scope, ct)).Document);
}
