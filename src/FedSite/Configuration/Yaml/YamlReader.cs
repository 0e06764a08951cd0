using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FedSite.Configuration.Yaml;

/// <summary>
/// Turns YAML text into nodes with places. Scalars stay texts: what <c>no</c> or <c>1e3</c> mean is for the reader of
/// the key to say. Anchors, aliases and merge keys work; depth and the size with aliases written out are bounded.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>Longest file that is read.</summary>
    public const int MaxBytes = 1 << 20;

    private const string Standard = "tag:yaml.org,2002:";
    private const int MaxDepth = 32;
    private const long MaxWeight = 100_000;

    private readonly Parser _parser;
    private readonly ProblemList _problems;
    private readonly Dictionary<string, YamlNode> _anchors = [];
    private Place _last = new(1, 1);

    private YamlReader(string text, ProblemList problems)
    {
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        _problems = problems;
    }

    /// <summary>The document's mapping; null when there is none, with the reason in <paramref name="problems"/>.</summary>
    public static YamlMapping? Read(string text, ProblemList problems)
    {
        var reader = new YamlReader(text, problems);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException e) when (TabAfter(PlaceOf(e.Start), text) is { } tab)
        {
            problems.Error(tab, key: null, "YAML takes no tab for indentation; write blanks");
        }
        catch (YamlException e)
        {
            problems.Error(PlaceOf(e.Start), key: null, Explain(e));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The scanner has states that it does not foresee, an unclosed bracket before a key for one.
            problems.Error(
                reader._last,
                key: null,
                "not YAML: what follows here can't be read; is a bracket left open?"
            );
        }

        return null;
    }

    private YamlMapping? ReadDocument()
    {
        Take();
        if (Current is StreamEnd)
        {
            _problems.Error(new Place(1, 1), key: null, "the file is empty");
            return null;
        }

        Take();
        var root = ReadNode(depth: 0);
        Take();
        if (Current is not StreamEnd)
            throw Refuse(Current, "a second document starts here; write everything into one, without `---` between");
        if (root.Weight > MaxWeight)
        {
            _problems.Error(root.Place, key: null, "too large with its aliases written out");
            return null;
        }

        if (root is YamlMapping mapping)
            return mapping;
        _problems.Error(root.Place, key: null, $"expected keys with values at the top, found {root.Kind}");
        return null;
    }

    private ParsingEvent Current
    {
        get
        {
            if (_parser.Current is null)
                _parser.MoveNext();
            return _parser.Current!;
        }
    }

    private ParsingEvent Take()
    {
        var current = Current;
        _last = PlaceOf(current.Start);
        _parser.MoveNext();
        return current;
    }

    private YamlNode ReadNode(int depth)
    {
        var start = Take();
        if (depth > MaxDepth)
            throw Refuse(start, $"nested deeper than {MaxDepth} levels");
        if (start is AnchorAlias alias)
        {
            return _anchors.TryGetValue(alias.Value.Value, out var known)
                ? known
                : throw Refuse(start, $"`*{alias.Value}` has no anchor `&{alias.Value}` before it");
        }

        YamlNode node = start switch
        {
            Scalar s => new YamlScalar(PlaceOf(s.Start), s.Value, s.Style == ScalarStyle.Plain && !IsText(s), TagOf(s)),
            SequenceStart s => ReadSequence(s, depth),
            MappingStart s => ReadMapping(s, depth),
            _ => throw Refuse(start, "a value is missing"),
        };
        if (start is NodeEvent { Anchor.IsEmpty: false } anchored)
            _anchors[anchored.Anchor.Value] = node;
        return node;
    }

    private YamlSequence ReadSequence(SequenceStart start, int depth)
    {
        RefuseTag(start, $"{Standard}seq");
        var items = new List<YamlNode>();
        while (Current is not SequenceEnd)
            items.Add(ReadNode(depth + 1));
        Take();
        return new YamlSequence(PlaceOf(start.Start), items);
    }

    private YamlMapping ReadMapping(MappingStart start, int depth)
    {
        RefuseTag(start, $"{Standard}map");
        var entries = new List<YamlEntry>();
        var first = new Dictionary<string, Place>();
        var merged = new List<YamlMapping>();
        while (Current is not MappingEnd)
        {
            var keyEvent = Current;
            if (ReadNode(depth + 1) is not YamlScalar key)
                throw Refuse(keyEvent, "a key must be a single word");
            var place = PlaceOf(keyEvent.Start);
            var value = ReadNode(depth + 1);
            if (key is { Text: "<<", IsPlain: true })
                merged.AddRange(Merged(keyEvent, value));
            else if (first.TryAdd(key.Text, place))
                entries.Add(new YamlEntry(place, key.Text, value));
            else
                _problems.Error(place, key.Text, $"the key is given twice, first in line {first[key.Text].Line}");
        }

        Take();
        foreach (var entry in merged.SelectMany(m => m.Entries).Where(entry => first.TryAdd(entry.Key, entry.Place)))
            entries.Add(entry);
        return new YamlMapping(PlaceOf(start.Start), entries);
    }

    private static IEnumerable<YamlMapping> Merged(ParsingEvent at, YamlNode value) =>
        value switch
        {
            YamlMapping mapping => [mapping],
            YamlSequence list when list.Items.All(item => item is YamlMapping) => list.Items.Cast<YamlMapping>(),
            _ => throw Refuse(at, "`<<` merges a group of keys, or a list of such groups"),
        };

    private static string? TagOf(Scalar scalar) =>
        scalar.Tag.IsEmpty || IsText(scalar) || scalar.Tag.IsNonSpecific ? null : scalar.Tag.Value;

    /// <summary>Said to be one by its tag, as quotes say it: <c>!!str 12</c>, <c>! 12</c>.</summary>
    private static bool IsText(Scalar scalar) => !scalar.Tag.IsEmpty && scalar.Tag.Value is "!" or $"{Standard}str";

    private static void RefuseTag(NodeEvent start, string usual)
    {
        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific && start.Tag.Value != usual)
            throw Refuse(start, $"the tag `{start.Tag.Value}` is not understood here");
    }

    private static SemanticErrorException Refuse(ParsingEvent at, string why) => new(at.Start, at.End, why);

    private static Place PlaceOf(Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    private static string Explain(YamlException e)
    {
        if (e is SemanticErrorException && !e.Message.StartsWith("While", StringComparison.Ordinal))
            return e.Message;
        var message = e.Message.Length == 0 ? "this can't be read" : e.Message.TrimEnd('.');
        return $"not YAML: {char.ToLowerInvariant(message[0])}{message[1..]}";
    }

    /// <summary>A tab in the indentation of the line where reading failed or of the next.</summary>
    private static Place? TabAfter(Place place, string text)
    {
        var lines = text.Split('\n');
        for (var line = place.Line; line <= Math.Min(place.Line + 1, lines.Length); line++)
        {
            var indentation = lines[line - 1].TakeWhile(c => c is ' ' or '\t').ToList();
            if (indentation.Contains('\t'))
                return new Place(line, indentation.IndexOf('\t') + 1);
        }

        return null;
    }
}
