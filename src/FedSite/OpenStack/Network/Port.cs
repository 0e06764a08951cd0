using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Network;

/// <summary>https://docs.openstack.org/api-ref/network/v2/#ports</summary>
public sealed record Port
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("network_id")]
    public string? NetworkId { get; init; }

    /// <summary>What plugs in, for instance <c>compute:nova</c>, <c>network:router_interface</c>; empty: nothing.</summary>
    [JsonPropertyName("device_owner")]
    [AllowNull]
    public string DeviceOwner
    {
        get => field ?? "";
        init;
    }

    /// <summary>Id of the server where <see cref="DeviceOwner"/> begins with <c>compute:</c>.</summary>
    [JsonPropertyName("device_id")]
    public string? DeviceId { get; init; }

    [JsonPropertyName("fixed_ips")]
    [AllowNull]
    public IReadOnlyList<FixedIp> FixedIps
    {
        get => field ?? [];
        init => field = value?.Where(ip => ip is not null).ToList();
    }
}

/// <summary>An address of a port.</summary>
public sealed record FixedIp
{
    [JsonPropertyName("ip_address")]
    public string? Address { get; init; }

    [JsonPropertyName("subnet_id")]
    public string? SubnetId { get; init; }
}
