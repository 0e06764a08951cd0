using System.Globalization;
using FedSite.Accounting;
using FedSite.App.Terminals;
using FedSite.Configuration;
using FedSite.Messages;

namespace FedSite.App.Commands;

/// <summary>What was extracted, and what was sent; what failed as a whole has left an error instead.</summary>
/// <param name="WouldSend">Of a dry run.</param>
internal sealed record PublishView(
    ExtractionView? Extraction,
    IReadOnlyList<SendView> Sending,
    WouldSendView? WouldSend,
    IReadOnlyList<Failure> Errors
)
{
    public void Show(Output output)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(this, AccountingJson.Default.PublishView);
            return;
        }

        Extraction?.ShowTable(output);
        foreach (var queue in Sending)
        {
            queue.ShowLines(output);
        }

        if (WouldSend is not null)
        {
            output.Line(WouldSend.Text);
        }
    }
}

/// <summary>What sending would do after a dry run.</summary>
/// <param name="New">Messages that the extraction would queue.</param>
/// <param name="Waiting">Messages that wait already.</param>
/// <param name="Refused">Of those, the ones that would be set aside.</param>
internal sealed record WouldSendView(int New, int Waiting, int Refused)
{
    public string Text =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Would be sent: {New:N0} new messages and {Waiting - Refused:N0} that wait; {Refused:N0} would be set aside. Nothing was queued or sent."
        );

    public static WouldSendView Of(ExtractionResult? extracted, IReadOnlyList<RehearsedMessage> waiting) =>
        new(extracted?.Messages ?? 0, waiting.Count, waiting.Count(m => m.Refusal is not null));
}

/// <summary>Months that were published again.</summary>
internal sealed record RepublishView(IReadOnlyList<MonthView> Months)
{
    public void Show(Output output)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(this, AccountingJson.Default.RepublishView);
            return;
        }

        var table = new TextTable([
            "month",
            .. RecordKinds.Words.Select(word => $"#{word}"),
            "#messages",
            "#sent",
            "#left",
            "state",
        ]);
        foreach (var month in Months)
        {
            table.Add([
                month.Month,
                .. RecordKinds.Words.Select(word => (Cell)Number(month.Records(word))),
                Number(month.Extraction?.Messages ?? 0),
                Number(month.Sending.Sum(s => s.Sent)),
                Number(month.Sending.Sum(s => s.Left)),
                month.State,
            ]);
        }

        output.Table(table);
        foreach (var month in Months)
        {
            foreach (var problem in month.Problems.Distinct(StringComparer.Ordinal))
            {
                output.Line($"{month.Month}: {problem}");
            }
        }
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>What publishing one month came to.</summary>
internal sealed record MonthView(
    string Month,
    int ExitCode,
    ExtractionView? Extraction,
    IReadOnlyList<SendView> Sending,
    WouldSendView? WouldSend,
    IReadOnlyList<Failure> Errors
)
{
    internal Cell State =>
        (ExitCode, WouldSend) switch
        {
            (0, null) => new Cell("sent", Tone.Good),
            (0, _) => new Cell("nothing sent (dry run)", Tone.Good),
            (3, _) => new Cell("in part", Tone.Warning),
            _ => new Cell("failed", Tone.Bad),
        };

    internal IEnumerable<string> Problems =>
        [
            .. Errors.Select(e => e.Message),
            .. (Extraction?.Projects ?? []).Where(p => p.Error is not null).Select(p => $"{p.Name}: {p.Error}"),
            .. (Extraction?.NotAccounted ?? []).Select(p => $"{p.Name}: {p.Reason}"),
            .. Extraction is { Quarantined: > 0 } some
                ? (string[])[$"{some.Quarantined} objects quarantined, see `fedsite accounting show --quarantined`"]
                : [],
            .. Sending.Where(s => s.Stopped is not null).Select(s => $"queue {s.Queue}: {s.Stopped}"),
            .. Sending.SelectMany(s => s.SetAside).Select(m => $"set aside {m.Name}: {m.Reason}"),
        ];

    internal long Records(string kind) => (Extraction?.Projects ?? []).Where(p => p.Kind == kind).Sum(p => p.Records);
}
