using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Identity;

/// <summary>https://docs.openstack.org/api-ref/identity/v3/#domains</summary>
public sealed record Domain
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("description")]
    public string? Description { get; init; }

    [JsonPropertyName("enabled")]
    public bool? Enabled { get; init; }
}
