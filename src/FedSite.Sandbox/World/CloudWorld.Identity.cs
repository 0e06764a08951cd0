using System.Collections.Concurrent;

namespace FedSite.Sandbox.World;

/// <summary>What Keystone knows: domains, projects, users, groups and roles.</summary>
public sealed partial class CloudWorld
{
    /// <summary>Stands for the whole system where a role is granted.</summary>
    public const string SystemScope = "system";

    private readonly ConcurrentDictionary<string, SandboxDomain> _domains = new();
    private readonly ConcurrentDictionary<string, SandboxProject> _projects;
    private readonly ConcurrentDictionary<string, SandboxUser> _users;
    private readonly ConcurrentDictionary<string, SandboxGroup> _groups = new();
    private readonly RoleStore _roles;
    private long _created;

    /// <summary>By id.</summary>
    public IEnumerable<SandboxDomain> Domains => _domains.Values.OrderBy(d => d.Id, StringComparer.Ordinal);

    /// <summary>All projects, by id.</summary>
    public IEnumerable<SandboxProject> Projects => _projects.Values.OrderBy(p => p.Id, StringComparer.Ordinal);

    public IEnumerable<SandboxUser> Users => _users.Values.OrderBy(u => u.Id, StringComparer.Ordinal);

    /// <summary>None at the start; by id.</summary>
    public IEnumerable<SandboxGroup> Groups => _groups.Values.OrderBy(g => g.Id, StringComparer.Ordinal);

    /// <summary><c>admin</c>, <c>member</c>, <c>reader</c>, <c>accounting</c>, and what was granted besides.</summary>
    public IEnumerable<SandboxRole> Roles => _roles.Roles;

    public SandboxFederation Federation { get; } = new();

    internal IEnumerable<RoleAssignment> Assignments => _roles.Assignments;

    public SandboxDomain? FindDomain(string id) => _domains.GetValueOrDefault(id);

    public SandboxProject? FindProject(string id) => _projects.GetValueOrDefault(id);

    public SandboxUser? FindUser(string id) => _users.GetValueOrDefault(id);

    public SandboxGroup? FindGroup(string id) => _groups.GetValueOrDefault(id);

    internal SandboxProject? FindProject(string? name, string? domainId) =>
        _projects.Values.FirstOrDefault(p => SameName(p.Name, name) && p.DomainId == domainId);

    internal SandboxUser? FindUser(string? name, string? domainId) =>
        _users.Values.FirstOrDefault(u => SameName(u.Name, name) && u.DomainId == domainId);

    internal SandboxGroup? FindGroup(string? name, string? domainId) =>
        _groups.Values.FirstOrDefault(g => SameName(g.Name, name) && g.DomainId == domainId);

    /// <summary>As MariaDB compares names.</summary>
    internal static bool SameName(string one, string? other) =>
        string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    public void Put(SandboxDomain domain) => _domains[domain.Id] = domain;

    public void Put(SandboxProject project) => _projects[project.Id] = project;

    public void Put(SandboxUser user) => _users[user.Id] = user;

    public void Put(SandboxGroup group) => _groups[group.Id] = group;

    /// <summary>Removes it with all that it holds: projects, users, groups, identity providers.</summary>
    public void RemoveDomain(string id)
    {
        foreach (var project in Projects.Where(p => p.DomainId == id))
        {
            RemoveProject(project.Id);
        }
        foreach (var group in Groups.Where(g => g.DomainId == id))
        {
            RemoveGroup(group.Id);
        }
        foreach (var user in Users.Where(u => u.DomainId == id))
        {
            RemoveUser(user.Id);
        }
        foreach (var provider in Federation.IdentityProviders.Where(p => p.DomainId == id))
        {
            Federation.RemoveIdentityProvider(provider.Id);
        }
        _domains.TryRemove(id, out _);
        _roles.Forget(id);
    }

    /// <summary>Its servers and the like stay, as they do in a real cloud.</summary>
    public void RemoveProject(string id)
    {
        _projects.TryRemove(id, out _);
        _roles.Forget(id);
    }

    public void RemoveUser(string id)
    {
        _users.TryRemove(id, out _);
        _roles.Forget(id);
    }

    public void RemoveGroup(string id)
    {
        _groups.TryRemove(id, out _);
        _roles.Forget(id);
    }

    /// <summary>
    /// Sets the roles of a user or a group in a project, a domain or the system; none takes the access away.
    /// </summary>
    public void Grant(string actorId, string targetId, params string[] roles) => _roles.Set(actorId, targetId, roles);

    /// <summary>
    /// All roles of a user there, through groups and implied ones too; empty when the user has no access.
    /// </summary>
    public IReadOnlyList<string> RolesIn(string userId, string targetId) =>
        _roles.Effective(userId, targetId, FindProject(targetId)?.DomainId);

    /// <summary>Gives a user or a group a role in all projects of a domain (<c>OS-INHERIT</c>).</summary>
    public void Inherit(string actorId, string domainId, string role) => _roles.Inherit(actorId, domainId, role);

    internal bool Disinherit(string actorId, string domainId, string role) =>
        _roles.Disinherit(actorId, domainId, role);

    /// <summary>The roles that a user or a group was given itself.</summary>
    public IReadOnlyList<string> GrantsOf(string actorId, string targetId) => _roles.Direct(actorId, targetId);

    /// <summary>Made when it does not exist.</summary>
    public SandboxRole Role(string name) => _roles.Role(name);

    public void Join(string userId, string groupId) => _roles.Join(userId, groupId);

    public void Leave(string userId, string groupId) => _roles.Leave(userId, groupId);

    /// <summary>Ids of the groups that a user was put into; groups of a login are not among them.</summary>
    public IReadOnlyCollection<string> GroupsOf(string userId) => _roles.GroupsOf(userId);

    internal IReadOnlyList<string> LoginGroupsOf(string userId) => _roles.LoginGroupsOf(userId);

    /// <summary>An id for something that a request makes.</summary>
    internal string NewId() => _seeded.Hex("created", Interlocked.Increment(ref _created));

    private SandboxUser Local(string name, long number) =>
        new()
        {
            Id = _seeded.Hex("user", number),
            Name = name,
            Password = Password,
        };

    private void GrantAll(SandboxOptions options)
    {
        foreach (var role in (string[])["admin", "member", "reader", "accounting"])
        {
            Role(role);
        }
        Grant(Admin.Id, AdminProject.Id, "admin");
        Grant(Admin.Id, SystemScope, "admin");
        string[] roles = options.AccountingRole ? ["reader", "member", "accounting"] : ["reader", "member"];
        foreach (var (number, project) in _seeded.Projects.Index())
        {
            Grant(Accounting.Id, project.Id, roles);
            foreach (var user in _seeded.UserIds[number])
            {
                Grant(user, project.Id, "member", "reader");
            }
        }
        if (options.AccountingReadsSystem)
        {
            Grant(Accounting.Id, SystemScope, "reader");
        }
        if (_seeded.Projects.Count > 0)
        {
            Grant(Member.Id, _seeded.Projects[0].Id, "member", "reader");
            ApplicationCredentials.Add(
                new ApplicationCredential(
                    _seeded.Hex("credential", 0),
                    "fedsite",
                    Password,
                    Accounting.Id,
                    _seeded.Projects[0].Id
                )
            );
        }
    }
}
