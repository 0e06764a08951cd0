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
            Description =
                "Mapping as Keystone has it, in JSON; - reads standard input (default: those in force, with their groups)",
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
                    "fedsite federation lint --os-cloud admin",
                    "The mapping that is in force, and whether its groups exist"
                ),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var place = Deployments.Parse(arguments.GetValue(deployment) ?? "");
                var findings = arguments.GetValue(file) is { } path
                    ? MappingLint.Check(
                        await MappingFiles.ReadMappingAsync(path, context.Terminal, cancellationToken),
                        new LintContext { Deployment = place }
                    )
                    : await LintSiteAsync(context, place, cancellationToken);
                Show(context.Output, findings);
                return findings.Any(finding => finding.Severity is LintSeverity.Error)
                    ? ExitCode.Failed
                    : ExitCode.Done;
            },
        };
    }

    /// <summary>The mappings in force, with all that the cloud tells of their groups.</summary>
    private static async Task<IReadOnlyList<LintFinding>> LintSiteAsync(
        CommandContext context,
        Deployment? deployment,
        CancellationToken cancellationToken
    )
    {
        var mappings = await SiteMappings.ReadAsync(context, cancellationToken);
        return
        [
            .. mappings.SelectMany(one =>
                MappingLint.Check(one.Mapping, one.Facts with { Deployment = deployment ?? one.Facts.Deployment })
            ),
        ];
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

[JsonSerializable(typeof(IReadOnlyList<LintFinding>))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true
)]
internal sealed partial class LintJson : JsonSerializerContext;
