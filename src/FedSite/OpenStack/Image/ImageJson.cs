using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Image;

[JsonSerializable(typeof(CloudImage))]
internal sealed partial class ImageJson : JsonSerializerContext;
