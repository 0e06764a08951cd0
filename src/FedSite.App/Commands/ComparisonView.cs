using System.Globalization;
using System.Text.Json.Serialization;
using FedSite.Accounting;
using FedSite.App.Terminals;
using FedSite.Configuration;

namespace FedSite.App.Commands;

/// <summary>What a comparison found, for people and for scripts.</summary>
/// <param name="A">First set.</param>
/// <param name="B">Second set.</param>
/// <param name="Kinds">Numbers of records by kind.</param>
/// <param name="Differences">By kind and key.</param>
/// <param name="More">Differing records that are left out.</param>
internal sealed record ComparisonView(
    ComparedSetView A,
    ComparedSetView B,
    IEnumerable<ComparedKindView> Kinds,
    IEnumerable<DifferenceView> Differences,
    long More
)
{
    public static void Show(
        CommandContext context,
        IndexedFiles a,
        IndexedFiles b,
        IReadOnlyList<ComparedKind> counts,
        IEnumerable<RecordDifference> differences,
        long more
    )
    {
        if (context.Output.Format == OutputFormat.Json)
        {
            context.Output.Json(
                new ComparisonView(
                    ComparedSetView.Of(a),
                    ComparedSetView.Of(b),
                    counts.Select(ComparedKindView.Of),
                    differences.SelectMany(DifferenceView.Of),
                    more
                ),
                ComparisonJson.Default.ComparisonView
            );
        }
        else
        {
            ShowText(context.Output, a, b, counts, differences, more);
        }

        foreach (var fault in a.Faults.Concat(b.Faults))
        {
            context.Console.Line($"warning: {fault}", Tone.Warning);
        }
    }

    private static void ShowText(
        Output output,
        IndexedFiles a,
        IndexedFiles b,
        IReadOnlyList<ComparedKind> counts,
        IEnumerable<RecordDifference> differences,
        long more
    )
    {
        output.Line($"A: {Number(a.Records)} records in {Number(a.Files)} messages.");
        output.Line($"B: {Number(b.Records)} records in {Number(b.Files)} messages.");
        if (counts.Count > 0)
        {
            var table = new TextTable("kind", "#only in A", "#only in B", "#different", "#equal");
            foreach (var count in counts)
            {
                table.Add(
                    count.Kind.Word(),
                    Number(count.OnlyA),
                    Number(count.OnlyB),
                    Number(count.Different),
                    Number(count.Equal)
                );
            }

            output.Table(table);
        }

        foreach (var record in differences)
        {
            var where =
                !record.InB ? ": only in A"
                : !record.InA ? ": only in B"
                : "";
            output.Line($"{record.Kind.Word()} {record.Key}{where}");
            foreach (var field in record.Fields)
            {
                output.Line($"    {field.Field}: {field.A ?? "(absent)"} in A, {field.B ?? "(absent)"} in B");
            }
        }

        if (more > 0)
        {
            output.Line($"{Number(more)} more records differ; --limit 0 shows all.");
        }
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>What one of the sets holds.</summary>
internal sealed record ComparedSetView(int Messages, long Records, IReadOnlyList<string> Faults)
{
    public static ComparedSetView Of(IndexedFiles files) => new(files.Files, files.Records, files.Faults);
}

internal sealed record ComparedKindView(string Kind, long OnlyA, long OnlyB, long Different, long Equal)
{
    public static ComparedKindView Of(ComparedKind count) =>
        new(count.Kind.Word(), count.OnlyA, count.OnlyB, count.Different, count.Equal);
}

/// <summary>A record in one set only (<c>in</c>: a or b), or a field that differs (both).</summary>
internal sealed record DifferenceView(string Kind, string Key, string In, string? Field, string? A, string? B)
{
    public static IEnumerable<DifferenceView> Of(RecordDifference record) =>
        record is { InA: true, InB: true }
            ? record.Fields.Select(field => new DifferenceView(
                record.Kind.Word(),
                record.Key,
                "both",
                field.Field,
                field.A,
                field.B
            ))
            : [new DifferenceView(record.Kind.Word(), record.Key, record.InA ? "a" : "b", null, null, null)];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(ComparisonView))]
internal sealed partial class ComparisonJson : JsonSerializerContext;
