using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Network;

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FloatingIp))]
[JsonSerializable(typeof(Port))]
[JsonSerializable(typeof(SecuredPort))]
[JsonSerializable(typeof(SecurityGroup))]
[JsonSerializable(typeof(AddressGroup))]
[JsonSerializable(typeof(CloudNetwork))]
[JsonSerializable(typeof(Subnet))]
[JsonSerializable(typeof(Router))]
[JsonSerializable(typeof(Identified))]
internal sealed partial class NetworkJson : JsonSerializerContext;

/// <summary>Whatever has an id.</summary>
internal sealed record Identified
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }
}
