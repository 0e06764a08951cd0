using FedSite.Configuration;

namespace FedSite.Messages;

/// <summary>A message, taken apart the way the accounting repository does it.</summary>
public sealed record MessageContent
{
    /// <summary>The first line, the <c>Type</c> of a JSON message, or what XML lists; empty: not known.</summary>
    public required string Type { get; init; }

    /// <summary>Null: of a kind that FedSite does not make.</summary>
    public RecordKind? Kind { get; init; }

    /// <summary>Records in order; empty when <see cref="Kind"/> is null.</summary>
    public IReadOnlyList<MessageRecord> Records { get; init; } = [];

    /// <summary>Reads a message; never fails.</summary>
    public static MessageContent Parse(ReadOnlyMemory<byte> text)
    {
        var start = text.Span.TrimStart(" \t\r\n"u8);
        return start.IsEmpty ? new() { Type = "" }
            : start[0] == (byte)'{' ? JsonMessage.Parse(text)
            : start[0] == (byte)'<' ? StorageMessage.Parse(text)
            : CloudMessage.Parse(text);
    }

    /// <summary>The message with these of its records, in the same form.</summary>
    internal static ReadOnlyMemory<byte> Rewrite(ReadOnlyMemory<byte> text, IReadOnlyList<MessageRecord> keep) =>
        Parse(text).Kind switch
        {
            RecordKind.Cloud => CloudMessage.Rewrite(text, keep),
            RecordKind.Storage => StorageMessage.Rewrite(text, keep),
            _ => JsonMessage.Rewrite(text, keep),
        };

    /// <summary>A message of a kind that FedSite does not make; what it calls itself is for people to read.</summary>
    internal static MessageContent Unknown(string type) =>
        new() { Type = string.Concat(type.Take(80).Select(c => char.IsControl(c) ? '?' : c)) };
}

/// <summary>One record of a message.</summary>
/// <param name="Key">
/// What the repository takes for one and the same record, a later one replacing an earlier one; null: it can't be told.
/// </param>
/// <param name="Fields">Names and values as on the wire.</param>
/// <param name="Text">The record as on the wire, without what divides it from the next.</param>
public sealed record MessageRecord(string? Key, IReadOnlyDictionary<string, string> Fields, string Text)
{
    /// <summary>
    /// Fields that the repository needs and that are absent, empty, not what they should be, or cut off.
    /// </summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Why the repository can't use the record; null: it can.</summary>
    public string? Fault =>
        Missing.Count > 0 ? $"it has no usable {string.Join(", ", Missing)}"
        : Key is null ? "what it is about can't be told"
        : null;
}
