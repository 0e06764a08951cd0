using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Network;

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FloatingIp))]
[JsonSerializable(typeof(Port))]
[JsonSerializable(typeof(SecuredPort))]
[JsonSerializable(typeof(SecurityGroup))]
[JsonSerializable(typeof(CloudNetwork))]
internal sealed partial class NetworkJson : JsonSerializerContext;
