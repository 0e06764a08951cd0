using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Compute;

/// <summary>
/// A flavor as <c>GET /flavors/detail</c> shows it. https://docs.openstack.org/api-ref/compute/#list-flavors-with-details
/// </summary>
public sealed record ListedFlavor
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("vcpus")]
    public int Vcpus { get; init; }

    [JsonPropertyName("ram")]
    public long RamMiB { get; init; }

    /// <summary>0: as large as the image.</summary>
    [JsonPropertyName("disk")]
    public long DiskGiB { get; init; }

    [JsonPropertyName("OS-FLV-EXT-DATA:ephemeral")]
    public long EphemeralGiB { get; init; }

    [JsonPropertyName("swap")]
    [JsonConverter(typeof(SwapConverter))]
    public long SwapMiB { get; init; }

    /// <summary>False: only projects that were given access have it.</summary>
    [JsonIgnore]
    public bool IsPublic
    {
        get => Public ?? true;
        init => Public = value;
    }

    [JsonInclude]
    [JsonPropertyName("os-flavor-access:is_public")]
    internal bool? Public { get; init; }

    /// <summary>No new server may have it. No Nova can set it since 2011, but databases may hold it.</summary>
    [JsonPropertyName("OS-FLV-DISABLED:disabled")]
    public bool Disabled { get; init; }

    /// <summary>Null: the account may not see them.</summary>
    [JsonPropertyName("extra_specs")]
    public IReadOnlyDictionary<string, string>? ExtraSpecs
    {
        get;
        init => field = value?.Where(spec => spec.Value is not null).ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>Before microversion 2.75 none is written as the empty text.</summary>
    internal sealed class SwapConverter : JsonConverter<long>
    {
        public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType switch
            {
                JsonTokenType.Number => reader.GetInt64(),
                JsonTokenType.String when reader.GetString() is "" => 0,
                _ => throw new JsonException("not a size"),
            };

        public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value);
    }
}

/// <summary>A flavor of the list without details.</summary>
internal sealed record BriefFlavor([property: JsonPropertyName("id")] string Id);
