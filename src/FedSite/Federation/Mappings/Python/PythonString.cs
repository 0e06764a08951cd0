using System.Globalization;
using System.Text;

namespace FedSite.Federation.Mappings.Python;

/// <summary>A string as Python writes it in a program.</summary>
internal static class PythonString
{
    private const string Simple = "\\\\''\"\"a\ab\bf\fn\nr\rt\tv\v";

    public static bool StartsAt(string text, int at) => Prefix(text, at) is not null;

    /// <summary>Reads the string that starts there; one of bytes keeps no value.</summary>
    /// <exception cref="FormatException">Python refuses it.</exception>
    public static PythonValue Read(string text, ref int at)
    {
        var prefix = Prefix(text, at)!.ToLowerInvariant();
        if (prefix is not ("" or "r" or "u" or "b" or "br" or "rb"))
            throw new FormatException("no string literal");
        at += prefix.Length;
        var quote = Quote(text, at);
        at += quote.Length;
        var value = new StringBuilder();
        while (string.CompareOrdinal(text, at, quote, 0, quote.Length) != 0)
        {
            if (at >= text.Length || (quote.Length == 1 && text[at] is '\n' or '\r'))
                throw new FormatException("a string without an end");
            if (text[at] == '\\')
                Escape(text, ref at, prefix, value);
            else
                value.Append(text[at++]);
        }

        at += quote.Length;
        if (!prefix.Contains('b'))
            return new PythonValue.Text(Checked(value.ToString()));
        return value.ToString().All(char.IsAscii)
            ? new PythonValue.Other("bytes", Hashable: true)
            : throw new FormatException("bytes are ASCII");
    }

    private static string? Prefix(string text, int at)
    {
        var end = at;
        while (end < text.Length && end < at + 3 && char.IsAsciiLetter(text[end]))
            end++;
        return end < text.Length && end - at <= 2 && text[end] is '\'' or '"' ? text[at..end] : null;
    }

    private static string Quote(string text, int at)
    {
        var quote = text[at];
        return at + 2 < text.Length && text[at + 1] == quote && text[at + 2] == quote ? new(quote, 3) : new(quote, 1);
    }

    private static void Escape(string text, ref int at, string prefix, StringBuilder value)
    {
        if (at + 1 >= text.Length)
            throw new FormatException("a string without an end");
        var letter = text[at + 1];
        if (prefix.Contains('r'))
        {
            value.Append('\\').Append(letter);
            at += 2;
            return;
        }

        at += 2;
        var simple = Simple.IndexOf(letter, StringComparison.Ordinal);
        switch (letter)
        {
            case '\n':
                break;
            case >= '0' and <= '7':
                value.Append((char)Octal(text, letter, ref at));
                break;
            case 'x':
                value.Append((char)Hexadecimal(text, 2, ref at));
                break;
            case 'u' when !prefix.Contains('b'):
                value.Append((char)Hexadecimal(text, 4, ref at));
                break;
            case 'U' when !prefix.Contains('b'):
                var point = Hexadecimal(text, 8, ref at);
                value.Append(
                    Rune.IsValid(point) ? char.ConvertFromUtf32(point) : throw new FormatException("no letter")
                );
                break;
            case 'N' when !prefix.Contains('b'):
                throw new UndecidedException(
                    @"A list of groups names a character by \N{…}, which FedSite does not know.",
                    "Write the character itself."
                );
            case var _ when simple >= 0 && simple % 2 == 0:
                value.Append(Simple[simple + 1]);
                break;
            default:
                value.Append('\\').Append(letter);
                break;
        }
    }

    private static int Octal(string text, char first, ref int at)
    {
        var value = first - '0';
        for (var more = 0; more < 2 && at < text.Length && text[at] is >= '0' and <= '7'; more++)
            value = value * 8 + (text[at++] - '0');
        return value;
    }

    private static int Hexadecimal(string text, int digits, ref int at)
    {
        if (
            at + digits > text.Length
            || !text.AsSpan(at, digits).ContainsOnlyHex()
            || !int.TryParse(
                text.AsSpan(at, digits),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out var value
            )
        )
        {
            throw new FormatException("no letter");
        }

        at += digits;
        return value;
    }

    private static bool ContainsOnlyHex(this ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            if (!char.IsAsciiHexDigit(letter))
                return false;
        }

        return true;
    }

    // Half a character can be written in Python, but nothing that comes from a login holds one.
    private static string Checked(string value)
    {
        for (var at = 0; at < value.Length; at++)
        {
            if (!char.IsSurrogate(value[at]))
                continue;
            if (!char.IsSurrogatePair(value, at))
                throw new UndecidedException("A list of groups holds half a character.", "Write whole ones.");
            at++;
        }

        return value;
    }
}
