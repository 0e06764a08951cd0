using System.CommandLine;
using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Information.Validation;

namespace FedSite.App.Commands;

/// <summary><c>fedsite info validate</c>: would every consumer find what it needs in a document?</summary>
internal static class InfoValidateCommand
{
    public static AppCommand Create()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "Document of any site, made by any program; - reads standard input",
        };
        return new AppCommand(
            "validate",
            "Judges a document: what is wrong with it, and which consumer that harms. Exit 0: no errors, 1: errors."
        )
        {
            Arguments = { file },
            Examples =
            [
                new("fedsite info validate site.json", "Does everybody find what they need in it?"),
                new("fedsite info show | fedsite info validate -", "In what would be published now?"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var path = arguments.GetValue(file)!;
                var document = await InputFiles.ReadAsync(
                    path,
                    DocumentValidator.MaximumBytes,
                    context.Terminal,
                    cancellationToken
                );
                var findings = DocumentValidator.Check(document, context.Time.GetUtcNow());
                Show(context.Output, InputFiles.NameOf(path), findings);
                return IsValid(findings) ? ExitCode.Done : ExitCode.Failed;
            },
        };
    }

    private static bool IsValid(IReadOnlyList<DocumentFinding> findings) =>
        findings.All(finding => finding.Severity is not DocumentSeverity.Error);

    private static void Show(Output output, string file, IReadOnlyList<DocumentFinding> findings)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(
                new JudgedDocument(file, IsValid(findings), findings),
                JudgedDocumentJson.Default.JudgedDocument
            );
            return;
        }

        foreach (var finding in findings)
        {
            var word = finding.Severity is DocumentSeverity.Error ? "ERROR" : "warning";
            output.Line($"{finding.Where}: {word}: {finding.What}");
            if (finding.ObjectId is { } id)
                output.Line($"  ID: {id}");
            if (finding.NextStep is { } todo)
                output.Line($"  what to do: {todo}");
        }

        var errors = findings.Count(finding => finding.Severity is DocumentSeverity.Error);
        var warnings = findings.Count - errors;
        if (findings.Count > 0)
            output.Line();
        output.Line(
            $"{file} is {(errors == 0 ? "valid" : "not valid")}: "
                + $"{errors} {(errors == 1 ? "error" : "errors")}, {warnings} {(warnings == 1 ? "warning" : "warnings")}."
        );
    }
}

/// <summary>A document and what is wrong with it.</summary>
internal sealed record JudgedDocument(string File, bool Valid, IReadOnlyList<DocumentFinding> Findings);

[JsonSerializable(typeof(JudgedDocument))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true
)]
internal sealed partial class JudgedDocumentJson : JsonSerializerContext;
