using System.Buffers.Binary;

namespace FedSite.Images.Inspection;

/// <summary>Knows formats by what stands at the beginning and at the end of a file.</summary>
internal static class ImageSignatures
{
    /// <summary>Bytes from the beginning that are looked at: up to the descriptor of a CD.</summary>
    public const int HeadBytes = 34816;

    /// <summary>Bytes from the end that are looked at.</summary>
    public const int TailBytes = 1024;

    private const int DiscDescriptor = 32769;
    private static readonly byte[] BootSector = [0x55, 0xaa];

    // What begins a file, and what stands further on in formats that leave the beginning to others.
    private static readonly (int At, byte[] Bytes, ForeignFormat Format)[] Signatures =
    [
        (0, [.. "QFI"u8, 0xfb, 0, 0, 0, 1], ForeignFormat.Qcow),
        (0, [.. "QED\0"u8], ForeignFormat.Qed),
        (0, [.. "KDMV"u8], ForeignFormat.Vmdk),
        (0, [.. "COWD"u8], ForeignFormat.Vmdk),
        // Sparse disks of newer ESX servers.
        (0, [0xbe, 0xba, 0xfe, 0xca, 0, 0, 0, 0], ForeignFormat.Vmdk),
        (0, [.. "conectix"u8], ForeignFormat.Vhd),
        (0, [.. "vhdxfile"u8], ForeignFormat.Vhdx),
        (64, [0x7f, 0x10, 0xda, 0xbe], ForeignFormat.Vdi),
        (0, [.. "WithoutFreeSpace"u8], ForeignFormat.Parallels),
        (0, [.. "WithouFreSpacExt"u8], ForeignFormat.Parallels),
        (0, [.. "Bochs Virtual HD Image"u8], ForeignFormat.Bochs),
        (0, [.. "#!/bin/sh\n#V2.0 Format\n"u8], ForeignFormat.Cloop),
        (0, [.. "OOOM\0\0\0"u8], ForeignFormat.Cow),
        (0, [.. "LUKS"u8, 0xba, 0xbe], ForeignFormat.Luks),
        (0, [0x3a, 0xff, 0x26, 0xed], ForeignFormat.AndroidSparse),
        (0, [.. "PK\x03\x04"u8], ForeignFormat.Zip),
        (0, [.. "PK\x05\x06"u8], ForeignFormat.Zip),
        (0, [.. "PK\x07\x08"u8], ForeignFormat.Zip),
        (0, [.. "7z"u8, 0xbc, 0xaf, 0x27, 0x1c], ForeignFormat.SevenZip),
        (0, [.. "Rar!\x1a\x07"u8], ForeignFormat.Rar),
        (0, [0x1f, 0x8b, 0x08], ForeignFormat.Gzip),
        (0, [0xfd, .. "7zXZ\0"u8], ForeignFormat.Xz),
        (0, [.. "LZIP\x01"u8], ForeignFormat.Lzip),
        (0, [0x28, 0xb5, 0x2f, 0xfd], ForeignFormat.Zstd),
        (0, [0x04, 0x22, 0x4d, 0x18], ForeignFormat.Lz4),
        (0, [0x02, 0x21, 0x4c, 0x18], ForeignFormat.Lz4),
        (0, [.. "MSWIM\0\0\0"u8], ForeignFormat.Wim),
        (0, [.. "hsqs"u8], ForeignFormat.Squashfs),
        (0, [.. "sqsh"u8], ForeignFormat.Squashfs),
        (0, [0x7f, .. "ELF"u8], ForeignFormat.Elf),
        // Markup in UTF-16.
        (0, [0xff, 0xfe, (byte)'<', 0], ForeignFormat.Text),
        (0, [0xfe, 0xff, 0, (byte)'<'], ForeignFormat.Text),
        (DiscDescriptor, [.. "CD001"u8], ForeignFormat.Iso),
        (DiscDescriptor, [.. "BEA01"u8], ForeignFormat.Iso),
        (DiscDescriptor, [.. "NSR02"u8], ForeignFormat.Iso),
        (DiscDescriptor, [.. "NSR03"u8], ForeignFormat.Iso),
        (DiscDescriptor, [.. "CDW02"u8], ForeignFormat.Iso),
        (DiscDescriptor + 8, [.. "CDROM"u8], ForeignFormat.Iso),
    ];

    /// <summary>It calls itself qcow2, of whatever version.</summary>
    public static bool IsQcow2(ReadOnlySpan<byte> head) =>
        head is [(byte)'Q', (byte)'F', (byte)'I', 0xfb, _, _, _, _, ..]
        && BinaryPrimitives.ReadUInt32BigEndian(head[4..]) != 1;

    /// <summary>A foreign format that begins so.</summary>
    /// <param name="head"><see cref="HeadBytes"/>, or the whole file where that is less.</param>
    public static ForeignFormat? OfHead(ReadOnlySpan<byte> head)
    {
        foreach (var (at, bytes, format) in Signatures)
        {
            if (Has(head, at, bytes))
                return format;
        }

        return IsBzip2(head) ? ForeignFormat.Bzip2
            : IsLzma(head) ? ForeignFormat.Lzma
            : IsCompress(head) ? ForeignFormat.Compress
            : IsSkippedByZstd(head) ? ForeignFormat.Zstd
            : TarHeader.OfHead(head) ?? TextFormats.OfHead(head);
    }

    /// <summary>What a qcow2 image would be to those who do not look at its first bytes.</summary>
    public static string? DoubleOf(ReadOnlySpan<byte> head)
    {
        foreach (var (at, bytes, format) in Signatures)
        {
            if (at > 0 && Has(head, at, bytes))
                return format.Title;
        }

        return TarHeader.OfHead(head)?.Title ?? (Has(head, 510, BootSector) ? "a disk with a boot sector" : null);
    }

    /// <summary>A foreign format that ends so.</summary>
    /// <param name="tail">The last <see cref="TailBytes"/>, or the whole file where that is less.</param>
    /// <param name="size">Of the whole file.</param>
    public static ForeignFormat? OfTail(ReadOnlySpan<byte> tail, long size)
    {
        // The footer's 512 bytes were 511 once; and a size that is no number of sectors is rounded up before it is sought.
        var lastSector = (int)(size - ((size - 1) / 512 * 512));
        foreach (var back in (ReadOnlySpan<int>)[512, 511, lastSector])
        {
            if (tail.Length >= back && tail[^back..].StartsWith("conectix"u8))
                return ForeignFormat.Vhd;
        }

        // As qemu: anywhere in the last two sectors. The words after it are its version and its length.
        var from = tail;
        while (from.IndexOf("koly"u8) is var at and >= 0)
        {
            from = from[at..];
            if (Has(from, 8, [0, 0, 2, 0]))
                return ForeignFormat.Dmg;
            from = from[4..];
        }

        return null;
    }

    private static bool Has(ReadOnlySpan<byte> head, int at, ReadOnlySpan<byte> bytes) =>
        head.Length >= at + bytes.Length && head[at..].StartsWith(bytes);

    // A first block, or the end of an empty file.
    private static bool IsBzip2(ReadOnlySpan<byte> head) =>
        head is [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..]
        && (Has(head, 4, [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]) || Has(head, 4, [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]));

    // It has no magic: properties as every program writes them, a dictionary of 2^n or 2^n + 2^(n-1), a size that is unknown or
    // below 256 GiB.
    private static bool IsLzma(ReadOnlySpan<byte> head)
    {
        if (head is not [0x5d, _, _, _, _, _, _, _, _, _, _, _, _, 0, ..])
            return false;
        var dictionary = BinaryPrimitives.ReadUInt32LittleEndian(head[1..]);
        var size = BinaryPrimitives.ReadUInt64LittleEndian(head[5..]);
        var bits = System.Numerics.BitOperations.PopCount(dictionary);
        return dictionary >= 4096 && bits is 1 or 2 && (size == ulong.MaxValue || size < 1UL << 38);
    }

    private static bool IsCompress(ReadOnlySpan<byte> head) =>
        head is [0x1f, 0x9d, var flags, ..] && (flags & 0x60) == 0 && (flags & 0x1f) is >= 9 and <= 16;

    private static bool IsSkippedByZstd(ReadOnlySpan<byte> head) => head is [>= 0x50 and <= 0x5f, 0x2a, 0x4d, 0x18, ..];
}
