using System.Buffers.Binary;
using System.Text;

namespace FedSite.Tests.Images.Inspection;

/// <summary>
/// A small qcow2 image, right unless a test changes it: header, table of reference counts, a block of them, L1 table, one L2
/// table, data.
/// </summary>
internal sealed class Qcow2Image
{
    public const int BackingOffsetAt = 8;
    public const int BackingSizeAt = 16;
    public const int ClusterBitsAt = 20;
    public const int SizeAt = 24;
    public const int EncryptionAt = 32;
    public const int L1EntriesAt = 36;
    public const int L1OffsetAt = 40;
    public const int RefcountOffsetAt = 48;
    public const int RefcountClustersAt = 56;
    public const int SnapshotsAt = 60;
    public const int SnapshotsOffsetAt = 64;
    public const int FeaturesAt = 72;
    public const int AutoclearAt = 88;
    public const int RefcountOrderAt = 96;
    public const int LengthAt = 100;
    public const int CompressionAt = 104;

    public const ulong Copied = 1UL << 63;
    public const ulong Compressed = 1UL << 62;

    private int _extension;

    public Qcow2Image(int version = 3, int clusterBits = 16, bool extended = false, int dataClusters = 2)
    {
        ClusterSize = 1 << clusterBits;
        EntrySize = extended ? 16 : 8;
        Bytes = new byte[(5 + dataClusters) * ClusterSize];
        Encoding.Latin1.GetBytes("QFI\u00fb").CopyTo(Bytes, 0);
        Word(4, (uint)version);
        Word(ClusterBitsAt, (uint)clusterBits);
        Long(SizeAt, (ulong)dataClusters << clusterBits);
        Word(L1EntriesAt, 1);
        Long(L1OffsetAt, (ulong)L1);
        Long(RefcountOffsetAt, (ulong)Refcounts);
        Word(RefcountClustersAt, 1);
        if (version == 3)
        {
            Word(RefcountOrderAt, 4);
            Word(LengthAt, 112);
            if (extended)
                Long(FeaturesAt, 16);
        }

        _extension = version == 3 ? 112 : 72;
        Long(Refcounts, (ulong)(2 * ClusterSize));
        for (var cluster = 0; cluster < Math.Min(5 + dataClusters, ClusterSize / 2); cluster++)
            BinaryPrimitives.WriteUInt16BigEndian(Bytes.AsSpan((2 * ClusterSize) + (2 * cluster)), 1);
        Long(L1, Copied | (uint)L2);
        for (var i = 0; i < Math.Min(dataClusters, ClusterSize / EntrySize); i++)
        {
            Long(Entry(i), Copied | (uint)Data(i));
            if (extended)
                Long(Entry(i) + 8, uint.MaxValue);
            Bytes.AsSpan(Data(i), ClusterSize).Fill((byte)(0x40 + i));
        }
    }

    public byte[] Bytes { get; private set; }
    public int ClusterSize { get; }
    public int EntrySize { get; }
    public int Refcounts => ClusterSize;
    public int L1 => 3 * ClusterSize;
    public int L2 => 4 * ClusterSize;

    public int Entry(int index) => L2 + (index * EntrySize);

    public int Data(int index) => (5 + index) * ClusterSize;

    public Qcow2Image Word(int at, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Bytes.AsSpan(at), value);
        return this;
    }

    public Qcow2Image Long(int at, ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Bytes.AsSpan(at), value);
        return this;
    }

    public Qcow2Image Put(int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Bytes.AsSpan(at));
        return this;
    }

    /// <summary>After those that are there already.</summary>
    public Qcow2Image Extension(uint type, ReadOnlySpan<byte> data)
    {
        Word(_extension, type);
        Word(_extension + 4, (uint)data.Length);
        Put(_extension + 8, data);
        _extension += 8 + ((data.Length + 7) & ~7);
        return this;
    }

    public Qcow2Image Cut(int length)
    {
        Bytes = Bytes[..length];
        return this;
    }

    public Qcow2Image Append(int length)
    {
        Bytes = [.. Bytes, .. new byte[length]];
        return this;
    }
}
