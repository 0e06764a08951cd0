using System.Text.Json;
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

    /// <summary>As a mapping or an administrator gave it; null: none, or something that is no text.</summary>
    [JsonIgnore]
    public string? Email => EmailKey.TextOrNull();

    /// <summary>Null: Keystone does not say.</summary>
    [JsonPropertyName("enabled")]
    public bool? Enabled { get; init; }

    /// <summary>Keystone takes any JSON here.</summary>
    [JsonInclude]
    [JsonPropertyName("email")]
    internal JsonElement EmailKey { get; init; }
}
