using FedSite.App.Terminals;

namespace FedSite.App.Commands;

/// <summary><c>fedsite accounting publish</c>: extracts and sends.</summary>
internal static class AccountingPublishCommand
{
    public static AppCommand Create()
    {
        var options = new ExtractionOptions();
        var command = new AppCommand("publish", "Reads usage from OpenStack, queues it, and sends what is queued.")
        {
            Examples =
            [
                new("fedsite accounting publish", "The line for cron"),
                new("fedsite accounting publish --output json", "The same, for a script"),
                new("fedsite accounting publish --from 2026-10-01 --to 2026-10-31T23:59:59Z", "October again"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                using var session = AccountingSession.Open(context);
                var failures = new List<Failure>();
                var request = options.Read(arguments);
                var extracted = await TryAsync(() => session.ExtractAsync(request, cancellationToken));
                // What earlier runs queued is delivered even when the cloud does not answer now.
                var sent = await TryAsync(() => session.SendAsync(cancellationToken));
                Show(
                    context.Output,
                    new PublishView(
                        extracted is null ? null : ExtractionView.Of(extracted),
                        [.. (sent ?? []).Select(SendView.Of)],
                        failures
                    )
                );
                return failures.Count > 0
                    ? ExitCode.Failed
                    : sent!.Aggregate(extracted!.ExitCode, (code, report) => Combine(code, report.ExitCode));

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
            },
        };
        options.AddTo(command);
        return command;
    }

    private static void Show(Output output, PublishView view)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(view, AccountingJson.Default.PublishView);
            return;
        }

        view.Extraction?.ShowTable(output);
        foreach (var queue in view.Sending)
        {
            queue.ShowLines(output);
        }
    }

    /// <summary>Each half may fail alone; what the other one did then makes it a part.</summary>
    private static ExitCode Combine(ExitCode extracted, ExitCode sent) =>
        (extracted, sent) switch
        {
            (ExitCode.Done, ExitCode.Done) => ExitCode.Done,
            (ExitCode.Failed, _) or (_, ExitCode.Failed) => ExitCode.Failed,
            _ => ExitCode.Partly,
        };
}

/// <summary>What was extracted, and what was sent; what failed as a whole has left an error instead.</summary>
internal sealed record PublishView(
    ExtractionView? Extraction,
    IReadOnlyList<SendView> Sending,
    IReadOnlyList<Failure> Errors
);
