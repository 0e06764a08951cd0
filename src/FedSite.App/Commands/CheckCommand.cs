using System.CommandLine;
using FedSite.App.Terminals;
using FedSite.Checks;
using FedSite.Configuration;
using FedSite.OpenStack;

namespace FedSite.App.Commands;

/// <summary><c>fedsite check</c>: is this site ready?</summary>
internal static class CheckCommand
{
    public static AppCommand Create()
    {
        var areas = Enum.GetNames<CheckArea>().Select(name => name.ToLowerInvariant()).ToArray();
        var only = new Option<string[]>("--only")
        {
            Description = $"Only this area, may be given several times: {string.Join(", ", areas)}",
            HelpName = "AREA",
            AllowMultipleArgumentsPerToken = true,
        };
        only.AcceptOnlyFromAmong(areas);
        return new AppCommand(
            "check",
            "Checks whether this site is ready: configuration, cloud, certificate, messaging."
        )
        {
            Options = { only },
            Formats = [OutputFormat.Table, OutputFormat.Json, OutputFormat.Junit],
            Examples =
            [
                new("fedsite check", "Is everything ready?"),
                new("fedsite check --only openstack --os-cloud other", "Only the cloud, and another one"),
                new("fedsite check --output junit > check.xml", "For a monitoring or test system"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var wanted = (arguments.GetValue(only) ?? []).Select(name =>
                    Enum.Parse<CheckArea>(name, ignoreCase: true)
                );
                var report = await RunAsync(context, wanted.ToHashSet(), cancellationToken);
                Show(context.Output, report);
                return report.Errors > 0 ? ExitCode.Failed : ExitCode.Done;
            },
        };
    }

    private static async Task<CheckReport> RunAsync(
        CommandContext context,
        HashSet<CheckArea> wanted,
        CancellationToken cancellationToken
    )
    {
        LoadedSite site;
        try
        {
            site = SiteFile.Load(context.Options.ConfigFile, context.Host);
        }
        catch (ConfigurationException e)
        {
            // Nothing else can be looked at, but this is a report all the same.
            return CheckReport.Of(siteName: null, OfConfiguration(e));
        }

        var subject = new CheckSubject
        {
            Site = site.Config,
            SiteFile = site.Path,
            StateFolder = site.Config.State!,
            Time = context.Time,
            ConfigurationWarnings = [.. site.Warnings.Select(warning => warning.ToString())],
            ConnectCloud = () => Connect(context, site.Config.Accounting.OpenStack ?? site.Config.OpenStack),
            ConnectAs = section => Connect(context, section ?? site.Config.OpenStack),
        };
        var checks = SiteChecks.All.Where(check => wanted.Count == 0 || wanted.Contains(check.Area)).ToList();
        using var progress = context.Progress("Checking", checks.Count);
        var findings = await CheckRunner.RunAsync(checks, subject, count => progress.Report(count), cancellationToken);
        return CheckReport.Of(site.Config.Site.Name, findings);
    }

    // Without the warnings of other commands: here they are findings.
    private static OpenStackCloud Connect(CommandContext context, OpenStackConfig? section)
    {
        var credentials = CloudCredentialsSource.Resolve(section, context.Options.OsCloud, context.Host);
        return OpenStackCloud.Connect(credentials, context.Time, context.Loggers);
    }

    private static IReadOnlyList<Finding> OfConfiguration(ConfigurationException e)
    {
        var rule = CheckRules.Configuration;
        return e.Problems.Count == 0
            ? [rule.Error(e.Message, e.NextStep)]
            :
            [
                .. e.Problems.Select(problem =>
                    problem.Severity == ProblemSeverity.Error
                        ? rule.Error(problem.ToString())
                        : rule.Warning(problem.ToString())
                ),
            ];
    }

    private static void Show(Output output, CheckReport report)
    {
        switch (output.Format)
        {
            case OutputFormat.Json:
                output.Json(report, CheckJson.Default.CheckReport);
                break;
            case OutputFormat.Junit:
                output.Text(CheckJUnit.Write(report));
                break;
            default:
                ShowTable(output, report);
                break;
        }
    }

    private static void ShowTable(Output output, CheckReport report)
    {
        var table = new TextTable("state", "id", "seen");
        foreach (var finding in report.Findings)
            table.Add(CellOf(finding.Severity), finding.Id, finding.Seen);
        output.Table(table);
        foreach (var finding in report.Findings.Where(f => f.Todo is not null))
        {
            output.Line();
            output.Line($"{finding.Id} {CellOf(finding.Severity).Text}: {finding.Seen}");
            output.Line($"  why it matters: {finding.Why}");
            output.Line($"  what to do: {finding.Todo}");
            output.Line($"  more: {finding.Link}");
        }

        output.Line();
        output.Line($"{report.Ok} ok, {report.Infos} remarks, {report.Warnings} warnings, {report.Errors} errors.");
    }

    private static Cell CellOf(Severity severity) =>
        severity switch
        {
            Severity.Ok => new Cell("ok", Tone.Good),
            Severity.Info => new Cell("info", Tone.Faint),
            Severity.Warning => new Cell("warning", Tone.Warning),
            _ => new Cell("ERROR", Tone.Bad),
        };
}
