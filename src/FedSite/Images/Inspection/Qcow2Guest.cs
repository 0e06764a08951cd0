using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;

namespace FedSite.Images.Inspection;

/// <summary>
/// The beginning of the disk inside a qcow2 image. A disk that begins as an image itself is raw until somebody guesses its
/// format. Clusters compressed by zstd are not looked into.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A stream in memory holds nothing that waits for disposal.")]
internal sealed class Qcow2Guest(Qcow2Header header)
{
    // The boot sector, and room for the descriptor of a VMDK disk.
    private const int BeginningBytes = 4096;

    private readonly MemoryStream _bytes = new();
    private bool _isCompressed;

    /// <summary>Where it lies in the file, as far as it is wanted still; null: nowhere, or it was read.</summary>
    public (long Start, long End)? Place { get; private set; }

    /// <summary>The first entry of the first L2 table: it was judged already.</summary>
    /// <param name="entries">Knows where tables lie.</param>
    public void Locate(ulong entry, ulong bitmap, Qcow2Entries entries)
    {
        if (Qcow2Entries.IsCompressed(entry))
        {
            _isCompressed = true;
            var (start, end) = entries.CompressedRange(entry);
            if (!header.IsCompressedByZstd)
                Place = (start, entries.EndBeforeTables(start, end));
        }
        else if (Qcow2Entries.OffsetOf(entry) is var start and > 0 && (entry & 1) == 0)
        {
            if (!header.HasExtendedL2 || (bitmap & 1) != 0)
                Place = (start, start + Math.Min(header.ClusterSize, BeginningBytes));
        }
    }

    public void Feed(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    /// <summary>All that there is of it has come.</summary>
    public ImageDanger? Judge()
    {
        Place = null;
        var format = FormatOf(Beginning());
        _bytes.SetLength(0);
        return format is null ? null : ImageFault.Nested.Found(format);
    }

    private ReadOnlySpan<byte> Beginning()
    {
        var bytes = _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);
        if (!_isCompressed)
            return bytes;
        _bytes.Position = 0;
        var beginning = new byte[Math.Min(header.ClusterSize, BeginningBytes)];
        var length = 0;
        try
        {
            using var inflated = new DeflateStream(_bytes, CompressionMode.Decompress, leaveOpen: true);
            while (length < beginning.Length && inflated.Read(beginning.AsSpan(length)) is var read and > 0)
                length += read;
        }
        catch (InvalidDataException)
        {
            // As far as it can be read; readers fail there too.
        }

        return beginning.AsSpan(0, length);
    }

    private static string? FormatOf(ReadOnlySpan<byte> beginning) =>
        ImageSignatures.IsQcow2(beginning) ? "qcow2"
        : ImageSignatures.OfHead(beginning) is { NamesFiles: true } format ? format.Title
        : null;
}
