using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Image;

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CloudImage))]
internal sealed partial class ImageJson : JsonSerializerContext;
