using System.CommandLine;
using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Configuration;
using FedSite.Federation.Mappings;

namespace FedSite.App.Commands;

/// <summary><c>fedsite federation lint</c>: faults of a mapping.</summary>
internal static class FederationLintCommand
{
    public static AppCommand Create()
    {
        var file = new Argument<string?>("FILE")
        {
            Description = "Mapping as Keystone has it, in JSON; - reads standard input",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var deployment = new Option<string?>("--deployment")
        {
            Description = $"Which keys claims become: {string.Join(", ", Deployments.Words)} (default: any of them)",
            HelpName = "NAME",
        };
        deployment.AcceptOnlyFromAmong([.. Deployments.Words]);
        return new AppCommand(
            "lint",
            "Names the faults of a mapping, each with its consequence. Exit 0: no errors, 1: errors."
        )
        {
            Arguments = { file },
            Options = { deployment },
            Examples =
            [
                new("fedsite federation lint mapping.json", "Does the mapping admit the right people, and only them?"),
                new(
                    "openstack mapping show egi-mapping -f json | fedsite federation lint - --output json",
                    "The mapping that is in force, for a script"
                ),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var path =
                    arguments.GetValue(file)
                    ?? throw new FedSiteException(
                        "No mapping is given.",
                        "Name a FILE; `openstack mapping show egi-mapping -f json` prints the one in force.",
                        ExitCode.Usage
                    );
                var mapping = await MappingFiles.ReadMappingAsync(path, context.Terminal, cancellationToken);
                var facts = new LintContext
                {
                    Deployment = arguments.GetValue(deployment) is { } word ? Deployments.Parse(word) : null,
                };
                var findings = MappingLint.Check(mapping, facts);
                Show(context.Output, findings);
                return findings.Any(finding => finding.Severity is LintSeverity.Error)
                    ? ExitCode.Failed
                    : ExitCode.Done;
            },
        };
    }

    private static void Show(Output output, IReadOnlyList<LintFinding> findings)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(findings, LintJson.Default.IReadOnlyListLintFinding);
            return;
        }

        foreach (var finding in findings)
        {
            var where = finding.Rule is { } rule ? $"rule {rule}" : "mapping";
            output.Line($"{where}: {Word(finding.Severity)} {finding.Id}: {finding.What}");
            output.Line($"  what comes of it: {finding.Consequence}");
            output.Line($"  what to do: {finding.Todo}");
        }

        var counts = Enum.GetValues<LintSeverity>()
            .Reverse()
            .Select(severity => $"{findings.Count(finding => finding.Severity == severity)} {Plural(severity)}");
        output.Line($"{(findings.Count > 0 ? "\n" : "")}{string.Join(", ", counts)}.");
    }

    private static string Word(LintSeverity severity) =>
        severity switch
        {
            LintSeverity.Error => "ERROR",
            LintSeverity.Warning => "warning",
            _ => "info",
        };

    private static string Plural(LintSeverity severity) =>
        severity switch
        {
            LintSeverity.Error => "errors",
            LintSeverity.Warning => "warnings",
            _ => "remarks",
        };
}

[JsonSerializable(typeof(IReadOnlyList<LintFinding>))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true
)]
internal sealed partial class LintJson : JsonSerializerContext;
