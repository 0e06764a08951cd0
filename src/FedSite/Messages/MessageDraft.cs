using FedSite.Configuration;

namespace FedSite.Messages;

/// <summary>A message that is ready to be queued.</summary>
public sealed record MessageDraft
{
    public required RecordKind Kind { get; init; }

    /// <summary>The accounting run that made it.</summary>
    public long? Run { get; init; }

    /// <summary>Number of records in it, 1 to 1000.</summary>
    public required int Records { get; init; }

    /// <summary>The whole text, ASCII, line ends LF.</summary>
    public required ReadOnlyMemory<byte> Text { get; init; }
}
