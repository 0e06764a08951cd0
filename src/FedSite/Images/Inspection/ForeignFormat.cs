namespace FedSite.Images.Inspection;

/// <summary>A format that is recognised in order to be refused.</summary>
/// <param name="Name">As <see cref="ImageInspection.Format"/> says it.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Remedy">What the publisher should do: a sentence.</param>
internal sealed record ForeignFormat(string Name, string Title, string Remedy)
{
    private const string Elsewhere =
        "Only qcow2 and raw disks are taken, the other formats can name files of the host.";
    private const string Wrapped =
        "Only qcow2 and raw disks are taken: what is inside can't be checked while it comes.";
    private const string NoDisk = "Only qcow2 and raw disks are taken; this is none.";

    public static readonly ForeignFormat Vmdk = Disk("vmdk", "a VMDK disk of VMware", "vmdk");
    public static readonly ForeignFormat Vdi = Disk("vdi", "a VDI disk of VirtualBox", "vdi");
    public static readonly ForeignFormat Vhd = Disk("vhd", "a VHD disk of Virtual PC or Hyper-V", "vpc");
    public static readonly ForeignFormat Vhdx = Disk("vhdx", "a VHDX disk of Hyper-V", "vhdx");
    public static readonly ForeignFormat Qed = Disk("qed", "a QED disk", "qed");
    public static readonly ForeignFormat Qcow = Disk("qcow", "a disk of the first qcow format", "qcow");
    public static readonly ForeignFormat Parallels = Disk("parallels", "a disk of Parallels", "parallels");
    public static readonly ForeignFormat Bochs = Disk("bochs", "a disk of Bochs", "bochs");
    public static readonly ForeignFormat Cloop = Disk("cloop", "a cloop disk", "cloop");
    public static readonly ForeignFormat Dmg = Disk("dmg", "a DMG disk of macOS", "dmg");

    public static readonly ForeignFormat Cow = new(
        "cow",
        "a disk of the old cow format",
        "Publish it as qcow2 or raw."
    );

    public static readonly ForeignFormat Luks = new(
        "luks",
        "a disk encrypted by LUKS",
        "Publish a copy that is not encrypted."
    );

    public static readonly ForeignFormat AndroidSparse = new(
        "android-sparse",
        "a sparse image of Android",
        "Publish it as raw: `simg2img in out`."
    );

    public static readonly ForeignFormat Iso = new(
        "iso",
        "a CD or DVD (ISO 9660 or UDF), perhaps with a boot sector for disks too",
        "Install from it, and publish the disk as qcow2."
    );

    public static readonly ForeignFormat Ova = Packed(
        "ova",
        "an OVA appliance",
        "tar -xf in, and qemu-img convert -f vmdk -O qcow2 disk.vmdk out"
    );
    public static readonly ForeignFormat Tar = Packed("tar", "a tar archive", "tar -xf in");
    public static readonly ForeignFormat Zip = Packed("zip", "a zip archive", "unzip in");
    public static readonly ForeignFormat SevenZip = Packed("7z", "a 7z archive", "7z x in");
    public static readonly ForeignFormat Rar = Packed("rar", "a rar archive", "unrar x in");
    public static readonly ForeignFormat Gzip = Packed("gzip", "compressed by gzip", "gunzip in");
    public static readonly ForeignFormat Bzip2 = Packed("bzip2", "compressed by bzip2", "bunzip2 in");
    public static readonly ForeignFormat Xz = Packed("xz", "compressed by xz", "unxz in");
    public static readonly ForeignFormat Lzma = Packed("lzma", "compressed by lzma", "unlzma in");
    public static readonly ForeignFormat Lzip = Packed("lzip", "compressed by lzip", "lzip -d in");
    public static readonly ForeignFormat Zstd = Packed("zstd", "compressed by zstd", "unzstd in");
    public static readonly ForeignFormat Lz4 = Packed("lz4", "compressed by lz4", "unlz4 in");
    public static readonly ForeignFormat Compress = Packed("compress", "compressed by compress", "uncompress in");

    public static readonly ForeignFormat Wim = NotADisk("wim", "a WIM image of Windows");
    public static readonly ForeignFormat Squashfs = NotADisk(
        "squashfs",
        "a squashfs file system without a disk around it"
    );
    public static readonly ForeignFormat Elf = NotADisk("elf", "a program or kernel (ELF)");
    public static readonly ForeignFormat Ovf = NotADisk("ovf", "the description of an appliance (OVF)");
    public static readonly ForeignFormat Text = NotADisk(
        "text",
        "text, perhaps an error page that was saved in place of the image"
    );

    public static IReadOnlyList<ForeignFormat> All { get; } =
    [
        Vmdk,
        Vdi,
        Vhd,
        Vhdx,
        Qed,
        Qcow,
        Parallels,
        Bochs,
        Cloop,
        Dmg,
        Cow,
        Luks,
        AndroidSparse,
        Iso,
        Ova,
        Tar,
        Zip,
        SevenZip,
        Rar,
        Gzip,
        Bzip2,
        Xz,
        Lzma,
        Lzip,
        Zstd,
        Lz4,
        Compress,
        Wim,
        Squashfs,
        Elf,
        Ovf,
        Text,
    ];

    private string Why { get; init; } = Elsewhere;

    /// <summary>It can name other files, such as the one below it.</summary>
    public bool NamesFiles => this == Vmdk || this == Vdi || this == Vhd || this == Vhdx || this == Qed || this == Qcow;

    /// <param name="detail">What exactly.</param>
    public ImageDanger Found(string? detail = null) => AsFault.Found(detail);

    public ImageFault AsFault => new($"format-{Name}", $"It is {Title}", Why, Remedy);

    private static ForeignFormat Disk(string name, string title, string qemu) =>
        new(name, title, $"Convert it and publish the result: `qemu-img convert -f {qemu} -O qcow2 in out`.");

    private static ForeignFormat Packed(string name, string title, string unpack) =>
        new(name, title, $"Unpack it and publish the disk as qcow2 or raw: `{unpack}`.") { Why = Wrapped };

    private static ForeignFormat NotADisk(string name, string title) =>
        new(name, title, "Publish the disk itself, as qcow2 or raw.") { Why = NoDisk };
}
