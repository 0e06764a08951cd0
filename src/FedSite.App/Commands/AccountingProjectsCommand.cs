using FedSite.Accounting;
using FedSite.App.Terminals;

namespace FedSite.App.Commands;

/// <summary><c>fedsite accounting projects</c>: which projects are accounted, for which VO, and why.</summary>
internal static class AccountingProjectsCommand
{
    public static AppCommand Create() =>
        new("projects", "Shows which projects are accounted, for which VO and why; and which are not, and why not.")
        {
            Examples =
            [
                new("fedsite accounting projects", "Is the new project accounted?"),
                new(
                    "fedsite accounting projects --output json | jq '.[] | select(.accounted | not)'",
                    "Those left out"
                ),
            ],
            Run = async (context, _, cancellationToken) =>
            {
                using var session = AccountingSession.Open(context);
                var choices = await session.ChooseAsync(cancellationToken);
                Show(context.Output, choices);
                return choices.Any(c => c.IsFault) ? ExitCode.Partly : ExitCode.Done;
            },
        };

    private static void Show(Output output, IReadOnlyList<ProjectChoice> choices)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(
                [.. choices.Select(c => new ChoiceView(c.Id, c.Name, c.Vo, c.Accounted, c.Reason))],
                AccountingJson.Default.IReadOnlyListChoiceView
            );
            return;
        }

        var table = new TextTable("project", "id", "vo", "accounted", "why");
        foreach (var choice in choices)
        {
            table.Add(
                choice.Name,
                choice.Id ?? "",
                choice.Vo ?? "",
                choice.Accounted ? new Cell("yes", Tone.Good) : new Cell("no", choice.IsFault ? Tone.Bad : Tone.Faint),
                choice.Reason
            );
        }

        output.Table(table);
        if (choices.Count == 0)
        {
            output.Line("No project is marked for accounting: see docs/accounting.md, Which projects.");
        }
    }
}
