using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Image;

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CloudImage))]
[JsonSerializable(typeof(ImageMember))]
[JsonSerializable(typeof(ImageMembersBody))]
internal sealed partial class ImageJson : JsonSerializerContext;
