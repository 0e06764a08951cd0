using System.Globalization;
using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Federation.Retirement;

namespace FedSite.App.Commands;

/// <summary>How a VO leaves, for people or as JSON.</summary>
internal static class RetirementView
{
    /// <param name="output">Where.</param>
    /// <param name="standing">Where the VO stands now.</param>
    /// <param name="before">The day of deletion that was set until now, where there is another one now.</param>
    public static void Show(Output output, RetirementStanding standing, DateOnly? before = null)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(
                new RetirementDocument(StandingDocument.Of(standing), Plan: null, Result: null),
                RetirementJson.Default.RetirementDocument
            );
            return;
        }

        var document = StandingDocument.Of(standing);
        output.Line(
            standing.Known is { } known
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{standing.Vo} leaves: stage {document.Stage}, since {known.Since:yyyy-MM-dd HH:mm}Z; begun {known.Begun:yyyy-MM-dd}."
                )
                : $"{standing.Vo} stays: no stage was reached."
        );
        if (standing.Known is { DeleteAfter: { } day, Stage: < RetirementStage.Delete })
        {
            var old =
                before is { } set && set != day
                    ? string.Create(CultureInfo.InvariantCulture, $"{set:yyyy-MM-dd} → ")
                    : "";
            output.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  Its machines may be deleted from {old}{day:yyyy-MM-dd} on."
                )
            );
        }

        if (document.Unfinished is { } unfinished)
            output.Line($"  The stage {unfinished} was begun and is not done: do it again, or --undo it.");
        output.Line(
            document.Next is not null && !standing.IsNamed
                ? "  site.yaml names it no more. Write it again to go on, or to take it back."
            : document.Next is { } next ? $"  Next: fedsite vo retire {standing.Vo} --stage {next}"
            : standing.IsNamed ? "  All stages are done: take it out of site.yaml, and run `fedsite apply --prune`."
            : "  It has left."
        );
    }

    public static void Print(Output output, RetirementPlan plan)
    {
        output.Line($"{plan.Vo}: {(plan.IsUndo ? "undo " : "")}{plan.Stage.Word()}");
        foreach (var project in plan.Projects)
            output.Line($"  of project {project.Name} ({project.Id})");
        if (plan.Owners.Count > 0)
            output.Table(Owners(plan));
        foreach (var action in plan.Actions)
        {
            var place = action.Project is null ? "" : $", project {action.Project}";
            output.Line($"  {action}{place}");
            if (action.Words is { } words)
                output.Line($"      {words}");
        }

        foreach (var note in plan.Notes)
            output.Line($"  · {note}");
        foreach (var problem in plan.Problems)
        {
            output.Line($"  ! {problem.Message}");
            output.Line($"      {problem.NextStep}");
        }

        output.Line(
            plan.Problems.Count > 0 ? "It can't be done: see the lines with !."
            : plan.Actions.Count == 0 ? "Nothing has to change in the cloud."
            : string.Create(CultureInfo.InvariantCulture, $"{plan.Actions.Count} to do.")
        );
    }

    public static void Json(
        Output output,
        RetirementPlan plan,
        RetirementResult? result,
        RetirementStanding standing
    ) =>
        output.Json(
            new RetirementDocument(
                StandingDocument.Of(standing),
                StagePlanDocument.Of(plan),
                result is null ? null : StageResultDocument.Of(result)
            ),
            RetirementJson.Default.RetirementDocument
        );

    private static TextTable Owners(RetirementPlan plan)
    {
        var table = new TextTable("owner", "e-mail", "servers", "volumes", "projects");
        foreach (var owner in plan.Owners)
        {
            table.Add(
                owner.Name ?? new Cell($"gone: {owner.Id}", Tone.Faint),
                owner.Email ?? new Cell("unknown", Tone.Faint),
                owner.Servers.ToString(CultureInfo.InvariantCulture),
                owner.Volumes.ToString(CultureInfo.InvariantCulture),
                string.Join(' ', owner.Projects)
            );
        }

        return table;
    }
}

/// <summary>For <c>--output json</c>.</summary>
internal sealed record RetirementDocument(
    StandingDocument Standing,
    StagePlanDocument? Plan,
    StageResultDocument? Result
);

internal sealed record StandingDocument(
    string Vo,
    string? Stage,
    DateTimeOffset? Since,
    DateTimeOffset? Begun,
    DateOnly? DeleteAfter,
    string? Unfinished,
    string? Next
)
{
    public static StandingDocument Of(RetirementStanding standing) =>
        new(
            standing.Vo,
            standing.Known?.Stage.Word(),
            standing.Known?.Since,
            standing.Known?.Begun,
            standing.Known?.DeleteAfter,
            standing.Unfinished?.Word(),
            standing.Next?.Word()
        );
}

internal sealed record StagePlanDocument(
    string Stage,
    bool Undo,
    IReadOnlyList<RetiringProject> Projects,
    IReadOnlyList<VoOwner> Owners,
    IReadOnlyList<StageActionDocument> Actions,
    IReadOnlyList<string> Notes,
    IReadOnlyList<FedSite.Federation.Plans.PlanProblem> Problems
)
{
    public static StagePlanDocument Of(RetirementPlan plan) =>
        new(
            plan.Stage.Word(),
            plan.IsUndo,
            plan.Projects,
            plan.Owners,
            [.. plan.Actions.Select(StageActionDocument.Of)],
            plan.Notes,
            plan.Problems
        );
}

internal sealed record StageActionDocument(
    string Action,
    string Kind,
    string Name,
    string Id,
    string? Project,
    string? Words
)
{
    public static StageActionDocument Of(RetirementAction action) =>
        new(action.Verb, action.Kind, action.Name, action.Id, action.Project, action.Words);
}

internal sealed record StageResultDocument(
    bool Whole,
    int Done,
    IReadOnlyList<FailedActionDocument> Failed,
    IReadOnlyList<string> Left
)
{
    public static StageResultDocument Of(RetirementResult result) =>
        new(
            result.IsWhole,
            result.Done,
            [
                .. result.Failed.Select(failed => new FailedActionDocument(
                    StageActionDocument.Of(failed.Action),
                    failed.Failure.Message,
                    failed.Failure.NextStep
                )),
            ],
            result.Left
        );
}

internal sealed record FailedActionDocument(StageActionDocument Action, string Error, string? NextStep);

[JsonSerializable(typeof(RetirementDocument))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class RetirementJson : JsonSerializerContext;
