using System.Globalization;

namespace FedSite.Federation.Mappings.Python;

/// <summary>Reads a regular expression as Python 3.11's <c>re</c> does.</summary>
internal sealed partial class PatternParser
{
    private const int MaximumDepth = 50;
    private const int MaximumGroups = 2_147_483_647;

    private readonly PatternSource _source;
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly List<int> _askedGroups = [];

    // Null: the group is still open. The first is the whole.
    private readonly List<(UInt128 Least, UInt128 Most)?> _groups = [null];
    private PatternFlags _flags;
    private int? _groupsBeforeLook;

    private PatternParser(string pattern) => _source = new PatternSource(pattern);

    /// <exception cref="PythonError">It is no expression.</exception>
    /// <exception cref="UndecidedException">It uses something that FedSite does not evaluate.</exception>
    public static (PatternNode Root, int Groups) Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        var root = parser.Choices(PatternFlags.None, depth: 0);
        if (!parser._source.AtEnd)
            throw PatternSource.Wrong("a ) without (");
        if (parser._askedGroups.Any(group => group >= parser._groups.Count))
            throw PatternSource.Wrong("it asks for a group that is not there");
        if (parser._flags.HasFlag(PatternFlags.Ascii) && parser._flags.HasFlag(PatternFlags.Unicode))
            throw new PythonError("ValueError", "the flags a and u of an expression exclude each other");
        return (root, parser._groups.Count);
    }

    /// <param name="flags">What is in force here; at depth 0 the flags of the whole are added.</param>
    private PatternNode Choices(PatternFlags flags, int depth)
    {
        if (depth > MaximumDepth)
            throw new UndecidedException("An expression is nested very deep.", "Write it simpler.");
        var choices = new List<PatternNode>();
        do
        {
            choices.Add(Items(flags, depth, first: depth == 0 && choices.Count == 0));
        } while (_source.Match('|'));
        return choices.Count == 1 ? choices[0] : new PatternNode.Branch(choices);
    }

    private PatternNode.Sequence Items(PatternFlags flags, int depth, bool first)
    {
        var items = new List<PatternNode>();
        while (!_source.AtEnd && !_source.Is('|') && !_source.Is(')'))
        {
            // Flags of the whole may only come first, so what follows them knows them.
            var here = depth == 0 ? flags | _flags : flags;
            var (point, escaped) = _source.Get();
            if (escaped)
                items.Add(Escape(point, here));
            else if (here.HasFlag(PatternFlags.Verbose) && SkipVerbose(point))
                continue;
            else if (point is '*' or '+' or '?' or '{')
                Repeat(items, (char)point, here);
            else if (point == '(')
                AddIfAny(items, Parenthesis(here, depth, first && items.Count == 0));
            else
                items.Add(Plain(point, here));
        }

        return new PatternNode.Sequence(items);
    }

    private static void AddIfAny(List<PatternNode> items, PatternNode? item)
    {
        if (item is not null)
            items.Add(item);
    }

    private bool SkipVerbose(int point)
    {
        if (point is ' ' or (>= 9 and <= 13))
            return true;
        if (point != '#')
            return false;
        while (!_source.AtEnd && _source.Get() is not ('\n', false)) { }
        return true;
    }

    private PatternNode Plain(int point, PatternFlags flags) =>
        point switch
        {
            '[' => new PatternNode.One(Set(flags)),
            '.' => new PatternNode.One(CharacterSet.Any(flags)),
            '^' => new PatternNode.At(
                flags.HasFlag(PatternFlags.Multiline) ? Position.BeginningOfLine : Position.Beginning
            ),
            '$' => new PatternNode.At(flags.HasFlag(PatternFlags.Multiline) ? Position.EndOfLine : Position.End),
            _ => new PatternNode.One(CharacterSet.Literal(point, flags)),
        };

    private PatternNode Escape(int letter, PatternFlags flags)
    {
        var ascii = flags.HasFlag(PatternFlags.Ascii);
        switch (letter)
        {
            case 'A':
                return new PatternNode.At(Position.BeginningOfText);
            case 'Z':
                return new PatternNode.At(Position.EndOfText);
            case 'b':
                return new PatternNode.At(ascii ? Position.AsciiWordBoundary : Position.WordBoundary);
            case 'B':
                return new PatternNode.At(ascii ? Position.NoAsciiWordBoundary : Position.NoWordBoundary);
            case >= '1' and <= '9':
                return Numbered((char)letter, flags);
            case var _ when PatternEscapes.IsCategory(letter):
                return new PatternNode.One(new CharacterSet([], [(char)letter], negated: false, flags));
            default:
                var point = PatternEscapes.Literal(_source, letter, inSet: false);
                return new PatternNode.One(CharacterSet.Literal(point, flags));
        }
    }

    // Three octal digits are a character, one or two digits a group.
    private PatternNode Numbered(char first, PatternFlags flags)
    {
        var digits = first.ToString();
        if (_source.IsDigit)
        {
            digits += (char)_source.Get().Point;
            var octal = digits[0] <= '7' && digits[1] <= '7' && _source.IsDigit && _source.Next <= '7';
            if (octal)
            {
                var point = PatternEscapes.Octal(digits + (char)_source.Get().Point);
                return new PatternNode.One(CharacterSet.Literal(point, flags));
            }
        }

        return Reference(int.Parse(digits, CultureInfo.InvariantCulture), flags);
    }

    private PatternNode.Reference Reference(int group, PatternFlags flags)
    {
        if (group >= _groups.Count)
            throw PatternSource.Wrong($"there is no group {group} yet");
        var width = _groups[group] ?? throw PatternSource.Wrong("it refers to a group from inside of it");
        CheckLookBehind(group);
        return new PatternNode.Reference(group, flags, width);
    }

    private void CheckLookBehind(int group)
    {
        if (_groupsBeforeLook is not { } before)
            return;
        if (group >= _groups.Count || _groups[group] is null || group >= before)
            throw PatternSource.Wrong("it refers to a group of the same look-behind");
    }

    private void Repeat(List<PatternNode> items, char sign, PatternFlags flags)
    {
        var (least, most) = sign switch
        {
            '?' => (0L, 1L),
            '*' => (0L, PatternNode.Endless),
            '+' => (1L, PatternNode.Endless),
            _ => (-1L, -1L),
        };
        if (sign == '{' && !Counts(out least, out most))
        {
            items.Add(new PatternNode.One(CharacterSet.Literal('{', flags)));
            return;
        }

        if (items.Count == 0 || items[^1] is PatternNode.At)
            throw PatternSource.Wrong($"{sign} has nothing to repeat");
        if (items[^1] is PatternNode.Repeat)
            throw PatternSource.Wrong($"{sign} repeats a repetition");
        if (_source.Is('+'))
            throw Newer($"{sign}+");
        items[^1] = new PatternNode.Repeat(items[^1], least, most, Lazy: _source.Match('?'));
    }

    private static UndecidedException Newer(string what) =>
        new(
            $"An expression has {what}, which versions of Python understand in different ways, or not at all.",
            "Write it without."
        );

    // False: the brace is one to be found in the text.
    private bool Counts(out long least, out long most)
    {
        var place = _source.Place;
        (least, most) = (0, PatternNode.Endless);
        if (_source.Is('}'))
            return false;
        var low = Number();
        var high = _source.Match(',') ? Number() : low;
        if (!_source.Match('}'))
        {
            _source.Seek(place);
            return false;
        }

        least = low.Length > 0 ? Count(low) : least;
        most = high.Length > 0 ? Count(high) : most;
        return most >= least ? true : throw PatternSource.Wrong("a repetition at most less often than at least");
    }

    private string Number()
    {
        var digits = "";
        while (_source.IsDigit)
            digits += (char)_source.Get().Point;
        return digits;
    }

    private static long Count(string digits)
    {
        var significant = digits.TrimStart('0');
        var count =
            significant.Length > 12 ? long.MaxValue : long.Parse("0" + significant, CultureInfo.InvariantCulture);
        return count < PatternNode.Endless
            ? count
            : throw new PythonError("OverflowError", "an expression repeats too often");
    }

    private CharacterSet Set(PatternFlags flags)
    {
        var ranges = new List<(int First, int Last)>();
        var categories = new List<char>();
        var negated = _source.Match('^');
        for (var first = true; ; first = false)
        {
            var (point, escaped) = SetToken();
            if (point == ']' && !escaped && !first)
                break;
            var low = SetMember(point, escaped, categories);
            if (!_source.Match('-'))
            {
                if (low is { } single)
                    ranges.Add((single, single));
                continue;
            }

            var (next, nextEscaped) = SetToken();
            if (next == ']' && !nextEscaped)
            {
                if (low is { } single)
                    ranges.Add((single, single));
                ranges.Add(('-', '-'));
                break;
            }

            var high = SetMember(next, nextEscaped, categories);
            ranges.Add(high >= low ? (low.Value, high.Value) : throw PatternSource.Wrong("a range that is none"));
        }

        return new CharacterSet(ranges, categories, negated, flags);
    }

    private (int Point, bool IsEscaped) SetToken() =>
        _source.AtEnd ? throw PatternSource.Wrong("a [ without ]") : _source.Get();

    private int? SetMember(int point, bool escaped, List<char> categories)
    {
        if (!escaped)
            return point;
        if (!PatternEscapes.IsCategory(point))
            return PatternEscapes.Literal(_source, point, inSet: true);
        categories.Add((char)point);
        return null;
    }
}
