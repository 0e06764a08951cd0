using System.Buffers.Binary;
using CsCheck;

namespace FedSite.Tests.Images.Inspection;

/// <summary>Changes files as an attacker would who knows where the fields of qcow2 are.</summary>
internal static class Mutation
{
    private const int Largest = 3 << 20;

    // Offsets and counts around which rules change.
    private static readonly ulong[] Interesting =
    [
        0,
        1,
        2,
        3,
        4,
        7,
        8,
        9,
        16,
        21,
        22,
        32,
        64,
        72,
        104,
        112,
        120,
        255,
        256,
        511,
        512,
        513,
        1024,
        4096,
        32767,
        32768,
        65535,
        65536,
        65537,
        131072,
        196608,
        262144,
        327680,
        393216,
        1 << 20,
        1 << 30,
        1UL << 32,
        1UL << 55,
        1UL << 56,
        1UL << 62,
        1UL << 63,
        (1UL << 63) | 65536,
        (1UL << 63) | 327680,
        (1UL << 62) | 327680,
        uint.MaxValue,
        long.MaxValue,
        ulong.MaxValue,
    ];

    private static readonly (int At, int Bytes)[] Fields =
    [
        (4, 4),
        (8, 8),
        (16, 4),
        (20, 4),
        (24, 8),
        (32, 4),
        (36, 4),
        (40, 8),
        (48, 8),
        (56, 4),
        (60, 4),
        (64, 8),
        (72, 8),
        (80, 8),
        (88, 8),
        (96, 4),
        (100, 4),
        (104, 1),
        (112, 4),
        (116, 4),
    ];

    private static readonly byte[][] Seeds =
    [
        new Qcow2Image().Bytes,
        new Qcow2Image(version: 2).Bytes,
        new Qcow2Image(clusterBits: 9, dataClusters: 8).Bytes,
        new Qcow2Image(clusterBits: 12, dataClusters: 20).Bytes,
        new Qcow2Image(clusterBits: 14, extended: true).Bytes,
        new Qcow2Image(version: 2, clusterBits: 9, dataClusters: 70).Bytes,
        new Qcow2Image().Extension(0x6803f857, new byte[96]).Extension(0x12345678, new byte[7]).Bytes,
        new Qcow2Image(dataClusters: 4).Long(new Qcow2Image().Entry(1), (1UL << 62) | (8UL << 16) | 100).Bytes,
        ImageInspectorTests.Moved(),
        new byte[70000],
        .. HostileFiles.All.Where(file => file.Bytes.Length < 1 << 20).Select(file => file.Bytes),
    ];

    private static Gen<ulong> Value { get; } =
        Gen.Frequency(
            (4, Gen.Int[0, Interesting.Length - 1].Select(i => Interesting[i])),
            (1, Gen.ULong),
            (1, Gen.Int[0, 12].Select(i => (ulong)i << 16))
        );

    private static Gen<Func<byte[], byte[]>> Change { get; } =
        Gen.Frequency<Func<byte[], byte[]>>(
            (4, Gen.Select(Gen.Int[0, Fields.Length - 1].Select(i => Fields[i]), Value, SetField)),
            (4, Gen.Select(Gen.Int[0, 4], Gen.Int[0, 80], Value, SetEntry)),
            (2, Gen.Select(Gen.Int[0, Largest], Gen.Byte, SetByte)),
            (2, Gen.Select(Gen.Int[0, 127], Gen.Int[0, 7], FlipBit)),
            (1, Gen.Select(Gen.Int[0, Largest], Gen.Int[0, Largest], Gen.Int[1, 70000], Splice)),
            (1, Gen.Int[0, Largest].Select(Cut)),
            (1, Gen.Int[1, 70000].Select(Lengthen))
        );

    /// <summary>A seed with one to six changes, cut or lengthened at times.</summary>
    public static Gen<byte[]> Files { get; } =
        from seed in Gen.Frequency((6, Gen.Int[0, 9]), (1, Gen.Int[0, Seeds.Length - 1]))
        from changes in Change.Array[1, 6]
        select changes.Aggregate(Seeds[seed], (bytes, change) => change(bytes));

    private static Func<byte[], byte[]> SetField((int At, int Bytes) field, ulong value) =>
        bytes => Put(bytes, field.At, field.Bytes, value);

    // Of any table, when clusters are of their usual size or of the seed's.
    private static Func<byte[], byte[]> SetEntry(int cluster, int index, ulong value) =>
        bytes =>
        {
            var bits = bytes.Length > 23 ? bytes[23] & 31 : 16;
            return Put(bytes, ((long)cluster << bits) + (index * 8), 8, value);
        };

    private static Func<byte[], byte[]> SetByte(int at, byte value) => bytes => Put(bytes, at, 1, value);

    private static Func<byte[], byte[]> FlipBit(int at, int bit) =>
        bytes => at < bytes.Length ? Put(bytes, at, 1, (ulong)(bytes[at] ^ (1 << bit))) : bytes;

    private static Func<byte[], byte[]> Splice(int from, int to, int length) =>
        bytes =>
        {
            if (bytes.Length == 0)
                return bytes;
            byte[] changed = [.. bytes];
            from %= bytes.Length;
            to %= bytes.Length;
            length = Math.Min(length, bytes.Length - Math.Max(from, to));
            bytes.AsSpan(from, length).CopyTo(changed.AsSpan(to));
            return changed;
        };

    private static Func<byte[], byte[]> Cut(int length) =>
        bytes => bytes.Length == 0 ? bytes : bytes[..(length % bytes.Length)];

    private static Func<byte[], byte[]> Lengthen(int by) =>
        bytes => bytes.Length + by <= Largest ? [.. bytes, .. new byte[by]] : bytes;

    private static byte[] Put(byte[] bytes, long at, int size, ulong value)
    {
        if (at + size > bytes.Length)
            return bytes;
        byte[] changed = [.. bytes];
        var field = changed.AsSpan((int)at, size);
        switch (size)
        {
            case 1:
                field[0] = (byte)(value & 255);
                break;
            case 4:
                BinaryPrimitives.WriteUInt32BigEndian(field, (uint)(value & uint.MaxValue));
                break;
            default:
                BinaryPrimitives.WriteUInt64BigEndian(field, value);
                break;
        }

        return changed;
    }
}
