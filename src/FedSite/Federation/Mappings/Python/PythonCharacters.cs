using System.Globalization;
using System.Text;

namespace FedSite.Federation.Mappings.Python;

/// <summary>
/// What Python says of code points. Those that came after Unicode 14 count as what they are today; Python 3.11 does not
/// know them.
/// </summary>
internal static class PythonCharacters
{
    public static int[] CodePoints(string text)
    {
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            points.Add(rune.Value);
        return [.. points];
    }

    public static string Text(ReadOnlySpan<int> points)
    {
        var text = new StringBuilder(points.Length);
        foreach (var point in points)
            text.Append(char.ConvertFromUtf32(point));
        return text.ToString();
    }

    /// <summary>Letters, numbers of any kind and the underscore; other than in .NET no marks.</summary>
    public static bool IsWord(int point) =>
        point == '_'
        || CharUnicodeInfo.GetUnicodeCategory(point)
            is UnicodeCategory.UppercaseLetter
                or UnicodeCategory.LowercaseLetter
                or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.OtherLetter
                or UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.LetterNumber
                or UnicodeCategory.OtherNumber;

    public static bool IsDecimal(int point) =>
        CharUnicodeInfo.GetUnicodeCategory(point) is UnicodeCategory.DecimalDigitNumber;

    /// <summary>Other than in .NET the separators U+001C to U+001F are blanks too.</summary>
    public static bool IsSpace(int point) =>
        point is (>= 0x09 and <= 0x0d) or (>= 0x1c and <= 0x20) or 0x85
        || CharUnicodeInfo.GetUnicodeCategory(point)
            is UnicodeCategory.SpaceSeparator
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;

    /// <summary>The value of a decimal digit of any script; -1 for everything else.</summary>
    public static int DecimalValue(int point) =>
        IsDecimal(point) ? CharUnicodeInfo.GetDecimalDigitValue(char.ConvertFromUtf32(point), 0) : -1;

    public static int Lower(int point) =>
        // The one letter whose small form is two characters long; Python takes the first.
        point == 0x130
            ? 'i'
        : Rune.IsValid(point) ? Rune.ToLowerInvariant(new Rune(point)).Value
        : point;

    public static int Upper(int point) => Rune.IsValid(point) ? Rune.ToUpperInvariant(new Rune(point)).Value : point;

    /// <summary><c>repr</c> writes it as it is.</summary>
    public static bool IsPrintable(int point) =>
        point == ' '
        || CharUnicodeInfo.GetUnicodeCategory(point)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.SpaceSeparator
            );
}
