using System.Collections.Concurrent;

namespace FedSite.TestKit;

/// <summary>
/// A clock that stands until a test moves it. Nobody sits through its timers: pauses between tries are over at once,
/// time-outs (50 s and more) run out when a test says so; those of whole undertakings (half an hour and more) never do.
/// </summary>
public sealed class StandingTime(DateTimeOffset start) : TimeProvider
{
    private static readonly TimeSpan ShortestLimit = TimeSpan.FromSeconds(50);

    private static readonly TimeSpan LongestLimit = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<StandingTimer, bool> _limits = new();
    private long _ticks = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public void MoveTo(DateTimeOffset now) => Interlocked.Exchange(ref _ticks, now.UtcTicks);

    /// <summary>Lets all time-outs that were begun run out.</summary>
    public void RunOut()
    {
        foreach (var limit in _limits.Keys)
        {
            limit.RunOut();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var inner = base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var timer = new StandingTimer(this, inner);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class StandingTimer(StandingTime time, ITimer inner) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time._limits.TryRemove(this, out _);
            if (dueTime < ShortestLimit)
            {
                return inner.Change(dueTime < TimeSpan.Zero ? dueTime : TimeSpan.Zero, period);
            }
            if (dueTime < LongestLimit)
                time._limits[this] = true;
            return inner.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void RunOut()
        {
            if (time._limits.TryRemove(this, out _))
            {
                inner.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }
        }

        public void Dispose()
        {
            time._limits.TryRemove(this, out _);
            inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
