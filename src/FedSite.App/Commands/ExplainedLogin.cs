using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using FedSite.Federation.Mappings;

namespace FedSite.App.Commands;

/// <summary>What Keystone makes of a login, for scripts; either <see cref="Error"/> or the four before it are there.</summary>
internal sealed record ExplainedLogin
{
    public JsonObject? User { get; init; }
    public JsonArray? GroupIds { get; init; }
    public JsonArray? GroupNames { get; init; }
    public JsonArray? Projects { get; init; }

    /// <summary>Class of Keystone's exception.</summary>
    public string? Error { get; init; }
    public string? Message { get; init; }

    /// <summary>Of the answer that the client gets.</summary>
    public int? HttpStatus { get; init; }
    public required IReadOnlyList<ExplainedRule> Rules { get; init; }

    /// <summary>What else decides about the login; left out when there is nothing to say.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    public static ExplainedLogin Of(MappingResult result, string? remoteUser)
    {
        var notes = ExplainView.Notes(result, remoteUser);
        return new ExplainedLogin
        {
            User = result.Mapped?.User,
            GroupIds = result.Mapped?.GroupIds,
            GroupNames = result.Mapped?.GroupNames,
            Projects = result.Mapped?.Projects,
            Error = result.Error?.Kind,
            Message = result.Error?.Message,
            HttpStatus = result.Error?.HttpStatus,
            Rules = [.. result.Rules.Select(ExplainedRule.Of)],
            Notes = notes.Count > 0 ? notes : null,
        };
    }
}

/// <param name="Rule">From 0.</param>
/// <param name="Outcome"><c>applies</c>, <c>skipped</c>, <c>failed</c> or <c>not_reached</c>.</param>
internal sealed record ExplainedRule(
    int Rule,
    string Outcome,
    string Why,
    IReadOnlyList<ExplainedRequirement> Requirements,
    JsonArray? Gives
)
{
    public static ExplainedRule Of(RuleTrace trace) =>
        new(
            trace.Index,
            trace.Outcome switch
            {
                RuleOutcome.Applies => "applies",
                RuleOutcome.Skipped => "skipped",
                RuleOutcome.Failed => "failed",
                _ => "not_reached",
            },
            trace.Why,
            [.. trace.Requirements.Select(ExplainedRequirement.Of)],
            trace.Gives
        );
}

/// <param name="Seen">Left out: the login has no such key.</param>
/// <param name="Field">The n of <c>{n}</c> that it fills; left out when it fills none.</param>
internal sealed record ExplainedRequirement(
    string Type,
    string Condition,
    bool Regex,
    bool Holds,
    string Why,
    IReadOnlyList<string>? Seen,
    IReadOnlyList<ValueMatch> Matches,
    int? Field,
    IReadOnlyList<string>? Gives
)
{
    public static ExplainedRequirement Of(RequirementTrace trace) =>
        new(
            trace.Requirement.Type,
            trace.Requirement.Condition.Word(),
            trace.Requirement.Regex,
            trace.Holds,
            trace.Why,
            trace.Seen,
            trace.Matches,
            trace.Field,
            trace.Gives
        );
}

[JsonSerializable(typeof(ExplainedLogin))]
[JsonSerializable(typeof(IReadOnlyList<ExplainedLogin>))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
internal sealed partial class ExplainJson : JsonSerializerContext;
