using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Network;

/// <summary>https://docs.openstack.org/api-ref/network/v2/#security-groups-security-groups</summary>
public sealed record SecurityGroup
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    [AllowNull]
    public string Name
    {
        get => field ?? "";
        init;
    }

    [JsonPropertyName("project_id")]
    public string? ProjectId { get; init; }

    [JsonPropertyName("security_group_rules")]
    [AllowNull]
    public IReadOnlyList<SecurityGroupRule> Rules
    {
        get => field ?? [];
        init => field = value?.Where(rule => rule is not null).ToList();
    }
}

/// <summary>Lets something through. https://docs.openstack.org/api-ref/network/v2/#security-group-rules-security-group-rules</summary>
public sealed record SecurityGroupRule
{
    /// <summary><c>ingress</c> or <c>egress</c>.</summary>
    [JsonPropertyName("direction")]
    public string? Direction { get; init; }

    /// <summary>A name such as <c>tcp</c>, or its number, as text; null: any.</summary>
    [JsonIgnore]
    public string? Protocol => ProtocolKey.TextOrNull() ?? (IsNumber ? ProtocolKey.GetRawText() : null);

    /// <summary>Of ICMP the type; null: any.</summary>
    [JsonPropertyName("port_range_min")]
    public int? PortFrom { get; init; }

    /// <summary>Of ICMP the code; null: any.</summary>
    [JsonPropertyName("port_range_max")]
    public int? PortTo { get; init; }

    /// <summary>Such as <c>0.0.0.0/0</c>.</summary>
    [JsonPropertyName("remote_ip_prefix")]
    public string? RemotePrefix { get; init; }

    /// <summary>Members of this security group.</summary>
    [JsonPropertyName("remote_group_id")]
    public string? RemoteGroupId { get; init; }

    /// <summary>Since Wallaby: members of this address group.</summary>
    [JsonPropertyName("remote_address_group_id")]
    public string? RemoteAddressGroupId { get; init; }

    [JsonInclude]
    [JsonPropertyName("protocol")]
    internal JsonElement ProtocolKey { get; init; }

    private bool IsNumber => ProtocolKey.ValueKind is JsonValueKind.Number;
}

/// <summary>A port and what guards it. https://docs.openstack.org/api-ref/network/v2/#ports</summary>
public sealed record SecuredPort
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>What plugs in, for instance <c>compute:nova</c>; empty: nothing.</summary>
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

    /// <summary>Ids.</summary>
    [JsonPropertyName("security_groups")]
    [AllowNull]
    public IReadOnlyList<string> SecurityGroups
    {
        get => field ?? [];
        init => field = value?.Where(id => id is not null).ToList();
    }

    [JsonPropertyName("project_id")]
    public string? ProjectId { get; init; }

    /// <summary>Addresses that it may have besides its own, such as one that machines hand to each other.</summary>
    [JsonPropertyName("allowed_address_pairs")]
    [AllowNull]
    public IReadOnlyList<AddressPair> AllowedPairs
    {
        get => field ?? [];
        init => field = value?.Where(pair => pair is not null).ToList();
    }

    /// <summary>False: no security group counts, and everything gets through. Null: Neutron does not tell.</summary>
    [JsonPropertyName("port_security_enabled")]
    public bool? HasSecurity { get; init; }

    /// <summary>Null: it is not the parent of a trunk, or Neutron knows none.</summary>
    [JsonPropertyName("trunk_details")]
    public PortTrunk? Trunk { get; init; }
}

/// <summary>
/// What else reaches a server by the parent port of a trunk.
/// https://docs.openstack.org/api-ref/network/v2/#trunk-details-extended-attributes-ports
/// </summary>
public sealed record PortTrunk
{
    [JsonPropertyName("sub_ports")]
    [AllowNull]
    public IReadOnlyList<Subport> Subports
    {
        get => field ?? [];
        init => field = value?.Where(port => port is not null).ToList();
    }
}

/// <summary>A port that leads to the server of another one. Its own <c>device_id</c> is empty.</summary>
public sealed record Subport
{
    [JsonPropertyName("port_id")]
    public string? PortId { get; init; }
}

/// <summary>An address, or a range of them, that a port may have.</summary>
public sealed record AddressPair
{
    [JsonPropertyName("ip_address")]
    public string? Address { get; init; }
}

/// <summary>Ranges of addresses that rules may name. https://docs.openstack.org/api-ref/network/v2/#address-groups</summary>
public sealed record AddressGroup
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>Such as <c>192.0.2.0/24</c>.</summary>
    [JsonPropertyName("addresses")]
    [AllowNull]
    public IReadOnlyList<string> Addresses
    {
        get => field ?? [];
        init => field = value?.Where(address => address is not null).ToList();
    }
}
