namespace FedSite.Images.Transfers;

/// <summary>What all transfers together may take from the network: each one waits until its bytes are due.</summary>
/// <param name="bytesPerSecond">At least 1.</param>
internal sealed class Bandwidth(long bytesPerSecond, TimeProvider time)
{
    /// <summary>Bytes to ask for at most at a time, so that no transfer keeps the others waiting.</summary>
    public const int Portion = 1 << 16;

    // What was not used in the last moments is not lost, but nobody saves up for longer.
    private static readonly TimeSpan Saved = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly long _begin = time.GetTimestamp();
    private TimeSpan _due;

    /// <summary>Call it after the bytes have come: the next ones wait.</summary>
    public Task TakeAsync(int bytes, CancellationToken ct)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = time.GetElapsedTime(_begin);
            _due = (_due > now - Saved ? _due : now - Saved) + TimeSpan.FromSeconds((double)bytes / bytesPerSecond);
            wait = _due - now;
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, time, ct) : Task.CompletedTask;
    }
}
