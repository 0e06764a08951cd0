using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedSite.Ams;

/// <summary>What <c>users/profile</c> tells about a token.</summary>
public sealed record AmsProfile
{
    public string Name { get; init; } = "";
    public IReadOnlyList<AmsProjectRights> Projects { get; init; } = [];
}

/// <summary>Rights of a token in one project.</summary>
public sealed record AmsProjectRights
{
    public string Project { get; init; } = "";

    /// <summary>For instance <c>publisher</c>, <c>consumer</c>, <c>project_admin</c>.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Topics that the token may publish to; AMS lists those with an access list alone.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];
}

internal sealed record PublishAnswer
{
    public required IReadOnlyList<string> MessageIds { get; init; }
}

internal sealed record TokenAnswer
{
    public required string Token { get; init; }
}

internal sealed record ErrorAnswer
{
    public ErrorBody? Error { get; init; }
}

internal sealed record ErrorBody
{
    public string? Message { get; init; }
    public string? Status { get; init; }
}

internal sealed record CachedToken
{
    public required string Token { get; init; }
    public required DateTimeOffset FetchedAt { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AmsProfile))]
[JsonSerializable(typeof(PublishAnswer))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(CachedToken))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class AmsJson : JsonSerializerContext;
