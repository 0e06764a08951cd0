using System.Buffers.Binary;
using System.Text;

namespace FedSite.Sandbox.Oci;

/// <summary>A qcow2 image (version 3) with one cluster of data.</summary>
public static class SmallImage
{
    private const int ClusterBits = 16;
    private const int Cluster = 1 << ClusterBits;

    /// <summary>Header, table of reference counts, one block of them, L1 table, L2 table, data.</summary>
    private const int Clusters = 6;
    private const int HeaderLength = 104;

    /// <summary>The entry is the only reference to its cluster.</summary>
    private const ulong Copied = 1UL << 63;

    /// <param name="text">At the beginning of the disk; another text is another image.</param>
    /// <param name="virtualSize">Bytes of the disk; at most 512 MiB for each entry of the L1 table, of which there are as many as needed.</param>
    public static byte[] Qcow2(string text, long virtualSize = 1L << 30)
    {
        var image = new byte[Clusters * Cluster];
        var perEntry = (long)Cluster * (Cluster / 8);
        Put32(image, 0, 0x514649FB);
        Put32(image, 4, 3);
        Put32(image, 20, ClusterBits);
        Put64(image, 24, (ulong)virtualSize);
        Put32(image, 36, (uint)((virtualSize + perEntry - 1) / perEntry));
        Put64(image, 40, 3 * Cluster);
        Put64(image, 48, Cluster);
        Put32(image, 56, 1);
        Put32(image, 96, 4);
        Put32(image, 100, HeaderLength);
        Put64(image, Cluster, 2 * Cluster);
        for (var i = 0; i < Clusters; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(image.AsSpan((2 * Cluster) + (2 * i)), 1);
        }
        Put64(image, 3 * Cluster, Copied | (4 * Cluster));
        Put64(image, 4 * Cluster, Copied | (5 * Cluster));
        Encoding.UTF8.GetBytes(text, image.AsSpan(5 * Cluster));
        return image;
    }

    private static void Put32(byte[] image, int at, uint value) =>
        BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(at), value);

    private static void Put64(byte[] image, int at, ulong value) =>
        BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(at), value);
}
