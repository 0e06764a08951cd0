namespace FedSite.Ams;

/// <summary>Repeats what failed for a passing reason, with growing waits.</summary>
internal static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    // A lock in the spool ages meanwhile: no wait may come near its ten minutes.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Runs <paramref name="ask"/> up to <paramref name="tries"/> times, as long as its failures are transient and
    /// <paramref name="again"/> agrees.
    /// </summary>
    /// <exception cref="AmsException">The last failure, or one that will not pass.</exception>
    public static async Task<T> RunAsync<T>(
        Func<Task<T>> ask,
        int tries,
        Func<AmsException, bool> again,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                return await ask();
            }
            catch (AmsException e) when (e.IsTransient && again(e) && tried < tries && !(e.RetryAfter > Longest))
            {
                await Task.Delay(Wait(tried, e.RetryAfter), time, cancellationToken);
            }
        }
    }

    /// <summary>Wait before the next try: 1, 4, 16 s with jitter, or what the server asks for.</summary>
    private static TimeSpan Wait(int tried, TimeSpan? asked)
    {
        var own = First * Math.Pow(4, tried - 1) * (0.5 + Random.Shared.NextDouble());
        return asked > own ? asked.Value
            : own < Longest ? own
            : Longest;
    }
}
