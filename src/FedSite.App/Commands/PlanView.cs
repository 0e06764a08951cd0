using System.Globalization;
using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Federation;
using FedSite.Federation.Plans;

namespace FedSite.App.Commands;

/// <summary>A plan for people, or as JSON.</summary>
internal static class PlanView
{
    private const int MaxOwners = 50;

    public static void Show(Output output, Plan plan)
    {
        if (output.Format == OutputFormat.Json)
            output.Json(PlanDocument.Of(plan), PlanViewJson.Default.PlanDocument);
        else
            Print(output, plan);
    }

    public static void Print(Output output, Plan plan)
    {
        output.Line($"{plan.Site}: Keystone at {plan.Keystone}");
        foreach (var change in plan.Changes)
            Print(output, change);
        Print(output, "Made by hand, and looked after from now on", plan.Adopted.Select(Text));
        Print(
            output,
            "Not named any more; --prune removes it, but no project and no network",
            plan.Unnamed.Select(Text)
        );
        Print(output, "To know", plan.Notes);
        foreach (var lockOut in LockOutLines(plan))
            output.Line(lockOut);
        foreach (var problem in plan.Problems)
        {
            output.Line($"  ! {problem.Message}");
            output.Line($"      {problem.NextStep}");
        }

        foreach (var finding in plan.Findings)
        {
            output.Line($"  ? {finding.Message}");
            output.Line($"      {finding.NextStep}");
        }

        output.Line();
        output.Line(Summary(plan));
    }

    /// <summary>Who would be locked out, and what they own.</summary>
    public static IEnumerable<string> LockOutLines(Plan plan)
    {
        if (plan.LockOuts.Count == 0)
            yield break;
        yield return "  Locked out; `apply` needs --lock-out for this:";
        foreach (var one in plan.LockOuts)
        {
            var who = one.Vo is { } vo ? $"VO {vo}" : "people of no known VO";
            var what = one.Entitlement is { } entitlement ? $" ({entitlement})" : "";
            yield return $"      {who}{what}: {one.Reason}";
        }

        foreach (var owner in plan.LockedOutOwners.Take(MaxOwners))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"      {owner.Name ?? owner.Id} owns {owner.Servers} servers and {owner.Volumes} volumes in project {owner.Project}"
            );
        }

        if (plan.LockedOutOwners.Count > MaxOwners)
            yield return $"      and {plan.LockedOutOwners.Count - MaxOwners} more: `fedsite plan --output json` names all";
        if (plan.LockedOutOwners.Count == 0)
            yield return "      No federated user is known to own servers or volumes there.";
    }

    public static string Text(Change change) => $"{Sign(change.Action)} {change.Kind} {change.Name}";

    private static string Text(ManagedObject thing) => $"{thing.Kind} {thing.Name}";

    private static void Print(Output output, Change change)
    {
        output.Line($"  {Text(change)}");
        foreach (var field in change.Fields)
        {
            var values =
                change.Action == ChangeAction.Create ? field.New
                : field.New is null ? field.Old
                : $"{field.Old ?? "(none)"} → {field.New}";
            output.Line($"      {field.Field}: {values}");
        }

        foreach (var words in change.Words)
            output.Line($"      {words}");
    }

    private static void Print(Output output, string heading, IEnumerable<string> lines)
    {
        foreach (var (index, line) in lines.Index())
        {
            if (index == 0)
                output.Line($"  {heading}:");
            output.Line($"      {line}");
        }
    }

    private static char Sign(ChangeAction action) =>
        action switch
        {
            ChangeAction.Create => '+',
            ChangeAction.Remove => '-',
            _ => '~',
        };

    private static string Summary(Plan plan)
    {
        int Count(ChangeAction action) => plan.Changes.Count(change => change.Action == action);
        var adopted =
            plan.Adopted.Count == 0
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $", {plan.Adopted.Count} of them adopted");
        var counts = string.Create(
            CultureInfo.InvariantCulture,
            $"{Count(ChangeAction.Create)} to create, {Count(ChangeAction.Change)} to change, {Count(ChangeAction.Remove)} to remove, {plan.Untouched} as they should be{adopted}."
        );
        return plan.Problems.Count > 0 ? $"{counts} It can't be applied: see the lines with !."
            : plan.Findings.Count > 0 ? $"{counts} Not all can be done: see the lines with ?."
            : plan.Changes.Count == 0 ? $"{counts} Nothing to do."
            : counts;
    }
}

/// <summary>What <c>apply</c> did, for <c>--output json</c>.</summary>
/// <param name="Done">How many changes are in the cloud.</param>
/// <param name="Left">How many were not tried, because they hang on those that failed.</param>
internal sealed record ApplyDocument(PlanDocument Plan, int Done, int Left, IReadOnlyList<FailedChangeDocument> Failed);

internal sealed record FailedChangeDocument(string Change, string Error, string? NextStep);

[JsonSerializable(typeof(PlanDocument))]
[JsonSerializable(typeof(ApplyDocument))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class PlanViewJson : JsonSerializerContext;
