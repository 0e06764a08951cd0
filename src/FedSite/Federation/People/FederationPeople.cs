using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.OpenStack.Compute;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.People;

/// <summary>Somebody who came by the federation, or owns servers in a VO's project.</summary>
/// <param name="User">Who it is.</param>
/// <param name="Groups">Names of the groups, those of a login until they expire.</param>
/// <param name="Projects">Names of the projects with a role, own or by a group, or with servers.</param>
/// <param name="Servers">How many live; with a VO only those in its projects. Null: they could not be read.</param>
public sealed record Person(Owner User, IReadOnlyList<string> Groups, IReadOnlyList<string> Projects, int? Servers);

/// <param name="People">By name.</param>
/// <param name="Unread">What could not be read, in words.</param>
public sealed record PeopleReport(IReadOnlyList<Person> People, IReadOnlyList<string> Unread);

/// <summary>Reads who came by the federation. Of servers only their number a user is kept.</summary>
public sealed class FederationPeople(SiteConfig site, OpenStackCloud cloud)
{
    private readonly Unread _unread = new();
    private readonly Dictionary<string, Ownership> _owned = new(StringComparer.Ordinal);

    /// <param name="vo">Only people with a role or servers in this VO's projects; null: all of the federation.</param>
    /// <param name="ct">Ends the work.</param>
    /// <exception cref="FedSiteException">Keystone does not tell the projects, or nobody knows the VO.</exception>
    public async Task<PeopleReport> ReadAsync(string? vo, CancellationToken ct)
    {
        var book = await ProjectBook.ReadAsync(site, cloud.Identity, vo, _unread, ct);
        var projects = book.Of(vo);
        var users = new UserBook(cloud.Identity, _unread);
        var domains = new FederationDomains([], LoginsLeaveGroups: true);
        await _unread.TryAsync("users", async () => domains = await ReadUsersAsync(users, ct));
        var federated = users.Users.Select(user => user.Id).ToList();
        var isCounted = true;
        IReadOnlyList<string?> places = vo is null ? [null] : [.. projects.Keys];
        foreach (var place in places)
            await _unread.TryAsync("servers", () => CountAsync(place, users, projects, ct), () => isCounted = false);
        await users.LearnAsync(_owned.Keys, ct);
        var roles = await ReadRolesAsync(ct);
        var memberships = new Memberships(cloud.Identity, _unread);
        await memberships.ReadAsync(federated, domains, roles.Groups, ct);
        await memberships.AskUsersAsync(users.Users.Select(user => user.Id).Except(federated), ct);

        var people = new List<Person>();
        foreach (var id in users.Users.Select(user => user.Id).Union(_owned.Keys))
        {
            var groups = memberships.Of(id);
            var owned = _owned.GetValueOrDefault(id);
            var theirs = groups
                .Keys.Prepend(id)
                .SelectMany(holder => roles.Scopes[holder].SelectMany(book.In))
                .Concat(owned?.Projects ?? [])
                .ToHashSet(StringComparer.Ordinal);
            if (vo is null || theirs.Overlaps(projects.Keys))
            {
                // Cut off in the middle, a number would pass for the whole.
                int? servers = isCounted ? owned?.Servers ?? 0 : null;
                people.Add(MakePerson(users.OwnerOf(id), groups.Values, theirs.Select(book.NameOf), servers));
            }
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
        IEnumerable<string> groups,
        IEnumerable<string> projects,
        int? servers
    ) =>
        new(
            user,
            [.. groups.Distinct().Order(StringComparer.Ordinal)],
            [.. projects.Order(StringComparer.Ordinal)],
            servers
        );

    private async Task<FederationDomains> ReadUsersAsync(UserBook users, CancellationToken ct)
    {
        var domains = await FindDomainsAsync(ct);
        foreach (var domain in domains.Ids)
        {
            var odd = new List<string>();
            foreach (var user in await cloud.Identity.Users.ListAsync(domain, odd, ct))
                users.Add(user);
            odd.ForEach(_unread.Add);
        }

        return domains;
    }

    /// <summary>The file's domain, and those that its identity providers put people into.</summary>
    private async Task<FederationDomains> FindDomainsAsync(CancellationToken ct)
    {
        var federation = site.Federation;
        var name = federation?.Domain ?? "egi.eu";
        var domains = new HashSet<string>(StringComparer.Ordinal);
        if (await cloud.Identity.FindDomainAsync(name, ct) is { } domain)
            domains.Add(domain.Id);
        var providers = await cloud.Identity.Federation.ListIdentityProvidersAsync(ct);
        if (federation is not null)
        {
            var idps = federation.Providers.Select(provider => provider.Idp).Append(federation.Idp).ToHashSet();
            domains.UnionWith(
                providers.Where(idp => idps.Contains(idp.Id)).Select(idp => idp.DomainId).OfType<string>()
            );
        }

        if (domains.Count == 0)
            _unread.Add(
                $"users: Keystone has no domain {name}: write the federation's as federation.domain in site.yaml"
            );
        return new FederationDomains(
            [.. domains],
            providers.Any(idp => idp.AuthorizationTtl > 0 && domains.Contains(idp.DomainId ?? ""))
        );
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

    private async Task<Roles> ReadRolesAsync(CancellationToken ct)
    {
        IReadOnlyList<RoleAssignment> roles = [];
        await _unread.TryAsync("roles", async () => roles = await cloud.Identity.Users.ListRoleAssignmentsAsync(ct));
        return new Roles(
            [.. roles.Select(role => role.Group?.Id).OfType<string>().Distinct(StringComparer.Ordinal)],
            roles
                .Where(role => role.User is not null || role.Group is not null)
                .ToLookup(role => (role.User ?? role.Group)!.Id, role => role.Scope, StringComparer.Ordinal)
        );
    }

    /// <param name="Groups">Ids of the groups that have one.</param>
    /// <param name="Scopes">Where they count, by the id of the user or group.</param>
    private sealed record Roles(IReadOnlyList<string> Groups, ILookup<string, AssignmentScope> Scopes);

    private sealed class Ownership
    {
        public int Servers { get; set; }
        public HashSet<string> Projects { get; } = new(StringComparer.Ordinal);
    }
}
