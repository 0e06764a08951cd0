namespace FedSite.OpenStack;

/// <summary>How long a server may do nothing while it is its turn.</summary>
internal sealed class UploadPatience(TimeProvider time) : IDisposable
{
    /// <summary>After the last byte a service may still copy the image to where it keeps it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource _ended = new(Timeout.InfiniteTimeSpan, time);

    public CancellationToken Ended => _ended.Token;

    /// <summary>It is the server's turn from now on.</summary>
    public void Begin() => _ended.CancelAfter(Longest);

    public void End() => _ended.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose() => _ended.Dispose();
}
