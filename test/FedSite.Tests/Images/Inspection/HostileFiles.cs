using System.IO.Compression;
using FedSite.Images.Inspection;
using static FedSite.Tests.Images.Inspection.Qcow2Image;

namespace FedSite.Tests.Images.Inspection;

/// <summary>A file that must be refused.</summary>
/// <param name="Name">For the tests' names.</param>
/// <param name="Bytes">The whole file.</param>
/// <param name="Format">What it is found to be.</param>
/// <param name="Ids">All findings, in order.</param>
internal sealed record HostileFile(string Name, byte[] Bytes, string Format, params string[] Ids)
{
    /// <summary>What the publisher says it is.</summary>
    public string? Declared { get; init; }

    public long MaxVirtualSize { get; init; } = 200L << 30;

    public InspectionTerms Terms => new() { Declared = Declared, MaxVirtualSize = MaxVirtualSize };

    public override string ToString() => Name;
}

/// <summary>Files that must be refused, made by the tests themselves.</summary>
internal static class HostileFiles
{
    public static IReadOnlyList<HostileFile> All { get; } =
    [.. Headers(), .. Extensions(), .. Tables(), .. Confusions(), .. ForeignFiles.All];

    public static HostileFile Named(string name) => All.Single(file => file.Name == name);

    private static HostileFile Qcow2(string name, Qcow2Image image, params string[] ids) =>
        new(name, image.Bytes, "qcow2", ids);

    private static IEnumerable<HostileFile> Headers()
    {
        yield return Qcow2(
            "backing file",
            new Qcow2Image().Long(BackingOffsetAt, 512).Word(BackingSizeAt, 11).Put(512, "/etc/shadow"u8),
            "qcow2-backing-file"
        );
        yield return Qcow2(
            "backing file of version 2",
            new Qcow2Image(version: 2).Long(BackingOffsetAt, 512).Word(BackingSizeAt, 11).Put(512, "/etc/shadow"u8),
            "qcow2-backing-file"
        );
        yield return Qcow2("backing offset alone", new Qcow2Image().Long(BackingOffsetAt, 512), "qcow2-backing-file");
        yield return Qcow2("backing size alone", new Qcow2Image().Word(BackingSizeAt, 5), "qcow2-backing-file");
        yield return Qcow2("data file", new Qcow2Image().Long(FeaturesAt, 4), "qcow2-data-file");
        yield return Qcow2("raw data file alone", new Qcow2Image().Long(AutoclearAt, 2), "qcow2-data-file");
        yield return Qcow2("dirty", new Qcow2Image().Long(FeaturesAt, 1), "qcow2-dirty");
        yield return Qcow2("corrupt", new Qcow2Image().Long(FeaturesAt, 2), "qcow2-corrupt");
        yield return Qcow2("unknown feature", new Qcow2Image().Long(FeaturesAt, 1UL << 5), "qcow2-unknown-feature");
        yield return Qcow2(
            "last unknown feature",
            new Qcow2Image().Long(FeaturesAt, 1UL << 63),
            "qcow2-unknown-feature"
        );
        yield return Qcow2("AES", new Qcow2Image().Word(EncryptionAt, 1), "qcow2-encrypted");
        yield return Qcow2("LUKS inside", new Qcow2Image().Word(EncryptionAt, 2), "qcow2-encrypted");
        yield return Qcow2("snapshots", new Qcow2Image().Word(SnapshotsAt, 1), "qcow2-snapshots");
        yield return Qcow2("version 1.5", new Qcow2Image().Word(4, 0), "qcow2-version");
        yield return Qcow2("snapshots off a cluster", new Qcow2Image().Long(SnapshotsOffsetAt, 1000), "qcow2-header");
        yield return Qcow2("version 4", new Qcow2Image().Word(4, 4), "qcow2-version");
        yield return Qcow2("clusters of 256 bytes", new Qcow2Image().Word(ClusterBitsAt, 8), "qcow2-header");
        yield return Qcow2("clusters of 4 MiB", new Qcow2Image().Word(ClusterBitsAt, 22), "qcow2-header");
        yield return Qcow2(
            "clusters of 2^4294967295",
            new Qcow2Image().Word(ClusterBitsAt, uint.MaxValue),
            "qcow2-header"
        );
        yield return Qcow2("short header", new Qcow2Image().Word(LengthAt, 96), "qcow2-header");
        yield return Qcow2("odd header", new Qcow2Image().Word(LengthAt, 113), "qcow2-header");
        yield return Qcow2("header beyond its cluster", new Qcow2Image().Word(LengthAt, 65544), "qcow2-header");
        yield return Qcow2("endless header", new Qcow2Image().Word(LengthAt, uint.MaxValue), "qcow2-header");
        yield return Qcow2("refcounts of 128 bits", new Qcow2Image().Word(RefcountOrderAt, 7), "qcow2-header");
        yield return Qcow2(
            "extended L2 in small clusters",
            new Qcow2Image(clusterBits: 13).Long(FeaturesAt, 16),
            "qcow2-header"
        );
        yield return Qcow2("part of a sector", new Qcow2Image().Long(SizeAt, 1000), "qcow2-header");
        yield return Qcow2("negative size", new Qcow2Image().Long(SizeAt, 1UL << 63), "qcow2-header");
        yield return Qcow2("bomb", new Qcow2Image().Long(SizeAt, 8UL << 40).Word(L1EntriesAt, 16384), "virtual-size");
        yield return Qcow2("compression unsaid", new Qcow2Image().Put(CompressionAt, [1]), "qcow2-compression");
        yield return Qcow2("compression missing", new Qcow2Image().Long(FeaturesAt, 8), "qcow2-compression");
        yield return Qcow2(
            "compression unknown",
            new Qcow2Image().Long(FeaturesAt, 8).Put(CompressionAt, [2]),
            "qcow2-compression"
        );
        yield return Qcow2("magic alone", new Qcow2Image().Cut(8), "qcow2-truncated");
        yield return Qcow2("half a header", new Qcow2Image().Cut(100), "qcow2-truncated");
        yield return Qcow2("half a cluster", new Qcow2Image().Cut(1000), "qcow2-truncated");
    }

    private static IEnumerable<HostileFile> Extensions()
    {
        yield return Qcow2(
            "name of a data file",
            new Qcow2Image().Extension(0x44415441, "/etc/shadow"u8),
            "qcow2-data-file"
        );
        yield return Qcow2(
            "name of a data file behind others",
            new Qcow2Image().Extension(0x6803f857, new byte[48]).Extension(0x44415441, "/etc/shadow"u8),
            "qcow2-data-file"
        );
        yield return Qcow2(
            "name of a data file in version 2",
            new Qcow2Image(version: 2).Extension(0x44415441, "/etc/shadow"u8),
            "qcow2-data-file"
        );
        yield return Qcow2(
            "format of a backing file",
            new Qcow2Image().Extension(0xe2792aca, "raw"u8),
            "qcow2-backing-file"
        );
        yield return Qcow2(
            "encryption header",
            new Qcow2Image().Extension(0x0537be77, new byte[16]),
            "qcow2-encrypted"
        );
        yield return Qcow2(
            "endless extension",
            new Qcow2Image().Word(112, 0x1234).Word(116, uint.MaxValue),
            "qcow2-extension"
        );
        yield return Qcow2(
            "long extension",
            new Qcow2Image().Word(112, 0x1234).Word(116, 65536 - 112 - 7),
            "qcow2-extension"
        );
        yield return Qcow2("long end", new Qcow2Image().Word(116, 65536), "qcow2-extension");
        yield return Qcow2(
            "bitmaps without a place",
            new Qcow2Image().Long(AutoclearAt, 1).Extension(0x23852875, new byte[24]),
            "qcow2-bitmaps"
        );
        yield return Qcow2(
            "bitmaps cut",
            new Qcow2Image().Long(AutoclearAt, 1).Extension(0x23852875, new byte[8]),
            "qcow2-bitmaps"
        );
    }

    private static IEnumerable<HostileFile> Tables()
    {
        var some = new Qcow2Image();
        var cluster = (uint)some.ClusterSize;
        yield return Qcow2("no refcounts", new Qcow2Image().Word(RefcountClustersAt, 0), "qcow2-refcount-table");
        yield return Qcow2(
            "refcounts of 16 MiB",
            new Qcow2Image().Word(RefcountClustersAt, 256),
            "qcow2-refcount-table"
        );
        yield return Qcow2(
            "refcounts off a cluster",
            new Qcow2Image().Long(RefcountOffsetAt, 1000),
            "qcow2-refcount-table"
        );
        yield return Qcow2(
            "refcounts in the header",
            new Qcow2Image().Long(RefcountOffsetAt, 0),
            "qcow2-refcount-table"
        );
        yield return Qcow2(
            "refcounts beyond all",
            new Qcow2Image().Long(RefcountOffsetAt, ulong.MaxValue - 65535),
            "qcow2-refcount-table"
        );
        yield return Qcow2(
            "refcounts beyond the file",
            new Qcow2Image().Long(RefcountOffsetAt, 1UL << 40),
            "qcow2-truncated"
        );
        yield return Qcow2(
            "refcount bits",
            new Qcow2Image().Long(some.Refcounts, (2 * cluster) | 2),
            "qcow2-refcount-table"
        );
        yield return Qcow2(
            "refcount block off a cluster",
            new Qcow2Image().Long(some.Refcounts, (2 * cluster) + 512),
            "qcow2-refcount-table"
        );
        yield return Qcow2(
            "refcount block in the header",
            new Qcow2Image().Long(some.Refcounts + 8, cluster),
            "qcow2-overlap"
        );
        yield return Qcow2(
            "refcount block twice",
            new Qcow2Image().Long(some.Refcounts + 8, 2 * cluster),
            "qcow2-overlap"
        );
        yield return Qcow2(
            "refcount block in an L2 table",
            new Qcow2Image().Long(some.Refcounts + 8, (uint)some.L2),
            "qcow2-overlap"
        );
        yield return Qcow2(
            "refcount block beyond the file",
            new Qcow2Image().Long(some.Refcounts + 8, 7 * cluster),
            "qcow2-truncated"
        );
        yield return Qcow2("L1 of 64 MiB", new Qcow2Image().Word(L1EntriesAt, 8 << 20), "qcow2-l1-table");
        yield return Qcow2(
            "L1 beyond all",
            new Qcow2Image().Long(L1OffsetAt, ulong.MaxValue - 65535),
            "qcow2-l1-table"
        );
        yield return Qcow2("L1 without end", new Qcow2Image().Word(L1EntriesAt, uint.MaxValue), "qcow2-l1-table");
        yield return Qcow2("L1 too small", new Qcow2Image().Long(SizeAt, 1 << 30), "qcow2-l1-table");
        yield return Qcow2("no L1", new Qcow2Image().Word(L1EntriesAt, 0), "qcow2-l1-table");
        yield return Qcow2("L1 off a cluster", new Qcow2Image().Long(L1OffsetAt, 1000), "qcow2-l1-table");
        yield return Qcow2("L1 in the header", new Qcow2Image().Long(L1OffsetAt, 0), "qcow2-l1-table");
        yield return Qcow2("L1 beyond the file", new Qcow2Image().Long(L1OffsetAt, 100 * cluster), "qcow2-truncated");
        yield return Qcow2("L1 in the refcounts", new Qcow2Image().Long(L1OffsetAt, cluster), "qcow2-overlap");
        yield return Qcow2(
            "L1 across the refcounts",
            new Qcow2Image().Long(RefcountOffsetAt, 4 * cluster).Word(L1EntriesAt, 10000),
            "qcow2-overlap"
        );
        yield return Qcow2("L1 bits", new Qcow2Image().Long(some.L1, (uint)some.L2 | 1), "qcow2-l1-table");
        yield return Qcow2(
            "L1 high bits",
            new Qcow2Image().Long(some.L1, (uint)some.L2 | (1UL << 62)),
            "qcow2-l1-table"
        );
        yield return Qcow2("L2 off a cluster", new Qcow2Image().Long(some.L1, (uint)some.L2 + 512), "qcow2-l1-table");
        yield return Qcow2(
            "L2 in the header",
            new Qcow2Image().Word(L1EntriesAt, 2).Long(some.L1, (uint)some.L1),
            "qcow2-overlap"
        );
        yield return Qcow2("L2 in the refcounts", new Qcow2Image().Long(some.L1, cluster), "qcow2-overlap");
        yield return Qcow2(
            "L2 twice",
            new Qcow2Image().Word(L1EntriesAt, 2).Long(some.L1 + 8, (uint)some.L2),
            "qcow2-overlap"
        );
        yield return Qcow2("L2 beyond the file", new Qcow2Image().Long(some.L1, 7 * cluster), "qcow2-truncated");
        yield return Qcow2("L2 cut", new Qcow2Image().Cut(some.L2 + 1000), "qcow2-truncated");
        yield return Qcow2("L2 bits", new Qcow2Image().Long(some.Entry(0), 5 * cluster | 2), "qcow2-l2-table");
        yield return Qcow2(
            "L2 high bits",
            new Qcow2Image().Long(some.Entry(0), 5 * cluster | (1UL << 61)),
            "qcow2-l2-table"
        );
        yield return Qcow2(
            "data off a cluster",
            new Qcow2Image().Long(some.Entry(0), (5 * cluster) + 512),
            "qcow2-l2-table"
        );
        yield return Qcow2(
            "data beyond the file",
            new Qcow2Image().Long(some.Entry(1), 7 * cluster),
            "qcow2-truncated"
        );
        yield return Qcow2("data cut off", new Qcow2Image().Cut(some.Data(1)), "qcow2-truncated");
        yield return Qcow2(
            "header as data",
            new Qcow2Image()
                .Put(some.Entry(0), [0x80, 0, 0, 0, 0, 0, 0, 1])
                .Long(some.Entry(1), Copied | (uint)some.L1),
            "qcow2-overlap"
        );
        yield return Qcow2("L1 as data", new Qcow2Image().Long(some.Entry(0), Copied | (uint)some.L1), "qcow2-overlap");
        yield return Qcow2("L2 as data", new Qcow2Image().Long(some.Entry(0), Copied | (uint)some.L2), "qcow2-overlap");
        yield return Qcow2(
            "refcounts as data",
            new Qcow2Image().Long(some.Entry(0), Copied | cluster),
            "qcow2-overlap"
        );
        yield return Qcow2(
            "header as compressed data",
            new Qcow2Image().Long(some.Entry(0), Compressed | 100),
            "qcow2-overlap"
        );
        yield return Qcow2(
            "compressed and copied",
            new Qcow2Image().Long(some.Entry(0), Copied | Compressed | (5 * cluster)),
            "qcow2-l2-table"
        );
        yield return Qcow2(
            "compressed beyond the file",
            new Qcow2Image().Long(some.Entry(0), Compressed | (7 * cluster)),
            "qcow2-truncated"
        );
        yield return Qcow2("zero in version 2", new Qcow2Image(version: 2).Long(some.Entry(0), 1), "qcow2-l2-table");
        yield return Qcow2("zero in extended L2", new Qcow2Image(extended: true).Long(some.L2, 1), "qcow2-l2-table");
        yield return Qcow2(
            "two states",
            new Qcow2Image(extended: true).Long(some.L2 + 8, 0x1_0000_0001),
            "qcow2-l2-table"
        );
        yield return Qcow2("allocated nowhere", new Qcow2Image(extended: true).Long(some.L2, 0), "qcow2-l2-table");
        yield return Qcow2(
            "compressed in parts",
            new Qcow2Image(extended: true).Long(some.L2, Compressed | (5 * cluster)),
            "qcow2-l2-table"
        );
    }

    private static IEnumerable<HostileFile> Confusions()
    {
        var some = new Qcow2Image();
        yield return Qcow2(
            "nested qcow2",
            new Qcow2Image().Put(some.Data(0), new Qcow2Image().Bytes.AsSpan(0, 512)),
            "qcow2-nested"
        );
        yield return Qcow2(
            "nested qcow2 in small clusters",
            new Qcow2Image(clusterBits: 9).Put(5 * 512, new Qcow2Image().Bytes.AsSpan(0, 512)),
            "qcow2-nested"
        );
        yield return Qcow2(
            "nested qcow2 in extended L2",
            new Qcow2Image(extended: true).Put(some.Data(0), new Qcow2Image().Bytes.AsSpan(0, 512)),
            "qcow2-nested"
        );
        yield return Qcow2(
            "nested vmdk",
            new Qcow2Image().Put(some.Data(0), "# Disk DescriptorFile\nversion=1\n\0"u8),
            "qcow2-nested"
        );
        yield return Qcow2(
            "nested vmdk, compressed",
            Deflated(new Qcow2Image(), "# Disk DescriptorFile\nversion=1\n\0"u8),
            "qcow2-nested"
        );
        var right = new Qcow2Image().Bytes;
        yield return new("qcow2 as raw", right, "qcow2", "format-mismatch") { Declared = "raw" };
        yield return new("qcow2 as vmdk", right, "qcow2", "format-mismatch") { Declared = "vmdk" };
        yield return new("qcow2 as iso", right, "qcow2", "format-mismatch") { Declared = "ISO" };
        yield return new("raw as qcow2", new byte[1 << 20], "raw", "format-mismatch") { Declared = "qcow2" };
        yield return new("raw as vhd", new byte[1 << 20], "raw", "format-mismatch") { Declared = "vpc" };
        yield return new("small raw as qcow2", new byte[4096], "raw", "format-mismatch") { Declared = "qcow2" };
        yield return new("raw as commands", new byte[4096], "raw", "format-mismatch") { Declared = "\u001b[2J" };
        yield return new(
            "backing file as raw",
            Named(Headers(), "backing file"),
            "qcow2",
            "qcow2-backing-file",
            "format-mismatch"
        )
        {
            Declared = "raw",
        };
        yield return Qcow2("qcow2 and iso", new Qcow2Image().Put(32769, "CD001"u8), "format-ambiguous");
        yield return Qcow2("qcow2 and udf", new Qcow2Image().Put(32769, "BEA01"u8), "format-ambiguous");
        yield return Qcow2("qcow2 and vdi", new Qcow2Image().Put(64, [0x7f, 0x10, 0xda, 0xbe]), "format-ambiguous");
        yield return Qcow2("qcow2 and tar", new Qcow2Image().Put(257, "ustar"u8), "format-ambiguous");
        yield return Qcow2("qcow2 and boot sector", new Qcow2Image().Put(510, [0x55, 0xaa]), "format-ambiguous");
        yield return Qcow2(
            "qcow2 and vhd",
            new Qcow2Image().Append(512).Put((7 << 16), "conectix"u8),
            "format-ambiguous"
        );
        yield return Qcow2(
            "qcow2 and dmg",
            new Qcow2Image().Append(512).Put((7 << 16), [.. "koly"u8, 0, 0, 0, 4, 0, 0, 2, 0]),
            "format-ambiguous"
        );
        yield return new("sparse bomb", new byte[1 << 20], "raw", "virtual-size") { MaxVirtualSize = (1 << 20) - 512 };
        yield return new("nothing", [], "raw", "empty");
        yield return new("a few zeros", new byte[511], "raw", "too-small");
    }

    // The first cluster, in the second half of its place.
    private static Qcow2Image Deflated(Qcow2Image image, ReadOnlySpan<byte> beginning)
    {
        using var deflated = new MemoryStream();
        using (var stream = new DeflateStream(deflated, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(beginning);
            stream.Write(new byte[image.ClusterSize - beginning.Length]);
        }

        var at = image.Data(0) + (image.ClusterSize / 2) + 77;
        var sectors = (ulong)(((at + deflated.Length - 1) / 512) - (at / 512));
        return image.Put(at, deflated.ToArray()).Long(image.Entry(0), Compressed | (sectors << (62 - 8)) | (uint)at);
    }

    private static byte[] Named(IEnumerable<HostileFile> files, string name) =>
        files.Single(file => file.Name == name).Bytes;
}
