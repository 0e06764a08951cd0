using System.CommandLine;
using System.Globalization;
using FedSite.Accounting;
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
                new("fedsite accounting extract --project vo-example --kind accelerator", "One project, one kind"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var request = options.Read(arguments) with { DryRun = arguments.GetValue(dryRun) };
                using var session = AccountingSession.Open(context);
                var result = await session.ExtractAsync(request, cancellationToken);
                ExtractionView.Show(context, ExtractionView.Of(result));
                return result.ExitCode;
            },
        };
        options.AddTo(command);
        return command;
    }
}

/// <summary>Options that say what to extract.</summary>
internal sealed class ExtractionOptions
{
    private readonly Option<DateTimeOffset?> _from = Time(
        "--from",
        "Start of the window (default: end of the last good one)"
    );
    private readonly Option<DateTimeOffset?> _to = Time("--to", "End of the window (default: now)");
    private readonly Option<string[]> _projects = new("--project")
    {
        Description = "Only this project: id, name or name@domain; may be repeated",
        HelpName = "PROJECT",
    };

    private readonly Option<string[]> _kinds = new("--kind")
    {
        Description = $"Only this kind of records: {Kinds.Listed}; may be repeated",
        HelpName = "KIND",
    };

    public ExtractionOptions() => _kinds.AcceptOnlyFromAmong(Kinds.Names);

    public void AddTo(Command command)
    {
        command.Options.Add(_from);
        command.Options.Add(_to);
        command.Options.Add(_projects);
        command.Options.Add(_kinds);
    }

    public ExtractionRequest Read(ParseResult arguments) =>
        new()
        {
            From = arguments.GetValue(_from),
            To = arguments.GetValue(_to),
            Projects = arguments.GetValue(_projects) ?? [],
            Kinds = [.. (arguments.GetValue(_kinds) ?? []).Select(Kinds.Parse).Distinct()],
        };

    private static Option<DateTimeOffset?> Time(string name, string description) =>
        new(name)
        {
            Description = description + "; ISO 8601, UTC unless it has an offset",
            HelpName = "TIME",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (
                    DateTimeOffset.TryParse(
                        text,
                        CultureInfo.InvariantCulture,
                        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                        out var time
                    ) && char.IsAsciiDigit(text[0])
                )
                {
                    return time;
                }

                result.AddError($"{name} {text} is not a time. Write ISO 8601, for instance 2026-10-01T00:00:00Z.");
                return null;
            },
        };
}

/// <summary>Kinds of records on the command line.</summary>
internal static class Kinds
{
    public static string[] Names { get; } = [.. RecordKinds.Words];

    /// <summary>For the help of an option.</summary>
    public static string Listed { get; } = "cloud, accelerator, ip or storage";

    public static RecordKind Parse(string name) => RecordKinds.Parse(name)!.Value;
}
