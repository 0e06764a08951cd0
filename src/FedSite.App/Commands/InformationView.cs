using System.Globalization;
using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Information.Documents;
using FedSite.Information.Publishing;

namespace FedSite.App.Commands;

/// <summary>What <c>info publish</c> did.</summary>
internal sealed record InformationView
{
    public required int Shares { get; init; }
    public required int Images { get; init; }
    public required int Flavors { get; init; }
    public required int Bytes { get; init; }
    public required long Requests { get; init; }

    /// <summary>All that was asked for is in the document.</summary>
    public required bool Complete { get; init; }

    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>Against the last document, in words; null: there was none.</summary>
    public string? Loss { get; init; }

    /// <summary>In a dry run: where it would go.</summary>
    public IReadOnlyList<string>? WouldPublish { get; init; }

    public IReadOnlyList<TargetView>? Targets { get; init; }

    public static InformationView Of(SiteDocument document, int bytes, long requests) =>
        new()
        {
            Shares = document.Shares,
            Images = document.Images,
            Flavors = document.Flavors,
            Bytes = bytes,
            Requests = requests,
            Complete = document.IsComplete,
            Failures = document.Failures,
        };

    private static string Plural(string word, long number) => number == 1 ? word : word + "s";

    public void Show(Output output)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(this, InformationJson.Default.InformationView);
            return;
        }

        output.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Shares} {Plural("share", Shares)}, {Images} {Plural("image", Images)}, {Flavors} {Plural("flavor", Flavors)}; {Bytes:N0} bytes from {Requests} {Plural("request", Requests)}."
            )
        );
        foreach (var failure in Failures)
            output.Line($"not known: {failure}");
        if (Loss is not null)
            output.Line($"Against the last document: {Loss}.");
        foreach (var target in WouldPublish ?? [])
            output.Line($"would be published: {target}");
        foreach (var target in Targets ?? [])
            output.Line(target.Error is null ? $"published: {target.Name}" : $"FAILED: {target.Name}");
    }
}

/// <summary>What became of one target.</summary>
internal sealed record TargetView(string Type, string Name, bool Done, string? Error)
{
    public static TargetView Of(TargetOutcome outcome) =>
        new(outcome.Type, outcome.Name, outcome.IsDone, outcome.Error?.Message);
}

[JsonSerializable(typeof(InformationView))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
internal sealed partial class InformationJson : JsonSerializerContext;
