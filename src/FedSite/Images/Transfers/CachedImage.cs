using System.Security.Cryptography;
using FedSite.Images.Inspection;

namespace FedSite.Images.Transfers;

/// <summary>A file of the cache that is whole and safe. It stays there until this is disposed of.</summary>
internal sealed class CachedImage : IDisposable
{
    internal CachedImage(
        CacheEntry entry,
        ContentDigest origin,
        FileStream pin,
        CacheNote note,
        ImageInspection inspection
    )
    {
        Entry = entry;
        Origin = origin;
        Pin = pin;
        Sha256 = note.Sha256;
        Sha512 = note.Sha512;
        Size = note.Size;
        Inspection = inspection;
    }

    public string Path => Entry.File;

    /// <summary>Hexadecimal digits, lower case.</summary>
    public string Sha256 { get; }

    /// <summary>Hexadecimal digits, lower case.</summary>
    public string Sha512 { get; }

    /// <summary>Bytes.</summary>
    public long Size { get; }

    public ImageInspection Inspection { get; }

    internal CacheEntry Entry { get; }

    /// <summary>Digest of what was downloaded: of the file itself, or of what it was made from.</summary>
    internal ContentDigest Origin { get; }

    internal FileStream Pin { get; }

    /// <summary>Sends the file on, the last block only when all of it is what it was; a damaged file is thrown away.</summary>
    /// <param name="to">Stays open.</param>
    /// <param name="progress">Bytes that were read.</param>
    /// <exception cref="ContentRefusedException">It was damaged; the last block was not written.</exception>
    public async Task SendAsync(Stream to, IProgress<long>? progress, CancellationToken ct)
    {
        using var sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        using var stages = new BlockStages(ct);
        var hasher = stages.Start(
            (bytes, _) =>
            {
                sha512.AppendData(bytes.Span);
                return ValueTask.CompletedTask;
            }
        );
        var writer = stages.Start(to.WriteAsync);
        BlockRing.Block? last = null;
        await stages.RunAsync(async stop =>
        {
            var ring = new BlockRing();
            long position = 0;
            while (last is null && Size > 0)
            {
                var block = await ring.TakeAsync(stop);
                block.Length = await ReadAsync(block.Whole, position, stop);
                position += block.Length;
                progress?.Report(position);
                block.HandTo(2);
                hasher.TryWrite(block);
                if (position >= Size || block.Length == 0)
                {
                    last = block;
                }
                else
                {
                    writer.TryWrite(block);
                }
            }
        });
        if (Convert.ToHexStringLower(sha512.GetHashAndReset()) != Sha512)
        {
            CacheFolder.Remove(Entry);
            throw new ContentRefusedException(
                ContentRefusedException.DigestMismatch,
                $"{Path} was damaged on its disk, and was deleted.",
                "Run the command again, and check the disk."
            );
        }

        if (last is not null)
        {
            await to.WriteAsync(last.Content, ct);
        }
    }

    public void Dispose() => Pin.Dispose();

    /// <summary>From the very file that was inspected, whatever has its name by now. Less at its end.</summary>
    private async Task<int> ReadAsync(Memory<byte> into, long position, CancellationToken ct)
    {
        try
        {
            var done = 0;
            int read;
            do
            {
                read = await RandomAccess.ReadAsync(Pin.SafeFileHandle, into[done..], position + done, ct);
                done += read;
            } while (read > 0 && done < into.Length);
            return done;
        }
        catch (IOException e)
        {
            throw new FedSiteException(
                $"{Path} can't be read: {e.Message}",
                "Run the command again, and check the disk.",
                inner: e
            );
        }
    }
}
