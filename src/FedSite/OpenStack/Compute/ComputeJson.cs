using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Compute;

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Server))]
[JsonSerializable(typeof(ListedFlavor))]
[JsonSerializable(typeof(VersionBody))]
[JsonSerializable(typeof(FlavorBody))]
[JsonSerializable(typeof(ExtraSpecsBody))]
internal sealed partial class ComputeJson : JsonSerializerContext;

internal sealed record VersionBody([property: JsonPropertyName("version")] VersionDocument Version);

/// <summary>Both are empty where microversions are not known.</summary>
internal sealed record VersionDocument
{
    [JsonPropertyName("version")]
    [AllowNull]
    public string Newest
    {
        get => field ?? "";
        init;
    }

    [JsonPropertyName("min_version")]
    [AllowNull]
    public string Oldest
    {
        get => field ?? "";
        init;
    }
}

internal sealed record FlavorBody([property: JsonPropertyName("flavor")] FlavorDocument Flavor);

internal sealed record FlavorDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("vcpus")]
    public int Vcpus { get; init; }

    [JsonPropertyName("ram")]
    public long RamMiB { get; init; }

    [JsonPropertyName("disk")]
    public long DiskGiB { get; init; }

    [JsonPropertyName("OS-FLV-EXT-DATA:ephemeral")]
    public long EphemeralGiB { get; init; }
}

internal sealed record ExtraSpecsBody(
    [property: JsonPropertyName("extra_specs")] IReadOnlyDictionary<string, string> ExtraSpecs
);

/// <summary><c>{"id": …, "links": …}</c>, or <c>""</c> for a server that was started from a volume.</summary>
internal sealed class ImageIdConverter : JsonConverter<string?>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return null;
        }
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("not an image");
        }
        string? id = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            reader.Read();
            if (isId)
            {
                id = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }
        return id;
    }

    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}

/// <summary>
/// Counts the entries of type floating in <c>{"network": [{"addr": …, "OS-EXT-IPS:type": "fixed"}]}</c>, without
/// making objects of them.
/// </summary>
internal sealed class FloatingAddressCounter : JsonConverter<int>
{
    public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("addresses are no object");
        }
        var depth = reader.CurrentDepth;
        var count = 0;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("OS-EXT-IPS:type"u8))
            {
                reader.Read();
                count += reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("floating"u8) ? 1 : 0;
            }
        }
        return count;
    }

    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value);
}
