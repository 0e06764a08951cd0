using System.Globalization;
using System.Text;

namespace FedSite.Federation.Mappings.Python;

/// <summary>Text as Python shows it.</summary>
internal static class PythonText
{
    /// <summary><c>repr</c> of a list of strings: <c>['a', 'b']</c>.</summary>
    public static string Repr(IReadOnlyList<string> values) => $"[{string.Join(", ", values.Select(Repr))}]";

    /// <summary><c>repr</c> of a string: in single quotes, unless it holds these and no double ones.</summary>
    public static string Repr(string value)
    {
        var quote = value.Contains('\'') && !value.Contains('"') ? '"' : '\'';
        var text = new StringBuilder().Append(quote);
        foreach (var rune in value.EnumerateRunes())
            Append(text, rune, quote);
        return text.Append(quote).ToString();
    }

    /// <summary><c>ascii</c> of what <c>repr</c> gave.</summary>
    public static string Ascii(string repr)
    {
        var text = new StringBuilder();
        foreach (var rune in repr.EnumerateRunes())
            text.Append(rune.IsAscii ? rune.ToString() : Escape(rune.Value));
        return text.ToString();
    }

    private static void Append(StringBuilder text, Rune rune, char quote)
    {
        switch (rune.Value)
        {
            case '\\':
                text.Append(@"\\");
                break;
            case '\n':
                text.Append(@"\n");
                break;
            case '\r':
                text.Append(@"\r");
                break;
            case '\t':
                text.Append(@"\t");
                break;
            case var point when point == quote:
                text.Append('\\').Append(quote);
                break;
            case var point when PythonCharacters.IsPrintable(point):
                text.Append(rune.ToString());
                break;
            default:
                text.Append(Escape(rune.Value));
                break;
        }
    }

    private static string Escape(int point) =>
        point switch
        {
            <= 0xff => string.Create(CultureInfo.InvariantCulture, $"\\x{point:x2}"),
            <= 0xffff => string.Create(CultureInfo.InvariantCulture, $"\\u{point:x4}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"\\U{point:x8}"),
        };
}
