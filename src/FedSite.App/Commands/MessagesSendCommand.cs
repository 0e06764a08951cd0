using System.CommandLine;
using System.Globalization;
using FedSite.App.Terminals;
using FedSite.Messages;

namespace FedSite.App.Commands;

/// <summary><c>fedsite messages send</c>: signs and sends all that waits.</summary>
internal static class MessagesSendCommand
{
    public static AppCommand Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Read, check and sign, but send nothing" };
        return new AppCommand("send", "Signs and sends all messages that wait, in their order.")
        {
            Options = { dryRun },
            Examples =
            [
                new("fedsite messages send", "Send what waits, those of other programs in the spool too"),
                new("fedsite messages send --dry-run", "Could all of it be sent?"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var outbox = Outbox.Open(context.LoadSite().Config, context.Time, context.Loggers);
                if (arguments.GetValue(dryRun))
                {
                    return ShowRehearsal(context.Output, await outbox.RehearseAsync(cancellationToken));
                }

                var reports = await SendAsync(context, outbox, cancellationToken);
                Show(context.Output, reports);
                return ExitCodeOf(reports);
            },
        };
    }

    private static async Task<IReadOnlyList<SendReport>> SendAsync(
        CommandContext context,
        Outbox outbox,
        CancellationToken cancellationToken
    )
    {
        using var shown = context.Progress("Sending messages");
        var progress = new Progress<SendProgress>(p => shown.Report(p.Done, p.Total));
        return await outbox.SendAsync(progress, cancellationToken);
    }

    private static void Show(Output output, IReadOnlyList<SendReport> reports)
    {
        List<SendView> views = [.. reports.Select(SendView.Of)];
        if (output.Format == OutputFormat.Json)
        {
            output.Json(views, MessageViewJson.Default.IReadOnlyListSendView);
            return;
        }

        foreach (var view in views)
        {
            view.ShowLines(output);
        }
    }

    private static ExitCode ShowRehearsal(Output output, IReadOnlyList<RehearsedMessage> messages)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(
                [.. messages.Select(m => new RehearsalView(m.Queue, m.Name, m.Bytes, m.Records, m.Refusal))],
                MessageViewJson.Default.IReadOnlyListRehearsalView
            );
        }
        else
        {
            var table = new TextTable("name", "queue", "#records", "#bytes", "would be");
            foreach (var message in messages)
            {
                table.Add(
                    message.Name,
                    message.Queue,
                    message.Records?.ToString(CultureInfo.InvariantCulture),
                    message.Bytes.ToString(CultureInfo.InvariantCulture),
                    message.Refusal is { } refusal ? new Cell($"set aside: {refusal}", Tone.Bad) : "sent"
                );
            }

            output.Table(table);
            output.Line($"{messages.Count} messages; nothing was sent.");
        }

        return messages.All(message => message.Refusal is null) ? ExitCode.Done : ExitCode.Partly;
    }

    private static ExitCode ExitCodeOf(IReadOnlyList<SendReport> reports) =>
        reports.All(report => report.ExitCode == ExitCode.Done) ? ExitCode.Done
        : reports.Any(report => report.Sent > 0) ? ExitCode.Partly
        : ExitCode.Failed;
}
