namespace FedSite.Sandbox.World;

/// <summary>A snapshot of a volume as Cinder's database holds it.</summary>
public sealed record SandboxSnapshot : CloudThing
{
    public string? Name { get; init; }

    /// <summary>Id; its volume can't be deleted before it.</summary>
    public required string VolumeId { get; init; }
    public required long SizeGiB { get; init; }

    /// <summary>What the API shows: <c>available</c>, <c>error</c> and the like.</summary>
    public string Status { get; init; } = "available";

    /// <summary>So often it is shown yet before it comes to the next status.</summary>
    internal int Looks { get; init; }
}

/// <summary>The seed gives none.</summary>
internal sealed class SnapshotStock : Stock<SandboxSnapshot>
{
    private protected override SandboxSnapshot? FindSeeded(string id) => null;

    private protected override IEnumerable<SandboxSnapshot> Seeded(string projectId, string? lastId) => [];
}

public sealed partial class CloudWorld
{
    public Stock<SandboxSnapshot> Snapshots { get; } = new SnapshotStock();
}
