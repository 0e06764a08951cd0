using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedSite.Configuration;

/// <summary>The keys of <c>site.yaml</c> as the records declare them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    Converters = [typeof(ByteSizeConverter), typeof(RecordKindConverter), typeof(DeploymentConverter)]
)]
[JsonSerializable(typeof(SiteConfig))]
internal sealed partial class ConfigJson : JsonSerializerContext;

internal sealed class ByteSizeConverter : JsonConverter<ByteSize>
{
    public override ByteSize Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ByteSize.TryParse(reader.GetString() ?? "", out var size) ? size : throw new JsonException("not a size");

    public override void Write(Utf8JsonWriter writer, ByteSize value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

internal sealed class RecordKindConverter()
    : JsonStringEnumConverter<RecordKind>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

internal sealed class DeploymentConverter()
    : JsonStringEnumConverter<Deployment>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
