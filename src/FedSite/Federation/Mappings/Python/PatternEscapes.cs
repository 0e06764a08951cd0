using System.Globalization;

namespace FedSite.Federation.Mappings.Python;

/// <summary>What stands behind a backslash.</summary>
internal static class PatternEscapes
{
    /// <summary>The letter of one of <c>\d \D \s \S \w \W</c>.</summary>
    public static bool IsCategory(int point) => point is 'd' or 'D' or 's' or 'S' or 'w' or 'W';

    /// <summary>The code point meant by an escape that is no category, place or reference.</summary>
    /// <param name="letter">What stood behind the backslash.</param>
    public static int Literal(PatternSource source, int letter, bool inSet)
    {
        switch (letter)
        {
            case 'a':
                return 7;
            case 'b' when inSet:
                return 8;
            case 'f':
                return 12;
            case 'n':
                return 10;
            case 'r':
                return 13;
            case 't':
                return 9;
            case 'v':
                return 11;
            case 'x':
                return Hexadecimal(source, 2);
            case 'u':
                return Hexadecimal(source, 4);
            case 'U':
                return Hexadecimal(source, 8);
            case 'N':
                throw new UndecidedException(
                    @"An expression names a character by \N{…}, which FedSite does not know.",
                    "Write the character itself."
                );
            case >= '0' and <= '7' when inSet || letter == '0':
                return Octal((char)letter + source.Digits(2, octal: true));
            case >= '0' and <= '9':
            case >= 'a' and <= 'z':
            case >= 'A' and <= 'Z':
                throw PatternSource.Wrong($@"\{(char)letter} means nothing");
            default:
                return letter;
        }
    }

    public static int Octal(string digits)
    {
        var value = Convert.ToInt32(digits, 8);
        return value <= 255 ? value : throw PatternSource.Wrong($@"\{digits} is more than \377");
    }

    private static int Hexadecimal(PatternSource source, int count)
    {
        var digits = source.Digits(count);
        if (digits.Length < count)
            throw PatternSource.Wrong($"{count} hexadecimal digits are needed");
        var value = long.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return value <= 0x10ffff ? (int)value : throw PatternSource.Wrong($"there is no character {digits}");
    }
}
