using System.Threading.Channels;

namespace FedSite.Images.Transfers;

/// <summary>A few blocks that are filled again and again: who reads waits until all who work on a block are done.</summary>
internal sealed class BlockRing
{
    // More blocks did not make it faster; fewer let the stages wait for each other.
    private const int Blocks = 6;

    private readonly Channel<Block> _free = Channel.CreateBounded<Block>(Blocks);

    public BlockRing()
    {
        for (var i = 0; i < Blocks; i++)
        {
            _free.Writer.TryWrite(new Block(this));
        }
    }

    public ValueTask<Block> TakeAsync(CancellationToken ct) => _free.Reader.ReadAsync(ct);

    /// <summary>Hands all blocks of a stream to stages, up to its end.</summary>
    public async Task FeedAsync(Stream from, ChannelWriter<Block>[] stages, CancellationToken stop)
    {
        while (true)
        {
            var block = await TakeAsync(stop);
            block.Length = await from.ReadAtLeastAsync(
                block.Whole,
                block.Whole.Length,
                throwOnEndOfStream: false,
                stop
            );
            if (block.Length == 0)
            {
                block.HandTo(1);
                block.Release();
                return;
            }

            block.HandTo(stages.Length);
            Array.ForEach(stages, stage => stage.TryWrite(block));
        }
    }

    internal sealed class Block(BlockRing ring)
    {
        private const int Bytes = 1 << 20;

        private int _users;

        public Memory<byte> Whole { get; } = GC.AllocateUninitializedArray<byte>(Bytes);

        /// <summary>Bytes that are filled.</summary>
        public int Length { get; set; }

        public ReadOnlyMemory<byte> Content => Whole[..Length];

        public void HandTo(int users) => _users = users;

        /// <summary>The last one who is done with it gives it back.</summary>
        public void Release()
        {
            if (Interlocked.Decrement(ref _users) == 0)
            {
                ring._free.Writer.TryWrite(this);
            }
        }
    }
}
