using System.Text;

namespace FedSite.Federation.Mappings.Python;

/// <summary>
/// Python's <c>str.format</c> with lists of strings as its arguments, as Keystone fills <c>{0}</c> into the local part of
/// a rule: a list of one value counts as that value.
/// </summary>
internal sealed class PythonFormat
{
    // Wider ones would only eat memory, here as there.
    private const int MaximumWidth = 65_536;

    private readonly IReadOnlyList<IReadOnlyList<string>> _arguments;
    private int _next;
    private bool? _numbersItself;

    private PythonFormat(IReadOnlyList<IReadOnlyList<string>> arguments) => _arguments = arguments;

    /// <summary>The text with its fields filled in.</summary>
    /// <exception cref="PythonError">Python raises this exception.</exception>
    /// <exception cref="UndecidedException">A field asks for something of the inside of Python.</exception>
    public static string Apply(string template, IReadOnlyList<IReadOnlyList<string>> arguments) =>
        new PythonFormat(arguments).Fill(template, depth: 2);

    private string Fill(string template, int depth)
    {
        if (depth <= 0)
            throw Wrong("a field within a field within a field");
        var text = new StringBuilder();
        var at = 0;
        while (at < template.Length)
        {
            var letter = template[at++];
            if (letter is not ('{' or '}'))
            {
                text.Append(letter);
                continue;
            }

            if (at < template.Length && template[at] == letter)
            {
                text.Append(letter);
                at++;
            }
            else if (letter == '}' || at == template.Length)
            {
                throw Wrong($"a single {letter}");
            }
            else
            {
                text.Append(Field(template, ref at, depth));
            }
        }

        return text.ToString();
    }

    private string Field(string template, ref int at, int depth)
    {
        var start = at;
        var end = EndOfName(template, ref at);
        var name = template[start..(at - 1)];
        if (end is '}')
            return Render(Value(name), conversion: null, "", depth);
        if (end is not (':' or '!'))
            throw Wrong("a field without an end");

        string? conversion = null;
        if (end is '!')
        {
            if (at >= template.Length)
                throw Wrong("a conversion without an end");
            conversion = Rune.GetRuneAt(template, at).ToString();
            at += conversion.Length;
            if (at < template.Length && template[at++] is var after and not ':')
                return after == '}'
                    ? Render(Value(name), conversion, "", depth)
                    : throw Wrong("a conversion of more than one letter");
        }

        var specification = Specification(template, ref at);
        return Render(Value(name), conversion, specification, depth);
    }

    private static char EndOfName(string template, ref int at)
    {
        var letter = '\0';
        while (at < template.Length)
        {
            letter = template[at++];
            switch (letter)
            {
                case '{':
                    throw Wrong("a { in the name of a field");
                case '[':
                    while (at < template.Length && template[at] != ']')
                        at++;
                    break;
                case '}' or ':' or '!':
                    return letter;
            }
        }

        throw Wrong("a field without an end");
    }

    private static string Specification(string template, ref int at)
    {
        var start = at;
        for (var open = 1; at < template.Length; )
        {
            var letter = template[at++];
            open += letter switch
            {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            if (open == 0)
                return template[start..(at - 1)];
        }

        throw Wrong("a field without an end");
    }

    private IReadOnlyList<string> Value(string name)
    {
        var split = name.AsSpan().IndexOfAny('.', '[') is var found and >= 0 ? found : name.Length;
        var first = name[..split];
        var index = Number(first);
        if (first.Length == 0 || index is not null)
        {
            if (_numbersItself is { } before && before != (first.Length == 0))
                throw Wrong("fields with and without a number");
            _numbersItself = first.Length == 0;
        }

        index ??= first.Length == 0 ? _next++ : null;
        if (index is null)
            throw new PythonError("KeyError", $"the field {{{name}}} has no number");
        if (index >= _arguments.Count)
            throw new PythonError("IndexError", $"{{{name}}} refers to a value that no requirement gives");
        return Inside(_arguments[(int)index], name, split);
    }

    private static IReadOnlyList<string> Inside(IReadOnlyList<string> value, string name, int at)
    {
        while (at < name.Length)
        {
            if (name[at] == '.')
            {
                if (at + 1 == name.Length || name[at + 1] is '.' or '[')
                    throw Wrong("a . without a name");
                throw new UndecidedException(
                    $"{{{name}}} asks for an attribute of a Python object, which FedSite does not know.",
                    "Use the number alone, for instance {0}."
                );
            }

            if (name[at] != '[')
                throw Wrong("something else than [ behind ]");
            var end = name.IndexOf(']', at);
            if (end < 0)
                throw Wrong("a [ without ]");
            var key = name[(at + 1)..end];
            if (key.Length == 0)
                throw Wrong("an empty []");
            var index =
                Number(key) ?? throw new PythonError("TypeError", $"{{{name}}} asks a list for {key}, not a number");
            value = [Element(value, index, name)];
            at = end + 1;
        }

        return value;
    }

    private static string Element(IReadOnlyList<string> value, long index, string name)
    {
        var missing = new PythonError("IndexError", $"{{{name}}} refers to a value or character that is not there");
        if (value.Count != 1)
            return index < value.Count ? value[(int)index] : throw missing;
        var points = PythonCharacters.CodePoints(value[0]);
        return index < points.Length ? PythonCharacters.Text([points[index]]) : throw missing;
    }

    private string Render(IReadOnlyList<string> value, string? conversion, string specification, int depth)
    {
        if (conversion is not (null or "r" or "s" or "a"))
            throw Wrong($"the conversion !{conversion}");
        var text =
            value.Count == 1 && conversion is (null or "s") ? value[0]
            : value.Count == 1 ? PythonText.Repr(value[0])
            : PythonText.Repr(value);
        if (conversion == "a")
            text = PythonText.Ascii(text);
        if (specification.Contains('{'))
            specification = Fill(specification, depth - 1);
        if (specification.Length == 0)
            return text;
        if (value.Count != 1 && conversion is null)
            throw new PythonError("TypeError", "a list of several values takes no format");
        return Align(text, PythonCharacters.CodePoints(specification));
    }

    // [[fill]align][0][width][.precision][s]; all else is an error for text.
    private static string Align(string text, int[] specification)
    {
        var at = 0;
        var fill = ' ';
        string filler = " ";
        var align = '<';
        var filled = false;
        if (specification.Length >= 2 && IsAlign(specification[1]))
        {
            filler = char.ConvertFromUtf32(specification[0]);
            align = (char)specification[1];
            filled = true;
            at = 2;
        }
        else if (IsAlign(specification[0]))
        {
            align = (char)specification[0];
            at = 1;
        }

        if (!filled && at < specification.Length && specification[at] == '0')
        {
            fill = '0';
            at++;
        }

        var width = Count(specification, ref at) ?? 0;
        long? precision = null;
        if (at < specification.Length && specification[at] == '.')
        {
            at++;
            precision = Count(specification, ref at) ?? throw Wrong("a format without its precision");
        }

        if (at < specification.Length && specification[at] == 's')
            at++;
        if (at < specification.Length || align == '=')
            throw Wrong("a format that is none for text");
        if (width > MaximumWidth)
            throw new UndecidedException($"A field is {width} characters wide.", "Make it narrower.");
        return Pad(text, filled ? filler : fill.ToString(), align, (int)width, precision);
    }

    private static string Pad(string text, string fill, char align, int width, long? precision)
    {
        var points = PythonCharacters.CodePoints(text);
        if (precision < points.Length)
            points = points[..(int)precision.Value];
        var missing = Math.Max(0, width - points.Length);
        var left = align switch
        {
            '>' => missing,
            '^' => missing / 2,
            _ => 0,
        };
        return Repeat(fill, left) + PythonCharacters.Text(points) + Repeat(fill, missing - left);
    }

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();

    private static bool IsAlign(int point) => point is '<' or '>' or '=' or '^';

    private static long? Count(int[] specification, ref int at)
    {
        var start = at;
        while (at < specification.Length && PythonCharacters.DecimalValue(specification[at]) >= 0)
            at++;
        return at == start ? null : Number(PythonCharacters.Text(specification.AsSpan(start, at - start)));
    }

    private static long? Number(string digits)
    {
        long number = 0;
        foreach (var rune in digits.EnumerateRunes())
        {
            var digit = PythonCharacters.DecimalValue(rune.Value);
            if (digit < 0)
                return null;
            if (number > (long.MaxValue - digit) / 10)
                throw Wrong("a number of too many digits");
            number = number * 10 + digit;
        }

        return digits.Length == 0 ? null : number;
    }

    private static PythonError Wrong(string what) => new("ValueError", $"the text to fill in has {what}");
}
