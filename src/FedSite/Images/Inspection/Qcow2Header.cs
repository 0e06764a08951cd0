using System.Buffers.Binary;

namespace FedSite.Images.Inspection;

/// <summary>
/// The header of a qcow2 image, as far as the disk is described by it. Source: docs/interop/qcow2.rst of QEMU; bounds are
/// those that QEMU itself holds to.
/// </summary>
internal sealed class Qcow2Header
{
    /// <summary>Bytes that are read of it; later ones are for future versions.</summary>
    public const int Bytes = 112;

    public const int SectorSize = 512;

    private const int LengthOfVersion2 = 72;
    private const int LeastLengthOfVersion3 = 104;
    private const int MaxL1Bytes = 32 << 20;
    private const int MaxRefcountTableBytes = 8 << 20;
    private const ulong DirtyBit = 1;
    private const ulong CorruptBit = 2;
    private const ulong DataFileBit = 4;
    private const ulong CompressionBit = 8;
    private const ulong ExtendedL2Bit = 16;
    private const ulong KnownBits = 31;
    private const ulong RawDataFileBit = 2;

    // Numbers as they stand in the file: nothing is known about them before Check.
    private readonly byte[] _header;

    private Qcow2Header(byte[] header) => _header = header;

    public uint Version => Word(4);
    public int ClusterBits => (int)Word(20);
    public int ClusterSize => 1 << ClusterBits;
    public bool HasExtendedL2 => Version >= 3 && (Features & ExtendedL2Bit) != 0;
    public bool IsCompressedByZstd => Version >= 3 && (Features & CompressionBit) != 0;
    public bool HasBitmaps => Version >= 3 && (Long(88) & 1) != 0;
    public int L2EntrySize => HasExtendedL2 ? 16 : 8;
    public int Length => Version == 2 ? LengthOfVersion2 : (int)Word(100);
    public long L1Offset => (long)Long(40);
    public long L1End => L1Offset + (L1Entries * 8L);
    public long L1Entries => Word(36);
    public long RefcountOffset => (long)Long(48);
    public long RefcountEnd => RefcountOffset + ((long)Word(56) << ClusterBits);

    /// <summary>Bytes of the disk; null: no number that makes sense.</summary>
    public long? VirtualSize => Long(24) <= long.MaxValue ? (long)Long(24) : null;

    private ulong Features => Long(72);

    /// <summary>Reads the header of a file that begins with qcow2's magic.</summary>
    /// <param name="head">The file's first bytes, at least 8.</param>
    public static Qcow2Header Read(ReadOnlySpan<byte> head)
    {
        var header = new byte[Bytes];
        head[..Math.Min(head.Length, Bytes)].CopyTo(header);
        return new Qcow2Header(header);
    }

    /// <summary>All that is wrong with it; nothing: <see cref="Qcow2Walk"/> can follow its tables.</summary>
    /// <param name="available">Bytes of the file that were there to be read.</param>
    /// <param name="maxVirtualSize">Bytes that the disk may have.</param>
    public IEnumerable<ImageDanger> Check(int available, long maxVirtualSize)
    {
        if (Version is not (2 or 3))
            return [ImageFault.Version.Found($"{Version}")];
        if (available < (Version == 2 ? LengthOfVersion2 : LeastLengthOfVersion3))
            return [ImageFault.Truncated.Found("within the header")];
        if (LayoutFault() is { } fault)
            return [.. Outsiders(), .. Flags(), fault];
        return [.. Outsiders(), .. Flags(), .. Size(maxVirtualSize), .. Tables()];
    }

    // Other files, and disks beside the one that was looked at.
    private IEnumerable<ImageDanger> Outsiders()
    {
        if (Long(8) != 0 || Word(16) != 0)
            yield return ImageFault.BackingFile.Found();
        if (Version >= 3 && ((Features & DataFileBit) != 0 || (Long(88) & RawDataFileBit) != 0))
            yield return ImageFault.DataFile.Found();
        if (Word(32) != 0)
            yield return ImageFault.Encrypted.Found($"method {Word(32)}");
        if (Word(60) != 0)
            yield return ImageFault.Snapshots.Found($"{Word(60)} of them");
    }

    private IEnumerable<ImageDanger> Flags()
    {
        if (Version == 2)
            yield break;
        if ((Features & DirtyBit) != 0)
            yield return ImageFault.Dirty.Found();
        if ((Features & CorruptBit) != 0)
            yield return ImageFault.Corrupt.Found();
        if ((Features & ~KnownBits) != 0)
            yield return ImageFault.UnknownFeature.Found($"bits 0x{Features & ~KnownBits:x}");
        var compression = Word(100) > LeastLengthOfVersion3 ? _header[LeastLengthOfVersion3] : 0;
        if (compression > 1)
            yield return ImageFault.Compression.Found($"type {compression}");
        else if (compression == 1 != ((Features & CompressionBit) != 0))
            yield return ImageFault.Compression.Found();
    }

    private ImageDanger? LayoutFault()
    {
        if (Word(20) is < 9 or > 21)
            return ImageFault.Header.Found($"clusters of 2^{Word(20)} bytes, 9 to 21 are known");
        // Of a list without snapshots too.
        if (Long(64) % (ulong)ClusterSize != 0 || Long(64) > long.MaxValue)
            return ImageFault.Header.Found("the list of snapshots begins where none can be");
        if (Version == 2)
            return null;
        if (Word(100) < LeastLengthOfVersion3 || Word(100) % 8 != 0 || Word(100) > ClusterSize)
            return ImageFault.Header.Found($"a length of {Word(100)} bytes");
        if (Word(96) > 6)
            return ImageFault.Header.Found($"reference counts of 2^{Word(96)} bits");
        return HasExtendedL2 && ClusterBits < 14
            ? ImageFault.Header.Found("parts of clusters that are smaller than a sector")
            : null;
    }

    private IEnumerable<ImageDanger> Size(long maximum)
    {
        if (VirtualSize is not { } size || size % SectorSize != 0)
            yield return ImageFault.Header.Found("the disk's size is no number of sectors");
        else if (size > maximum)
            yield return ImageFault.VirtualSize.Found($"{size} bytes, {maximum} are allowed");
    }

    private IEnumerable<ImageDanger> Tables()
    {
        var refcountFault =
            Word(56) == 0 ? "there is no table"
            : Word(56) > MaxRefcountTableBytes / ClusterSize ? "the table is larger than 8 MiB"
            : !IsPlace(Long(48)) ? "the table begins where none can be"
            : null;
        if (refcountFault is not null)
            yield return ImageFault.RefcountTable.Found(refcountFault);
        if (L1Entries > MaxL1Bytes / 8)
            yield return ImageFault.L1Table.Found("it is larger than 32 MiB");
        else if (VirtualSize is { } size && L1Entries < NeededL1Entries(size))
            yield return ImageFault.L1Table.Found("it is too small for the disk");
        // Of a table without entries too.
        else if ((L1Entries > 0 || Long(40) != 0) && !IsPlace(Long(40)))
            yield return ImageFault.L1Table.Found("it begins where none can be");
        else if (L1Entries > 0 && refcountFault is null && L1Offset < RefcountEnd && RefcountOffset < L1End)
            yield return ImageFault.Overlap.Found("the L1 table and the reference counts");
    }

    private long NeededL1Entries(long size)
    {
        var bytesOfTable = (long)(ClusterSize / L2EntrySize) << ClusterBits;
        return (size / bytesOfTable) + (size % bytesOfTable > 0 ? 1 : 0);
    }

    // Behind the header, and so that whatever begins there ends within what a file can be.
    private bool IsPlace(ulong offset) =>
        offset >= (ulong)ClusterSize && offset < 1UL << 56 && offset % (ulong)ClusterSize == 0;

    private uint Word(int at) => BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(at));

    private ulong Long(int at) => BinaryPrimitives.ReadUInt64BigEndian(_header.AsSpan(at));
}
