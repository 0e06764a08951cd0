using System.Globalization;
using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Configuration;

namespace FedSite.App.Commands;

/// <summary><c>fedsite config validate</c>: all problems of <c>site.yaml</c> at once.</summary>
internal static class ConfigValidateCommand
{
    public static AppCommand Create() =>
        new("validate", "Checks site.yaml without touching the network; exit code 2 when it has errors.")
        {
            Examples =
            [
                new("fedsite config validate", "The file that every command would use"),
                new("fedsite config validate --config ./site.yaml --output json", "For scripts"),
            ],
            Run = (context, _, _) => Task.FromResult(Run(context)),
        };

    private static ExitCode Run(CommandContext context)
    {
        var (file, problems) = Check(context);
        var isValid = problems.All(p => p.Severity != ProblemSeverity.Error);
        if (context.Options.Format == OutputFormat.Json)
        {
            context.Output.Json(
                new ValidateDocument(file, isValid, problems.Select(Describe).ToList()),
                ConfigValidateJson.Default.ValidateDocument
            );
        }
        else
        {
            Show(context, file, problems, isValid);
        }

        return isValid ? ExitCode.Done : ExitCode.Usage;
    }

    private static (string File, IReadOnlyList<ConfigProblem> Problems) Check(CommandContext context)
    {
        LoadedSite site;
        try
        {
            site = SiteFile.Load(context.Options.ConfigFile, context.Host);
        }
        catch (ConfigurationException e) when (e.Problems.Count > 0)
        {
            return (e.Problems[0].File, e.Problems);
        }

        List<ConfigProblem> problems = [.. site.Warnings, .. site.FindMissingFiles(), .. site.FindExposedSecrets()];
        CheckCloud(context, site, "openstack", site.Config.OpenStack, problems);
        if (site.Config.Accounting.OpenStack is { } other)
            CheckCloud(context, site, "accounting.openstack", other, problems);
        return (site.Path, [.. problems.OrderBy(p => p.Line).ThenBy(p => p.Column)]);
    }

    // clouds.yaml and variables may well be there for the account that runs the commands and not for this one.
    private static void CheckCloud(
        CommandContext context,
        LoadedSite site,
        string key,
        OpenStackConfig? section,
        List<ConfigProblem> problems
    )
    {
        try
        {
            CloudCredentialsSource.Resolve(section, context.Options.OsCloud, context.Host);
        }
        catch (ConfigurationException e)
        {
            var message = $"{e.Message} {e.NextStep}";
            problems.Add(new ConfigProblem(ProblemSeverity.Warning, site.Path, Line: 0, Column: 0, key, message));
        }
    }

    private static void Show(CommandContext context, string file, IReadOnlyList<ConfigProblem> problems, bool isValid)
    {
        if (problems.Count > 0)
        {
            var table = new TextTable("", "#Line", "Key", "Problem");
            foreach (var p in problems)
            {
                var isError = p.Severity == ProblemSeverity.Error;
                table.Add(
                    isError ? new Cell("error", Tone.Bad) : new Cell("warning", Tone.Warning),
                    p.Line == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{p.Line}:{p.Column}"),
                    p.Key,
                    p.Message
                );
            }

            context.Output.Table(table);
        }

        var errors = problems.Count(p => p.Severity == ProblemSeverity.Error);
        context.Output.Line(
            isValid ? $"{file} is valid."
            : errors == 1 ? $"{file} has an error."
            : $"{file} has {errors} errors."
        );
    }

    private static FindingDocument Describe(ConfigProblem p) =>
        new(
            p.Severity == ProblemSeverity.Error ? "error" : "warning",
            p.Line == 0 ? null : p.Line,
            p.Column == 0 ? null : p.Column,
            p.Key,
            p.Message
        );
}

internal sealed record ValidateDocument(string File, bool Valid, IReadOnlyList<FindingDocument> Findings);

internal sealed record FindingDocument(string Severity, int? Line, int? Column, string? Key, string Message);

[JsonSerializable(typeof(ValidateDocument))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ConfigValidateJson : JsonSerializerContext;
