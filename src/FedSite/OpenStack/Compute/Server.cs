namespace FedSite.OpenStack.Compute;

/// <summary>
/// A server as <c>GET /servers/detail</c> shows it. All times are UTC.
/// https://docs.openstack.org/api-ref/compute/#list-servers-detailed
/// </summary>
public sealed record Server
{
    public required string Id { get; init; }

    public string Name { get; init; } = "";

    /// <summary>In capitals, for instance <c>ACTIVE</c>, <c>SHELVED_OFFLOADED</c>, <c>DELETED</c>.</summary>
    public required string Status { get; init; }

    /// <summary>What Nova is about to do with it, for instance <c>powering-off</c>; null: nothing, or that is not shown.</summary>
    public string? TaskState { get; init; }

    /// <summary>Id of the project.</summary>
    public required string TenantId { get; init; }

    public string? UserId { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Last change. Of a server that never changed Nova shows the time of the answer.</summary>
    public DateTimeOffset Updated { get; init; }

    /// <summary>Null: never started. Moves at every resize and rebuild.</summary>
    public DateTimeOffset? LaunchedAt { get; init; }

    public DateTimeOffset? TerminatedAt { get; init; }

    /// <summary>Null: started from a volume.</summary>
    public string? ImageId { get; init; }

    /// <summary>Null: the flavor was deleted and Nova is too old (before 2.47) to remember it.</summary>
    public ServerFlavor? Flavor { get; init; }

    /// <summary>Number of floating addresses, of both IP versions. A deleted server has none left.</summary>
    public int FloatingAddresses { get; init; }
}

/// <summary>What a server's flavor was when the server was made or last resized.</summary>
public sealed record ServerFlavor
{
    public string Name { get; init; } = "";

    /// <summary>Null from microversion 2.47 on.</summary>
    public string? Id { get; init; }

    public int Vcpus { get; init; }

    public long RamMiB { get; init; }

    /// <summary>Root disk, also of a server started from a volume.</summary>
    public long DiskGiB { get; init; }

    public long EphemeralGiB { get; init; }

    /// <summary>Null: the account may not see them.</summary>
    public IReadOnlyDictionary<string, string>? ExtraSpecs { get; init; }
}
