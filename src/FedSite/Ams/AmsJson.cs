using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace FedSite.Ams;

/// <summary>What <c>users/profile</c> tells about a token. AMS writes null where there is nothing.</summary>
public sealed record AmsProfile
{
    public required string Name { get; init; }

    [AllowNull]
    public IReadOnlyList<AmsProjectRights> Projects
    {
        get => field ?? [];
        init;
    }
}

/// <summary>Rights of a token in one project.</summary>
public sealed record AmsProjectRights
{
    [AllowNull]
    public string Project
    {
        get => field ?? "";
        init;
    }

    /// <summary>For instance <c>publisher</c>, <c>consumer</c>, <c>project_admin</c>.</summary>
    [AllowNull]
    public IReadOnlyList<string> Roles
    {
        get => field ?? [];
        init;
    }

    /// <summary>Topics that the token may publish to; AMS lists those with an access list alone.</summary>
    [AllowNull]
    public IReadOnlyList<string> Topics
    {
        get => field ?? [];
        init;
    }
}

internal sealed record PublishAnswer
{
    public required IReadOnlyList<string> MessageIds { get; init; }
}

internal sealed record TopicAnswer
{
    public required string Name { get; init; }
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

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(AmsProfile))]
[JsonSerializable(typeof(PublishAnswer))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(CachedToken))]
[JsonSerializable(typeof(TopicAnswer))]
internal sealed partial class AmsJson : JsonSerializerContext;
