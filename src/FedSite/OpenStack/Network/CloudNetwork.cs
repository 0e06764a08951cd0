using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Network;

/// <summary>https://docs.openstack.org/api-ref/network/v2/#networks</summary>
public sealed record CloudNetwork
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>Null: it was not asked for.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("project_id")]
    public string? ProjectId { get; init; }

    /// <summary>It leads out of the cloud.</summary>
    [JsonPropertyName("router:external")]
    public bool External { get; init; }
}
