using System.CommandLine;
using System.Globalization;
using FedSite.App.Terminals;
using FedSite.Configuration;
using FedSite.Messages;

namespace FedSite.App.Commands;

/// <summary><c>fedsite messages list</c>: what waits, and what became of the rest.</summary>
internal static class MessagesListCommand
{
    public static AppCommand Create()
    {
        var state = new Option<string?>("--state")
        {
            Description = "Only messages in this state (default: those that wait or were set aside)",
            HelpName = "queued|sent|set-aside",
        };
        state.AcceptOnlyFromAmong("queued", "sent", "set-aside");
        return new AppCommand("list", "Lists messages that wait to be sent, were sent, or can't be sent.")
        {
            Options = { state },
            Examples =
            [
                new("fedsite messages list", "What waits, and what is in trouble?"),
                new("fedsite messages list --state sent --output json", "What was delivered, for a script"),
            ],
            Run = (context, arguments, _) =>
            {
                var outbox = Outbox.Open(context.LoadSite().Config, context.Time, context.Loggers);
                MessageState? wanted = arguments.GetValue(state) switch
                {
                    "queued" => MessageState.Queued,
                    "sent" => MessageState.Sent,
                    "set-aside" => MessageState.SetAside,
                    _ => null,
                };
                Show(context.Output, outbox.List(wanted));
                return Task.FromResult(ExitCode.Done);
            },
        };
    }

    private static void Show(Output output, IReadOnlyList<JournalEntry> entries)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json([.. entries.Select(MessageView.Of)], MessageViewJson.Default.IReadOnlyListMessageView);
            return;
        }

        if (entries.Count == 0)
        {
            output.Line("No messages. `fedsite messages list --state sent` shows what was delivered.");
            return;
        }

        var table = new TextTable("name", "queue", "state", "kind", "#records", "#bytes", "queued (UTC)", "note");
        foreach (var entry in entries)
        {
            table.Add(
                entry.Name,
                entry.Queue,
                new Cell(entry.State.Word(), MessageView.ToneOf(entry.State)),
                entry.Kind?.Word(),
                entry.Records?.ToString(CultureInfo.InvariantCulture),
                entry.Bytes?.ToString(CultureInfo.InvariantCulture),
                entry.QueuedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                entry.Reason ?? (entry.AmsId is { } id ? $"AMS id {id}" : "")
            );
        }

        output.Table(table);
    }
}
