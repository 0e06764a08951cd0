using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Network;

/// <summary>https://docs.openstack.org/api-ref/network/v2/#subnets</summary>
public sealed record Subnet
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>In its shortest form, for instance <c>fd00:1::/64</c>.</summary>
    [JsonPropertyName("cidr")]
    public required string Cidr { get; init; }

    /// <summary>Addresses of name servers; empty: the cloud's own.</summary>
    [JsonPropertyName("dns_nameservers")]
    [AllowNull]
    public IReadOnlyList<string> NameServers
    {
        get => field ?? [];
        init;
    }

    /// <summary>Null: none, and routers can't be plugged in.</summary>
    [JsonPropertyName("gateway_ip")]
    public string? Gateway { get; init; }
}
