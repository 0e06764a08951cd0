namespace FedSite.Configuration.Yaml;

/// <summary>Where something stands in a file, counted from 1.</summary>
internal sealed record Place(int Line, int Column);

/// <summary>A part of a YAML document that knows where it stands.</summary>
internal abstract record YamlNode(Place Place)
{
    /// <summary>How much work it is to walk the node, with aliases written out.</summary>
    public abstract long Weight { get; }

    /// <summary>For messages: <c>a text</c>, <c>a list</c>, <c>a group of keys</c>.</summary>
    public abstract string Kind { get; }
}

/// <param name="Place">Where it begins.</param>
/// <param name="Text">Its value, with quotes and escapes resolved.</param>
/// <param name="IsPlain">Not quoted and not a block.</param>
/// <param name="Tag">A local tag such as <c>!file</c>, or null.</param>
internal sealed record YamlScalar(Place Place, string Text, bool IsPlain, string? Tag) : YamlNode(Place)
{
    public override long Weight => 1 + (Text.Length / 100);
    public override string Kind => "a single value";

    /// <summary>A key with nothing behind it, as when all lines under it are commented out.</summary>
    public bool IsNull => IsPlain && Tag is null && Text is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed record YamlSequence(Place Place, IReadOnlyList<YamlNode> Items) : YamlNode(Place)
{
    public override long Weight { get; } = 1 + Items.Sum(item => item.Weight);
    public override string Kind => "a list";
}

internal sealed record YamlMapping(Place Place, IReadOnlyList<YamlEntry> Entries) : YamlNode(Place)
{
    public override long Weight { get; } = 1 + Entries.Sum(entry => 1 + entry.Value.Weight);
    public override string Kind => "a group of keys";

    public YamlNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key == key)?.Value;
}

internal sealed record YamlEntry(Place Place, string Key, YamlNode Value);
