using System.Net;
using System.Runtime.ExceptionServices;

namespace FedSite.OpenStack;

/// <summary>A body that somebody writes while it is sent.</summary>
/// <param name="length">Bytes; null: not known, and the body goes out in chunks.</param>
/// <param name="write">Writes it all. What it throws ends the request without the body looking complete.</param>
internal sealed class UploadBody(long? length, Func<Stream, CancellationToken, Task> write)
{
    public long? Length => length;

    /// <summary>The server let the body come, so that the writer was called.</summary>
    public bool Started { get; private set; }

    /// <summary>The server wanted no more before the writer was done.</summary>
    public bool Stopped { get; private set; }

    /// <summary>What the writer threw.</summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    /// <param name="wire">Where it is sent to.</param>
    /// <param name="patience">Cancels when the server does nothing for too long.</param>
    public HttpContent Over(UploadWire wire, UploadPatience patience) => new Content(this, wire, patience);

    private async Task SendAsync(Stream stream, UploadWire wire, UploadPatience patience, CancellationToken ct)
    {
        Stopped = !wire.TakesMore;
        if (Stopped)
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
        catch (Exception e) when (!Stopped)
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

    private sealed class Content(UploadBody body, UploadWire wire, UploadPatience patience) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(
            Stream stream,
            TransportContext? context,
            CancellationToken cancellationToken
        ) => body.SendAsync(stream, wire, patience, cancellationToken);

        protected override bool TryComputeLength(out long computed)
        {
            computed = body.Length ?? 0;
            return body.Length is not null;
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
                body.Stopped = true;
                throw new FedSiteException("The server wants no more of this upload; its answer says why");
            }
            Written += buffer.Length;
            patience.Begin();
            await stream.WriteAsync(buffer, cancellationToken);
            patience.End();
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => stream.FlushAsync(cancellationToken);
    }
}
