using System.Collections.Concurrent;
using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.OpenStack.Compute;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.People;

/// <summary>Somebody who came by the federation, or owns servers in a VO's project.</summary>
/// <param name="User">Who it is.</param>
/// <param name="Groups">Names of the groups, those of a login until they expire.</param>
/// <param name="Projects">Names of the projects with a role, own or by a group, or with servers.</param>
/// <param name="Servers">How many live; with a VO only those in its projects.</param>
public sealed record Person(Owner User, IReadOnlyList<string> Groups, IReadOnlyList<string> Projects, int Servers);

/// <param name="People">By name.</param>
/// <param name="Unread">What could not be read, in words.</param>
public sealed record PeopleReport(IReadOnlyList<Person> People, IReadOnlyList<string> Unread);

/// <summary>Reads who came by the federation. Of servers only their number a user is kept.</summary>
public sealed class FederationPeople(SiteConfig site, OpenStackCloud cloud)
{
    private readonly Unread _unread = new();
    private readonly Dictionary<string, Ownership> _owned = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyList<GroupMembership>> _groups = new(StringComparer.Ordinal);

    /// <param name="vo">Only people with a role or servers in this VO's projects; null: all of the federation.</param>
    /// <param name="ct">Ends the work.</param>
    /// <exception cref="FedSiteException">Keystone does not tell the projects, or nobody knows the VO.</exception>
    public async Task<PeopleReport> ReadAsync(string? vo, CancellationToken ct)
    {
        var book = await ProjectBook.ReadAsync(site, cloud.Identity, _unread, ct);
        var projects = book.Of(vo);
        var users = new UserBook(cloud.Identity, _unread);
        await _unread.TryAsync("users", () => ReadUsersAsync(users, ct));
        IReadOnlyList<string?> places = vo is null ? [null] : [.. projects.Keys];
        foreach (var place in places)
            await _unread.TryAsync("servers", () => CountAsync(place, users, projects, ct));
        await users.LearnAsync(_owned.Keys, ct);
        await ReadGroupsAsync(users, ct);
        var roles = await ReadRolesAsync(ct);

        var people = new List<Person>();
        foreach (var id in users.Users.Select(user => user.Id).Union(_owned.Keys))
        {
            var groups = _groups.GetValueOrDefault(id, []);
            var owned = _owned.GetValueOrDefault(id);
            var theirs = groups
                .Select(group => group.Id)
                .Prepend(id)
                .SelectMany(holder => roles[holder])
                .Concat(owned?.Projects ?? [])
                .ToHashSet(StringComparer.Ordinal);
            if (vo is null || theirs.Overlaps(projects.Keys))
                people.Add(MakePerson(users.OwnerOf(id), groups, theirs.Select(book.NameOf), owned?.Servers ?? 0));
        }

        return new PeopleReport(
            [
                .. people
                    .OrderBy(person => person.User.Name ?? person.User.Id, StringComparer.Ordinal)
                    .ThenBy(person => person.User.Id, StringComparer.Ordinal),
            ],
            _unread.Words
        );
    }

    private static Person MakePerson(
        Owner user,
        IReadOnlyList<GroupMembership> groups,
        IEnumerable<string> projects,
        int servers
    ) =>
        new(
            user,
            [.. groups.Select(group => group.Name).Distinct().Order(StringComparer.Ordinal)],
            [.. projects.Order(StringComparer.Ordinal)],
            servers
        );

    private async Task ReadUsersAsync(UserBook users, CancellationToken ct)
    {
        foreach (var domain in await FindDomainsAsync(ct))
        {
            var odd = new List<string>();
            foreach (var user in await cloud.Identity.Users.ListAsync(domain, odd, ct))
                users.Add(user);
            odd.ForEach(_unread.Add);
        }
    }

    /// <summary>The file's domain, and those that its identity providers put people into.</summary>
    private async Task<IReadOnlyList<string>> FindDomainsAsync(CancellationToken ct)
    {
        var federation = site.Federation;
        var name = federation?.Domain ?? "egi.eu";
        var domains = new List<string>();
        if (await cloud.Identity.FindDomainAsync(name, ct) is { } domain)
            domains.Add(domain.Id);
        if (federation is not null)
        {
            var idps = federation.Providers.Select(provider => provider.Idp).Append(federation.Idp).ToHashSet();
            var known = await cloud.Identity.Federation.ListIdentityProvidersAsync(ct);
            domains.AddRange(known.Where(idp => idps.Contains(idp.Id)).Select(idp => idp.DomainId).OfType<string>());
        }

        if (domains.Count == 0)
            _unread.Add($"users: Keystone has no domain {name} (federation.domain)");
        return [.. domains.Distinct(StringComparer.Ordinal)];
    }

    private async Task CountAsync(
        string? project,
        UserBook users,
        IReadOnlyDictionary<string, VoProject> projects,
        CancellationToken ct
    )
    {
        await foreach (var listed in cloud.Compute.ListOwnedServersAsync(project, ct))
        {
            if (_unread.Take(listed, "servers") is not { } server)
                continue;
            if (server.UserId is not { } user)
            {
                _unread.Add(CellDown(server));
                continue;
            }
            // Whoever is not of the federation counts where a VO's project is concerned.
            if (!users.Has(user) && !projects.ContainsKey(server.ProjectId))
                continue;
            if (!_owned.TryGetValue(user, out var owned))
                _owned[user] = owned = new Ownership();
            owned.Servers++;
            owned.Projects.Add(server.ProjectId);
        }
    }

    internal static string CellDown(OwnedServer server) =>
        $"servers: the cell of server {server.Id} is down, so its owner is not known";

    private Task ReadGroupsAsync(UserBook users, CancellationToken ct) =>
        Parallel.ForEachAsync(
            users.Users,
            new ParallelOptions { MaxDegreeOfParallelism = UserBook.SideBySide, CancellationToken = ct },
            async (user, token) =>
                await _unread.TryAsync(
                    "groups",
                    async () => _groups[user.Id] = await cloud.Identity.Users.ListGroupsAsync(user.Id, token)
                )
        );

    /// <summary>Ids of projects, by the id of the user or group that has a role there.</summary>
    private async Task<ILookup<string, string>> ReadRolesAsync(CancellationToken ct)
    {
        IReadOnlyList<RoleAssignment> roles = [];
        await _unread.TryAsync("roles", async () => roles = await cloud.Identity.Users.ListRoleAssignmentsAsync(ct));
        return roles
            .Where(role => role.Scope is { Project: not null, InheritedTo: null })
            .Where(role => role.User is not null || role.Group is not null)
            .ToLookup(role => (role.User ?? role.Group)!.Id, role => role.Scope.Project!.Id, StringComparer.Ordinal);
    }

    private sealed class Ownership
    {
        public int Servers { get; set; }
        public HashSet<string> Projects { get; } = new(StringComparer.Ordinal);
    }
}
