using System.Globalization;
using System.Numerics;

namespace FedSite.Federation.Mappings.Python;

/// <summary>What Python's <c>ast.literal_eval</c> reads, as far as it can stand in a list of groups.</summary>
internal abstract record PythonValue
{
    public sealed record Text(string Value) : PythonValue;

    public sealed record Whole(BigInteger Value) : PythonValue;

    public sealed record Truth(bool Value) : PythonValue;

    public sealed record Nothing : PythonValue;

    public sealed record List(IReadOnlyList<PythonValue> Items) : PythonValue;

    /// <summary>Tuples, dictionaries, sets, bytes, fractions and so on: nothing that could name a group.</summary>
    public sealed record Other(string Kind, bool Hashable) : PythonValue;

    public bool IsHashable => this is not (List or Other { Hashable: false });
}

/// <summary>Reads a list as Python writes it: <c>['a', "b"]</c>.</summary>
internal sealed class PythonLiteral
{
    private const int MaximumDepth = 50;

    private readonly string _text;
    private int _at;
    private int _depth;

    private PythonLiteral(string text) => _text = text;

    /// <summary>The elements; null: the text is not exactly one list of literals.</summary>
    /// <exception cref="PythonError">A dictionary or set in it has a key that can't be one.</exception>
    /// <exception cref="UndecidedException">It uses names of characters, or is nested very deep.</exception>
    public static IReadOnlyList<PythonValue>? List(string text)
    {
        var literal = new PythonLiteral(text.TrimStart(' ', '\t'));
        try
        {
            return literal.Whole() is PythonValue.List list ? list.Items : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private PythonValue Whole()
    {
        // A line of its own may come first; what follows must not be indented.
        while (Peek() is '\n' or '\r' or '#')
        {
            if (_text[_at] == '#')
                SkipComment();
            else
                _at++;
        }

        var value = Value();
        Skip();
        if (_at < _text.Length)
            throw Malformed();
        return value;
    }

    private PythonValue Value()
    {
        switch (Peek())
        {
            case '[':
                return new PythonValue.List(Elements(']', out _));
            case '(':
                var items = Elements(')', out var commas);
                return items.Count == 1 && !commas ? items[0] : new PythonValue.Other("tuple", items.All(Hashable));
            case '{':
                return Braces();
            case '-' or '+':
                return Signed();
            case >= '0' and <= '9' or '.' when string.CompareOrdinal(_text, _at, "...", 0, 3) != 0:
                return new PythonNumber(_text).Read(ref _at);
            default:
                return Word();
        }
    }

    private PythonValue Word()
    {
        if (PythonString.StartsAt(_text, _at))
            return Strings();
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_'))
            _at++;
        switch (_text[start.._at])
        {
            case "True":
                return new PythonValue.Truth(true);
            case "False":
                return new PythonValue.Truth(false);
            case "None":
                return new PythonValue.Nothing();
            case "set" when Skip() == '(' && Elements(')', out _) is []:
                return new PythonValue.Other("set", Hashable: false);
            case "" when string.CompareOrdinal(_text, _at, "...", 0, 3) == 0:
                _at += 3;
                return new PythonValue.Other("ellipsis", Hashable: true);
            default:
                throw Malformed();
        }
    }

    // Neighbours are one string.
    private PythonValue Strings()
    {
        var whole = PythonString.Read(_text, ref _at);
        for (var end = _at; ; end = _at)
        {
            if (_depth > 0)
                Skip();
            else
                SkipBlanks();
            if (!PythonString.StartsAt(_text, _at))
            {
                _at = end;
                break;
            }

            var next = PythonString.Read(_text, ref _at);
            whole = (whole, next) switch
            {
                (PythonValue.Text a, PythonValue.Text b) => new PythonValue.Text(a.Value + b.Value),
                (PythonValue.Other, PythonValue.Other) => whole,
                _ => throw Malformed(),
            };
        }

        return whole;
    }

    private PythonValue Signed()
    {
        var minus = _text[_at++] == '-';
        SkipInside();
        if (Peek() is not (>= '0' and <= '9' or '.'))
            throw Malformed();
        var number = new PythonNumber(_text).Read(ref _at);
        return number is PythonValue.Whole whole && minus ? new PythonValue.Whole(-whole.Value) : number;
    }

    private List<PythonValue> Elements(char close, out bool commas)
    {
        Open();
        var items = new List<PythonValue>();
        commas = false;
        while (Skip() != close)
        {
            items.Add(Value());
            if (Skip() == ',')
            {
                commas = true;
                _at++;
            }
            else if (Peek() != close)
            {
                throw Malformed();
            }
        }

        _at++;
        _depth--;
        return items;
    }

    private PythonValue.Other Braces()
    {
        Open();
        bool? pairs = null;
        var keys = new List<PythonValue>();
        while (Skip() != '}')
        {
            keys.Add(Value());
            var pair = Skip() == ':';
            if (pair != (pairs ??= pair))
                throw Malformed();
            if (pair)
            {
                _at++;
                Skip();
                Value();
            }

            if (Skip() == ',')
                _at++;
            else if (Peek() != '}')
                throw Malformed();
        }

        _at++;
        _depth--;
        return keys.All(Hashable)
            ? new PythonValue.Other(pairs == false ? "set" : "dict", Hashable: false)
            : throw new PythonError("TypeError", "a dictionary or set in the list of groups has an impossible key");
    }

    private void Open()
    {
        _at++;
        if (++_depth > MaximumDepth)
            throw new UndecidedException("A list of groups is nested very deep.", "Give a plain list of names.");
    }

    /// <summary>Goes to the next token within brackets, or to the end of the text behind the last one.</summary>
    private char Skip()
    {
        while (SkipInside() is '\n' or '\r')
            _at++;
        return Peek();
    }

    private char SkipInside()
    {
        SkipBlanks();
        if (Peek() == '#')
            SkipComment();
        return Peek();
    }

    private void SkipBlanks()
    {
        while (Peek() is ' ' or '\t' or '\f' || (Peek() == '\\' && _at + 1 < _text.Length && _text[_at + 1] == '\n'))
            _at += _text[_at] == '\\' ? 2 : 1;
    }

    private void SkipComment()
    {
        while (Peek() is not ('\n' or '\r' or '\0'))
            _at++;
    }

    private static bool Hashable(PythonValue value) => value.IsHashable;

    // A zero can't be in the text: Python refuses that, so it may stand for the end.
    private char Peek() =>
        _at >= _text.Length ? '\0'
        : _text[_at] == '\0' ? throw Malformed()
        : _text[_at];

    private static FormatException Malformed() => new("no literal");
}

/// <summary>A number as Python writes it; only whole ones keep their value.</summary>
internal sealed class PythonNumber(string text)
{
    public PythonValue Read(ref int at)
    {
        var start = at;
        while (at < text.Length && IsPart(at, start))
            at++;
        var digits = text[start..at];
        if (digits.Contains("__", StringComparison.Ordinal) || digits[^1] == '_')
            throw new FormatException("no number");
        digits = digits.Replace("_", "", StringComparison.Ordinal);
        return Based(digits) ?? Decimal(digits);
    }

    private bool IsPart(int at, int start) =>
        char.IsAsciiLetterOrDigit(text[at])
        || text[at] is '_' or '.'
        || (text[at] is '+' or '-' && at > start && text[at - 1] is 'e' or 'E' && !IsHexadecimal(start));

    private bool IsHexadecimal(int start) =>
        start + 1 < text.Length && text[start] == '0' && text[start + 1] is 'x' or 'X';

    private static PythonValue.Whole? Based(string digits)
    {
        if (digits.Length < 2 || digits[0] != '0')
            return null;
        var numberBase = char.ToLowerInvariant(digits[1]) switch
        {
            'x' => 16,
            'o' => 8,
            'b' => 2,
            _ => 0,
        };
        if (numberBase == 0)
            return null;
        BigInteger value = 0;
        foreach (var letter in digits.AsSpan(2))
        {
            var digit = Uri.IsHexDigit(letter) ? Uri.FromHex(letter) : 99;
            value = digit < numberBase ? value * numberBase + digit : throw new FormatException("no number");
        }

        return digits.Length > 2 ? new PythonValue.Whole(value) : throw new FormatException("no number");
    }

    private static PythonValue Decimal(string digits)
    {
        if (digits.All(char.IsAsciiDigit))
        {
            return digits[0] == '0' && digits.Any(digit => digit != '0')
                ? throw new FormatException("no number")
                : new PythonValue.Whole(BigInteger.Parse(digits, CultureInfo.InvariantCulture));
        }

        var real = digits[^1] is 'j' or 'J' ? digits[..^1] : digits;
        return double.TryParse(
            real,
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out _
        )
            ? new PythonValue.Other("float", Hashable: true)
            : throw new FormatException("no number");
    }
}
