using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Identity;

/// <summary>https://docs.openstack.org/api-ref/identity/v3/#users</summary>
public sealed record User
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("domain_id")]
    public string? DomainId { get; init; }
}
