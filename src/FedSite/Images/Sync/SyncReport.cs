using FedSite.Images.Plans;

namespace FedSite.Images.Sync;

/// <summary>What became of one action.</summary>
public sealed record ActionOutcome(string Slot, ImageStep Step, string? ImageId, string Reason)
{
    /// <summary>Why it was not done; null: it was.</summary>
    public FedSiteException? Failure { get; init; }

    /// <summary>It was put off: nothing failed, but it can't be done yet.</summary>
    public string? PutOff { get; init; }
}

/// <summary>What a run did.</summary>
/// <param name="Outcomes">In the order of the plan.</param>
/// <param name="Sent">Bytes that went into Glance.</param>
public sealed record SyncReport(IReadOnlyList<ActionOutcome> Outcomes, long Sent)
{
    public IEnumerable<ActionOutcome> Failed => Outcomes.Where(outcome => outcome.Failure is not null);
    public IEnumerable<ActionOutcome> Done => Outcomes.Where(outcome => outcome is { Failure: null, PutOff: null });
}

/// <summary>How far a run is.</summary>
/// <param name="Done">Slots.</param>
/// <param name="Total">Slots.</param>
/// <param name="Bytes">Transferred so far, of all images.</param>
public sealed record SyncProgress(int Done, int Total, long Bytes);
