using System.Text;

namespace FedSite.Federation.Mappings.Python;

/// <summary>A regular expression, read a token at a time: a character, or one with the backslash before it.</summary>
internal sealed class PatternSource
{
    private readonly int[] _points;
    private int _at;

    public PatternSource(string pattern)
    {
        _points = PythonCharacters.CodePoints(pattern);
        Advance();
    }

    /// <summary>The token at hand; -1 at the end.</summary>
    public int Next { get; private set; }

    /// <summary>A backslash stands before it.</summary>
    public bool IsEscaped { get; private set; }

    public bool AtEnd => Next < 0;

    /// <summary>Where the token at hand begins.</summary>
    public int Place { get; private set; }

    public static PythonError Wrong(string what) => new("error", $"the expression is none: {what}");

    public bool Is(char letter) => Next == letter && !IsEscaped;

    public bool IsDigit => !IsEscaped && Next is >= '0' and <= '9';

    /// <summary>Goes on if the token is this letter.</summary>
    public bool Match(char letter)
    {
        if (!Is(letter))
            return false;
        Advance();
        return true;
    }

    /// <summary>The token at hand; goes on to the next.</summary>
    public (int Point, bool IsEscaped) Get()
    {
        var token = (Next, IsEscaped);
        Advance();
        return token;
    }

    public void Seek(int place)
    {
        _at = place;
        Advance();
    }

    /// <summary>At most so many tokens that are hexadecimal, or octal, digits.</summary>
    public string Digits(int count, bool octal = false)
    {
        var digits = new StringBuilder();
        while (
            digits.Length < count
            && !IsEscaped
            && (octal ? Next is >= '0' and <= '7' : Next is >= 0 and < 128 && char.IsAsciiHexDigit((char)Next))
        )
        {
            digits.Append((char)Next);
            Advance();
        }

        return digits.ToString();
    }

    /// <summary>All up to the terminator, which is passed.</summary>
    public string Until(char terminator, string what)
    {
        var text = new StringBuilder();
        while (true)
        {
            var (point, escaped) = Get();
            if (point < 0)
                throw Wrong($"{terminator} is missing behind a {what}");
            if (point == terminator && !escaped)
                break;
            text.Append(escaped ? "\\" : "").Append(char.ConvertFromUtf32(point));
        }

        return text.Length > 0 ? text.ToString() : throw Wrong($"a {what} is missing");
    }

    private void Advance()
    {
        Place = _at;
        IsEscaped = _at < _points.Length && _points[_at] == '\\';
        if (IsEscaped)
            _at++;
        if (IsEscaped && _at >= _points.Length)
            throw Wrong("it ends with a backslash");
        Next = _at < _points.Length ? _points[_at++] : -1;
    }
}
