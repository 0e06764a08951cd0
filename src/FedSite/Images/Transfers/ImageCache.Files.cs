using System.Security.Cryptography;
using FedSite.Images.Inspection;
using FedSite.Images.Sources;
using Microsoft.Extensions.Logging;

namespace FedSite.Images.Transfers;

internal sealed partial class ImageCache
{
    /// <summary>The file, when it is there and is what it is to be; else it is deleted.</summary>
    /// <param name="expected">Null: what its note says.</param>
    private async Task<(FileStream Pin, CacheNote Note)?> FindAsync(
        CacheEntry entry,
        ContentDigest? expected,
        CancellationToken ct
    )
    {
        var pin = CacheFolder.Pin(entry);
        if (pin is null)
        {
            return null;
        }

        try
        {
            var note = CacheFolder.ReadNote(entry);
            var age = time.GetUtcNow().UtcTicks - note?.Checked ?? long.MaxValue;
            if (note is null || age < 0 || age > Trusted.Ticks)
            {
                note = await CheckAsync(pin, entry, expected ?? NotedDigest(entry), ct);
            }

            if (note is not null)
            {
                _files.NoteUse(entry);
                return (pin, note);
            }
        }
        catch
        {
            await pin.DisposeAsync();
            throw;
        }

        await pin.DisposeAsync();
        LogDamaged(logger, entry.File);
        CacheFolder.Remove(entry);
        return null;
    }

    private async Task<CacheNote?> CheckAsync(
        FileStream file,
        CacheEntry entry,
        ContentDigest? expected,
        CancellationToken ct
    )
    {
        var (sha256, sha512) = await HashAsync(file, ct);
        if (expected?.IsOf(sha256, sha512) != true)
        {
            return null;
        }

        _files.WriteNote(entry, sha256, sha512);
        return CacheFolder.ReadNote(entry);
    }

    private static async Task<CachedImage> InspectAsync(
        CacheEntry entry,
        ContentDigest origin,
        string what,
        (FileStream Pin, CacheNote Note) found,
        InspectionTerms terms,
        CancellationToken ct
    )
    {
        try
        {
            var inspection = await ImageInspector.InspectAsync(found.Pin, terms, ct);
            if (inspection.IsSafe)
            {
                return new CachedImage(entry, origin, found.Pin, found.Note, inspection);
            }

            // A good file that one offer declares wrongly may be another's.
            if (inspection.Findings is not [{ Id: "format-mismatch" }])
                CacheFolder.Remove(entry);
            throw ContentRefusedException.UnsafeImage(what, inspection);
        }
        catch
        {
            await found.Pin.DisposeAsync();
            throw;
        }
    }

    private async Task DownloadAsync(
        IImageSource source,
        ImageOffer offer,
        TransferTerms terms,
        CacheEntry entry,
        IProgress<long>? progress,
        CancellationToken ct
    )
    {
        CacheFolder.RemoveParts(entry, except: offer.Size);
        await _files.MakeRoomAsync(entry, offer.Size, offer.Size, ct);
        TransferredContent content;
        await using (var part = CacheFolder.OpenPart(entry, offer.Size))
        {
            if (part.Length > offer.Size)
            {
                part.SetLength(0);
            }

            using var pass = new ContentPass(offer, terms, acceptsUndecided: true);
            await using var reader = new ResumingReader(source, offer, part.Length, bandwidth, time, logger);
            try
            {
                // Read to its end first, then written on.
                content = await pass.RunAsync(part, reader, part, progress, ct);
            }
            catch (ContentRefusedException)
            {
                CacheFolder.RemoveParts(entry, except: null);
                throw;
            }

            part.Flush(flushToDisk: true);
        }

        _files.Finish(entry, offer.Size, content.Sha256, content.Sha512);
    }

    private async Task MakeAsync(
        ImageConverter converter,
        CachedImage original,
        CacheEntry entry,
        string format,
        CancellationToken ct
    )
    {
        CacheFolder.RemoveParts(entry, except: null);
        var most = ImageConverter.MostBytes(original.Inspection);
        var room = await _files.MakeRoomAsync(entry, most, Math.Min(original.Size, most), ct);
        try
        {
            await using (var part = CacheFolder.OpenPart(entry, most))
            {
                await converter.ConvertAsync(original.Path, original.Inspection, part.Name, format, room, ct);
                part.Flush(flushToDisk: true);
            }

            await using var made = new FileStream(
                entry.Part(most),
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read,
                0,
                true
            );
            var (sha256, sha512) = await HashAsync(made, ct);
            _files.Finish(entry, most, sha256, sha512);
        }
        catch
        {
            CacheFolder.RemoveParts(entry, except: null);
            throw;
        }
    }

    private static async Task<(string Sha256, string Sha512)> HashAsync(FileStream file, CancellationToken ct)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        using var stages = new BlockStages(ct);
        var hashers = new[] { sha256, sha512 }
            .Select(hash =>
                stages.Start(
                    (bytes, _) =>
                    {
                        hash.AppendData(bytes.Span);
                        return ValueTask.CompletedTask;
                    }
                )
            )
            .ToArray();
        file.Position = 0;
        await stages.RunAsync(stop => new BlockRing().FeedAsync(file, hashers, stop));
        return (Hex(sha256), Hex(sha512));

        static string Hex(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static ContentDigest? NotedDigest(CacheEntry entry) =>
        CacheFolder.ReadNote(entry) is { } note ? ContentDigest.OfSha256(note.Sha256) : null;

    /// <summary>What goes wrong with files is a matter of the folder.</summary>
    private async Task<T> ExplainedAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FedSiteException(
                $"The cache {folder} can't be used: {e.Message}",
                "Check the folder, and that its disk is in order and has space left: key `images.cache` of site.yaml.",
                inner: e
            );
        }
    }

    [LoggerMessage(LogLevel.Warning, "Cache: {File} is not what it was when it came, and was deleted")]
    private static partial void LogDamaged(ILogger logger, string file);
}
