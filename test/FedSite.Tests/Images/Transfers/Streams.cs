namespace FedSite.Tests.Images.Transfers;

/// <summary>Zeros, as many as wanted; holds none of them.</summary>
internal sealed class ZeroStream(long size) : PassedOnStream(Null)
{
    private long _given;

    public long Given => Interlocked.Read(ref _given);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = (int)Math.Min(buffer.Length, size - Given);
        buffer.Span[..count].Clear();
        Interlocked.Add(ref _given, count);
        return ValueTask.FromResult(count);
    }
}

/// <summary>Gives what it has, says so, then nothing and no end.</summary>
internal sealed class SilentStream(Stream inner, TaskCompletionSource silent) : PassedOnStream(inner)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (await base.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            return read;
        }

        silent.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return 0;
    }
}

/// <summary>Takes one block, then fails.</summary>
internal sealed class FailingStream() : PassedOnStream(Null)
{
    private bool _written;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_written)
        {
            throw new InvalidDataException("quota");
        }

        _written = true;
        return ValueTask.CompletedTask;
    }
}

/// <summary>Lets others go first, and watches how far the source runs ahead of it.</summary>
internal sealed class SlowStream(ZeroStream source) : PassedOnStream(Null)
{
    private long _written;

    public long MostAhead { get; private set; }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        for (var i = 0; i < 100; i++)
        {
            await Task.Yield();
        }

        MostAhead = Math.Max(MostAhead, source.Given - _written);
        _written += buffer.Length;
    }
}

internal sealed class Seen : IProgress<long>
{
    public List<long> Values { get; } = [];

    public void Report(long value) => Values.Add(value);
}
