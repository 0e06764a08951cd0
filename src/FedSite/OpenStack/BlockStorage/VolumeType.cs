using System.Text.Json.Serialization;

namespace FedSite.OpenStack.BlockStorage;

/// <summary>https://docs.openstack.org/api-ref/block-storage/v3/#list-all-volume-types</summary>
/// <param name="IsPublic">False: only projects that were given access have it.</param>
public sealed record VolumeType(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("is_public")] bool IsPublic = true
);
