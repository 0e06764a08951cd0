using FedSite.OpenStack;

namespace FedSite.Federation.Retirement;

/// <summary>Finds who owns servers and volumes in projects.</summary>
internal static class OwnersReading
{
    private const int SideBySide = 8;

    public static async Task<IReadOnlyList<VoOwner>> ReadAsync(
        OpenStackCloud cloud,
        IReadOnlyList<LeavingProject> projects,
        CancellationToken ct
    )
    {
        var owners = new Dictionary<string, VoOwner>(StringComparer.Ordinal);
        void Count(string? user, LeavingProject project, int servers, int volumes)
        {
            var id = user ?? "";
            var before = owners.GetValueOrDefault(id) ?? new VoOwner(id, Name: null, Email: null, 0, 0, []);
            owners[id] = before with
            {
                Servers = before.Servers + servers,
                Volumes = before.Volumes + volumes,
                Projects = before.Projects.Contains(project.Name)
                    ? before.Projects
                    : [.. before.Projects, project.Name],
            };
        }

        foreach (var project in projects)
        {
            await foreach (var server in cloud.Compute.ListServersAsAdminAsync(project.Id, ct))
                Count(server.Item?.UserId, project, 1, 0);
            await foreach (var volume in cloud.BlockStorage.ListVolumesAsAdminAsync(project.Id, ct))
                Count(volume.Item?.UserId, project, 0, 1);
        }

        await Parallel.ForEachAsync(
            owners.Keys.Where(id => id.Length > 0).ToList(),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct },
            async (id, token) =>
            {
                var user = await cloud.Identity.GetUserAsync(id, TokenScope.Configured, token);
                lock (owners)
                    owners[id] = owners[id] with { Name = user?.Name, Email = user?.Email };
            }
        );
        return [.. owners.Values.OrderBy(owner => owner.Name ?? owner.Id, StringComparer.Ordinal)];
    }
}
