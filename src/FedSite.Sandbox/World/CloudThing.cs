using System.Net;

namespace FedSite.Sandbox.World;

/// <summary>What belongs to a project and is kept in a <see cref="Stock{T}"/>.</summary>
public abstract record CloudThing
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required DateTimeOffset Created { get; init; }
}

/// <summary>A volume as Cinder's database holds it.</summary>
public sealed record SandboxVolume : CloudThing
{
    /// <summary>Null when nobody gave it one.</summary>
    public string? Name { get; init; }
    public required string UserId { get; init; }
    public required long SizeGiB { get; init; }

    /// <summary>What the API shows: <c>available</c>, <c>in-use</c>, <c>error</c> and the like.</summary>
    public string Status { get; init; } = "available";

    /// <summary>Name of the type.</summary>
    public string? VolumeType { get; init; } = "__DEFAULT__";

    /// <summary>Ids of the servers that it is attached to.</summary>
    public IReadOnlyList<string> Servers { get; init; } = [];

    /// <summary>It is deleted with the server that it is attached to.</summary>
    public bool EndsWithServer { get; init; }

    /// <summary>So often it is shown yet before it comes to the next status.</summary>
    internal int Looks { get; init; }

    /// <summary><c>target:ID</c>: the copy of volume <c>ID</c> while that one moves; hidden from all but admins.</summary>
    public string? MigrationStatus { get; init; }
}

/// <summary>A type of volumes.</summary>
public sealed record SandboxVolumeType(string Id, string Name)
{
    /// <summary>False: for admins and the projects in <see cref="Access"/>.</summary>
    public bool IsPublic { get; init; } = true;

    /// <summary>Ids of projects.</summary>
    public IReadOnlyList<string> Access { get; init; } = [];
}

/// <summary>A network as Neutron's database holds it.</summary>
public sealed record SandboxNetwork : CloudThing
{
    public required string Name { get; init; }

    /// <summary>It leads out of the cloud; everybody sees it.</summary>
    public bool External { get; init; }

    /// <summary>Everybody sees and uses it.</summary>
    public bool Shared { get; init; }
}

/// <summary>A range of addresses of a network, with DHCP.</summary>
public sealed record SandboxSubnet : CloudThing
{
    public required string Name { get; init; }
    public required string NetworkId { get; init; }

    /// <summary>In its shortest form.</summary>
    public required string Cidr { get; init; }

    /// <summary><c>slaac</c>, <c>dhcpv6-stateful</c> and the like; null: IPv4, or none.</summary>
    public string? Ipv6Mode { get; init; }

    public IReadOnlyList<string> NameServers { get; init; } = [];

    internal IPNetwork Range => IPNetwork.Parse(Cidr);

    /// <summary>The first address of IPv4; in IPv6 the one without any bit of a host.</summary>
    internal string Gateway
    {
        get
        {
            var bytes = Range.BaseAddress.GetAddressBytes();
            if (bytes.Length == 4)
            {
                bytes[^1]++;
            }
            return new IPAddress(bytes).ToString();
        }
    }
}

/// <summary>A router; its interfaces are ports.</summary>
public sealed record SandboxRouter : CloudThing
{
    public required string Name { get; init; }

    /// <summary>Null: it leads nowhere.</summary>
    public string? ExternalNetworkId { get; init; }
}

/// <summary>A port with its fixed addresses.</summary>
public sealed record SandboxPort : CloudThing
{
    public required string NetworkId { get; init; }

    /// <summary><c>compute:nova</c> for a server's; empty when nothing is plugged in.</summary>
    public string DeviceOwner { get; init; } = "";

    /// <summary>Id of what is plugged in, for instance of the server.</summary>
    public string DeviceId { get; init; } = "";

    /// <summary>IPv4 and IPv6.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];
    public string MacAddress { get; init; } = "fa:16:3e:00:00:01";

    /// <summary>Ids.</summary>
    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    /// <summary>False: everything gets through.</summary>
    public bool PortSecurity { get; init; } = true;

    /// <summary>Addresses, or ranges, that it may have besides its own.</summary>
    public IReadOnlyList<string> AllowedPairs { get; init; } = [];

    /// <summary>Ids of the subports, where it is the parent of a trunk.</summary>
    public IReadOnlyList<string> Subports { get; init; } = [];
}

/// <summary>A floating address.</summary>
public sealed record SandboxFloatingIp : CloudThing
{
    public required string Address { get; init; }

    /// <summary>Null: reserved but not in use.</summary>
    public string? PortId { get; init; }
}
