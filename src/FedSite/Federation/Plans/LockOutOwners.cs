using System.Collections.Concurrent;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.Plans;

/// <summary>Finds who owns something in the projects of groups that people lose.</summary>
internal sealed class LockOutOwners(OpenStackCloud cloud, string? federatedDomainId)
{
    /// <summary>Users of which more is asked than the id.</summary>
    private const int MaxUsers = 500;

    private readonly Dictionary<(string User, string Project), (int Servers, int Volumes)> _owned = [];

    /// <param name="lockOuts">Whose groups are looked at.</param>
    /// <param name="notes">Takes what could not be looked at.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<IReadOnlyList<LockedOutOwner>> FindAsync(
        IReadOnlyList<LockOut> lockOuts,
        ICollection<string> notes,
        CancellationToken ct
    )
    {
        var grants = new ConcurrentBag<Grant>();
        foreach (var group in lockOuts.SelectMany(lockOut => lockOut.Groups).Distinct(StringComparer.Ordinal))
            CloudReader.Add(grants, await cloud.Identity.Grants.ListOfGroupAsync(group, ct));
        var projects = grants
            .Where(grant => grant.Place == GrantPlace.Project)
            .Select(grant => grant.PlaceId)
            .Distinct(StringComparer.Ordinal);
        foreach (var project in projects.Order(StringComparer.Ordinal))
        {
            await TryAsync("servers", project, notes, () => CountServersAsync(project, ct));
            await TryAsync("volumes", project, notes, () => CountVolumesAsync(project, ct));
        }

        return await NameAsync(ct);
    }

    private static async Task TryAsync(string what, string project, ICollection<string> notes, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (FedSiteException e)
        {
            notes.Add($"who owns {what} in project {project} is not known: {e.Message}");
        }
    }

    private async Task CountServersAsync(string project, CancellationToken ct)
    {
        await foreach (var server in cloud.Compute.ListServersAsAdminAsync(project, ct))
        {
            if (server.Item?.UserId is { } user)
            {
                var (servers, volumes) = _owned.GetValueOrDefault((user, project));
                _owned[(user, project)] = (servers + 1, volumes);
            }
        }
    }

    private async Task CountVolumesAsync(string project, CancellationToken ct)
    {
        await foreach (var volume in cloud.BlockStorage.ListVolumesAsAdminAsync(project, ct))
        {
            if (volume.Item?.UserId is { } user)
            {
                var (servers, volumes) = _owned.GetValueOrDefault((user, project));
                _owned[(user, project)] = (servers, volumes + 1);
            }
        }
    }

    private async Task<IReadOnlyList<LockedOutOwner>> NameAsync(CancellationToken ct)
    {
        var users = new Dictionary<string, User?>(StringComparer.Ordinal);
        foreach (var (user, _) in _owned.Keys.OrderBy(key => key.User, StringComparer.Ordinal))
        {
            if (users.Count < MaxUsers && !users.ContainsKey(user))
                users[user] = await cloud.Identity.GetUserAsync(user, TokenScope.Configured, ct);
        }

        return
        [
            .. _owned
                .Select(owned => (owned.Key, owned.Value, User: users.GetValueOrDefault(owned.Key.User)))
                .Where(owned => owned.User is null || owned.User.DomainId == federatedDomainId)
                .Select(owned => new LockedOutOwner(
                    owned.Key.User,
                    owned.User?.Name,
                    owned.Key.Project,
                    owned.Value.Servers,
                    owned.Value.Volumes
                ))
                .OrderBy(owner => owner.Name ?? owner.Id, StringComparer.Ordinal),
        ];
    }
}
