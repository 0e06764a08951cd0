namespace FedSite.TestKit;

/// <summary>The real clock, with timers that a test need not sit through.</summary>
/// <param name="waits">Becomes of every timer below 50 s: pauses between tries.</param>
/// <param name="limits">Becomes of every longer one: time-outs. Null: they stay as they are.</param>
public sealed class HurriedTime(TimeSpan waits, TimeSpan? limits = null) : TimeProvider
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(50);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(
            callback,
            state,
            dueTime == Timeout.InfiniteTimeSpan ? dueTime
                : dueTime < LongestWait ? waits
                : limits ?? dueTime,
            period
        );
}
