using FedSite.Images.Inspection;
using static FedSite.Tests.Images.Inspection.Qcow2Image;

namespace FedSite.Tests.Images.Inspection;

public sealed class ImageInspectorTests
{
    public static TheoryData<string> Hostile => [.. HostileFiles.All.Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_file_is_refused_by_name(string name)
    {
        var file = HostileFiles.Named(name);

        var inspection = Inspected.Whole(file.Bytes, file.Terms);

        Assert.Equal(file.Ids, inspection.Findings.Select(finding => finding.Id));
        Assert.Equal(file.Format, inspection.Format);
        Assert.False(inspection.IsSafe);
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task A_hostile_file_is_judged_the_same_in_a_stream_of_any_chunks_and_as_a_file(string name)
    {
        var file = HostileFiles.Named(name);
        var whole = Inspected.Whole(file.Bytes, file.Terms).Describe();

        foreach (var chunk in (int[])[7, 512, 1000, 34816, 34817])
            Assert.Equal(whole, Inspected.InChunks(file.Bytes, chunk, file.Terms).Describe());
        Assert.Equal(whole, (await Inspected.AsFileAsync(file.Bytes, file.Terms)).Describe());
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(long.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(513UL)]
    public void A_table_without_entries_that_begins_nowhere_is_refused_by_name(ulong offset)
    {
        var image = new Qcow2Image().Word(L1EntriesAt, 0).Long(SizeAt, 0).Long(L1OffsetAt, offset).Bytes;

        Assert.Equal([ImageFault.L1Table.Id], Inspected.Whole(image).Findings.Select(finding => finding.Id));
    }

    [Fact]
    public void Each_finding_of_the_bytes_has_a_hostile_file()
    {
        var shown = HostileFiles.All.SelectMany(file => file.Ids).ToHashSet();
        var all = ImageFault
            .All.Except([ImageFault.TooLarge, ImageFault.SizeMismatch, ImageFault.DigestMismatch])
            .Concat(ForeignFormat.All.Select(format => format.AsFault))
            .Select(fault => fault.Id);

        Assert.Empty(all.Except(shown));
    }

    [Theory]
    [InlineData(2, 9, false)]
    [InlineData(2, 16, false)]
    [InlineData(3, 9, false)]
    [InlineData(3, 12, false)]
    [InlineData(3, 16, false)]
    [InlineData(3, 21, false)]
    [InlineData(3, 14, true)]
    [InlineData(3, 16, true)]
    public async Task A_sound_qcow2_image_is_safe(int version, int clusterBits, bool extended)
    {
        var image = new Qcow2Image(version, clusterBits, extended).Bytes;

        var inspection = Inspected.Whole(image);

        Assert.True(inspection.IsSafe, inspection.Describe());
        Assert.Equal(2L << clusterBits, inspection.VirtualSize);
        foreach (var chunk in (int[])[1, 7, 512, 1 << 20])
            Assert.Equal(inspection.Describe(), Inspected.InChunks(image, chunk).Describe());
        Assert.Equal(inspection.Describe(), (await Inspected.AsFileAsync(image)).Describe());
    }

    public static TheoryData<string, byte[]> Sound { get; } =
        new()
        {
            { "feature names", new Qcow2Image().Extension(0x6803f857, new byte[480]).Bytes },
            { "unknown extension", new Qcow2Image().Extension(0x12345678, new byte[5]).Bytes },
            { "lazy refcounts", new Qcow2Image().Long(80, 1).Bytes },
            { "unknown compatible feature", new Qcow2Image().Long(80, 1UL << 40).Bytes },
            { "unknown autoclear feature", new Qcow2Image().Long(AutoclearAt, 1UL << 40).Bytes },
            { "zstd", new Qcow2Image().Long(FeaturesAt, 8).Put(CompressionAt, [1]).Bytes },
            { "old header", new Qcow2Image().Word(LengthAt, 104).Bytes },
            { "long header", new Qcow2Image().Word(LengthAt, 128).Bytes },
            { "narrow refcounts", new Qcow2Image().Word(RefcountOrderAt, 0).Bytes },
            { "wide refcounts", new Qcow2Image().Word(RefcountOrderAt, 6).Bytes },
            { "zero cluster", new Qcow2Image().Long(new Qcow2Image().Entry(0), 1).Bytes },
            { "preallocated zero cluster", new Qcow2Image().Long(new Qcow2Image().Entry(0), 1 | (5UL << 16)).Bytes },
            { "last cluster cut", new Qcow2Image().Cut(new Qcow2Image().Data(1) + 1).Bytes },
            { "data behind it", new Qcow2Image().Append(12345).Bytes },
            { "forgotten snapshots", new Qcow2Image().Long(SnapshotsOffsetAt, 7 << 16).Bytes },
            { "compressed", new Qcow2Image().Long(new Qcow2Image().Entry(0), Compressed | (5UL << 16) | 77).Bytes },
            { "no disk", new Qcow2Image().Long(SizeAt, 0).Word(L1EntriesAt, 0).Long(L1OffsetAt, 0).Bytes },
            { "spare L1", new Qcow2Image().Word(L1EntriesAt, 100).Bytes },
        };

    [Theory]
    [MemberData(nameof(Sound))]
    public void What_qemu_allows_in_qcow2_is_allowed(string what, byte[] image) =>
        Assert.True(Inspected.Whole(image).IsSafe, $"{what}: {Inspected.Whole(image).Describe()}");

    [Theory]
    [InlineData("raw", true)]
    [InlineData("RAW", true)]
    [InlineData("img", true)]
    [InlineData(null, true)]
    [InlineData("qcow2", false)]
    public void A_disk_of_zeros_is_raw(string? declared, bool safe) =>
        Assert.Equal(safe, Inspected.Whole(new byte[1 << 20], Inspected.Terms with { Declared = declared }).IsSafe);

    [Fact]
    public void A_raw_disk_of_any_boot_code_is_safe()
    {
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            var disk = new byte[65536];
            random.NextBytes(disk.AsSpan(0, 40000));
            disk[0] = 0xeb;
            disk[510] = 0x55;
            disk[511] = 0xaa;
            Assert.True(Inspected.Whole(disk).IsSafe);
        }
    }

    [Fact]
    public void A_raw_disk_is_as_large_as_its_sectors() =>
        Assert.Equal(1024, Inspected.Whole(new byte[1000]).VirtualSize);

    [Fact]
    public async Task Tables_that_passed_before_they_were_known_leave_a_stream_undecided_but_not_a_file()
    {
        var image = Moved();

        var stream = Inspected.Whole(image);
        var file = await Inspected.AsFileAsync(image);

        Assert.True(stream.IsUndecided);
        Assert.Empty(stream.Findings);
        Assert.True(file.IsSafe, file.Describe());
    }

    [Fact]
    public async Task A_hostile_table_that_a_stream_missed_is_found_in_the_file()
    {
        var image = Moved();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(4 << 16), Copied | (1 << 16));

        Assert.True(Inspected.Whole(image).IsUndecided);
        Assert.Equal("qcow2-overlap", (await Inspected.AsFileAsync(image)).Findings.Single().Id);
    }

    [Fact]
    public void A_refusal_is_certain_before_the_rest_has_come()
    {
        var inspector = new ImageInspector(Inspected.Terms);

        inspector.Feed(HostileFiles.Named("backing file").Bytes.AsSpan(0, 34816));

        Assert.True(inspector.IsRefused);
        Assert.Equal(34816, inspector.Complete().Size);
    }

    [Fact]
    public void A_raw_disk_is_refused_as_soon_as_it_is_larger_than_allowed()
    {
        var inspector = new ImageInspector(new InspectionTerms { MaxVirtualSize = 1 << 20 });

        inspector.Feed(new byte[1 << 20]);
        Assert.False(inspector.IsRefused);
        inspector.Feed([0]);

        Assert.True(inspector.IsRefused);
    }

    [Fact]
    public void A_flat_vmdk_is_told_from_others()
    {
        var message = Inspected.Whole(HostileFiles.Named("vmdk flat").Bytes).Findings.Single().Message;

        Assert.Equal(
            "It is a VMDK disk of VMware: monolithicFlat, whose data are in a file that it names: whoever opens it reads that file "
                + "of the host. Only qcow2 and raw disks are taken, the other formats can name files of the host. Convert it and "
                + "publish the result: `qemu-img convert -f vmdk -O qcow2 in out`.",
            message
        );
    }

    // As after `qemu-img resize`: a longer L1 table at the end.
    internal static byte[] Moved()
    {
        var image = new Qcow2Image().Append(1 << 16);
        return image.Long(L1OffsetAt, 7 << 16).Long(7 << 16, Copied | (4 << 16)).Bytes;
    }
}
