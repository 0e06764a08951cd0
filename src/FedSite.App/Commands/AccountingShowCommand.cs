using System.CommandLine;
using FedSite.Accounting;
using FedSite.App.Terminals;
using FedSite.Configuration;
using FedSite.Messages;

namespace FedSite.App.Commands;

/// <summary><c>fedsite accounting show</c>: the records of the last run, or of message files.</summary>
internal static class AccountingShowCommand
{
    /// <summary>Size of a message file that is read at most, bytes: no broker takes a larger one.</summary>
    private const int MaxBytes = 16 << 20;

    public static AppCommand Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Message files, as they stand in a spool (default: the last run)",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var kind = new Option<string?>("--kind")
        {
            Description = $"Only this kind of records: {Kinds.Listed}",
            HelpName = "KIND",
        };
        kind.AcceptOnlyFromAmong(Kinds.Names);
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
                new("fedsite accounting show /var/spool/apel/outgoing/openstack/*/*", "Records of any message files"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                if (arguments.GetValue(quarantined))
                {
                    ShowQuarantined(context);
                    return ExitCode.Done;
                }

                var only = arguments.GetValue(kind) is { } name ? Kinds.Parse(name) : (RecordKind?)null;
                var named = arguments.GetValue(files) ?? [];
                var records = new List<MessageRecord>();
                foreach (var file in named.Length > 0 ? named : FilesOfLastRun(context))
                {
                    records.AddRange(await ReadAsync(file, only, cancellationToken));
                }

                Show(context.Output, records);
                return ExitCode.Done;
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

    private static async Task<IEnumerable<MessageRecord>> ReadAsync(
        string file,
        RecordKind? only,
        CancellationToken cancel
    )
    {
        try
        {
            if (new FileInfo(file).Length > MaxBytes)
            {
                throw new FedSiteException($"{file} is larger than {MaxBytes >> 20} MiB: no usage message.");
            }

            var content = MessageContent.Parse(await File.ReadAllBytesAsync(file, cancel));
            return content.Kind is null
                ? throw new FedSiteException(
                    $"{file} is no cloud or accelerator message ({content.Type}).",
                    "A signed message is shown by `fedsite messages verify`."
                )
                : content.Records.Where(_ => only is null || content.Kind == only);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FedSiteException($"{file} can't be read: {e.Message}", inner: e);
        }
    }

    private static void Show(Output output, List<MessageRecord> records)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(
                [.. records.Select(r => r.Fields)],
                AccountingJson.Default.IReadOnlyListIReadOnlyDictionaryStringString
            );
            return;
        }

        var table = new TextTable("machine", "vo", "user", "status", "#cpus / count", "#seconds", "what");
        foreach (var fields in records.Select(r => r.Fields))
        {
            var accelerator = fields.ContainsKey("AssociatedRecord");
            table.Add(
                fields.GetValueOrDefault("MachineName")
                    ?? fields.GetValueOrDefault("VMUUID")
                    ?? fields.GetValueOrDefault("AssociatedRecord"),
                fields.GetValueOrDefault("FQAN"),
                Short(fields.GetValueOrDefault("GlobalUserName")),
                accelerator
                    ? $"{fields.GetValueOrDefault("MeasurementYear")}-{fields.GetValueOrDefault("MeasurementMonth")?.PadLeft(2, '0')}"
                    : fields.GetValueOrDefault("Status"),
                fields.GetValueOrDefault(accelerator ? "Count" : "CpuCount"),
                fields.GetValueOrDefault(accelerator ? "AvailableDuration" : "WallDuration"),
                accelerator
                    ? fields.GetValueOrDefault("Model")
                    : $"{fields.GetValueOrDefault("Memory")} MiB, {fields.GetValueOrDefault("Disk")} GiB"
            );
        }

        output.Table(table);
        output.Line($"{records.Count} records.");
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

    /// <summary>Federated users have names of 71 characters.</summary>
    private static string Short(string? user) => user is { Length: > 24 } ? user[..10] + "…" + user[^7..] : user ?? "";
}
