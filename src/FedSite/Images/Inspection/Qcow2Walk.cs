using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FedSite.Images.Inspection;

/// <summary>
/// Follows the tables of a qcow2 image while the file comes by. L2 tables that passed before the L1 table that names them
/// are <see cref="Missed"/>. Clusters that are used twice are let pass: the disk that they make is bounded by its size.
/// </summary>
internal sealed class Qcow2Walk(Qcow2Header header)
{
    private const ulong OffsetMask = 0x00ff_ffff_ffff_fe00;
    private const ulong L1Reserved = 0x7f00_0000_0000_01ff;
    private const ulong RefcountReserved = 0x1ff;

    private readonly byte[] _cut = new byte[16];
    private readonly List<long> _l2Tables = [];
    private readonly List<long> _refcountBlocks = [];
    private readonly Qcow2Entries _entries = new(header);
    private readonly Qcow2Guest _guest = new(header);
    private bool _l1Done = header.L1Entries == 0;
    private bool _refcountsDone;
    private int _cutBytes;
    private int _firstL2;
    private int _nextL2;
    private long _entriesRead;
    private long _tableOfGuest;
    private bool _isInGuest;

    private enum Table
    {
        L1,
        Refcounts,
        L2,
        Guest,
    }

    /// <summary>Bytes of the file that have passed.</summary>
    public long Position { get; private set; }

    /// <summary>The first thing that was wrong; nothing more is read then.</summary>
    public ImageDanger? Danger { get; private set; }

    /// <summary>Where L2 tables lie that have passed unread, each a cluster long.</summary>
    public IEnumerable<long> Missed => _l2Tables.Take(_firstL2);

    /// <summary>Where the beginning of the disk lies that has passed unread, or was not known yet; null: nowhere.</summary>
    public (long Start, long End)? MissedGuest => _guest.Place;

    /// <summary>There was something that has passed unread.</summary>
    public bool HasMissed => _firstL2 > 0 || MissedGuest is not null;

    /// <summary>Where the next byte lies that matters, as far as is known.</summary>
    public long NextNeed => Next() is { } next ? Math.Max(Position, next.Start) : long.MaxValue;

    /// <summary>The next bytes of the file.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && Danger is null)
        {
            if (Next() is not { } next)
            {
                Position += bytes.Length;
                return;
            }

            var skipped = (int)Math.Clamp(next.Start - Position, 0, bytes.Length);
            Position += skipped;
            bytes = bytes[skipped..];
            var taken = (int)Math.Min(bytes.Length, next.End - Position);
            Read(next.Table, bytes[..taken], next.Start);
            Position += taken;
            bytes = bytes[taken..];
            if (Position == next.End)
                Finish(next.Table);
        }
    }

    /// <summary>Bytes that do not matter have passed.</summary>
    public void Skip(long bytes) => Position += bytes;

    /// <summary>One of <see cref="Missed"/>, whole.</summary>
    /// <param name="offset">Where it lies.</param>
    public void Revisit(long offset, ReadOnlySpan<byte> table)
    {
        if (Danger is not null)
            return;
        _entriesRead = 0;
        Read(Table.L2, table, offset);
    }

    /// <summary>What lies at <see cref="MissedGuest"/>.</summary>
    public void RevisitGuest(ReadOnlySpan<byte> bytes)
    {
        _guest.Feed(bytes);
        Danger ??= _guest.Judge();
    }

    /// <summary>The file has ended.</summary>
    /// <param name="size">Its bytes.</param>
    public void Complete(long size)
    {
        // The last cluster may be cut.
        if (_isInGuest && _guest.Place is not null)
            Danger ??= _guest.Judge();
        // As QEMU: the last sector may be cut, and so may the last cluster.
        var sectors = (size + Qcow2Header.SectorSize - 1) / Qcow2Header.SectorSize * Qcow2Header.SectorSize;
        if (Danger is not null)
            return;
        if (!_l1Done)
            Danger = ImageFault.Truncated.Found("within the L1 table");
        else if (!_refcountsDone)
            Danger = ImageFault.Truncated.Found("within the table of reference counts");
        else if (_nextL2 < _l2Tables.Count)
            Danger = ImageFault.Truncated.Found("an L2 table is missing");
        else if (Math.Max(_entries.Reach, _refcountBlocks.Count == 0 ? 0 : _refcountBlocks[^1] + 1) > sectors)
            Danger = ImageFault.Truncated.Found("a cluster is missing");
        else if (_refcountBlocks.Exists(block => _l2Tables.BinarySearch(block) >= 0))
            Danger = ImageFault.Overlap.Found("reference counts and an L2 table");
    }

    private (Table Table, long Start, long End)? Next()
    {
        (Table Table, long Start, long End)? next = null;
        if (!_l1Done)
            next = (Table.L1, header.L1Offset, header.L1End);
        if (!_refcountsDone && !(next?.Start < header.RefcountOffset))
            next = (Table.Refcounts, header.RefcountOffset, header.RefcountEnd);
        if (_l1Done && _nextL2 < _l2Tables.Count && !(next?.Start < _l2Tables[_nextL2]))
            next = (Table.L2, _l2Tables[_nextL2], _l2Tables[_nextL2] + header.ClusterSize);
        // In the file's order; what is read by half is read on.
        if (_guest.Place is { } guest && (guest.Start >= Position || _isInGuest) && !(next?.Start < guest.Start))
            next = (Table.Guest, guest.Start, guest.End);
        return next;
    }

    private void Read(Table table, ReadOnlySpan<byte> bytes, long start)
    {
        if (table is Table.Guest)
        {
            _isInGuest = true;
            _guest.Feed(bytes);
            return;
        }

        var size = table is Table.L2 ? header.L2EntrySize : 8;
        if (_cutBytes > 0)
        {
            var wanted = Math.Min(size - _cutBytes, bytes.Length);
            bytes[..wanted].CopyTo(_cut.AsSpan(_cutBytes));
            _cutBytes += wanted;
            bytes = bytes[wanted..];
            if (_cutBytes < size)
                return;
            _cutBytes = 0;
            Judge(table, _cut.AsSpan(0, size), start);
        }

        var whole = bytes.Length / size * size;
        Judge(table, bytes[..whole], start);
        bytes[whole..].CopyTo(_cut);
        _cutBytes = bytes.Length - whole;
    }

    private void Judge(Table table, ReadOnlySpan<byte> entries, long start)
    {
        var size = table is Table.L2 ? header.L2EntrySize : 8;
        var first = _entriesRead;
        _entriesRead += entries.Length / size;
        // Most tables are mostly empty.
        while (Danger is null && entries.IndexOfAnyExcept((byte)0) is var used and >= 0)
        {
            first += used / size;
            entries = entries[(used / size * size)..];
            var entry = BinaryPrimitives.ReadUInt64BigEndian(entries);
            var bitmap = size == 16 ? BinaryPrimitives.ReadUInt64BigEndian(entries[8..]) : 0;
            Danger = table switch
            {
                Table.L1 => Note(entry, L1Reserved, _l2Tables, ImageFault.L1Table),
                Table.Refcounts => Note(entry, RefcountReserved, _refcountBlocks, ImageFault.RefcountTable),
                _ => _entries.Judge(entry, bitmap),
            };
            if (first == 0 && Danger is null)
                NoteBeginning(table, entry, bitmap, start);
            entries = entries[size..];
            first++;
        }
    }

    private void NoteBeginning(Table table, ulong entry, ulong bitmap, long start)
    {
        if (table is Table.L1)
            _tableOfGuest = Qcow2Entries.OffsetOf(entry);
        else if (table is Table.L2 && start == _tableOfGuest)
            _guest.Locate(entry, bitmap, _entries);
    }

    // Only what is really there takes memory: at most 32 MiB for L1, 8 MiB for reference counts.
    private ImageDanger? Note(ulong entry, ulong reserved, List<long> tables, ImageFault fault)
    {
        var offset = (long)(entry & OffsetMask);
        if ((entry & reserved) != 0)
            return fault.Found("bits are set that mean nothing");
        // Only the mark of a table that is used once, without a table.
        if (offset == 0)
            return null;
        if (offset != (long)(entry & ~(1UL << 63)) || offset % header.ClusterSize != 0)
            return fault.Found("an entry does not point to a cluster");
        if (_entries.IsFixedTable(offset))
            return ImageFault.Overlap.Found("an entry points to the header or a table");
        tables.Add(offset);
        return null;
    }

    private void Finish(Table table)
    {
        _entriesRead = 0;
        switch (table)
        {
            case Table.Guest:
                Danger ??= _guest.Judge();
                break;
            case Table.L1:
                _l1Done = true;
                Sort(_l2Tables);
                _entries.L2Tables = _l2Tables;
                var passed = _l2Tables.BinarySearch(Position);
                _firstL2 = _nextL2 = passed < 0 ? ~passed : passed;
                break;
            case Table.Refcounts:
                _refcountsDone = true;
                Sort(_refcountBlocks);
                break;
            default:
                _nextL2++;
                break;
        }
    }

    private void Sort(List<long> tables)
    {
        tables.Sort();
        var sorted = CollectionsMarshal.AsSpan(tables);
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i] == sorted[i - 1])
                Danger ??= ImageFault.Overlap.Found("two entries point to one table");
        }
    }
}
