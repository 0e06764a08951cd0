using System.Text.Json.Serialization;

namespace FedSite.OpenStack.BlockStorage;

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Volume))]
[JsonSerializable(typeof(VolumeType))]
[JsonSerializable(typeof(VolumeSnapshot))]
[JsonSerializable(typeof(Dictionary<string, BlockThing>))]
internal sealed partial class BlockStorageJson : JsonSerializerContext;
