using System.CommandLine;
using System.Globalization;
using FedSite.Accounting;
using FedSite.Messages;

namespace FedSite.App.Commands;

/// <summary><c>fedsite accounting summary</c>: usage of a month, as the portal should show it.</summary>
internal static class AccountingSummaryCommand
{
    private static readonly string[] Groupings = ["vo", "project", "user"];

    public static AppCommand Create()
    {
        var paths = new Argument<string[]>("FILE")
        {
            Description =
                "Message files, folders of them, or spools (default: what waits, or was sent and is still kept)",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var month = new Option<string?>("--month")
        {
            Description = "Month to sum up, UTC (default: that of the newest record)",
            HelpName = "YYYY-MM",
        };
        month.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && CalendarMonths.Month(text) is null)
            {
                result.AddError($"--month {text} is no month. Write year and month, for instance 2026-10.");
            }
        });
        var by = new Option<string>("--by")
        {
            Description = "A line for each vo (default), project or user",
            HelpName = string.Join('|', Groupings),
            DefaultValueFactory = _ => Groupings[0],
        };
        by.AcceptOnlyFromAmong(Groupings);
        return new AppCommand("summary", "Sums up the usage of a month, as the accounting portal should show it.")
        {
            Arguments = { paths },
            Options = { month, by },
            Examples =
            [
                new("fedsite accounting summary", "What did each VO use this month?"),
                new("fedsite accounting summary --month 2026-10 --by user", "Who used what in October?"),
                new("fedsite accounting summary messages --output json | jq .total", "Of any messages, for a script"),
            ],
            Run = (context, arguments, cancellationToken) =>
                SumUpAsync(
                    context,
                    arguments.GetValue(paths) ?? [],
                    arguments.GetValue(month),
                    (UsageGrouping)Array.IndexOf(Groupings, arguments.GetValue(by)),
                    cancellationToken
                ),
        };
    }

    private static async Task<ExitCode> SumUpAsync(
        CommandContext context,
        string[] paths,
        string? month,
        UsageGrouping by,
        CancellationToken cancellationToken
    )
    {
        var kept = paths.Length == 0 ? Outbox.Open(context.Site, context.Time, context.Loggers).Kept() : null;
        using var index = new RecordIndex();
        IndexedFiles read;
        using (var progress = context.Progress("Reading messages"))
        {
            var files = kept?.Files ?? paths.SelectMany(MessageFiles.Of);
            read = await index.AddAsync(files, 0, only: null, () => progress.Advance(), cancellationToken);
        }

        var summary = read.Records > 0 ? UsageSummary.Of(index, month, by, cancellationToken) : null;
        if (summary is null)
        {
            throw NoRecords(read);
        }

        SummaryView.Show(context, summary, read, NotKept(kept, summary));
        return read.Faults.Count > 0 ? ExitCode.Partly : ExitCode.Done;
    }

    private static FedSiteException NoRecords(IndexedFiles read) =>
        new(
            $"There are no records. {(read.Faults.Count > 0 ? read.Faults[0] : "")}".TrimEnd(),
            "Name message files, folders of them, or spools; without any, those count that wait or were sent."
        );

    /// <summary>Machines that ended early in the month may be in messages that were deleted since.</summary>
    private static string? NotKept(KeptMessages? kept, UsageSummary summary) =>
        kept?.Since > CalendarMonths.Month(summary.Month)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"No messages of before {kept.Since:yyyy-MM-dd HH:mm} UTC are kept: what they alone accounted is missing."
            )
            : null;
}
