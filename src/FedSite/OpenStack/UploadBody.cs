using System.Net;
using System.Runtime.ExceptionServices;

namespace FedSite.OpenStack;

/// <summary>A body that somebody writes while it is sent.</summary>
/// <param name="length">Bytes; null: not known, and the body goes out in chunks.</param>
/// <param name="write">Writes it all. What it throws ends the request without the body looking complete.</param>
internal sealed class UploadBody(long? length, Func<Stream, CancellationToken, Task> write)
{
    private Task _writing = Task.CompletedTask;
    private UploadWire? _wire;
    private bool _stopped;

    /// <summary>The server let the body come, so that the writer was called.</summary>
    public bool Started { get; private set; }

    /// <summary>The server wanted no more before all was sent.</summary>
    public bool Stopped => _stopped || _wire is { Dropped: true };

    /// <summary>What the writer threw.</summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    /// <param name="wire">Where it is sent to.</param>
    /// <param name="patience">Begins anew with each thing that the server has to do.</param>
    /// <param name="ct">Ends the writer.</param>
    public HttpContent Over(UploadWire wire, UploadPatience patience, CancellationToken ct)
    {
        _writing = Task.CompletedTask;
        _wire = wire;
        return new Content(stream => _writing = SendAsync(stream, wire, patience, ct), length);
    }

    /// <summary>Waits for the writer, which may go on for a moment after the request failed.</summary>
    public async Task EndAsync() => await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task SendAsync(Stream stream, UploadWire wire, UploadPatience patience, CancellationToken ct)
    {
        _stopped = !wire.TakesMore;
        if (_stopped)
        {
            // .NET sends a body of up to 1 KiB also to a server that has refused it.
            await FillAsync(stream, length, ct);
            return;
        }
        Started = true;
        var counted = new Body(stream, this, wire, patience);
        try
        {
            await write(counted, ct);
        }
        catch (Exception e) when (!_stopped)
        {
            Failure = ExceptionDispatchInfo.Capture(e);
            throw;
        }
        catch (Exception)
        {
            // The answer of the server says why it wanted no more.
            await FillAsync(stream, length - counted.Written, ct);
        }
        patience.Begin();
    }

    /// <summary>Goes nowhere; the client wants to see as many bytes as were announced before it reads the answer.</summary>
    private static async Task FillAsync(Stream stream, long? missing, CancellationToken ct)
    {
        var nothing = new byte[1 << 20];
        for (var left = missing ?? 0; left > 0; left -= nothing.Length)
        {
            await stream.WriteAsync(nothing.AsMemory(0, (int)Math.Min(left, nothing.Length)), ct);
        }
    }

    private sealed class Content(Func<Stream, Task> send, long? length) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => send(stream);

        protected override bool TryComputeLength(out long computed)
        {
            computed = length ?? 0;
            return length is not null;
        }
    }

    /// <summary>What the writer writes to.</summary>
    private sealed class Body(Stream stream, UploadBody body, UploadWire wire, UploadPatience patience)
        : WriteOnlyStream
    {
        public long Written { get; private set; }

        public override async ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            if (!wire.TakesMore)
            {
                throw Stop(inner: null);
            }
            Written += buffer.Length;
            patience.Begin();
            try
            {
                await stream.WriteAsync(buffer, cancellationToken);
            }
            catch (Exception e) when (!wire.TakesMore && !cancellationToken.IsCancellationRequested)
            {
                throw Stop(e);
            }
            patience.End();
        }

        private FedSiteException Stop(Exception? inner)
        {
            body._stopped = true;
            return new FedSiteException("The server takes no more of this upload; its answer says why", inner: inner);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => stream.FlushAsync(cancellationToken);
    }
}
