using System.CommandLine;
using FedSite.Configuration;

namespace FedSite.App.Commands;

/// <summary><c>fedsite accounting extract</c>: reads usage and queues it, sends nothing.</summary>
internal static class AccountingExtractCommand
{
    public static AppCommand Create()
    {
        var options = new ExtractionOptions();
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Read and build everything, queue and remember nothing",
        };
        var command = new AppCommand("extract", "Reads usage from OpenStack and queues it as messages; sends nothing.")
        {
            Options = { dryRun },
            Examples =
            [
                new("fedsite accounting extract --dry-run", "What would be accounted now?"),
                new("fedsite accounting extract", "Queue what was used since the last run"),
                new(
                    "fedsite accounting extract --from 2026-10-01 --to 2026-10-31T23:59:59Z",
                    "October again, by hand; the normal state does not move"
                ),
                new("fedsite accounting extract --month 2026-10", "The same"),
                new("fedsite accounting extract --project vo-example --kind accelerator", "One project, one kind"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var requests = options.Read(arguments, context.Time.GetUtcNow());
                if (requests.Count > 1)
                {
                    throw new FedSiteException(
                        "`extract` takes one month at a time.",
                        "`fedsite accounting publish --month` takes several, and sends each when it is read.",
                        ExitCode.Usage
                    );
                }

                using var session = AccountingSession.Open(context);
                var request = requests[0] with { DryRun = arguments.GetValue(dryRun) };
                var result = await session.ExtractAsync(request, "Reading projects", cancellationToken);
                ExtractionView.Show(context, ExtractionView.Of(result));
                return result.ExitCode;
            },
        };
        options.AddTo(command);
        return command;
    }
}

/// <summary>Kinds of records on the command line.</summary>
internal static class Kinds
{
    public static string[] Names { get; } = [.. RecordKinds.Words];

    /// <summary>For the help of an option.</summary>
    public static string Listed { get; } = "cloud, accelerator, ip or storage";

    public static RecordKind Parse(string name) => RecordKinds.Parse(name)!.Value;

    /// <summary>An option that leaves out all kinds but one.</summary>
    public static Option<string?> CreateOption()
    {
        var kind = new Option<string?>("--kind")
        {
            Description = $"Only this kind of records: {Listed}",
            HelpName = "KIND",
        };
        kind.AcceptOnlyFromAmong(Names);
        return kind;
    }

    /// <summary>The kind that the option names; null: all.</summary>
    public static RecordKind? Of(ParseResult arguments, Option<string?> option) =>
        arguments.GetValue(option) is { } name ? Parse(name) : null;
}
