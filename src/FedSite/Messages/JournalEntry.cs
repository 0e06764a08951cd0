using FedSite.Configuration;

namespace FedSite.Messages;

/// <summary>What became of a message.</summary>
public enum MessageState
{
    /// <summary>Waits in the spool.</summary>
    Queued,

    /// <summary>Waits in the spool, and was sent at least once without a clear answer.</summary>
    Unknown,

    /// <summary>AMS has confirmed it.</summary>
    Sent,

    /// <summary>Can't be sent as it is; kept with the reason.</summary>
    SetAside,

    /// <summary>Deleted by hand.</summary>
    Dropped,
}

public static class MessageStateWords
{
    /// <summary>The state as the journal, options and scripts write it.</summary>
    public static string Word(this MessageState state) =>
        state switch
        {
            MessageState.Queued => "queued",
            MessageState.Unknown => "unknown",
            MessageState.Sent => "sent",
            MessageState.SetAside => "set-aside",
            _ => "dropped",
        };
}

/// <summary>A row of the journal.</summary>
public sealed record JournalEntry
{
    /// <summary>Name of the queue as in site.yaml, for instance <c>cloud</c>.</summary>
    public required string Queue { get; init; }

    /// <summary>Name in the queue, <c>DDDDDDDD/SSSSSSSSMMMMMR</c>.</summary>
    public required string Name { get; init; }

    public required MessageState State { get; init; }
    public RecordKind? Kind { get; init; }

    /// <summary>The accounting run that made it; null: another program did.</summary>
    public long? Run { get; init; }

    public int? Records { get; init; }

    /// <summary>Size of the text.</summary>
    public long? Bytes { get; init; }

    /// <summary>SHA-256 of the text, lower-case hexadecimal.</summary>
    public string? Sha256 { get; init; }

    public required DateTimeOffset QueuedAt { get; init; }
    public DateTimeOffset? AttemptedAt { get; init; }

    /// <summary>When it was sent, set aside or dropped.</summary>
    public DateTimeOffset? SettledAt { get; init; }

    public int Attempts { get; init; }

    /// <summary>Id that AMS gave, as text. Two messages may bear the same one: never a key.</summary>
    public string? AmsId { get; init; }

    /// <summary>Why it was set aside, or what the last attempt met.</summary>
    public string? Reason { get; init; }
}
