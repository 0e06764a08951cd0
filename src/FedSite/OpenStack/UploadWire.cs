namespace FedSite.OpenStack;

/// <summary>
/// The connection of one upload. Once the answer begins, or the server takes nothing more, what is still sent goes
/// nowhere: so the answer that the server gave is read, rather than a broken pipe met.
/// </summary>
internal sealed class UploadWire : Stream
{
    private const int BeforeStatus = 9; // HTTP/1.1 and a blank
    private Stream _inner = Null;
    private int _read;
    private int _lines;
    private volatile bool _answered;
    private volatile bool _broken;

    public bool TakesMore => !_answered && !_broken;

    /// <summary>Something was not sent.</summary>
    public bool Dropped { get; private set; }

    /// <param name="connection">Without TLS, if there is any.</param>
    public Stream Over(Stream connection)
    {
        _inner = connection;
        return this;
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await _inner.ReadAsync(buffer, cancellationToken);
        _broken |= count == 0 && buffer.Length > 0;
        if (!_answered)
        {
            Look(buffer.Span[..count]);
        }
        return count;
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        if (!TakesMore)
        {
            Dropped = true;
            return;
        }
        try
        {
            await _inner.WriteAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _broken = true;
            Dropped = true;
        }
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (TakesMore)
        {
            await _inner.FlushAsync(cancellationToken);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _broken = true;
        if (disposing)
        {
            _inner.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <summary>Heads of status 1xx only announce the answer.</summary>
    private void Look(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (_read < BeforeStatus)
            {
                _read++;
            }
            else if (_read == BeforeStatus)
            {
                if (value != '1')
                {
                    _answered = true;
                    return;
                }
                _read++;
            }
            else
            {
                _lines = value switch
                {
                    (byte)'\n' => _lines + 1,
                    (byte)'\r' => _lines,
                    _ => 0,
                };
                if (_lines == 2)
                {
                    _read = 0;
                    _lines = 0;
                }
            }
        }
    }
}
