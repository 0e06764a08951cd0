using System.Runtime.CompilerServices;
using FedSite.Federation.Flavors;
using FedSite.Federation.Mappings;

namespace FedSite.Checks;

/// <summary>What <c>fedsite flavors lint</c> would say, in short.</summary>
internal static class FlavorChecks
{
    private const int Named = 5;

    public static async IAsyncEnumerable<Finding> RunAsync(
        CheckSubject subject,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var cloud = subject.ConnectCloud();
        var site = await SiteFlavors.ReadAsync(cloud, withAccess: false, cancellationToken);
        var ofMonitoring = subject.Site.Vos.Where(vo => vo.Name == "ops").SelectMany(vo => vo.Flavors).ToHashSet();
        var findings = FlavorLint.Check(site.Flavors, ofMonitoring).ToLookup(IsOfMonitoring);
        foreach (var finding in Judge(CheckRules.MonitoringFlavor, [.. findings[true]]))
            yield return finding;
        if (!findings[true].Any())
            yield return CheckRules.MonitoringFlavor.Ok("There is a flavor that monitoring can take.");
        foreach (var finding in Judge(CheckRules.AcceleratorFlavors, [.. findings[false]]))
            yield return finding;
        if (!findings[false].Any())
            yield return CheckRules.AcceleratorFlavors.Ok($"{site.Flavors.Count} flavors are seen, none with a fault.");
    }

    private static bool IsOfMonitoring(FlavorFinding finding) =>
        finding.Id == FlavorRules.NoMonitoring.Id || finding.Id == FlavorRules.MonitoringTakesCard.Id;

    /// <summary>Errors one by one; the rest is for the command that tells all.</summary>
    private static IEnumerable<Finding> Judge(CheckRule rule, List<FlavorFinding> findings)
    {
        var errors = findings.Where(finding => finding.Severity == LintSeverity.Error).ToList();
        foreach (var finding in errors.Take(Named))
        {
            var of = finding.Flavor is { } flavor ? $"Flavor {flavor}: " : "";
            yield return rule.Error($"{of}{finding.What}: {finding.Consequence} ({finding.Id})", finding.Todo);
        }

        var others = findings.Count(finding => finding.Severity == LintSeverity.Warning);
        var more = Math.Max(0, errors.Count - Named) + others;
        if (more > 0)
            yield return rule.Warning(
                $"{more} {(errors.Count > 0 ? "more findings" : "findings")} of flavors.",
                "`fedsite flavors lint --os-cloud NAME` tells each."
            );
    }
}
