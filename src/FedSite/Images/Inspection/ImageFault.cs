namespace FedSite.Images.Inspection;

/// <summary>A kind of finding. Its id is never renamed: scripts and stored results hold it.</summary>
/// <param name="Id">For instance <c>qcow2-backing-file</c>.</param>
/// <param name="What">What the image is or has: a clause without a full stop.</param>
/// <param name="Danger">What it could do: a sentence.</param>
/// <param name="Remedy">What the publisher should do: a sentence.</param>
internal sealed record ImageFault(string Id, string What, string Danger, string Remedy)
{
    private const string FreshCopy = "Publish a fresh copy: `qemu-img convert -f qcow2 -O qcow2 in out`.";
    private const string Incomplete = "A disk that is broken or made to confuse would reach the servers.";

    public static readonly ImageFault Empty = new(
        "empty",
        "The file has no bytes",
        "There is nothing to boot.",
        "Publish the image again: an upload or download has failed."
    );

    public static readonly ImageFault TooSmall = new(
        "too-small",
        "The file is smaller than one sector of a disk (512 bytes)",
        "There is nothing to boot.",
        "Publish the image again: an upload or download has failed."
    );

    public static readonly ImageFault FormatMismatch = new(
        "format-mismatch",
        "The content is not of the format that is declared",
        "Programs that trust the declaration and those that look at the content would see different disks; this is how files of a host are read.",
        "Declare the format that the content has, or publish the right file."
    );

    public static readonly ImageFault FormatAmbiguous = new(
        "format-ambiguous",
        "The file is valid in two formats at once",
        "What was checked in one format is opened in the other.",
        FreshCopy
    );

    public static readonly ImageFault VirtualSize = new(
        "virtual-size",
        "The disk is larger than allowed",
        "It would fill disks of the hosts that convert or boot it.",
        "Shrink the disk, or ask the site to raise `images.limits.virtual`."
    );

    public static readonly ImageFault TooLarge = new(
        "too-large",
        "The file has more bytes than any disk of the allowed size takes",
        "It would fill disks, and hold up everything else.",
        "Shrink the disk, or ask the site to raise `images.limits`."
    );

    public static readonly ImageFault Version = new(
        "qcow2-version",
        "The version of qcow2 is neither 2 nor 3",
        "Nobody knows what it means.",
        FreshCopy
    );

    public static readonly ImageFault Header = new(
        "qcow2-header",
        "The header of qcow2 is wrong",
        Incomplete,
        FreshCopy
    );

    public static readonly ImageFault BackingFile = new(
        "qcow2-backing-file",
        "It names a backing file",
        "Whoever opens it reads that file of the host, and gives its content to the user.",
        "Publish a copy that stands alone: `qemu-img convert -f qcow2 -O qcow2 in out`."
    );

    public static readonly ImageFault DataFile = new(
        "qcow2-data-file",
        "It keeps its data in another file",
        "Whoever opens it reads that file of the host, and gives its content to the user.",
        "Publish a copy that stands alone: `qemu-img convert -f qcow2 -O qcow2 in out`."
    );

    public static readonly ImageFault Dirty = new(
        "qcow2-dirty",
        "It was not closed properly (dirty)",
        "Its reference counts can't be relied on.",
        "Repair it with `qemu-img check -r all`, and publish it again."
    );

    public static readonly ImageFault Corrupt = new(
        "qcow2-corrupt",
        "It is marked as corrupt",
        "Content is damaged, and qemu refuses to write to it.",
        "Repair it with `qemu-img check -r all`, and publish it again."
    );

    public static readonly ImageFault UnknownFeature = new(
        "qcow2-unknown-feature",
        "It needs features of qcow2 that nobody knows",
        "What they do can't be judged.",
        FreshCopy
    );

    public static readonly ImageFault Encrypted = new(
        "qcow2-encrypted",
        "It is encrypted",
        "Nobody can look into it, and servers can't boot from it without its secret.",
        "Publish a copy that is not encrypted."
    );

    public static readonly ImageFault Snapshots = new(
        "qcow2-snapshots",
        "It holds snapshots inside",
        "They are other disks, which nobody has looked at.",
        FreshCopy
    );

    public static readonly ImageFault Compression = new(
        "qcow2-compression",
        "The kind of compression is unknown, or contradicts the features",
        Incomplete,
        FreshCopy
    );

    public static readonly ImageFault Extension = new(
        "qcow2-extension",
        "A header extension does not fit into the header",
        Incomplete,
        FreshCopy
    );

    public static readonly ImageFault Bitmaps = new(
        "qcow2-bitmaps",
        "The bitmaps inside are described wrongly",
        Incomplete,
        FreshCopy
    );

    public static readonly ImageFault L1Table = new(
        "qcow2-l1-table",
        "The L1 table of qcow2 is wrong",
        Incomplete,
        FreshCopy
    );

    public static readonly ImageFault L2Table = new(
        "qcow2-l2-table",
        "An L2 table of qcow2 is wrong",
        Incomplete,
        FreshCopy
    );

    public static readonly ImageFault RefcountTable = new(
        "qcow2-refcount-table",
        "The reference counts of qcow2 are wrong",
        Incomplete,
        FreshCopy
    );

    public static readonly ImageFault Overlap = new(
        "qcow2-overlap",
        "Tables of qcow2 lie in each other, or data in a table",
        "A server that writes to its disk could change the header, and so read files of the host.",
        FreshCopy
    );

    public static readonly ImageFault Nested = new(
        "qcow2-nested",
        "The disk inside begins as a disk image itself",
        "Once it is raw, programs that guess formats believe the inner image, and read files of the host that it names.",
        "Publish the inner image, if that is the disk; else clear the first sector."
    );

    public static readonly ImageFault Truncated = new(
        "qcow2-truncated",
        "The file ends before what its tables point to",
        "The disk lacks a part.",
        "Publish the image again: an upload or download was cut."
    );

    public static readonly ImageFault SizeMismatch = new(
        "size-mismatch",
        "The file has another size than it should",
        "It was cut, or it is another file.",
        "Download it again; if that does not help, ask the publisher."
    );

    public static readonly ImageFault DigestMismatch = new(
        "sha512-mismatch",
        "The SHA-512 digest differs from what it should be",
        "It was damaged, or somebody has changed it.",
        "Download it again; if that does not help, ask the publisher."
    );

    /// <summary>All that are not formats.</summary>
    public static IReadOnlyList<ImageFault> All { get; } =
    [
        Empty,
        TooSmall,
        FormatMismatch,
        FormatAmbiguous,
        VirtualSize,
        TooLarge,
        Version,
        Header,
        BackingFile,
        DataFile,
        Dirty,
        Corrupt,
        UnknownFeature,
        Encrypted,
        Snapshots,
        Compression,
        Extension,
        Bitmaps,
        L1Table,
        L2Table,
        RefcountTable,
        Overlap,
        Nested,
        Truncated,
        SizeMismatch,
        DigestMismatch,
    ];

    /// <param name="detail">What exactly; nothing that the file says, unless it is made harmless.</param>
    public ImageDanger Found(string? detail = null) =>
        new(Id, $"{What}{(detail is null ? "" : $": {detail}")}. {Danger} {Remedy}");
}
