using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Image;

/// <summary>https://docs.openstack.org/api-ref/image/v2/#show-image</summary>
public sealed record CloudImage
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary><c>public</c>, <c>private</c>, <c>shared</c> or <c>community</c>.</summary>
    [JsonPropertyName("visibility")]
    [AllowNull]
    public string Visibility
    {
        get => field ?? "";
        init;
    }

    /// <summary>All other keys, for instance <c>ad:mpuri</c>; custom properties are strings.</summary>
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
