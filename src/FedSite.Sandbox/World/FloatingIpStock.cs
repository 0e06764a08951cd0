namespace FedSite.Sandbox.World;

/// <summary>As many floating addresses as the servers have, and a free one for each project.</summary>
internal sealed class FloatingIpStock(CloudWorld world) : Stock<SandboxFloatingIp>
{
    private const ulong Kind = 0x666970;

    /// <summary>Most that a server can have.</summary>
    private const int Most = 256;

    private protected override SandboxFloatingIp? FindSeeded(string id)
    {
        if (OwnerOf(id) is var (server, number))
        {
            return Make(server, number);
        }
        return world.SeededProjects.FirstOrDefault(p => FreeId(p.Id) == id) is { } project ? Free(project.Id) : null;
    }

    private protected override IEnumerable<SandboxFloatingIp> Seeded(string projectId, string? lastId)
    {
        if (lastId == FreeId(projectId))
        {
            yield break;
        }
        ServerPlace? place = null;
        if (lastId is not null && OwnerOf(lastId) is var (last, before))
        {
            place = ServerPlace.Of(last);
            for (var number = before + 1; number < last.FloatingAddresses; number++)
            {
                yield return Make(last, number);
            }
        }
        foreach (var server in world.List(projectId, place, status => status != "DELETED", null))
        {
            for (var number = 0; number < server.FloatingAddresses; number++)
            {
                yield return Make(server, number);
            }
        }
        if (world.NumberOf(projectId) is not null)
        {
            yield return Free(projectId);
        }
    }

    private (SandboxServer Server, int Number)? OwnerOf(string id)
    {
        if (!Guid.TryParse(id, out var known))
        {
            return null;
        }
        for (var number = 0; number < Most; number++)
        {
            if (
                world.FindServer(SeededId.Paired(known, Kind, number)) is { Deleted: false } server
                && number < server.FloatingAddresses
            )
            {
                return (server, number);
            }
        }
        return null;
    }

    private static SandboxFloatingIp Make(SandboxServer server, int number) =>
        new()
        {
            Id = SeededId.Paired(server.Id, Kind, number).ToString(),
            ProjectId = server.ProjectId,
            Address = server.FloatingAddress(number),
            PortId = PortStock.IdOf(server),
            Created = server.Created,
        };

    private string FreeId(string projectId) => world.Uuid(projectId, 10);

    private SandboxFloatingIp Free(string projectId) =>
        new()
        {
            Id = FreeId(projectId),
            ProjectId = projectId,
            Address = "203.0.113.255",
            Created = world.Start - TimeSpan.FromDays(100),
        };
}
