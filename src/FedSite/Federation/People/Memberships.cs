using System.Collections.Concurrent;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.People;

/// <summary>Which groups users are in. Groups of logins are told by user alone, those that last by group too.</summary>
internal sealed class Memberships(IdentityApi identity, Unread unread)
{
    // Names of groups by their ids, by the user's id.
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, string>> _groups = new(
        StringComparer.Ordinal
    );

    /// <summary>Names of a user's groups by their ids.</summary>
    public IReadOnlyDictionary<string, string> Of(string user) =>
        _groups.TryGetValue(user, out var groups) ? groups : new Dictionary<string, string>();

    /// <summary>Asks by user or by group, whichever takes fewer requests and tells all.</summary>
    /// <param name="users">Of the federation.</param>
    /// <param name="domains">Ids of the federation's domains.</param>
    /// <param name="holders">Ids of whoever has a role, among them groups of other domains.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task ReadAsync(
        IReadOnlyCollection<string> users,
        FederationDomains domains,
        IEnumerable<string> holders,
        CancellationToken ct
    )
    {
        if (domains.LoginsLeaveGroups || await FindGroupsAsync(domains.Ids, holders, users.Count, ct) is not { } groups)
            await AskUsersAsync(users, ct);
        else
            await AskGroupsAsync(groups, users.ToHashSet(StringComparer.Ordinal), ct);
    }

    public Task AskUsersAsync(IEnumerable<string> users, CancellationToken ct) =>
        EachAsync(
            users,
            async (user, token) =>
            {
                foreach (var group in await identity.Users.ListGroupsAsync(user, token))
                    Add(user, group.Id, group.Name);
            },
            ct
        );

    /// <summary>Names by ids; a group of another domain has none yet. Null: there are too many for it to pay.</summary>
    private async Task<IReadOnlyDictionary<string, string?>?> FindGroupsAsync(
        IReadOnlyList<string> domains,
        IEnumerable<string> others,
        int most,
        CancellationToken ct
    )
    {
        if (most <= domains.Count)
            return null;
        var groups = new Dictionary<string, string?>(StringComparer.Ordinal);
        var areKnown = true;
        foreach (var domain in domains)
        {
            await unread.TryAsync(
                "groups",
                async () =>
                {
                    foreach (var group in await identity.ListGroupsAsync(domain, ct))
                        groups[group.Id] = group.Name;
                },
                () => areKnown = false
            );
        }

        foreach (var id in others)
            groups.TryAdd(id, null);
        var requests = groups.Count + groups.Values.Count(name => name is null) + domains.Count;
        return areKnown && requests < most ? groups : null;
    }

    private Task AskGroupsAsync(
        IReadOnlyDictionary<string, string?> groups,
        HashSet<string> users,
        CancellationToken ct
    ) =>
        EachAsync(
            groups.Keys,
            async (id, token) =>
            {
                if ((groups[id] ?? (await identity.FindGroupAsync(id, token))?.Name) is not { } name)
                    return;
                var odd = new List<string>();
                foreach (var user in await identity.Users.ListMembersAsync(id, odd, token))
                {
                    if (users.Contains(user.Id))
                        Add(user.Id, id, name);
                }

                odd.ForEach(unread.Add);
            },
            ct
        );

    private void Add(string user, string group, string name) =>
        _groups.GetOrAdd(user, _ => new ConcurrentDictionary<string, string>(StringComparer.Ordinal))[group] = name;

    private Task EachAsync(IEnumerable<string> ids, Func<string, CancellationToken, Task> ask, CancellationToken ct) =>
        Parallel.ForEachAsync(
            ids,
            new ParallelOptions { MaxDegreeOfParallelism = UserBook.SideBySide, CancellationToken = ct },
            async (id, token) => await unread.TryAsync("groups", () => ask(id, token))
        );
}

/// <summary>Where people of the federation are.</summary>
/// <param name="Ids">Ids of domains.</param>
/// <param name="LoginsLeaveGroups">The groups of a login outlive it, for Keystone keeps them for a while.</param>
internal sealed record FederationDomains(IReadOnlyList<string> Ids, bool LoginsLeaveGroups);
