using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Compute;

/// <summary>
/// A server as <c>GET /servers/detail</c> shows it. All times are UTC.
/// https://docs.openstack.org/api-ref/compute/#list-servers-detailed
/// </summary>
public sealed record Server
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    [AllowNull]
    public string Name
    {
        get => field ?? "";
        init;
    }

    /// <summary>In capitals, for instance <c>ACTIVE</c>, <c>SHELVED_OFFLOADED</c>, <c>DELETED</c>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <summary>Id of the project.</summary>
    [JsonPropertyName("tenant_id")]
    public required string TenantId { get; init; }

    [JsonPropertyName("user_id")]
    public string? UserId { get; init; }

    [JsonPropertyName("created")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset Created { get; init; }

    /// <summary>Last change. Of a server that never changed Nova shows the time of the answer.</summary>
    [JsonPropertyName("updated")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public DateTimeOffset Updated { get; init; }

    /// <summary>Null: never started. Moves at every resize and rebuild.</summary>
    [JsonPropertyName("OS-SRV-USG:launched_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public DateTimeOffset? LaunchedAt { get; init; }

    [JsonPropertyName("OS-SRV-USG:terminated_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public DateTimeOffset? TerminatedAt { get; init; }

    /// <summary>Null: started from a volume.</summary>
    [JsonPropertyName("image")]
    [JsonConverter(typeof(ImageIdConverter))]
    public string? ImageId { get; init; }

    /// <summary>Null: the flavor was deleted and Nova is too old (before 2.47) to remember it.</summary>
    [JsonPropertyName("flavor")]
    public ServerFlavor? Flavor { get; init; }

    /// <summary>Number of floating addresses, of both IP versions. A deleted server has none left.</summary>
    [JsonPropertyName("addresses")]
    [JsonConverter(typeof(FloatingAddressCounter))]
    public int FloatingAddresses { get; init; }
}

/// <summary>A flavor as <c>GET /flavors/detail</c> shows it.</summary>
public sealed record ListedFlavor
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Null: the account may not see them, or Nova is older than 2.61.</summary>
    [JsonPropertyName("extra_specs")]
    public IReadOnlyDictionary<string, string>? ExtraSpecs { get; init; }
}

/// <summary>What a server's flavor was when the server was made or last resized.</summary>
public sealed record ServerFlavor
{
    [JsonPropertyName("original_name")]
    [AllowNull]
    public string Name
    {
        get => field ?? "";
        init;
    }

    /// <summary>Null from microversion 2.47 on.</summary>
    [JsonPropertyName("id")]
    public string? Id { get; init; }

    [JsonPropertyName("vcpus")]
    public int Vcpus { get; init; }

    [JsonPropertyName("ram")]
    public long RamMiB { get; init; }

    /// <summary>Root disk, also of a server started from a volume.</summary>
    [JsonPropertyName("disk")]
    public long DiskGiB { get; init; }

    [JsonPropertyName("ephemeral")]
    public long EphemeralGiB { get; init; }

    /// <summary>Null: the account may not see them.</summary>
    [JsonPropertyName("extra_specs")]
    public IReadOnlyDictionary<string, string>? ExtraSpecs { get; init; }
}
