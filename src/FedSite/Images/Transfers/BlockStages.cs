using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace FedSite.Images.Transfers;

/// <summary>
/// Stages that work on blocks beside each other, each on all of its blocks in order. The first one that fails stops all.
/// </summary>
internal sealed class BlockStages(CancellationToken ct) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
    private readonly List<ChannelWriter<BlockRing.Block>> _started = [];
    private readonly List<Task> _running = [];
    private Exception? _failure;

    /// <summary>Cancelled also when a stage has failed.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Starts a stage, which gets its blocks by what is returned.</summary>
    public ChannelWriter<BlockRing.Block> Start(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> work)
    {
        // Bounded by the ring.
        var blocks = Channel.CreateUnbounded<BlockRing.Block>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true }
        );
        _started.Add(blocks.Writer);
        _running.Add(Task.Run(() => RunAsync(work, blocks.Reader), CancellationToken.None));
        return blocks.Writer;
    }

    /// <summary>Feeds the stages, and waits until they have done what was fed, also when feeding failed halfway.</summary>
    /// <exception cref="Exception">What failed first: feeding, or one of the stages.</exception>
    public async Task RunAsync(Func<CancellationToken, Task> feed)
    {
        try
        {
            await feed(Stop);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _failure, e, null);
        }

        _started.ForEach(stage => stage.Complete());
        await Task.WhenAll(_running);
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
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
