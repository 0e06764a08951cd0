namespace FedSite.Sandbox.World;

/// <summary>A security group with its rules.</summary>
public sealed record SandboxSecurityGroup : CloudThing
{
    public required string Name { get; init; }
    public IReadOnlyList<SandboxSecurityRule> Rules { get; init; } = [];
}

/// <summary>What a security group lets through.</summary>
public sealed record SandboxSecurityRule
{
    /// <summary><c>ingress</c> or <c>egress</c>.</summary>
    public string Direction { get; init; } = "ingress";

    /// <summary><c>IPv4</c> or <c>IPv6</c>.</summary>
    public string EtherType { get; init; } = "IPv4";

    /// <summary>Null: any.</summary>
    public string? Protocol { get; init; }
    public int? From { get; init; }
    public int? To { get; init; }
    public string? RemotePrefix { get; init; }

    /// <summary>Id of a security group.</summary>
    public string? RemoteGroup { get; init; }

    /// <summary>Id of an address group.</summary>
    public string? RemoteAddressGroup { get; init; }
}

/// <summary>Ranges of addresses that rules of security groups may name.</summary>
public sealed record SandboxAddressGroup : CloudThing
{
    public required string Name { get; init; }

    /// <summary>Such as <c>192.0.2.0/24</c>.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];
}

/// <summary>No project has an address group from the start.</summary>
internal sealed class AddressGroupStock : Stock<SandboxAddressGroup>
{
    private protected override SandboxAddressGroup? FindSeeded(string id) => null;

    private protected override IEnumerable<SandboxAddressGroup> Seeded(string projectId, string? lastId) => [];
}

/// <summary>The group <c>default</c> of each project: all out, nothing in but from its own members.</summary>
internal sealed class SecurityGroupStock(CloudWorld world) : Stock<SandboxSecurityGroup>
{
    public string DefaultOf(string projectId) => world.Uuid(projectId, 20);

    private protected override SandboxSecurityGroup? FindSeeded(string id) =>
        world
            .Projects.Where(project => DefaultOf(project.Id) == id)
            .Select(project => Make(project.Id))
            .FirstOrDefault();

    private protected override IEnumerable<SandboxSecurityGroup> Seeded(string projectId, string? lastId) =>
        lastId == DefaultOf(projectId) ? [] : [Make(projectId)];

    private SandboxSecurityGroup Make(string projectId) =>
        new()
        {
            Id = DefaultOf(projectId),
            ProjectId = projectId,
            Name = "default",
            Created = world.Start - TimeSpan.FromDays(100),
            Rules = [.. RulesOf(projectId, "IPv4"), .. RulesOf(projectId, "IPv6")],
        };

    private IEnumerable<SandboxSecurityRule> RulesOf(string projectId, string type) =>
        [
            new() { Direction = "egress", EtherType = type },
            new() { EtherType = type, RemoteGroup = DefaultOf(projectId) },
        ];
}
