using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace FedSite.Sandbox.World;

/// <summary>Who has which role where, and who is in which group.</summary>
internal sealed class RoleStore(Func<string, string> idOf)
{
    private readonly ConcurrentDictionary<(string Actor, string Target), ImmutableArray<string>> _grants = new();
    private readonly ConcurrentDictionary<string, ImmutableHashSet<string>> _groupsOf = new();
    private readonly ConcurrentDictionary<string, ImmutableArray<string>> _loginGroupsOf = new();
    private readonly ConcurrentDictionary<string, SandboxRole> _roles = new();

    public IEnumerable<SandboxRole> Roles => _roles.Values.OrderBy(r => r.Id, StringComparer.Ordinal);

    /// <summary>Made when it does not exist.</summary>
    public SandboxRole Role(string name) => _roles.GetOrAdd(name, n => new SandboxRole(idOf(n), n));

    /// <summary>Direct ones, by target and actor.</summary>
    public IEnumerable<RoleAssignment> Assignments =>
        _grants
            .OrderBy(g => g.Key.Target, StringComparer.Ordinal)
            .ThenBy(g => g.Key.Actor, StringComparer.Ordinal)
            .SelectMany(g => g.Value.Select(role => new RoleAssignment(g.Key.Actor, g.Key.Target, role)));

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

    /// <summary>Without those of groups and the implied ones.</summary>
    public ImmutableArray<string> Direct(string actor, string target) =>
        _grants.TryGetValue((actor, target), out var roles) ? roles : [];

    /// <summary>All roles of a user: own ones, those of groups, and what they imply.</summary>
    public IReadOnlyList<string> Effective(string user, string target)
    {
        var roles = Direct(user, target).ToList();
        foreach (var group in GroupsOf(user).Union(LoginGroupsOf(user)))
        {
            roles.AddRange(Direct(group, target));
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
