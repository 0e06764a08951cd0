namespace FedSite.Oci;

/// <summary>The body of an answer as it arrives. A server that says nothing for long counts as gone.</summary>
internal sealed class BlobStream : Stream
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    private readonly RegistryAnswer _answer;
    private readonly Stream _body;
    private readonly CancellationTokenSource _silence;
    private long _skip;

    /// <param name="skip">Bytes at the beginning that are there already: they are read over.</param>
    public BlobStream(RegistryAnswer answer, Stream body, long skip, TimeProvider time)
    {
        _answer = answer;
        _body = body;
        _skip = skip;
        _silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var unwanted = _skip > 0 ? new byte[256 << 10] : [];
        while (_skip > 0)
        {
            var read = await ReadSomeAsync(
                unwanted.AsMemory(0, (int)Math.Min(_skip, unwanted.Length)),
                cancellationToken
            );
            _skip -= read > 0 ? read : throw new EndOfStreamException($"{_answer.Request}: it ended too early");
        }
        return await ReadSomeAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _silence.Dispose();
            _answer.Dispose();
        }
        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadSomeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await using var stop = cancellationToken.UnsafeRegister(
            static source => ((CancellationTokenSource)source!).Cancel(),
            _silence
        );
        _silence.CancelAfter(LongestSilence);
        try
        {
            return await _body.ReadAsync(buffer, _silence.Token);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (OperationCanceledException e)
        {
            throw new IOException($"{_answer.Request}: no byte for {LongestSilence.TotalSeconds:F0} s", e);
        }
        finally
        {
            _silence.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }
}
