namespace FedSite.Sandbox.World;

/// <summary>A server as Nova's database holds it.</summary>
public sealed record SandboxServer
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }

    /// <summary>What the API shows: <c>ACTIVE</c>, <c>SHUTOFF</c>, <c>DELETED</c> and the like.</summary>
    public required string Status { get; init; }
    public required string ProjectId { get; init; }
    public required string UserId { get; init; }
    public required string FlavorId { get; init; }

    /// <summary>Null when it boots from a volume.</summary>
    public string? ImageId { get; init; }
    public required DateTimeOffset Created { get; init; }

    /// <summary>Null until the first change: the API then says "now", and <c>changes-since</c> misses it.</summary>
    public DateTimeOffset? Updated { get; init; }
    public DateTimeOffset? LaunchedAt { get; init; }
    public DateTimeOffset? TerminatedAt { get; init; }

    /// <summary>Floating addresses; a deleted server shows none.</summary>
    public int FloatingAddresses { get; init; }

    // Made from the id, so that all services tell the same.
    internal string MacAddress => $"fa:16:3e:{Octet(0):x2}:{Octet(1):x2}:{Octet(2):x2}";
    internal string FixedAddress => $"10.{Octet(3)}.{Octet(4)}.{Octet(5)}";

    internal string FloatingAddress(int number) => $"203.0.113.{(Octet(0) + number) % 254}";

    private byte Octet(int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        Id.TryWriteBytes(bytes);
        return bytes[number];
    }

    public bool Deleted => Status == "DELETED";
}
