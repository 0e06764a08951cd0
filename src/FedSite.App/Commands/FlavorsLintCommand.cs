using FedSite.App.Terminals;
using FedSite.Federation.Flavors;
using FedSite.Federation.Mappings;

namespace FedSite.App.Commands;

/// <summary><c>fedsite flavors lint</c>: faults of flavors.</summary>
internal static class FlavorsLintCommand
{
    /// <summary>The VO of the federation's monitoring.</summary>
    private const string Monitoring = "ops";

    public static AppCommand Create() =>
        new(
            "lint",
            "Names the faults of flavors with accelerators, and of what monitoring needs. Exit 0: no errors, 1: errors."
        )
        {
            Examples =
            [
                new("fedsite flavors lint --os-cloud admin", "All flavors, private ones included"),
                new("fedsite flavors lint", "Those that the site's account sees"),
            ],
            Run = async (context, _, ct) =>
            {
                SiteFlavors site;
                using (var cloud = context.ConnectCloud())
                using (context.Progress("Reading Nova"))
                    site = await SiteFlavors.ReadAsync(cloud, withAccess: false, ct);
                var vos = context.HasSite ? context.Site.Vos : [];
                var ofMonitoring = vos.Where(vo => vo.Name == Monitoring).SelectMany(vo => vo.Flavors).ToHashSet();
                var findings = FlavorLint.Check(site.Flavors, ofMonitoring);
                foreach (var fault in site.Faults)
                    context.Console.Line($"warning: a flavor can't be understood: {fault}", Tone.Warning);
                Show(context.Output, findings);
                return findings.Any(finding => finding.Severity is LintSeverity.Error) ? ExitCode.Failed
                    : site.Faults.Count > 0 ? ExitCode.Partly
                    : ExitCode.Done;
            },
        };

    private static void Show(Output output, IReadOnlyList<FlavorFinding> findings)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(findings, FlavorsJson.Default.IReadOnlyListFlavorFinding);
            return;
        }

        foreach (var finding in findings)
        {
            var where = finding.Flavor is { } flavor ? $"flavor {flavor}" : "flavors";
            LintWords.Show(
                output,
                where,
                finding.Severity,
                finding.Id,
                finding.What,
                finding.Consequence,
                finding.Todo
            );
        }

        LintWords.ShowCounts(output, [.. findings.Select(finding => finding.Severity)]);
    }
}
