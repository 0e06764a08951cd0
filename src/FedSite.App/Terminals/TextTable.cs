using System.Text;

namespace FedSite.App.Terminals;

/// <summary>How a cell stands out on a terminal; never the only bearer of a meaning.</summary>
internal enum Tone
{
    Plain,
    Good,
    Warning,
    Bad,
    Faint,
}

/// <summary>A cell of a table.</summary>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string? text) => new(text ?? "");
}

/// <summary>Rows under headings. A heading that begins with <c>#</c> (not shown) aligns its column to the right.</summary>
internal sealed class TextTable
{
    private readonly List<Cell[]> _rows = [];

    public TextTable(params string[] headings)
    {
        Headings = headings.Select(h => h.TrimStart('#')).ToArray();
        RightAligned = headings.Select(h => h.StartsWith('#')).ToArray();
    }

    public IReadOnlyList<string> Headings { get; }
    public IReadOnlyList<bool> RightAligned { get; }
    public IReadOnlyList<IReadOnlyList<Cell>> Rows => _rows;

    /// <summary>Adds a row; one cell a heading.</summary>
    public void Add(params Cell[] cells)
    {
        if (cells.Length != Headings.Count)
            throw new ArgumentException($"{cells.Length} cells under {Headings.Count} headings", nameof(cells));
        _rows.Add([.. cells.Select(cell => cell with { Text = PlainText.Of(cell.Text) })]);
    }

    /// <summary>Plain text: columns two blanks apart, nothing cut.</summary>
    public override string ToString()
    {
        var widths = Headings
            .Select((h, i) => _rows.Select(row => row[i].Text.Length).Append(h.Length).Max())
            .ToArray();
        var text = new StringBuilder();
        AppendRow(text, Headings.Select(h => h.ToUpperInvariant()).ToArray(), widths);
        foreach (var row in _rows)
            AppendRow(text, row.Select(cell => cell.Text.ReplaceLineEndings(" ")).ToArray(), widths);
        return text.ToString();
    }

    private void AppendRow(StringBuilder text, string[] cells, int[] widths)
    {
        var line = string.Join(
            "  ",
            cells.Select((cell, i) => RightAligned[i] ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))
        );
        text.Append(line.TrimEnd()).Append('\n');
    }
}
