namespace FedSite.Sandbox.World;

/// <summary>An image of the catalogue.</summary>
public sealed record SandboxImage
{
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary><c>public</c>, <c>shared</c>, <c>community</c> or <c>private</c>.</summary>
    public string Visibility { get; init; } = "public";
    public required string OwnerId { get; init; }
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>One that is <c>queued</c> or <c>saving</c> has neither size nor sums.</summary>
    public string Status { get; init; } = "active";

    /// <summary>Bytes.</summary>
    public long Size { get; init; } = 600_000;
    public string? DiskFormat { get; init; } = "qcow2";
    public string? ContainerFormat { get; init; } = "bare";

    /// <summary>Null: 120 days before the start.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Null: never changed.</summary>
    public DateTimeOffset? Updated { get; init; }

    /// <summary>GiB.</summary>
    public int MinDisk { get; init; } = 1;

    /// <summary>MiB.</summary>
    public int MinRam { get; init; }

    /// <summary>Left out of lists that do not ask for hidden ones.</summary>
    public bool Hidden { get; init; }

    /// <summary>
    /// Projects that a shared image is offered to, by id, and what they answered: <c>accepted</c>, <c>pending</c>,
    /// <c>rejected</c>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Members { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Cannot be deleted.</summary>
    public bool Protected { get; init; }

    /// <summary>SHA-512 in hexadecimal digits; null: one made from the id.</summary>
    public string? Sha512 { get; init; }

    /// <summary>MD5 in hexadecimal digits; null: one made from the id.</summary>
    public string? Md5 { get; init; }

    /// <summary>Null: not kept; see <see cref="ImageTerms.KeptBytes"/>.</summary>
    public ReadOnlyMemory<byte>? Content { get; init; }

    internal bool HasData => Status is not ("queued" or "saving");
}

/// <summary>What Glance is configured to; to be changed by tests.</summary>
public sealed class ImageTerms
{
    /// <summary>Most members of an image: <c>image_member_quota</c>.</summary>
    public int Members { get; set; } = 128;

    /// <summary>Most custom properties of an image: <c>image_property_quota</c>.</summary>
    public int Properties { get; set; } = 128;

    /// <summary>Most tags of an image: <c>image_tag_quota</c>.</summary>
    public int Tags { get; set; } = 128;

    /// <summary>Most bytes of an image: <c>image_size_cap</c>. Found out on the way, and the image is queued again.</summary>
    public long SizeCap { get; set; } = 1L << 40;

    /// <summary>
    /// Most bytes of a project's images: <c>user_storage_quota</c>; null: unlimited. An upload of unknown length finds
    /// out at its end, and its image stays <c>saving</c>.
    /// </summary>
    public long? StorageBytes { get; set; }

    /// <summary>An image that servers use cannot be deleted, as with Ceph; with files it can.</summary>
    public bool HoldsUsed { get; set; }

    /// <summary>Content up to this size is kept, so that it can be read back; of more only the sums are known.</summary>
    public long KeptBytes { get; set; } = 1 << 20;

    /// <summary>
    /// Called with the id of the image and the bytes so far, whenever some of an upload came in; the upload goes on when
    /// it returns.
    /// </summary>
    public Action<string, long> Received { get; set; } = (_, _) => { };
}
