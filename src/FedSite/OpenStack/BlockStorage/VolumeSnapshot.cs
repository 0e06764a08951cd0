using System.Text.Json.Serialization;

namespace FedSite.OpenStack.BlockStorage;

/// <summary>https://docs.openstack.org/api-ref/block-storage/v3/#list-snapshots-and-details</summary>
public sealed record VolumeSnapshot
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>Id of the project.</summary>
    [JsonPropertyName("os-extended-snapshot-attributes:project_id")]
    public string? ProjectId { get; init; }

    [JsonPropertyName("volume_id")]
    public string? VolumeId { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>In lower case, for instance <c>available</c>, <c>deleting</c>, <c>error</c>.</summary>
    [JsonPropertyName("status")]
    public string? Status { get; init; }
}
