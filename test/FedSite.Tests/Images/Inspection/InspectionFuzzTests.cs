using System.Buffers.Binary;
using CsCheck;
using FedSite.Images.Inspection;

namespace FedSite.Tests.Images.Inspection;

/// <summary>What holds whatever the bytes are.</summary>
public sealed class InspectionFuzzTests
{
    // What a small file may cost beside its own bytes.
    private const long MaxMemory = 8 << 20;

    [Fact]
    public void No_file_breaks_the_inspection_and_chunks_do_not_matter() =>
        Mutation.Files.Sample(CheckStream, time: FuzzTime.Normal, threads: 2);

    [Fact]
    [Trait("Category", "Long")]
    public void No_file_breaks_the_inspection_within_ten_minutes() =>
        Mutation.Files.Sample(CheckStream, time: FuzzTime.Long, threads: 2);

    [Fact]
    public Task A_file_is_judged_as_the_stream_was() =>
        Mutation.Files.SampleAsync(CheckFileAsync, iter: 1_500, threads: 2);

    [Fact]
    public void Random_bytes_do_not_break_the_inspection() =>
        Gen.Byte.Array[0, 70_000].Sample(CheckStream, iter: 300, threads: 2);

    private static void CheckStream(byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var whole = Inspected.Whole(bytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxMemory);

        var chunk = 1 + (bytes.Length % 39_989);
        Assert.Equal(whole.Describe(), Inspected.InChunks(bytes, chunk).Describe());
        if (bytes.Length is > 0 and < 6000)
            Assert.Equal(whole.Describe(), Inspected.InChunks(bytes, 1).Describe());
        if (whole.IsSafe && whole.Format == "qcow2")
            AssertStandsAlone(bytes);
    }

    private static async Task CheckFileAsync(byte[] bytes)
    {
        var stream = Inspected.Whole(bytes);
        var file = await Inspected.AsFileAsync(bytes);

        Assert.False(file.IsUndecided);
        if (!stream.IsUndecided)
            Assert.Equal(stream.Describe(), file.Describe());
        else
            Assert.Equal((stream.Format, stream.VirtualSize, stream.Size), (file.Format, file.VirtualSize, file.Size));
        if (file.IsSafe && file.Format == "qcow2")
            AssertStandsAlone(bytes);
    }

    // A reader of its own, which knows nothing but what could lead out of the file.
    private static void AssertStandsAlone(byte[] bytes)
    {
        Assert.Equal([0x51, 0x46, 0x49, 0xfb], bytes[..4]);
        Assert.Equal(0UL, Read(8, 8));
        Assert.Equal(0UL, Read(16, 4));
        Assert.Equal(0UL, Read(32, 4));
        Assert.Equal(0UL, Read(60, 4));
        Assert.InRange(Read(24, 8), 0UL, (ulong)Inspected.Terms.MaxVirtualSize);
        var at = 72UL;
        if (Read(4, 4) == 3)
        {
            Assert.Equal(0UL, Read(72, 8) & ~(8UL | 16));
            at = Read(100, 4);
        }

        var end = 1UL << (int)Read(20, 4);
        while (at + 8 <= end && Read(at, 4) is var type and not 0)
        {
            Assert.DoesNotContain(type, new ulong[] { 0x44415441, 0xe2792aca, 0x0537be77 });
            at += 8 + ((Read(at + 4, 4) + 7) / 8 * 8);
        }

        ulong Read(ulong from, int size) =>
            size == 4
                ? BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan((int)from))
                : BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan((int)from));
    }
}
