using System.Globalization;

namespace FedSite.Federation.Mappings.Python;

// All that begins with a parenthesis.
internal sealed partial class PatternParser
{
    private const string Letters = "imsxaLtu";

    /// <returns>Null: a comment, or flags of the whole.</returns>
    private PatternNode? Parenthesis(PatternFlags flags, int depth, bool first)
    {
        if (!_source.Match('?'))
            return Capturing(name: null, flags, depth);
        var (point, escaped) = _source.Get();
        if (escaped)
            throw PatternSource.Wrong("(?\\ means nothing");
        switch (point)
        {
            case 'P' when _source.Match('<'):
                return Capturing(Name(_source.Until('>', "name of a group")), flags, depth);
            case 'P' when _source.Match('='):
                return Reference(Named(_source.Until(')', "name of a group")), flags);
            case ':':
                return new PatternNode.Group(null, Body(flags, depth));
            case '>':
                throw Newer("(?>");
            case '#':
                SkipComment();
                return null;
            case '=' or '!':
                return new PatternNode.Look(Body(flags, depth), Back: false, Wanted: point == '=');
            case '<':
                return LookBehind(flags, depth);
            case '(':
                return Conditional(flags, depth);
            case '-':
            case > 0 and < 128 when Letters.Contains((char)point):
                return Flags((char)point, flags, depth, first);
            default:
                throw PatternSource.Wrong("(? is followed by what means nothing");
        }
    }

    private PatternNode Body(PatternFlags flags, int depth)
    {
        var body = Choices(flags, depth + 1);
        return _source.Match(')') ? body : throw PatternSource.Wrong("a ( without )");
    }

    private PatternNode.Group Capturing(string? name, PatternFlags flags, int depth)
    {
        var number = _groups.Count;
        if (name is not null && !_names.TryAdd(name, number))
            throw PatternSource.Wrong($"two groups of the name {name}");
        _groups.Add(null);
        var body = Body(flags, depth);
        _groups[number] = body.Width;
        return new PatternNode.Group(number, body);
    }

    private static string Name(string name)
    {
        if (!name.All(char.IsAscii))
        {
            throw new UndecidedException(
                $"A group of an expression is named {name}, in more than plain letters.",
                "Use letters from a to z."
            );
        }

        return IsIdentifier(name) ? name : throw PatternSource.Wrong($"{name} is no name of a group");
    }

    private static bool IsIdentifier(string name) =>
        !char.IsAsciiDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    private int Named(string name) =>
        _names.TryGetValue(Name(name), out var group)
            ? group
            : throw PatternSource.Wrong($"there is no group {name} yet");

    private void SkipComment()
    {
        while (_source.Get() is var (point, escaped) && (point != ')' || escaped))
        {
            if (point < 0)
                throw PatternSource.Wrong("a comment without an end");
        }
    }

    private PatternNode.Look LookBehind(PatternFlags flags, int depth)
    {
        var (point, escaped) = _source.Get();
        if (escaped || point is not ('=' or '!'))
            throw PatternSource.Wrong("(?< is followed by what means nothing; a named group begins with (?P<");
        var before = _groupsBeforeLook;
        _groupsBeforeLook ??= _groups.Count;
        var body = Choices(flags, depth + 1);
        _groupsBeforeLook = before;
        if (!_source.Match(')'))
            throw PatternSource.Wrong("a ( without )");
        return new PatternNode.Look(body, Back: true, Wanted: point == '=');
    }

    private PatternNode.Conditional Conditional(PatternFlags flags, int depth)
    {
        var name = _source.Until(')', "name of a group");
        int group;
        if (name.All(char.IsAsciiDigit))
        {
            group = int.TryParse(name, CultureInfo.InvariantCulture, out var number) ? number : MaximumGroups;
            if (group is 0 or MaximumGroups)
                throw PatternSource.Wrong($"there is no group {name}");
            _askedGroups.Add(group);
        }
        else if (name.Any(letter => !char.IsAscii(letter)) || (!IsIdentifier(name) && name.Any(char.IsAsciiDigit)))
        {
            throw new UndecidedException($"An expression asks for a group {name}.", "Name it by its number.");
        }
        else
        {
            group = Named(name);
        }

        CheckLookBehind(group);
        var yes = Items(flags, depth + 1, first: false);
        var no = _source.Match('|') ? Items(flags, depth + 1, first: false) : null;
        if (!_source.Match(')'))
            throw PatternSource.Wrong("a ( without ), or more than two choices");
        return new PatternNode.Conditional(group, yes, no);
    }

    private PatternNode.Group? Flags(char letter, PatternFlags flags, int depth, bool first)
    {
        var (added, end) = letter == '-' ? (PatternFlags.None, '-') : FlagLetters(letter);
        if (end == ')')
        {
            _flags |= added;
            return first
                ? null
                : throw PatternSource.Wrong("flags of the whole are not at its beginning; (?i:…) is for a part");
        }

        var taken = PatternFlags.None;
        if (end == '-')
        {
            var (point, escaped) = _source.Get();
            if (escaped || point is < 0 or > 127 || !Letters.Contains((char)point))
                throw PatternSource.Wrong("flags to switch off are missing");
            (taken, end) = FlagLetters((char)point);
            if ((taken & (PatternFlags.Ascii | PatternFlags.Unicode)) != PatternFlags.None || end != ':')
                throw PatternSource.Wrong("flags that can't be switched off");
        }

        if ((added & taken) != PatternFlags.None)
            throw PatternSource.Wrong("a flag is switched on and off");
        if (added.HasFlag(PatternFlags.Ascii) || added.HasFlag(PatternFlags.Unicode))
            flags &= ~(PatternFlags.Ascii | PatternFlags.Unicode);
        return new PatternNode.Group(null, Body((flags | added) & ~taken, depth));
    }

    private (PatternFlags Flags, char End) FlagLetters(char letter)
    {
        var flags = PatternFlags.None;
        while (true)
        {
            flags |= Flag(letter);
            if (flags.HasFlag(PatternFlags.Ascii) && flags.HasFlag(PatternFlags.Unicode))
                throw PatternSource.Wrong("the flags a and u exclude each other");
            var (point, escaped) = _source.Get();
            if (escaped || point is < 0 or > 127)
                throw PatternSource.Wrong("flags without an end");
            letter = (char)point;
            if (letter is ')' or '-' or ':')
                return (flags, letter);
            if (!Letters.Contains(letter))
                throw PatternSource.Wrong($"there is no flag {letter}");
        }
    }

    private static PatternFlags Flag(char letter) =>
        letter switch
        {
            'i' => PatternFlags.IgnoreCase,
            'm' => PatternFlags.Multiline,
            's' => PatternFlags.DotAll,
            'x' => PatternFlags.Verbose,
            'a' => PatternFlags.Ascii,
            'u' => PatternFlags.Unicode,
            't' => throw new UndecidedException(
                "An expression has the flag t, which newer versions of Python refuse.",
                "Leave it out."
            ),
            _ => throw PatternSource.Wrong("the flag L is not for text"),
        };
}
