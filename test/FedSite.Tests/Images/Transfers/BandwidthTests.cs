using FedSite.Images.Transfers;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Tests.Images.Transfers;

public sealed class BandwidthTests
{
    [Fact]
    public async Task Transfers_together_take_as_long_as_their_bytes_need()
    {
        var time = new JumpingTime();
        var bandwidth = new Bandwidth(1 << 20, time);
        var disk = MadeSource.RawDisk(4 << 20);
        using var source = new MadeSource(disk);

        await Task.WhenAll(PassAsync(), PassAsync(), PassAsync());

        Assert.InRange(time.Elapsed, TimeSpan.FromSeconds(11.5), TimeSpan.FromSeconds(12.5));

        Task PassAsync() =>
            new ImageTransfer(time, bandwidth, NullLogger.Instance).PassAsync(
                source,
                MadeSource.Offer(disk),
                MadeSource.Terms(),
                Stream.Null,
                null,
                TestContext.Current.CancellationToken
            );
    }

    [Fact]
    public async Task What_was_not_used_for_long_is_not_saved_up()
    {
        var time = new JumpingTime();
        var bandwidth = new Bandwidth(1000, time);
        time.Jump(TimeSpan.FromHours(1));

        await bandwidth.TakeAsync(10_000, TestContext.Current.CancellationToken);

        Assert.InRange(time.Elapsed - TimeSpan.FromHours(1), TimeSpan.FromSeconds(9.5), TimeSpan.FromSeconds(10));
    }

    /// <summary>A clock that stands, and jumps to the time that somebody waits for.</summary>
    private sealed class JumpingTime : TimeProvider
    {
        private readonly Lock _lock = new();
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public TimeSpan Elapsed => TimeSpan.FromTicks(GetTimestamp());

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public void Jump(TimeSpan span) => Interlocked.Add(ref _ticks, span.Ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            // Time-outs of connections never run out.
            var isWait = dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(50);
            var at = GetTimestamp() + dueTime.Ticks;
            return base.CreateTimer(
                isWait ? _ => Arrive(callback, state, at) : callback,
                state,
                isWait ? TimeSpan.Zero : Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan
            );
        }

        private void Arrive(TimerCallback callback, object? state, long at)
        {
            lock (_lock)
            {
                _ticks = Math.Max(_ticks, at);
            }

            callback(state);
        }
    }
}
