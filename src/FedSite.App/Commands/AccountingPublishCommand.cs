using System.CommandLine;
using FedSite.Accounting;

namespace FedSite.App.Commands;

/// <summary><c>fedsite accounting publish</c>: extracts and sends.</summary>
internal static class AccountingPublishCommand
{
    public static AppCommand Create()
    {
        var options = new ExtractionOptions();
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Read and build everything, check what is queued; queue, send and remember nothing",
        };
        var command = new AppCommand("publish", "Reads usage from OpenStack, queues it, and sends what is queued.")
        {
            Options = { dryRun },
            Examples =
            [
                new("fedsite accounting publish", "The line for cron"),
                new("fedsite accounting publish --output json", "The same, for a script"),
                new("fedsite accounting publish --month 2026-06..2026-08", "Three months again, the oldest first"),
                new("fedsite accounting publish --month 2026-06 --dry-run", "How much would that be?"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var dry = arguments.GetValue(dryRun);
                var requests = options.Read(arguments, context.Time.GetUtcNow());
                using var session = AccountingSession.Open(context);
                if (requests is [var request] && !IsMonth(request))
                {
                    var (view, exit) = await PublishAsync(context, session, request, dry, null, cancellationToken);
                    view.Show(context.Output);
                    return exit;
                }

                return await RepublishAsync(context, session, requests, dry, cancellationToken);
            },
        };
        options.AddTo(command);
        return command;
    }

    private static bool IsMonth(ExtractionRequest request) =>
        request is { From: { } from, To: { } to }
        && from == UsageWindow.MonthStart(from)
        && from == UsageWindow.MonthStart(to);

    /// <summary>
    /// Month by month, the oldest first, each sent before the next is read: the repository books what a machine used in a
    /// month as the difference from its month before.
    /// </summary>
    private static async Task<ExitCode> RepublishAsync(
        CommandContext context,
        AccountingSession session,
        IReadOnlyList<ExtractionRequest> requests,
        bool dry,
        CancellationToken cancellationToken
    )
    {
        var months = new List<MonthView>();
        var exits = new List<ExitCode>();
        foreach (var request in requests)
        {
            var month = CalendarMonths.Word(request.From!.Value);
            var of = requests.Count == 1 ? "" : $" ({months.Count + 1} of {requests.Count})";
            var (view, exit) = await PublishAsync(context, session, request, dry, $"{month}{of}", cancellationToken);
            months.Add(new MonthView(month, (int)exit, view.Extraction, view.Sending, view.WouldSend, view.Errors));
            exits.Add(exit);
        }

        new RepublishView(months).Show(context.Output);
        return exits.Aggregate(Combine);
    }

    private static async Task<(PublishView View, ExitCode Exit)> PublishAsync(
        CommandContext context,
        AccountingSession session,
        ExtractionRequest request,
        bool dry,
        string? month,
        CancellationToken cancellationToken
    )
    {
        var failures = new List<Failure>();
        var extracted = await TryAsync(() =>
            session.ExtractAsync(
                request with
                {
                    DryRun = dry,
                },
                month is null ? "Reading projects" : $"{month}: reading projects",
                cancellationToken
            )
        );
        var extraction = extracted is null ? null : ExtractionView.Of(extracted);
        if (dry)
        {
            var waiting = await TryAsync(() => session.RehearseAsync(cancellationToken));
            return (
                new PublishView(extraction, [], WouldSendView.Of(extracted, waiting ?? []), failures),
                failures.Count > 0 ? ExitCode.Failed
                : waiting!.Any(m => m.Refusal is not null) ? Combine(extracted!.ExitCode, ExitCode.Partly)
                : extracted!.ExitCode
            );
        }

        // What earlier runs queued is delivered even when the cloud does not answer now.
        var sent = await TryAsync(() =>
            session.SendAsync(month is null ? "Sending messages" : $"{month}: sending messages", cancellationToken)
        );
        return (
            new PublishView(extraction, [.. (sent ?? []).Select(SendView.Of)], null, failures),
            failures.Count > 0
                ? ExitCode.Failed
                : sent!.Aggregate(extracted!.ExitCode, (code, report) => Combine(code, report.ExitCode))
        );

        async Task<T?> TryAsync<T>(Func<Task<T>> half)
            where T : class
        {
            try
            {
                return await half();
            }
            catch (FedSiteException e) when (e.ExitCode is ExitCode.Failed)
            {
                context.Console.Error(e.Message, e.NextStep);
                failures.Add(new Failure(e.Message, e.NextStep, (int)e.ExitCode));
                return null;
            }
        }
    }

    /// <summary>Each part may fail alone; what the others did then makes the whole a part.</summary>
    private static ExitCode Combine(ExitCode one, ExitCode other) =>
        (one, other) switch
        {
            (ExitCode.Done, ExitCode.Done) => ExitCode.Done,
            (ExitCode.Failed, _) or (_, ExitCode.Failed) => ExitCode.Failed,
            _ => ExitCode.Partly,
        };
}
