using System.Collections.ObjectModel;

namespace FedSite.Sandbox.World;

/// <summary>A server as Nova's database holds it.</summary>
public sealed record SandboxServer
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }

    /// <summary>What the API shows: <c>ACTIVE</c>, <c>SHUTOFF</c>, <c>DELETED</c> and the like.</summary>
    public required string Status { get; init; }

    /// <summary>Shown as its task, for instance <c>powering-off</c>; null: what goes with its status.</summary>
    public string? Task { get; init; }

    /// <summary>The owner's: it keeps all but admins from changing it.</summary>
    public bool Locked { get; init; }
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

    /// <summary>Where its one port is; with a floating address it has to be a private network.</summary>
    public ServerNetwork Network { get; init; }

    /// <summary>What its maker noted, for instance the Infrastructure Manager.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Status that it comes to once it was shown <see cref="Looks"/> times more; null: it stays.</summary>
    internal string? Becomes { get; init; }
    internal int Looks { get; init; }

    /// <summary>Not before the launch, nor after the end.</summary>
    internal bool HasPort => !Deleted && LaunchedAt is not null && Network != ServerNetwork.None;

    // Made from the id, so that all services tell the same.
    internal string MacAddress => $"fa:16:3e:{Octet(0):x2}:{Octet(1):x2}:{Octet(2):x2}";
    internal string[] FixedAddresses =>
        Network switch
        {
            ServerNetwork.External => [$"192.0.2.{Octet(3)}", Ipv6("e")],
            ServerNetwork.Provider => [$"198.51.100.{Octet(3)}"],
            ServerNetwork.PrivateWithIpv6 => [$"10.{Octet(3)}.{Octet(4)}.{Octet(5)}", Ipv6("a")],
            _ => [$"10.{Octet(3)}.{Octet(4)}.{Octet(5)}"],
        };

    private string Ipv6(string subnet) =>
        $"2001:db8:{subnet}::{0x1000 | (Octet(0) << 4):x}:{0x1000 | (Octet(1) << 4):x}:{0x1000 | Octet(2):x}";

    internal string FloatingAddress(int number) => $"203.0.113.{(Octet(0) + number) % 254}";

    private byte Octet(int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        Id.TryWriteBytes(bytes);
        return bytes[number];
    }

    public bool Deleted => Status == "DELETED";
}

/// <summary>Networks that a server can be on.</summary>
public enum ServerNetwork
{
    /// <summary>The project's own, IPv4 alone.</summary>
    Private,

    /// <summary>The project's own; the server has a global IPv6 address besides.</summary>
    PrivateWithIpv6,

    /// <summary>The one that leads out, IPv4 and IPv6.</summary>
    External,

    /// <summary>A shared one of the project <c>admin</c>, with public IPv4 addresses.</summary>
    Provider,

    /// <summary>None at all.</summary>
    None,
}
