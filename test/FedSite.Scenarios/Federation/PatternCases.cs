using System.Text;

namespace FedSite.Scenarios.Federation;

/// <summary>Makes regular expressions at random: right ones, odd ones and broken ones.</summary>
internal sealed class PatternCases(Random random)
{
    private static readonly string[] Letters =
    [
        "a",
        "b",
        "A",
        "B",
        "s",
        "S",
        "k",
        "i",
        "é",
        "ß",
        "ſ",
        "İ",
        "µ",
        "😀",
        "1",
        "_",
        " ",
        "-",
        "\n",
        ".",
        "#",
    ];

    private static readonly string[] Escapes =
    [
        @"\d",
        @"\D",
        @"\w",
        @"\W",
        @"\s",
        @"\S",
        @"\.",
        @"\\",
        @"\n",
        @"\t",
        @"\x41",
        @"\u00e9",
        @"\U0001f600",
        @"\101",
        @"\0",
        @"\a",
        @"\-",
        @"\é",
        @"\ ",
        @"\#",
    ];

    private static readonly string[] Odd =
    [
        @"\q",
        @"\8",
        @"\1",
        @"\777",
        @"\x4",
        @"\Z",
        @"\z",
        "[",
        "]",
        "(",
        ")",
        "*",
        "+?",
        "{",
        "}",
        "{,}",
        "{2",
        "(?",
        "(?P",
        "(?P<x",
        "[b-a]",
        "[[a]]",
        "[a&&b]",
        "[]a]",
        "[^]a]",
        "(?i)",
        "(?L)",
        "(?#",
        "|",
        "\\",
    ];

    private static readonly string[] Counts =
    [
        "*",
        "+",
        "?",
        "{2}",
        "{1,2}",
        "{,2}",
        "{1,}",
        "{0}",
        "{}",
        "{,}",
        "{2,1}",
    ];

    private static readonly string[] Flags =
    [
        "(?i)",
        "(?s)",
        "(?m)",
        "(?x)",
        "(?a)",
        "(?u)",
        "(?im)",
        "(?ia)",
        "(?i)(?s)",
    ];

    private int _groups;

    public string Next()
    {
        _groups = 0;
        var pattern = (random.Next(8) == 0 ? Pick(Flags) : "") + Choices(3);
        if (random.Next(10) != 0)
            return pattern;
        var runes = pattern.EnumerateRunes().ToList();
        if (runes.Count == 0)
            return pattern;
        var at = random.Next(runes.Count);
        runes.RemoveAt(at);
        if (random.Next(2) == 0)
            runes.InsertRange(at, Pick(Odd).EnumerateRunes());
        return string.Concat(runes);
    }

    public string Text()
    {
        var text = new StringBuilder();
        for (var i = random.Next(7); i > 0; i--)
            text.Append(Pick(Letters));
        return text.ToString();
    }

    private string Choices(int depth)
    {
        var choices = Enumerable.Range(0, random.Next(4) == 0 ? 2 : 1).Select(_ => Items(depth));
        return string.Join('|', choices);
    }

    private string Items(int depth)
    {
        var items = new StringBuilder();
        for (var i = random.Next(5); i > 0; i--)
        {
            items.Append(Atom(depth));
            if (random.Next(4) == 0)
                items
                    .Append(Pick(Counts))
                    .Append(
                        random.Next(6) == 0 ? "?"
                        : random.Next(60) == 0 ? "+"
                        : ""
                    );
        }

        return items.ToString();
    }

    private string Atom(int depth) =>
        random.Next(depth > 0 ? 16 : 9) switch
        {
            < 4 => Pick(Letters),
            4 => Pick(Escapes),
            5 => ".",
            6 => Pick(["^", "$", @"\A", @"\Z", @"\b", @"\B"]),
            7 => Set(),
            8 => random.Next(6) == 0 ? Pick(Odd) : Pick(Letters),
            9 or 10 => Group(depth),
            11 => $"(?:{Choices(depth - 1)})",
            12 => $"(?{(random.Next(20) == 0 ? ">" : Pick(["=", "!", "<=", "<!"]))}{Choices(depth - 1)})",
            13 => $"(?{Pick(["i", "s", "m", "x", "a", "u", "-i", "i-s"])}:{Choices(depth - 1)})",
            14 => Reference(),
            _ => random.Next(2) == 0 ? $"(?#{Pick(Letters)})" : $"(?({random.Next(1, 3)}){Items(0)}|{Items(0)})",
        };

    private string Group(int depth)
    {
        _groups++;
        return random.Next(4) == 0 ? $"(?P<g{_groups}>{Choices(depth - 1)})" : $"({Choices(depth - 1)})";
    }

    private string Reference() => random.Next(3) == 0 ? $"(?P=g{Math.Max(1, _groups)})" : $@"\{Math.Max(1, _groups)}";

    private string Set()
    {
        var set = new StringBuilder(random.Next(3) == 0 ? "[^" : "[");
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            set.Append(
                random.Next(4) switch
                {
                    0 => Pick(["a-c", "A-Z", "0-9", "a-", "\u00e0-\u00ff", "!-~", "\\d-a", "-"]),
                    1 => Pick(Escapes),
                    _ => Pick(Letters),
                }
            );
        }

        return set.Append(']').ToString();
    }

    private string Pick(string[] from) => from[random.Next(from.Length)];
}
