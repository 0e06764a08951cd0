using System.CommandLine;
using FedSite.Accounting;
using FedSite.Messages;

namespace FedSite.App.Commands;

/// <summary><c>fedsite accounting show</c>: the records of the last run, or of message files.</summary>
internal static class AccountingShowCommand
{
    public static AppCommand Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Message files, folders of them, or spools (default: the last run)",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var kind = Kinds.CreateOption();
        var quarantined = new Option<bool>("--quarantined")
        {
            Description = "Objects of the last run that gave no valid record, and why",
        };
        return new AppCommand("show", "Shows the records of the last run, or of message files.")
        {
            Arguments = { files },
            Options = { kind, quarantined },
            Examples =
            [
                new("fedsite accounting show", "What did the last run account?"),
                new("fedsite accounting show --quarantined", "Which servers gave no record, and why?"),
                new("fedsite accounting show --kind cloud --output json | jq '.[].FQAN'", "One kind, for a script"),
                new("fedsite accounting show /var/spool/apel/outgoing/openstack", "Records of any program's messages"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                if (arguments.GetValue(quarantined))
                {
                    ShowQuarantined(context);
                    return ExitCode.Done;
                }

                var only = Kinds.Of(arguments, kind);
                var named = arguments.GetValue(files) ?? [];
                var paths = named.Length > 0 ? named.SelectMany(MessageFiles.Of) : FilesOfLastRun(context);
                var shown = new RecordView();
                foreach (var file in paths)
                {
                    var content = await ReadAsync(file, cancellationToken);
                    if (only is null || content.Kind == only)
                    {
                        shown.Add(file, content);
                    }
                }

                shown.Show(context);
                return shown.IsComplete ? ExitCode.Done : ExitCode.Partly;
            },
        };
    }

    private static IEnumerable<string> FilesOfLastRun(CommandContext context)
    {
        var state = context.OpenState();
        var run = new AccountingStore(state, context.Time).LastRun() ?? throw NoRun();
        return Outbox.Open(context.Site, context.Time, context.Loggers).Queues.SelectMany(queue => queue.FilesOf(run));
    }

    private static FedSiteException NoRun() =>
        new("There was no run yet.", "Run `fedsite accounting extract` first, or name message files.");

    private static async Task<MessageContent> ReadAsync(string file, CancellationToken cancellationToken)
    {
        var content = await MessageFiles.ReadAsync(file, cancellationToken);
        return content.Kind is not null
            ? content
            : throw new FedSiteException(
                $"{file} is no usage message ({(content.Type.Length > 0 ? content.Type : "empty")}).",
                "Cloud, accelerator, IP and storage messages can be shown; of a signed message, `fedsite messages verify` "
                    + "tells the signer."
            );
    }

    private static void ShowQuarantined(CommandContext context)
    {
        var store = new AccountingStore(context.OpenState(), context.Time);
        var objects = store.Quarantined(store.LastRun() ?? throw NoRun());
        if (context.Output.Format == OutputFormat.Json)
        {
            context.Output.Json(
                [.. objects.Select(o => new QuarantineView(o.Project, o.Kind, o.Object, o.Reason, o.Raw))],
                AccountingJson.Default.IReadOnlyListQuarantineView
            );
            return;
        }

        foreach (var quarantined in objects)
        {
            context.Output.Line(
                $"{quarantined.Kind} {quarantined.Object} (project {quarantined.Project}): {quarantined.Reason}"
            );
            context.Output.Line("    " + quarantined.Raw);
        }

        context.Output.Line($"{objects.Count} objects in quarantine.");
    }
}
