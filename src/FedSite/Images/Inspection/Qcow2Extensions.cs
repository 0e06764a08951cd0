using System.Buffers.Binary;

namespace FedSite.Images.Inspection;

/// <summary>What stands between the header of a qcow2 image and the end of its first cluster.</summary>
internal static class Qcow2Extensions
{
    private const uint End = 0;
    private const uint BackingFormat = 0xe2792aca;
    private const uint DataFileName = 0x44415441;
    private const uint Encryption = 0x0537be77;
    private const uint Bitmaps = 0x23852875;
    private const int MaxBitmaps = 65535;

    /// <summary>All that is wrong with them.</summary>
    /// <param name="header">A header without faults.</param>
    /// <param name="cluster">The whole first cluster.</param>
    public static IEnumerable<ImageDanger> Check(Qcow2Header header, ReadOnlySpan<byte> cluster)
    {
        var dangers = new List<ImageDanger>();
        var rest = cluster[header.Length..];
        while (rest.Length >= 8)
        {
            var type = BinaryPrimitives.ReadUInt32BigEndian(rest);
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
            rest = rest[8..];
            // As qemu: even of the end.
            if (length > rest.Length)
                dangers.Add(ImageFault.Extension.Found());
            if (type == End || length > rest.Length)
                break;

            if (Judge(type, rest[..(int)length], header) is { } danger && !dangers.Exists(d => d.Id == danger.Id))
                dangers.Add(danger);
            rest = rest[(int)Math.Min(rest.Length, (length + 7L) & ~7L)..];
        }

        return dangers.DistinctBy(danger => danger.Id);
    }

    // Types that are unknown have no meaning that a reader must know.
    private static ImageDanger? Judge(uint type, ReadOnlySpan<byte> data, Qcow2Header header) =>
        type switch
        {
            BackingFormat => ImageFault.BackingFile.Found("its format"),
            DataFileName => ImageFault.DataFile.Found("its name"),
            Encryption => ImageFault.Encrypted.Found(),
            Bitmaps when header.HasBitmaps && !AreSound(data, header.ClusterSize) => ImageFault.Bitmaps.Found(),
            _ => null,
        };

    private static bool AreSound(ReadOnlySpan<byte> data, int clusterSize)
    {
        if (data.Length != 24)
            return false;
        var count = BinaryPrimitives.ReadUInt32BigEndian(data);
        var reserved = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        var size = BinaryPrimitives.ReadUInt64BigEndian(data[8..]);
        var offset = BinaryPrimitives.ReadUInt64BigEndian(data[16..]);
        return count is > 0 and <= MaxBitmaps
            && reserved == 0
            && size <= 1024L * MaxBitmaps
            && offset % (ulong)clusterSize == 0
            && offset >= (ulong)clusterSize
            && offset < 1UL << 56;
    }
}
