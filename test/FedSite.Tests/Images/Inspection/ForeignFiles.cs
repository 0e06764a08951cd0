using System.Text;

namespace FedSite.Tests.Images.Inspection;

/// <summary>Files of formats that are refused by name.</summary>
internal static class ForeignFiles
{
    private const int DiscDescriptor = 32769;

    private const string Descriptor = """
        # Disk DescriptorFile
        version=1
        CID=fffffffe
        parentCID=ffffffff
        createType="monolithicFlat"

        # Extent description
        RW 2048 FLAT "/etc/shadow" 0

        """;

    public static IReadOnlyList<HostileFile> All { get; } =
    [
        Of("vmdk", "sparse", [.. "KDMV"u8, 1]),
        Of("vmdk", "of ESX", [.. "COWD"u8, 1]),
        Of("vmdk", "of newer ESX", [0xbe, 0xba, 0xfe, 0xca, 0, 0, 0, 0, 1]),
        Of("vmdk", "flat", Encoding.ASCII.GetBytes(Descriptor)),
        Exactly("vmdk", "flat alone", Encoding.ASCII.GetBytes(Descriptor)),
        Of("vmdk", "behind blanks", Encoding.ASCII.GetBytes("\n  \r\n" + Descriptor)),
        Of("vmdk", "behind comments", Encoding.ASCII.GetBytes("# a\n#b\n" + Descriptor)),
        Of("vmdk", "in capitals", Encoding.ASCII.GetBytes(Descriptor.ToUpperInvariant())),
        Of("vmdk", "with a mark", [0xef, 0xbb, 0xbf, .. Encoding.ASCII.GetBytes(Descriptor)]),
        Of("vmdk", "by version alone", Encoding.ASCII.GetBytes("#\u0001\nversion=3\r\nRW 1 FLAT \"/x\" 0\n")),
        Of(
            "vmdk",
            "by type alone",
            Encoding.ASCII.GetBytes("CID=1\ncreateType=\"monolithicFlat\"\nRW 1 FLAT \"/x\" 0\n")
        ),
        Of("vdi", "", "<<< Oracle VM VirtualBox Disk Image >>>\n"u8, (64, [0x7f, 0x10, 0xda, 0xbe])),
        Of("vdi", "without title", [], (64, [0x7f, 0x10, 0xda, 0xbe])),
        Of("vhd", "dynamic", "conectix"u8),
        Of("vhd", "fixed", [], (65536 - 512, "conectix"u8.ToArray())),
        Of("vhd", "fixed, with a boot sector", [], (510, [0x55, 0xaa]), (65536 - 512, "conectix"u8.ToArray())),
        Exactly("vhd", "old footer", [.. new byte[65536], .. "conectix"u8, .. new byte[503]]),
        Exactly("vhd", "cut footer", [.. new byte[65536], .. "conectix"u8, .. new byte[92]]),
        Exactly("vhd", "small", [.. new byte[512], .. "conectix"u8, .. new byte[504]]),
        Of("vhdx", "", "vhdxfile"u8),
        Of("qed", "", "QED\0"u8),
        Of("qcow", "", [.. "QFI"u8, 0xfb, 0, 0, 0, 1]),
        Of("parallels", "", "WithoutFreeSpace"u8),
        Of("parallels", "extended", "WithouFreSpacExt"u8),
        Of("bochs", "", "Bochs Virtual HD Image"u8),
        Of("cloop", "", "#!/bin/sh\n#V2.0 Format\nmodprobe cloop file=$0\n"u8),
        Of("dmg", "", [], (65536 - 512, [.. "koly"u8, 0, 0, 0, 4, 0, 0, 2, 0])),
        Exactly("dmg", "with a tail", [.. new byte[65536], .. "koly"u8, 0, 0, 0, 4, 0, 0, 2, 0, .. new byte[600]]),
        Of("cow", "", [.. "OOOM"u8, 0, 0, 0, 2]),
        Of("luks", "", [.. "LUKS"u8, 0xba, 0xbe, 0, 2]),
        Of("android-sparse", "", [0x3a, 0xff, 0x26, 0xed, 1]),
        Of("iso", "", [], (DiscDescriptor, "CD001"u8.ToArray())),
        Of("iso", "udf", [], (DiscDescriptor, "BEA01"u8.ToArray())),
        Of("iso", "of the High Sierra", [], (DiscDescriptor + 8, "CDROM"u8.ToArray())),
        Of(
            "iso",
            "hybrid",
            [0xeb, 0x63],
            (510, [0x55, 0xaa]),
            (512, "EFI PART"u8.ToArray()),
            (DiscDescriptor, "CD001"u8.ToArray())
        ),
        Of("ova", "", "appliance.ovf"u8, (257, "ustar\u000000"u8.ToArray())),
        Of("tar", "", "disk.vmdk"u8, (257, "ustar  \0"u8.ToArray())),
        Of("tar", "out of its folder", "../../etc/cron.d/x"u8, (257, "ustar\u000000"u8.ToArray())),
        Of("tar", "of version 7", OldTar("disk.raw")),
        Of("ova", "of version 7", OldTar("disk.ovf")),
        Of("zip", "", [.. "PK"u8, 3, 4]),
        Of("zip", "empty", [.. "PK"u8, 5, 6]),
        Of("7z", "", [.. "7z"u8, 0xbc, 0xaf, 0x27, 0x1c]),
        Of("rar", "", [.. "Rar!"u8, 0x1a, 7, 1, 0]),
        Of("gzip", "", [0x1f, 0x8b, 8, 0]),
        Of("bzip2", "", [.. "BZh9"u8, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59]),
        Of("xz", "", [0xfd, .. "7zXZ\0"u8]),
        Of("lzma", "", [0x5d, 0, 0, 0x80, 0, .. Enumerable.Repeat((byte)0xff, 8), 0, 0x3b]),
        Of("lzma", "of a known size", [0x5d, 0, 0, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x3b]),
        Of("lzip", "", [.. "LZIP"u8, 1, 12]),
        Of("zstd", "", [0x28, 0xb5, 0x2f, 0xfd]),
        Of("zstd", "behind what is skipped", [0x50, 0x2a, 0x4d, 0x18]),
        Of("lz4", "", [4, 0x22, 0x4d, 0x18]),
        Of("lz4", "legacy", [2, 0x21, 0x4c, 0x18]),
        Of("compress", "", [0x1f, 0x9d, 0x90]),
        Of("wim", "", "MSWIM\0\0\0"u8),
        Of("squashfs", "", "hsqs"u8),
        Of("elf", "", [0x7f, .. "ELF"u8, 2, 1, 1]),
        Exactly(
            "ovf",
            "",
            [
                .. "<?xml version=\"1.0\"?>\n<Envelope xmlns=\"http://schemas.dmtf.org/ovf/envelope/1\">"u8,
                .. Blanks(2000),
            ]
        ),
        Exactly("text", "html", "<!DOCTYPE html>\n<html><title>404 Not Found</title></html>\n"u8.ToArray()),
        Exactly("text", "large html", [.. "\n<html>"u8, .. Blanks(100000)]),
        Exactly("text", "json", "{\"errors\":[{\"code\":\"BLOB_UNKNOWN\"}]}"u8.ToArray()),
        Exactly("text", "plain", Encoding.UTF8.GetBytes("Datei nicht gefunden: ü\n")),
        Exactly(
            "text",
            "in UTF-16",
            Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("<html>" + new string(' ', 400))).ToArray()
        ),
    ];

    // On 64 KiB, most of them zero.
    private static HostileFile Of(
        string format,
        string kind,
        ReadOnlySpan<byte> beginning,
        params (int At, byte[] Bytes)[] further
    )
    {
        var file = new byte[65536];
        beginning.CopyTo(file);
        foreach (var (at, bytes) in further)
            bytes.CopyTo(file, at);
        return Exactly(format, kind, file);
    }

    private static HostileFile Exactly(string format, string kind, byte[] bytes) =>
        new(kind.Length == 0 ? format : $"{format} {kind}", bytes, format, $"format-{format}");

    private static byte[] Blanks(int count) => Enumerable.Repeat((byte)' ', count).ToArray();

    private static byte[] OldTar(string name)
    {
        var header = new byte[512];
        Encoding.ASCII.GetBytes(name).CopyTo(header, 0);
        "0000644\0"u8.CopyTo(header.AsSpan(100));
        "00000002000\0"u8.CopyTo(header.AsSpan(124));
        header.AsSpan(148, 8).Fill((byte)' ');
        var sum = header.Sum(letter => letter);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        return header;
    }
}
