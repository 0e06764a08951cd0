using System.Globalization;
using System.Text.Json.Serialization;
using FedSite.Accounting;
using FedSite.App.Terminals;

namespace FedSite.App.Commands;

/// <summary>Usage of a month, for people and for scripts.</summary>
/// <param name="Month">As <c>yyyy-MM</c>.</param>
/// <param name="By">vo, project or user.</param>
/// <param name="Groups">A line for each VO, project or user, the most elapsed time first.</param>
/// <param name="Estimated">Machines whose usage of the month follows from their start alone.</param>
/// <param name="NotKept">What may be missing, in words; null: nothing.</param>
internal sealed record SummaryView(
    string Month,
    string By,
    IEnumerable<UsageView> Groups,
    UsageView Total,
    long Estimated,
    string? NotKept,
    int Messages,
    long Records,
    IReadOnlyList<string> Faults
)
{
    private const decimal Hour = 3600;
    private const decimal GiB = 1 << 30;
    private const decimal TiBDay = 86400 * 1024m * GiB;

    public static void Show(CommandContext context, UsageSummary summary, IndexedFiles read, string? notKept)
    {
        if (context.Output.Format == OutputFormat.Json)
        {
            context.Output.Json(
                new SummaryView(
                    summary.Month,
                    summary.By.ToString().ToLowerInvariant(),
                    summary.Groups.Select(group => UsageView.Of(group.Name, group.Totals)),
                    UsageView.Of(null, summary.Total),
                    summary.Estimated,
                    notKept,
                    read.Files,
                    read.Records,
                    read.Faults
                ),
                SummaryJson.Default.SummaryView
            );
        }
        else
        {
            ShowText(context.Output, summary, read, notKept);
        }

        foreach (var fault in read.Faults)
        {
            context.Console.Line($"warning: {fault}", Tone.Warning);
        }
    }

    private static void ShowText(Output output, UsageSummary summary, IndexedFiles read, string? notKept)
    {
        var table = new TextTable(
            summary.Month,
            "#VMs",
            "#wall h",
            "#CPU h",
            "#memory GiB",
            "#disk GiB",
            "#accelerator h",
            "#IPv4",
            "#IPv6",
            "#storage TiB·days"
        );
        foreach (var (name, totals) in summary.Groups)
        {
            table.Add(Row(name.Length > 0 ? name : "(not known)", totals));
        }

        table.Add(Row("total", summary.Total));
        output.Table(table);
        output.Line($"{Number(read.Records, 0)} records in {Number(read.Files, 0)} messages.");
        if (summary.Estimated > 0)
        {
            output.Line(
                $"{Number(summary.Estimated, 0)} machines are older than the month and have no record of an earlier one "
                    + "here: their usage since the month's start is shown."
            );
        }

        if (notKept is not null)
        {
            output.Line(notKept);
        }
    }

    private static Cell[] Row(string name, UsageTotals totals) =>
        [
            name,
            Number(totals.Machines, 0),
            Number(totals.WallSeconds / Hour, 1),
            Number(totals.CpuSeconds / Hour, 1),
            Number(totals.MemoryBytes / GiB, 0),
            Number(totals.DiskBytes / GiB, 0),
            Number(totals.AcceleratorSeconds / Hour, 1),
            Number(totals.Ipv4, 0),
            Number(totals.Ipv6, 0),
            Number(totals.StorageByteSeconds / TiBDay, 2),
        ];

    private static string Number(decimal number, int digits) =>
        number.ToString($"N{digits}", CultureInfo.InvariantCulture);
}

/// <summary>Usage of a VO, project or user; all numbers are whole.</summary>
internal sealed record UsageView(
    string? Name,
    long Machines,
    decimal WallSeconds,
    decimal CpuSeconds,
    decimal MemoryBytes,
    decimal DiskBytes,
    decimal AcceleratorSeconds,
    decimal Ipv4,
    decimal Ipv6,
    decimal StorageByteSeconds
)
{
    public static UsageView Of(string? name, UsageTotals totals) =>
        new(
            name,
            totals.Machines,
            totals.WallSeconds,
            totals.CpuSeconds,
            totals.MemoryBytes,
            totals.DiskBytes,
            totals.AcceleratorSeconds,
            totals.Ipv4,
            totals.Ipv6,
            totals.StorageByteSeconds
        );
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(SummaryView))]
internal sealed partial class SummaryJson : JsonSerializerContext;
