using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Identity;

/// <summary>https://docs.openstack.org/api-ref/identity/v3/#projects</summary>
public sealed record Project
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("domain_id")]
    public string? DomainId { get; init; }

    /// <summary>The project above; that of a domain's first ones is the domain.</summary>
    [JsonPropertyName("parent_id")]
    public string? ParentId { get; init; }

    [JsonPropertyName("enabled")]
    public required bool Enabled { get; init; }

    [JsonPropertyName("tags")]
    [AllowNull]
    public IReadOnlyList<string> Tags
    {
        get => field ?? [];
        init;
    }

    /// <summary>All other keys, the site's own properties among them; values are strings or lists of strings.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, JsonElement> Properties
    {
        get => OtherKeys;
        init => OtherKeys = new Dictionary<string, JsonElement>(value, StringComparer.Ordinal);
    }

    [JsonInclude]
    [JsonExtensionData]
    internal Dictionary<string, JsonElement> OtherKeys { get; set; } = [];
}
