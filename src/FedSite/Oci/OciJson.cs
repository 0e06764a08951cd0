using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace FedSite.Oci;

/// <summary>Wire types of registries and of Harbor.</summary>
[JsonSourceGenerationOptions(AllowDuplicateProperties = false)]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(CatalogAnswer))]
[JsonSerializable(typeof(TagsAnswer))]
[JsonSerializable(typeof(ErrorsAnswer))]
[JsonSerializable(typeof(List<HarborRepository?>))]
[JsonSerializable(typeof(List<HarborArtifact?>))]
[JsonSerializable(typeof(OciManifest))]
internal sealed partial class OciJson : JsonSerializerContext;

/// <summary>https://distribution.github.io/distribution/spec/auth/token/</summary>
internal sealed record TokenAnswer
{
    [JsonPropertyName("token")]
    public string? Token { get; init; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    /// <summary>Seconds.</summary>
    [JsonPropertyName("expires_in")]
    public double? ExpiresIn { get; init; }
}

/// <summary><c>GET /v2/_catalog</c></summary>
internal sealed record CatalogAnswer
{
    [JsonPropertyName("repositories")]
    public required IReadOnlyList<string?>? Repositories { get; init; }
}

/// <summary><c>GET /v2/NAME/tags/list</c></summary>
internal sealed record TagsAnswer
{
    [JsonPropertyName("tags")]
    public required IReadOnlyList<string?>? Tags { get; init; }
}

/// <summary>https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes</summary>
internal sealed record ErrorsAnswer
{
    [JsonPropertyName("errors")]
    [AllowNull]
    public IReadOnlyList<ErrorAnswer?> Errors
    {
        get => field ?? [];
        init;
    }
}

internal sealed record ErrorAnswer
{
    [JsonPropertyName("code")]
    public string? Code { get; init; }

    [JsonPropertyName("message")]
    public string? Message { get; init; }
}

internal sealed record HarborRepository
{
    /// <summary>With the project.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }
}

internal sealed record HarborArtifact
{
    [JsonPropertyName("digest")]
    public required string Digest { get; init; }

    [JsonPropertyName("push_time")]
    public string? PushTime { get; init; }

    [JsonPropertyName("tags")]
    [AllowNull]
    public IReadOnlyList<HarborTag?> Tags
    {
        get => field ?? [];
        init;
    }
}

internal sealed record HarborTag
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }
}
