using System.CommandLine;
using System.Globalization;
using FedSite.Accounting;

namespace FedSite.App.Commands;

/// <summary>Options that say what to extract.</summary>
internal sealed class ExtractionOptions
{
    private readonly Option<DateTimeOffset?> _from = Time(
        "--from",
        "Start of the window (default: end of the last good one)"
    );
    private readonly Option<DateTimeOffset?> _to = Time("--to", "End of the window (default: now)");
    private readonly Option<IReadOnlyList<DateTimeOffset>?> _months = new("--month")
    {
        Description = "Whole months again, as 2026-06 or 2026-06..2026-08, instead of --from and --to",
        HelpName = "MONTH",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var months = CalendarMonths.Parse(text);
            if (months is null)
            {
                result.AddError($"--month {text} says no months. {CalendarMonths.Form}");
            }

            return months;
        },
    };

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
        command.Options.Add(_months);
        command.Options.Add(_from);
        command.Options.Add(_to);
        command.Options.Add(_projects);
        command.Options.Add(_kinds);
    }

    /// <summary>The requests, oldest first: one for each month that was named, else one.</summary>
    /// <exception cref="FedSiteException">A month lies in the future, or a window was given twice.</exception>
    public IReadOnlyList<ExtractionRequest> Read(ParseResult arguments, DateTimeOffset now)
    {
        var request = new ExtractionRequest
        {
            From = arguments.GetValue(_from),
            To = arguments.GetValue(_to),
            Projects = arguments.GetValue(_projects) ?? [],
            Kinds = [.. (arguments.GetValue(_kinds) ?? []).Select(Kinds.Parse).Distinct()],
        };
        if (arguments.GetValue(_months) is not { } months)
        {
            return [request];
        }

        if (request.IsManual)
        {
            throw new FedSiteException(
                "--month stands for --from and --to.",
                "Give either a month or a window.",
                ExitCode.Usage
            );
        }

        if (months[^1] >= now)
        {
            throw new FedSiteException(
                $"{CalendarMonths.Word(months[^1])} lies in the future.",
                "Name months that have begun.",
                ExitCode.Usage
            );
        }

        return
        [
            .. months
                .Select(month => CalendarMonths.Window(month, now))
                .Select(window => request with { From = window.From, To = window.To }),
        ];
    }

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
