using FedSite.Images.Sources;
using Microsoft.Extensions.Logging;

namespace FedSite.Images.Transfers;

/// <summary>
/// Reads the content of an offer up to the size that was offered, over any number of connections: a broken one is
/// replaced by a new one that begins where the old one ended.
/// </summary>
/// <param name="from">Bytes that are there already.</param>
internal sealed partial class ResumingReader(
    IImageSource source,
    ImageOffer offer,
    long from,
    Bandwidth? bandwidth,
    TimeProvider time,
    ILogger logger
) : IAsyncDisposable
{
    /// <summary>Tries without progress in between.</summary>
    public const int Tries = 5;

    private const long Progress = 1 << 20;

    /// <summary>Bytes a second on the average: who sends less would keep everybody waiting for days.</summary>
    private const double LeastPace = 256 << 10;
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    private Stream? _connection;
    private CancellationTokenSource? _silence;
    private CancellationTokenRegistration _link;
    private readonly long _from = from;
    private long _progressed = from;
    private int _failures;

    /// <summary>For the source; for our own bandwidth nobody else is to blame.</summary>
    private TimeSpan _waited;

    /// <summary>Bytes so far, those that were there already included.</summary>
    public long Position { get; private set; } = from;

    /// <summary>Connections that did not begin with the first byte.</summary>
    public int Resumes { get; private set; }

    /// <summary>Fills a block; a shorter one, or none, is the last.</summary>
    /// <exception cref="ContentRefusedException">More or fewer bytes than offered.</exception>
    /// <exception cref="FedSiteException">The source refuses, or the connection broke too often.</exception>
    public async ValueTask<int> FillAsync(Memory<byte> block, CancellationToken ct)
    {
        var filled = 0;
        while (filled < block.Length && Position < offer.Size)
        {
            var wanted = (int)Math.Min(block.Length - filled, offer.Size - Position);
            var read = await ReadAsync(block.Slice(filled, wanted), ct);
            filled += read;
            Position += read;
        }

        if (Position == offer.Size && filled > 0)
        {
            await ExpectEndAsync(ct);
        }

        return filled;
    }

    public ValueTask DisposeAsync() => DisconnectAsync();

    /// <summary>At least one byte.</summary>
    private async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken ct)
    {
        while (true)
        {
            Exception? failure = null;
            try
            {
                if (await ReadOnceAsync(into, ct) is > 0 and var read)
                {
                    return read;
                }
            }
            catch (IOException e)
            {
                failure = e;
            }

            await DisconnectAsync();
            await PauseAsync(failure, ct);
        }
    }

    private async ValueTask<int> ReadOnceAsync(Memory<byte> into, CancellationToken ct)
    {
        if (_waited > Grace + TimeSpan.FromSeconds((Position - _from) / LeastPace))
        {
            throw TooSlow();
        }

        if (bandwidth is not null && into.Length > Bandwidth.Portion)
        {
            into = into[..Bandwidth.Portion];
        }

        var began = time.GetTimestamp();
        int read;
        try
        {
            if (_connection is null)
            {
                await ConnectAsync(ct);
            }

            _silence!.CancelAfter(LongestSilence);
            read = await _connection!.ReadAsync(into, _silence.Token);
        }
        catch (OperationCanceledException e)
            when (!ct.IsCancellationRequested && _silence is { IsCancellationRequested: true })
        {
            throw new IOException($"nothing came for {LongestSilence.TotalSeconds:F0} s", e);
        }
        finally
        {
            _waited += time.GetElapsedTime(began);
        }

        // Waiting for one's turn is no silence.
        _silence.CancelAfter(Timeout.InfiniteTimeSpan);
        if (bandwidth is not null)
        {
            await bandwidth.TakeAsync(read, ct);
        }

        return read;
    }

    private async ValueTask ConnectAsync(CancellationToken ct)
    {
        _connection = await source.OpenAsync(offer, Position, ct);
        Resumes += Position > 0 ? 1 : 0;
        // Linked by hand: a source that is made linked takes no clock.
        _silence = new CancellationTokenSource(LongestSilence, time);
        _link = ct.UnsafeRegister(static silence => ((CancellationTokenSource)silence!).Cancel(), _silence);
    }

    private async ValueTask DisconnectAsync()
    {
        await _link.DisposeAsync();
        _silence?.Dispose();
        _silence = null;
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    private async Task PauseAsync(Exception? failure, CancellationToken ct)
    {
        if (Position - _progressed >= Progress)
        {
            (_progressed, _failures) = (Position, 0);
        }

        _failures++;
        if (_failures >= Tries)
        {
            throw GivenUp(failure);
        }

        var growing = FirstWait * Math.Pow(2, _failures - 1);
        var wait = (growing < LongestWait ? growing : LongestWait) * (0.5 + Random.Shared.NextDouble());
        LogCut(logger, offer.Slot, Position, offer.Size, failure?.Message ?? "it ended early", wait.TotalSeconds);
        await Task.Delay(wait, time, ct);
        _waited += wait;
    }

    private FedSiteException TooSlow() =>
        new(
            $"The download of {offer.Slot} from {offer.Source} was given up: {Position} of {offer.Size} bytes came in "
                + $"{_waited.TotalMinutes:F0} minutes.",
            "Run the command again later; check the network between here and the registry if it stays so."
        );

    private FedSiteException GivenUp(Exception? failure) =>
        failure is null
            ? new ContentRefusedException(
                ContentRefusedException.SizeMismatch,
                $"{offer.Slot} has {offer.Size} bytes by its manifest, but {offer.Source} sends only {Position}.",
                "Its publisher has to push it again, or the registry is damaged: tell its operators."
            )
            : new FedSiteException(
                $"The download of {offer.Slot} from {offer.Source} broke {Tries} times, the last time after {Position} of "
                    + $"{offer.Size} bytes: {failure.Message}",
                "Run the command again later; check the network between here and the registry if it stays so.",
                inner: failure
            );

    /// <summary>The size is reached: whoever goes on sends something else.</summary>
    private async ValueTask ExpectEndAsync(CancellationToken ct)
    {
        // All of it was there already: nothing was asked for, so nothing can be too much.
        if (_connection is null)
        {
            return;
        }

        try
        {
            if (await ReadOnceAsync(new byte[1], ct) == 0)
            {
                return;
            }
        }
        catch (IOException)
        {
            // Broken, but after the last byte.
            return;
        }

        throw new ContentRefusedException(
            ContentRefusedException.SizeMismatch,
            $"{offer.Slot} has {offer.Size} bytes by its manifest, but {offer.Source} sends more.",
            "Its publisher has to push it again, or the registry is damaged: tell its operators."
        );
    }

    [LoggerMessage(
        LogLevel.Information,
        "Download of {Slot} was cut after {Position} of {Size} bytes: {Reason}; going on in {Seconds:F1} s"
    )]
    private static partial void LogCut(
        ILogger logger,
        string slot,
        long position,
        long size,
        string reason,
        double seconds
    );
}
