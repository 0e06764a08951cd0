using System.Threading.Channels;

namespace FedSite.Images.Transfers;

/// <summary>
/// Stages that work on blocks beside each other, each on all of its blocks in order. The first one that fails stops all.
/// </summary>
internal sealed class BlockStages(CancellationToken ct) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
    private readonly List<Task> _running = [];
    private Exception? _failure;

    /// <summary>Cancelled also when a stage has failed.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Starts a stage. The writer takes its blocks; completed, it lets the stage end.</summary>
    public ChannelWriter<BlockRing.Block> Start(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> work)
    {
        // Bounded by the ring.
        var blocks = Channel.CreateUnbounded<BlockRing.Block>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true }
        );
        _running.Add(Task.Run(() => RunAsync(work, blocks.Reader), CancellationToken.None));
        return blocks.Writer;
    }

    /// <summary>Does the feeding, and waits for the stages it feeds.</summary>
    /// <param name="feed">Completes the writers at its end.</param>
    /// <exception cref="Exception">What failed first: feeding, or one of the stages.</exception>
    public async Task RunAsync(Func<CancellationToken, Task> feed)
    {
        try
        {
            await feed(Stop);
        }
        catch (Exception e)
        {
            Fail(e);
        }

        await Task.WhenAll(_running);
        if (_failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
        }
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> work,
        ChannelReader<BlockRing.Block> blocks
    )
    {
        try
        {
            await foreach (var block in blocks.ReadAllAsync(Stop))
            {
                await work(block.Content, Stop);
                block.Release();
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private void Fail(Exception failure)
    {
        // What the others say after this one is only that they were stopped.
        Interlocked.CompareExchange(ref _failure, failure, null);
        _stop.Cancel();
    }
}
