using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack;

/// <summary>Wire types of tokens.</summary>
[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TokenBody))]
internal sealed partial class OpenStackJson : JsonSerializerContext;

/// <summary>https://docs.openstack.org/api-ref/identity/v3/#password-authentication-with-scoped-authorization</summary>
internal sealed record TokenBody
{
    [JsonPropertyName("token")]
    public required TokenDocument Token { get; init; }
}

internal sealed record TokenDocument
{
    [JsonPropertyName("expires_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset ExpiresAt { get; init; }

    [JsonPropertyName("issued_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset IssuedAt { get; init; }

    [JsonPropertyName("user")]
    public required TokenUser User { get; init; }

    [JsonPropertyName("project")]
    public TokenUser? Project { get; init; }

    [JsonPropertyName("domain")]
    public NamedReference? Domain { get; init; }

    [JsonPropertyName("system")]
    public Dictionary<string, bool>? System { get; init; }

    [JsonPropertyName("roles")]
    [AllowNull]
    public IReadOnlyList<NamedReference?> Roles
    {
        get => field ?? [];
        init;
    }

    [JsonPropertyName("catalog")]
    [AllowNull]
    public IReadOnlyList<CatalogService?> Catalog
    {
        get => field ?? [];
        init;
    }
}

/// <summary>A user or a project, with its domain.</summary>
internal sealed record TokenUser
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    [AllowNull]
    public string Name
    {
        get => field ?? "";
        init;
    }

    [JsonPropertyName("domain")]
    public NamedReference? Domain { get; init; }
}

internal sealed record NamedReference
{
    [JsonPropertyName("id")]
    public string? Id { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }
}
