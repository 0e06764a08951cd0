using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack.BlockStorage;

/// <summary>
/// A volume as <c>GET /volumes/detail</c> shows it. https://docs.openstack.org/api-ref/block-storage/v3/#volumes-volumes
/// </summary>
public sealed record Volume
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>Id of the project.</summary>
    [JsonPropertyName("os-vol-tenant-attr:tenant_id")]
    public string? ProjectId { get; init; }

    [JsonPropertyName("user_id")]
    public string? UserId { get; init; }

    /// <summary>GiB.</summary>
    [JsonPropertyName("size")]
    public required long SizeGiB { get; init; }

    /// <summary>In lower case, for instance <c>available</c>, <c>in-use</c>, <c>error</c>.</summary>
    [JsonPropertyName("status")]
    public string? Status { get; init; }

    [JsonPropertyName("created_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Name of the type; null: none.</summary>
    [JsonPropertyName("volume_type")]
    public string? VolumeType { get; init; }

    /// <summary>Servers that it is attached to.</summary>
    [JsonPropertyName("attachments")]
    [AllowNull]
    public IReadOnlyList<VolumeAttachment?> Attachments
    {
        get => field ?? [];
        init;
    }

    /// <summary>
    /// Only admins see it. <c>target:ID</c>: the copy that Cinder makes while it moves volume <c>ID</c>, no volume of its own.
    /// </summary>
    [JsonPropertyName("os-vol-mig-status-attr:migstat")]
    public string? MigrationStatus { get; init; }
}

/// <summary>That a volume is attached to a server.</summary>
public sealed record VolumeAttachment
{
    [JsonPropertyName("server_id")]
    public string? ServerId { get; init; }
}
