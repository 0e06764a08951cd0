using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Network;

/// <summary>https://docs.openstack.org/api-ref/network/v2/#routers-routers</summary>
public sealed record Router
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>Null: it leads nowhere.</summary>
    [JsonPropertyName("external_gateway_info")]
    public RouterGateway? Gateway { get; init; }
}

public sealed record RouterGateway
{
    /// <summary>Id of the external network.</summary>
    [JsonPropertyName("network_id")]
    public string? NetworkId { get; init; }
}
