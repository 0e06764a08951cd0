using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Image;

/// <summary>A project that a shared image is offered to.</summary>
public sealed record ImageMember
{
    /// <summary>Id of the project.</summary>
    [JsonPropertyName("member_id")]
    public required string ProjectId { get; init; }

    /// <summary><c>pending</c>, <c>accepted</c> or <c>rejected</c>; only accepted ones have the image in their lists.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }
}

internal sealed record ImageMembersBody([property: JsonPropertyName("members")] IReadOnlyList<ImageMember> Members);
