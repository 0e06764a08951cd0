using System.Text.Json.Serialization;
using FedSite.Images.Inspection;

namespace FedSite.Images;

[JsonSerializable(typeof(IReadOnlyList<ImageDanger>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ImageStoreJson : JsonSerializerContext;
