using System.Buffers.Binary;

namespace FedSite.Sandbox.World;

/// <summary>
/// Ids of generated things, for instance servers: project number and index, enciphered by a Feistel network into the 122
/// free bits of a version 4 UUID. So an id looks random, leads back to its thing without a table, and a foreign UUID is
/// told apart.
/// </summary>
internal readonly struct SeededId(ulong seed)
{
    private const int HalfBits = 61;
    private const ulong HalfMask = (1UL << HalfBits) - 1;
    private const int ProjectShift = 37;
    private const ulong Mark = 0x0F_ED51_7E5A;
    private const int Rounds = 6;

    public Guid Encode(int project, long index)
    {
        var left = (ulong)index & HalfMask;
        var right = ((ulong)project << ProjectShift) | Mark;
        for (var round = 0; round < Rounds; round++)
        {
            (left, right) = (right, left ^ Round(round, right));
        }
        return Pack(left, right);
    }

    /// <summary>
    /// Id of the n-th thing that belongs to the owner of another id, for instance of a server's port. The same call
    /// leads back.
    /// </summary>
    public static Guid Paired(Guid id, ulong kind, int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var high = BinaryPrimitives.ReadUInt64BigEndian(bytes) ^ (Mix.Of(kind, (ulong)number, 1) & ~0xF000UL);
        var low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) ^ (Mix.Of(kind, (ulong)number, 2) >> 2);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], low);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>False when nothing can have this id.</summary>
    public bool TryDecode(Guid id, out int project, out long index)
    {
        var (left, right) = Unpack(id);
        for (var round = Rounds - 1; round >= 0; round--)
        {
            (left, right) = (right ^ Round(round, left), left);
        }
        project = (int)(right >> ProjectShift);
        index = (long)left;
        return (right & ((1UL << ProjectShift) - 1)) == Mark && Encode(project, index) == id;
    }

    private ulong Round(int round, ulong half) => Mix.Of(seed, (ulong)round, half) & HalfMask;

    // 48 bits, version, 12 bits, variant, 62 bits.
    private static Guid Pack(ulong left, ulong right)
    {
        var high = ((left >> 13) << 16) | 0x4000 | ((left >> 1) & 0xFFF);
        var low = (0b10UL << 62) | ((left & 1) << 61) | right;
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], low);
        return new Guid(bytes, bigEndian: true);
    }

    private static (ulong Left, ulong Right) Unpack(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        var left = ((high >> 16) << 13) | ((high & 0xFFF) << 1) | ((low >> 61) & 1);
        return (left, low & HalfMask);
    }
}
