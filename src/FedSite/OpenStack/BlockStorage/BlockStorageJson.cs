using System.Text.Json.Serialization;

namespace FedSite.OpenStack.BlockStorage;

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Volume))]
[JsonSerializable(typeof(VolumeType))]
internal sealed partial class BlockStorageJson : JsonSerializerContext;

/// <param name="IsPublic">All projects may use it. Null: Cinder is too old to tell.</param>
public sealed record VolumeType(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("is_public")] bool? IsPublic = null
);
