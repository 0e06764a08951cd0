using System.CommandLine;
using System.Globalization;
using FedSite.App.Terminals;
using FedSite.Configuration;
using FedSite.Messages;

namespace FedSite.App.Commands;

/// <summary><c>fedsite messages show</c>: one message, its fate and its records.</summary>
internal static class MessagesShowCommand
{
    public static AppCommand Create()
    {
        var id = new Argument<string>("ID") { Description = "Name of the message, or the part behind its slash" };
        return new AppCommand("show", "Shows one message: what became of it, and its records.")
        {
            Arguments = { id },
            Examples = [new("fedsite messages show 6a5b1c40/6a5b1c6d0f2a31", "What is in this message?")],
            Run = async (context, arguments, cancellationToken) =>
            {
                var outbox = Outbox.Open(context.LoadSite().Config, context.Time, context.Loggers);
                var found = outbox.Find(arguments.GetValue(id)!);
                var content = found.Path is { } path
                    ? MessageContent.Parse(await File.ReadAllBytesAsync(path, cancellationToken))
                    : null;
                Show(context.Output, found, content);
                return ExitCode.Done;
            },
        };
    }

    private static void Show(Output output, FoundMessage found, MessageContent? content)
    {
        var entry = found.Entry;
        if (output.Format == OutputFormat.Json)
        {
            var records = content?.Records.Select(record => record.Fields) ?? [];
            output.Json(
                new MessageDetails(MessageView.Of(entry), found.Path, content?.Type, [.. records]),
                MessageViewJson.Default.MessageDetails
            );
            return;
        }

        var table = new TextTable("what", "value");
        table.Add("name", entry.Name);
        table.Add("queue", entry.Queue);
        table.Add("state", new Cell(entry.State.Word(), MessageView.ToneOf(entry.State)));
        table.Add("note", entry.Reason);
        table.Add("file", found.Path ?? "no longer kept");
        table.Add("type", content?.Type);
        table.Add("records", (content?.Records.Count ?? entry.Records)?.ToString(CultureInfo.InvariantCulture));
        table.Add("bytes", entry.Bytes?.ToString(CultureInfo.InvariantCulture));
        table.Add("SHA-256", entry.Sha256);
        table.Add("accounting run", entry.Run?.ToString(CultureInfo.InvariantCulture));
        table.Add("queued", Utc(entry.QueuedAt));
        table.Add("last attempt", entry.AttemptedAt is { } at ? $"{Utc(at)}, number {entry.Attempts}" : "");
        table.Add(entry.State == MessageState.Sent ? "sent" : "settled", entry.SettledAt is { } end ? Utc(end) : "");
        table.Add("AMS id", entry.AmsId);
        output.Table(table);
        foreach (var record in content?.Records ?? [])
        {
            output.Line();
            // XML without line ends is not for people.
            output.Line(
                content!.Kind is RecordKind.Storage
                    ? string.Join('\n', record.Fields.Select(field => $"{field.Key}: {field.Value}"))
                    : record.Text
            );
        }
    }

    private static string Utc(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
