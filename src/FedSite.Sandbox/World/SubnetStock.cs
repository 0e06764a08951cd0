namespace FedSite.Sandbox.World;

/// <summary>Two of each network that the seed gives: one of IPv4, one of IPv6.</summary>
internal sealed class SubnetStock(CloudWorld world, NetworkStock networks) : Stock<SandboxSubnet>
{
    private protected override SandboxSubnet? FindSeeded(string id) =>
        world.Projects.SelectMany(p => Seeded(p.Id, null)).FirstOrDefault(s => s.Id == id);

    private protected override IEnumerable<SandboxSubnet> Seeded(string projectId, string? lastId)
    {
        var all = networks.OfSeed(projectId).SelectMany(Both);
        return lastId is null ? all : all.SkipWhile(s => s.Id != lastId).Skip(1);
    }

    private SandboxSubnet[] Both(SandboxNetwork network)
    {
        var (ipv4, ipv6) = (network.External, network.Shared) switch
        {
            (true, _) => ("192.0.2.0/24", "2001:db8:e::/64"),
            (_, true) => ("198.51.100.0/24", "2001:db8:b::/64"),
            _ => ("10.0.0.0/8", "2001:db8:a::/64"),
        };
        return [Make(network, 4, ipv4), Make(network, 6, ipv6)];
    }

    private SandboxSubnet Make(SandboxNetwork network, int version, string cidr) =>
        new()
        {
            Id = world.Uuid(network.Id, version),
            ProjectId = network.ProjectId,
            Name = network.Name,
            NetworkId = network.Id,
            Cidr = cidr,
            Created = network.Created,
        };
}
