using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace FedSite.Sandbox.World;

/// <summary>Who has which role where, and who is in which group.</summary>
internal sealed class RoleStore(Func<string, string> idOf)
{
    private readonly ConcurrentDictionary<(string Actor, string Target), ImmutableArray<string>> _grants = new();
    private readonly ConcurrentDictionary<(string Actor, string Domain, string Role), bool> _inherited = new();
    private readonly ConcurrentDictionary<string, ImmutableHashSet<string>> _groupsOf = new();
    private readonly ConcurrentDictionary<string, ImmutableArray<string>> _loginGroupsOf = new();
    private readonly ConcurrentDictionary<string, SandboxRole> _roles = new();

    public IEnumerable<SandboxRole> Roles => _roles.Values.OrderBy(r => r.Id, StringComparer.Ordinal);

    /// <summary>Made when it does not exist.</summary>
    public SandboxRole Role(string name) => _roles.GetOrAdd(name, n => new SandboxRole(idOf(n), n));

    /// <summary>As they were given: direct ones, by target and actor, and then those that are inherited.</summary>
    public IEnumerable<RoleAssignment> Assignments =>
        _grants
            .OrderBy(g => g.Key.Target, StringComparer.Ordinal)
            .ThenBy(g => g.Key.Actor, StringComparer.Ordinal)
            .SelectMany(g => g.Value.Select(role => new RoleAssignment(g.Key.Actor, g.Key.Target, role)))
            .Concat(Inherited.Select(i => new RoleAssignment(i.Actor, i.Domain, i.Role, Inherited: true)));

    private IEnumerable<(string Actor, string Domain, string Role)> Inherited =>
        _inherited
            .Keys.OrderBy(i => i.Domain, StringComparer.Ordinal)
            .ThenBy(i => i.Actor, StringComparer.Ordinal)
            .ThenBy(i => i.Role, StringComparer.Ordinal);

    public void Set(string actor, string target, IEnumerable<string> roles)
    {
        ImmutableArray<string> all = [.. roles.Distinct()];
        if (all.IsEmpty)
        {
            _grants.TryRemove((actor, target), out _);
            return;
        }
        foreach (var role in all)
        {
            Role(role);
        }
        _grants[(actor, target)] = all;
    }

    /// <summary>Gives a role in all projects of a domain.</summary>
    public void Inherit(string actor, string domain, string role) =>
        _inherited[(actor, domain, Role(role).Name)] = true;

    /// <returns>False: there is none.</returns>
    public bool Disinherit(string actor, string domain, string role) =>
        _inherited.TryRemove((actor, domain, role), out _);

    /// <summary>Without those of groups and the implied ones.</summary>
    public ImmutableArray<string> Direct(string actor, string target) =>
        _grants.TryGetValue((actor, target), out var roles) ? roles : [];

    /// <summary>All roles of a user: own ones, those of groups, and what they imply.</summary>
    /// <param name="user">Its id.</param>
    /// <param name="target">What they count for.</param>
    /// <param name="domain">That of a project; null: the target is none.</param>
    public IReadOnlyList<string> Effective(string user, string target, string? domain)
    {
        var roles = new List<string>();
        foreach (var actor in GroupsOf(user).Union(LoginGroupsOf(user)).Prepend(user))
        {
            roles.AddRange(Direct(actor, target));
            roles.AddRange(_inherited.Keys.Where(i => i.Actor == actor && i.Domain == domain).Select(i => i.Role));
        }
        if (roles.Contains("admin"))
        {
            roles.Add("member");
        }
        if (roles.Contains("member"))
        {
            roles.Add("reader");
        }
        return [.. roles.Distinct()];
    }

    public ImmutableHashSet<string> GroupsOf(string user) => _groupsOf.GetValueOrDefault(user, []);

    public ImmutableArray<string> LoginGroupsOf(string user) =>
        _loginGroupsOf.TryGetValue(user, out var groups) ? groups : [];

    public void Join(string user, string group) => _groupsOf[user] = GroupsOf(user).Add(group);

    public void Leave(string user, string group) => _groupsOf[user] = GroupsOf(user).Remove(group);

    public void LogIn(string user, IEnumerable<string> groups) => _loginGroupsOf[user] = [.. groups];

    /// <summary>Forgets a user, group, project or domain.</summary>
    public void Forget(string id)
    {
        foreach (var key in _grants.Keys.Where(key => key.Actor == id || key.Target == id))
        {
            _grants.TryRemove(key, out _);
        }
        foreach (var key in _inherited.Keys.Where(key => key.Actor == id || key.Domain == id))
        {
            _inherited.TryRemove(key, out _);
        }
        _groupsOf.TryRemove(id, out _);
        _loginGroupsOf.TryRemove(id, out _);
        foreach (var (user, groups) in _groupsOf)
        {
            if (groups.Contains(id))
            {
                Leave(user, id);
            }
        }
    }
}
