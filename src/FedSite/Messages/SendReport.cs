namespace FedSite.Messages;

/// <summary>What a run of the sender did with one queue.</summary>
public sealed record SendReport
{
    /// <summary>Name of the queue as in site.yaml.</summary>
    public required string Queue { get; init; }

    /// <summary>Messages that AMS confirmed.</summary>
    public required int Sent { get; init; }

    /// <summary>Records in them, as far as known.</summary>
    public required long Records { get; init; }

    /// <summary>Size of their texts.</summary>
    public required long Bytes { get; init; }

    /// <summary>Messages that can't be sent and were moved out of the way.</summary>
    public required IReadOnlyList<SetAsideNote> SetAside { get; init; }

    /// <summary>Messages that still wait.</summary>
    public required int Left { get; init; }

    /// <summary>Why the rest was not sent; null: all was tried.</summary>
    public string? Stopped { get; init; }

    /// <summary>What to do about that.</summary>
    public string? NextStep { get; init; }

    public ExitCode ExitCode =>
        Stopped is null && SetAside.Count == 0 ? ExitCode.Done
        : Sent > 0 ? ExitCode.Partly
        : ExitCode.Failed;
}

/// <summary>How far the sender is.</summary>
/// <param name="Done">Messages sent or set aside.</param>
/// <param name="Total">Messages that waited at the start.</param>
public sealed record SendProgress(int Done, int Total);
