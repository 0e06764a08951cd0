using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Identity;

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Project))]
[JsonSerializable(typeof(UserBody))]
[JsonSerializable(typeof(GroupMembership))]
[JsonSerializable(typeof(Domain))]
[JsonSerializable(typeof(DomainBody))]
[JsonSerializable(typeof(ProjectBody))]
[JsonSerializable(typeof(GroupBody))]
[JsonSerializable(typeof(IdentityProviderBody))]
[JsonSerializable(typeof(ProtocolBody))]
[JsonSerializable(typeof(MappingBody))]
[JsonSerializable(typeof(Role))]
[JsonSerializable(typeof(RoleAssignment))]
[JsonSerializable(typeof(RegisteredLimit))]
[JsonSerializable(typeof(ProjectLimit))]
internal sealed partial class IdentityJson : JsonSerializerContext;

internal sealed record UserBody([property: JsonPropertyName("user")] User User);

internal sealed record DomainBody([property: JsonPropertyName("domain")] Domain Domain);

internal sealed record ProjectBody([property: JsonPropertyName("project")] Project Project);

internal sealed record GroupBody([property: JsonPropertyName("group")] Group Group);

internal sealed record IdentityProviderBody(
    [property: JsonPropertyName("identity_provider")] IdentityProvider IdentityProvider
);

internal sealed record ProtocolBody([property: JsonPropertyName("protocol")] FederationProtocol Protocol);

internal sealed record MappingBody([property: JsonPropertyName("mapping")] StoredMapping Mapping);
