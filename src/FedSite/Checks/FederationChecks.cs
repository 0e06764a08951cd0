using System.Runtime.CompilerServices;
using FedSite.Federation;
using FedSite.Federation.Mappings;
using FedSite.Federation.Plans;
using FedSite.OpenStack;
using FedSite.State;

namespace FedSite.Checks;

/// <summary>The objects in Keystone: what <c>plan</c> would say.</summary>
internal static class FederationChecks
{
    public static async IAsyncEnumerable<Finding> ObjectsAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (subject.Site.Federation is null)
            yield break;
        var rule = CheckRules.FederationObjects;
        using var cloud = subject.ConnectCloud();
        var state = StateDatabase.Open(subject.StateFolder);
        var plans = new FederationPlans(subject.Site, cloud, state, subject.Time);
        var (plan, refused) = await PlanAsync(plans, cancellationToken);
        if (plan is null)
        {
            yield return rule.Info(
                $"This account may not look: {refused} Run `fedsite check --only federation --os-cloud NAME` with an administrator's."
            );
            yield break;
        }

        foreach (var refusal in plan.Refused)
            yield return rule.Info($"This account may not look: {refusal.Message} {refusal.NextStep}");
        foreach (var problem in plan.Problems.Concat(plan.Findings.Except(plan.Refused)))
            yield return rule.Error(problem.Message, problem.NextStep);
        foreach (var change in plan.Changes)
            yield return Differs(change);
        foreach (var note in plan.Remarks)
            yield return rule.Info($"{char.ToUpperInvariant(note[0])}{note[1..]}.");
        foreach (var note in plan.Notes.Except(plan.Remarks, StringComparer.Ordinal))
            yield return rule.Warning($"{char.ToUpperInvariant(note[0])}{note[1..]}.");
        if (plan.Untouched > 0 || plan.Changes.Count == 0)
            yield return rule.Ok($"{plan.Untouched} objects in the cloud are as site.yaml says.");
    }

    /// <summary>What <c>lint</c> would say of the mappings in force.</summary>
    public static async IAsyncEnumerable<Finding> MappingsAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (subject.Site.Federation is not { } federation)
            yield break;
        var rule = CheckRules.MappingFaults;
        using var cloud = subject.ConnectCloud();
        var table = new VoTable(StateDatabase.Open(subject.StateFolder), subject.Time).Read();
        foreach (var provider in OpenIdProvider.Of(federation).DistinctBy(provider => provider.Mapping))
        {
            SiteMapping? own = null;
            FedSiteException? failure = null;
            try
            {
                own = await SiteMapping.ReadAsync(subject.Site, provider, table, cloud.Identity, cancellationToken);
            }
            catch (FedSiteException e)
            {
                failure = e;
            }

            if (own is null)
            {
                yield return failure!.InnerException is OpenStackException { Status: 403 }
                    ? rule.Info($"This account may not look: {failure.Message}")
                    : rule.Error(failure.Message, failure.NextStep);
                continue;
            }

            var findings = MappingLint.Check(own.Mapping, own.Facts);
            foreach (var finding in findings.Where(finding => finding.Severity != LintSeverity.Info))
                yield return Judge(rule, provider, finding);
            if (findings.All(finding => finding.Severity == LintSeverity.Info))
                yield return rule.Ok($"The mapping of {provider.Idp} has no faults.");
        }
    }

    private static Finding Judge(CheckRule rule, OpenIdProvider provider, LintFinding finding)
    {
        var where = finding.Rule is { } number ? $", rule {number}" : "";
        var seen = $"The mapping of {provider.Idp}{where}: {finding.What}: {finding.Consequence}";
        return finding.Severity == LintSeverity.Error
            ? rule.Error(seen, finding.Todo)
            : rule.Warning(seen, finding.Todo);
    }

    private static Finding Differs(Change change)
    {
        var what = change.Action switch
        {
            ChangeAction.Create => "does not exist",
            _ => string.Join(
                "; ",
                change
                    .Fields.Select(field => $"{field.Field} is {field.Old ?? "not set"}, not {field.New}")
                    .Concat(change.Words)
            ),
        };
        return CheckRules.FederationObjects.Error($"The {change.Kind} {change.Name}: {what}.");
    }

    private static async Task<(Plan? Plan, string? Refused)> PlanAsync(FederationPlans plans, CancellationToken ct)
    {
        try
        {
            return (await plans.PlanAsync(PlanScope.Everything, ct), null);
        }
        catch (FedSiteException e) when (e.InnerException is OpenStackException { Status: 403 })
        {
            return (null, e.Message);
        }
    }
}
