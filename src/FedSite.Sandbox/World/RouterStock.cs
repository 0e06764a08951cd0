namespace FedSite.Sandbox.World;

/// <summary>One for each project that the seed gives servers to.</summary>
internal sealed class RouterStock(CloudWorld world, NetworkStock networks) : Stock<SandboxRouter>
{
    private protected override SandboxRouter? FindSeeded(string id) =>
        world.SeededProjects.SelectMany(p => Seeded(p.Id, null)).FirstOrDefault(r => r.Id == id);

    private protected override IEnumerable<SandboxRouter> Seeded(string projectId, string? lastId)
    {
        if (world.NumberOf(projectId) is null || lastId == IdOf(projectId))
        {
            yield break;
        }
        yield return new SandboxRouter
        {
            Id = IdOf(projectId),
            ProjectId = projectId,
            Name = "router",
            ExternalNetworkId = networks.ExternalId,
            Created = world.Start - TimeSpan.FromDays(100),
        };
    }

    private string IdOf(string projectId) => world.Uuid(projectId, 3);
}
