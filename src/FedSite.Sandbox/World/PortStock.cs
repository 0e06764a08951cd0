namespace FedSite.Sandbox.World;

/// <summary>A port for each server that is on a network, and that of each project's router.</summary>
internal sealed class PortStock(CloudWorld world, NetworkStock networks, SecurityGroupStock securityGroups)
    : Stock<SandboxPort>
{
    private const ulong Kind = 0x706F7274;

    public static string IdOf(SandboxServer server) => SeededId.Paired(server.Id, Kind, 0).ToString();

    private protected override SandboxPort? FindSeeded(string id)
    {
        if (ServerOf(id) is { } server)
        {
            return Make(server);
        }
        return world.SeededProjects.FirstOrDefault(p => RouterPortId(p.Id) == id) is { } project
            ? Router(project.Id)
            : null;
    }

    private protected override IEnumerable<SandboxPort> Seeded(string projectId, string? lastId)
    {
        if (lastId == RouterPortId(projectId))
        {
            yield break;
        }
        ServerPlace? place = lastId is not null && ServerOf(lastId) is { } last ? ServerPlace.Of(last) : null;
        foreach (var server in world.List(projectId, place, status => status != "DELETED", null))
        {
            if (server.HasPort)
            {
                yield return Make(server);
            }
        }
        if (world.NumberOf(projectId) is not null)
        {
            yield return Router(projectId);
        }
    }

    private SandboxServer? ServerOf(string id) =>
        Guid.TryParse(id, out var known)
        && world.FindServer(SeededId.Paired(known, Kind, 0)) is { HasPort: true } server
            ? server
            : null;

    private SandboxPort Make(SandboxServer server) =>
        new()
        {
            Id = IdOf(server),
            ProjectId = server.ProjectId,
            NetworkId = networks.IdFor(server),
            DeviceOwner = "compute:nova",
            DeviceId = server.Id.ToString(),
            Addresses = server.FixedAddresses,
            MacAddress = server.MacAddress,
            SecurityGroups = [securityGroups.DefaultOf(server.ProjectId)],
            Created = server.Created,
        };

    private string RouterPortId(string projectId) => world.Uuid(projectId, 4);

    private SandboxPort Router(string projectId) =>
        new()
        {
            Id = RouterPortId(projectId),
            ProjectId = projectId,
            NetworkId = world.Uuid(projectId, 0),
            DeviceOwner = "network:router_interface",
            DeviceId = world.Uuid(projectId, 3),
            Addresses = ["10.0.0.1"],
            Created = world.Start - TimeSpan.FromDays(100),
        };
}
