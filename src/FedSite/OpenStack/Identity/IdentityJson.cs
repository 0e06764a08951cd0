using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Identity;

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Project))]
[JsonSerializable(typeof(UserBody))]
[JsonSerializable(typeof(Domain))]
[JsonSerializable(typeof(DomainBody))]
internal sealed partial class IdentityJson : JsonSerializerContext;

internal sealed record UserBody([property: JsonPropertyName("user")] User User);

internal sealed record DomainBody([property: JsonPropertyName("domain")] Domain Domain);
