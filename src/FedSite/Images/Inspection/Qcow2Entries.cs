namespace FedSite.Images.Inspection;

/// <summary>Judges the entries of L2 tables of a qcow2 image.</summary>
internal sealed class Qcow2Entries(Qcow2Header header)
{
    private const ulong Copied = 1UL << 63;
    private const ulong Compressed = 1UL << 62;
    private const ulong Zero = 1;
    private const ulong Reserved = 0x3f00_0000_0000_01fe;
    private const ulong OffsetMask = 0x00ff_ffff_ffff_fe00;

    private readonly int _sizeShift = 62 - (header.ClusterBits - 8);
    private readonly long _l1End = Ceiling(header.L1End, header.ClusterSize);

    // Clusters follow each other mostly: between these two there is no L2 table.
    private long _gapStart = 1;
    private long _gapEnd;

    /// <summary>Where all L2 tables lie, in order. Known before the first entry is judged.</summary>
    public List<long> L2Tables { get; set; } = [];

    /// <summary>Bytes that the file must have, when its last cluster may be cut.</summary>
    public long Reach { get; private set; }

    /// <summary>The cluster belongs to the header, the L1 table or the table of reference counts.</summary>
    /// <param name="offset">Where the cluster begins.</param>
    public bool IsFixedTable(long offset) =>
        offset < header.ClusterSize
        || (header.L1Entries > 0 && offset >= header.L1Offset && offset < _l1End)
        || (offset >= header.RefcountOffset && offset < header.RefcountEnd);

    public static bool IsCompressed(ulong entry) => (entry & Compressed) != 0;

    /// <summary>Where the data of an entry lie that is not compressed; 0: nowhere.</summary>
    public static long OffsetOf(ulong entry) => (long)(entry & OffsetMask);

    /// <summary>Where the data of a compressed entry lie, up to the end of a sector.</summary>
    public (long Start, long End) CompressedRange(ulong entry)
    {
        var offset = (long)(entry & ((1UL << _sizeShift) - 1));
        var sectors = (long)((entry & (Compressed - 1)) >> _sizeShift) + 1;
        return (offset, offset - (offset % Qcow2Header.SectorSize) + (sectors * Qcow2Header.SectorSize));
    }

    /// <summary>The end, or where the first table begins before it.</summary>
    /// <param name="start">In no table.</param>
    public long EndBeforeTables(long start, long end)
    {
        for (var cluster = Ceiling(start + 1, header.ClusterSize); cluster < end; cluster += header.ClusterSize)
        {
            if (IsTable(cluster))
                return cluster;
        }

        return end;
    }

    /// <param name="entry">Not the second half of an extended one.</param>
    /// <param name="bitmap">That half, else 0.</param>
    public ImageDanger? Judge(ulong entry, ulong bitmap) =>
        IsCompressed(entry) ? JudgeCompressed(entry, bitmap) : JudgeStandard(entry, bitmap);

    private ImageDanger? JudgeStandard(ulong entry, ulong bitmap)
    {
        var offset = OffsetOf(entry);
        if ((entry & Reserved) != 0)
            return ImageFault.L2Table.Found("bits are set that mean nothing");
        if ((entry & Zero) != 0 && (header.Version == 2 || header.HasExtendedL2))
            return ImageFault.L2Table.Found("a cluster is marked as zero where that mark is not known");
        var allocated = (uint)(bitmap & uint.MaxValue);
        var zeroed = (uint)(bitmap >> 32);
        if ((allocated & zeroed) != 0 || (offset == 0 && allocated != 0))
            return ImageFault.L2Table.Found("a part of a cluster is in two states");
        if (offset == 0)
            return null;
        if (offset % header.ClusterSize != 0)
            return ImageFault.L2Table.Found("an entry does not point to a cluster");
        if (IsTable(offset))
            return ImageFault.Overlap.Found("data lie in the header or a table");
        Reach = Math.Max(Reach, offset + 1);
        return null;
    }

    private ImageDanger? JudgeCompressed(ulong entry, ulong bitmap)
    {
        if ((entry & Copied) != 0 || bitmap != 0)
            return ImageFault.L2Table.Found("a compressed cluster has marks that it can't have");
        var (offset, end) = CompressedRange(entry);
        if (IsTable(offset - (offset % header.ClusterSize)))
            return ImageFault.Overlap.Found("data lie in the header or a table");
        Reach = Math.Max(Reach, Math.Max(offset + 1, end - header.ClusterSize + 1));
        return null;
    }

    private bool IsTable(long offset)
    {
        if (IsFixedTable(offset))
            return true;
        if (offset >= _gapStart && offset < _gapEnd)
            return false;
        var at = L2Tables.BinarySearch(offset);
        if (at >= 0)
            return true;
        _gapStart = ~at == 0 ? 0 : L2Tables[~at - 1] + 1;
        _gapEnd = ~at == L2Tables.Count ? long.MaxValue : L2Tables[~at];
        return false;
    }

    private static long Ceiling(long value, int unit) => (value + unit - 1) / unit * unit;
}
