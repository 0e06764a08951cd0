using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Network;

/// <summary>https://docs.openstack.org/api-ref/network/v2/#floating-ips-floatingips</summary>
public sealed record FloatingIp
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("floating_ip_address")]
    public required string Address { get; init; }

    [JsonPropertyName("project_id")]
    public string? ProjectId { get; init; }

    /// <summary>Null: reserved but not in use.</summary>
    [JsonPropertyName("port_id")]
    public string? PortId { get; init; }

    /// <summary>What <see cref="PortId"/> is. Absent from Neutron before Rocky.</summary>
    [JsonPropertyName("port_details")]
    public FloatingIpPort? Port { get; init; }

    /// <summary>That of the port.</summary>
    [JsonPropertyName("fixed_ip_address")]
    public string? FixedAddress { get; init; }

    /// <summary>Absent from Neutron before Newton.</summary>
    [JsonPropertyName("created_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Last change, for instance when it was taken from a server. Absent from Neutron before Newton.</summary>
    [JsonPropertyName("updated_at")]
    [JsonConverter(typeof(LenientTimeConverter))]
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>The port that a floating address is at.</summary>
public sealed record FloatingIpPort
{
    /// <summary>Id of what is plugged in; empty: nothing.</summary>
    [JsonPropertyName("device_id")]
    public string? DeviceId { get; init; }
}
