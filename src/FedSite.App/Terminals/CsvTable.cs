using System.Text;

namespace FedSite.App.Terminals;

/// <summary>
/// Comma-separated values (RFC 4180) that a spreadsheet can open without harm: what users of the cloud named is never a
/// formula.
/// </summary>
internal static class CsvTable
{
    /// <summary>One line, with its end.</summary>
    public static string Line(params IEnumerable<string?> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    private static string Cell(string? text)
    {
        var plain = PlainText.Of(text ?? "").ReplaceLineEndings(" ");
        if (IsFormula(plain))
            plain = $"'{plain}";
        // Some spreadsheets split at semicolons and tabs, and begin a cell there.
        return plain.AsSpan().IndexOfAny(",;\"' ") < 0
            ? plain
            : new StringBuilder("\"").Append(plain).Replace("\"", "\"\"", 1, plain.Length).Append('"').ToString();
    }

    /// <summary>https://owasp.org/www-community/attacks/CSV_Injection: the wide forms of East Asia count too.</summary>
    private static bool IsFormula(string text) =>
        text.TrimStart() is [var first, ..] && "=+-@\uff1d\uff0b\uff0d\uff20".Contains(first, StringComparison.Ordinal);
}
