using Spectre.Console;

namespace FedSite.App.Terminals;

/// <summary>Tables for a terminal: fitted to its width, long cells wrapped.</summary>
internal static class SpectreTables
{
    public static string Render(TextTable table, int width, bool colors)
    {
        var rendered = new Table { Border = TableBorder.Rounded };
        for (var i = 0; i < table.Headings.Count; i++)
        {
            var column = new TableColumn(new Text(table.Headings[i], new Style(decoration: Decoration.Bold)));
            if (table.RightAligned[i])
                column.RightAligned();
            rendered.AddColumn(column);
        }

        foreach (var row in table.Rows)
            rendered.AddRow(row.Select(cell => new Text(cell.Text, StyleOf(cell.Tone))));
        using var writer = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = colors ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = colors ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(writer),
            }
        );
        console.Profile.Width = width;
        console.Write(rendered);
        return writer.ToString();
    }

    private static Style StyleOf(Tone tone) =>
        tone switch
        {
            Tone.Good => new Style(Color.Green),
            Tone.Warning => new Style(Color.Yellow),
            Tone.Bad => new Style(Color.Red),
            Tone.Faint => new Style(Color.Grey),
            _ => Style.Plain,
        };
}
