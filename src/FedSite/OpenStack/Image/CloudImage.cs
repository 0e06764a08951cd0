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

    /// <summary>In lower case; only <c>active</c> ones can be used. Others are for instance <c>queued</c>, <c>deactivated</c>.</summary>
    [JsonPropertyName("status")]
    [AllowNull]
    public string Status
    {
        get => field ?? "";
        init;
    }

    /// <summary>Id of the project.</summary>
    [JsonPropertyName("owner")]
    public string? Owner { get; init; }

    /// <summary>Bytes. Null: not yet known.</summary>
    [JsonPropertyName("size")]
    public long? Size { get; init; }

    /// <summary>Bytes of the disk that it makes, as Glance found them. Null: not yet known, or Glance did not look.</summary>
    [JsonPropertyName("virtual_size")]
    public long? VirtualSize { get; init; }

    /// <summary>For instance <c>qcow2</c>, <c>raw</c>; null: not yet known.</summary>
    [JsonPropertyName("disk_format")]
    public string? DiskFormat { get; init; }

    /// <summary>For instance <c>bare</c>; null: not yet known.</summary>
    [JsonPropertyName("container_format")]
    public string? ContainerFormat { get; init; }

    [JsonPropertyName("created_at")]
    [JsonConverter(typeof(LenientTimeConverter))]
    public DateTimeOffset? Created { get; init; }

    [JsonPropertyName("updated_at")]
    [JsonConverter(typeof(LenientTimeConverter))]
    public DateTimeOffset? Updated { get; init; }

    /// <summary>Left out of lists unless asked for, mostly because a newer version is there.</summary>
    [JsonPropertyName("os_hidden")]
    public bool Hidden { get; init; }

    /// <summary>Cannot be deleted as long as this stands.</summary>
    [JsonPropertyName("protected")]
    public bool Protected { get; init; }

    [JsonPropertyName("min_disk")]
    public long MinDiskGiB { get; init; }

    [JsonPropertyName("min_ram")]
    public long MinRamMiB { get; init; }

    /// <summary>MD5 in hexadecimal digits; null: not yet known, or a Glance that computes it no more.</summary>
    [JsonPropertyName("checksum")]
    public string? Checksum { get; init; }

    /// <summary>For instance <c>sha512</c>; null: not yet known, or Glance is older than Rocky.</summary>
    [JsonPropertyName("os_hash_algo")]
    public string? HashAlgo { get; init; }

    /// <summary>Hexadecimal digits.</summary>
    [JsonPropertyName("os_hash_value")]
    public string? HashValue { get; init; }

    [JsonPropertyName("tags")]
    [AllowNull]
    public IReadOnlyList<string> Tags
    {
        get => field ?? [];
        init => field = value?.Where(tag => tag is not null).ToList();
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
