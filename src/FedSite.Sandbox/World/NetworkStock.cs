namespace FedSite.Sandbox.World;

/// <summary>The external network, a shared one, and a private one for each project that the seed gives servers to.</summary>
internal sealed class NetworkStock(CloudWorld world) : Stock<SandboxNetwork>
{
    public string ExternalId { get; } = world.Uuid("network", -1);
    private string ProviderId { get; } = world.Uuid("network", -2);

    public string IdFor(SandboxServer server) =>
        server.Network switch
        {
            ServerNetwork.External => ExternalId,
            ServerNetwork.Provider => ProviderId,
            _ => world.Uuid(server.ProjectId, 0),
        };

    private protected override SandboxNetwork? FindSeeded(string id) =>
        world.Projects.SelectMany(p => Seeded(p.Id, null)).FirstOrDefault(n => n.Id == id);

    private protected override IEnumerable<SandboxNetwork> Seeded(string projectId, string? lastId)
    {
        var all = OfSeed(projectId);
        return lastId is null ? all : all.SkipWhile(n => n.Id != lastId).Skip(1);
    }

    /// <summary>Whatever a test did with them.</summary>
    internal SandboxNetwork[] OfSeed(string projectId) =>
        projectId == world.AdminProject.Id
            ?
            [
                Make(ExternalId, projectId, "public") with
                {
                    External = true,
                },
                Make(ProviderId, projectId, "provider") with
                {
                    Shared = true,
                },
            ]
        : world.NumberOf(projectId) is null ? []
        : [Make(world.Uuid(projectId, 0), projectId, "private")];

    private SandboxNetwork Make(string id, string projectId, string name) =>
        new()
        {
            Id = id,
            ProjectId = projectId,
            Name = name,
            Created = world.Start - TimeSpan.FromDays(100),
        };
}
