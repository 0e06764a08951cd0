using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace FedSite.Configuration;

/// <summary>Which VM images of the communities the site offers, and how; kept so by <c>fedsite images sync</c>.</summary>
public sealed record ImagesConfig
{
    /// <summary>
    /// Folder of downloads that wait for a conversion or go to several places, named by their digests. Default
    /// <c>/var/cache/fedsite/images</c>, or <c>$XDG_CACHE_HOME/fedsite/images</c> (<c>~/.cache/fedsite/images</c>) when not
    /// root.
    /// </summary>
    [LocalPath(PathUse.Made)]
    public string? Cache { get; init; }

    /// <summary>Where images come from. An image that two sources offer is one image, for the VOs of both.</summary>
    public IReadOnlyList<ImageSourceConfig> Sources { get; init; } = [];

    /// <summary>
    /// Formats that the site takes, best first: <c>raw</c>, <c>qcow2</c>. What comes in another one is converted to the
    /// first. Default: as they come.
    /// </summary>
    [AllowedValues(Raw, Qcow2)]
    public IReadOnlyList<string> Formats { get; init; } = [];

    /// <summary>
    /// <c>shared</c> with the projects of the VOs, or open to all projects: <c>public</c>, or <c>community</c>, which is
    /// listed when asked for. Default <c>shared</c>.
    /// </summary>
    [AllowedValues(Shared, Public, Community)]
    public string Visibility { get; init; } = Shared;

    /// <summary>
    /// What becomes of an image for all VOs that has reached Glance's limit of members (128 unless its operator chose
    /// another): <c>public</c>, <c>community</c>, or <c>none</c>: further projects go without, which is reported. Default
    /// <c>none</c>.
    /// </summary>
    [AllowedValues("none", Public, Community)]
    public string BeyondMembers { get; init; } = "none";

    /// <summary>How large things may get.</summary>
    public ImageLimitsConfig Limits { get; init; } = new();

    /// <summary>How long versions stay that a newer one has replaced, and images that are no longer offered.</summary>
    public ImageKeepConfig Keep { get; init; } = new();

    /// <summary>What an image must be like to be offered.</summary>
    public ImageRequireConfig Require { get; init; } = new();

    /// <summary>
    /// A source that lists this share less of its images than it did counts as failed: nothing is hidden or removed. One
    /// image may always go. Projects of VOs that are gone are held against it too. Default <c>30%</c>.
    /// </summary>
    [RegularExpression("(100|[0-9]{1,2})%", ErrorMessage = "a percentage such as 30%")]
    public string MaxLoss { get; init; } = "30%";

    /// <summary>Images that are transferred at the same time, 1 to 16. Default 2.</summary>
    [Range(1, 16)]
    public int Parallel { get; init; } = 2;

    /// <summary>VOs whose account differs from the site's; others need no entry.</summary>
    public IReadOnlyList<ImageVoConfig> Vos { get; init; } = [];

    /// <summary>Another account, whose project owns the images; same keys as <c>openstack</c>.</summary>
    [JsonPropertyName("openstack")]
    public OpenStackConfig? OpenStack { get; init; }

    internal const string Raw = "raw";
    internal const string Qcow2 = "qcow2";
    internal const string Shared = "shared";
    internal const string Public = "public";
    internal const string Community = "community";
}

/// <summary>A registry of images, or a part of one.</summary>
public sealed record ImageSourceConfig
{
    /// <summary>For messages, <c>--source</c> and the property <c>image_list</c>. Default: the project, else the registry's host.</summary>
    [RegularExpression("[A-Za-z0-9][A-Za-z0-9._/:-]{0,254}", ErrorMessage = "a name without blanks")]
    public string? Name { get; init; }

    /// <summary>URL of an OCI registry, for instance <c>https://registry.egi.eu</c>.</summary>
    [RegularExpression("https?://[^\\s/?#@]+/?", ErrorMessage = "a URL without path, such as https://registry.egi.eu")]
    public required string Registry { get; init; }

    /// <summary>Only repositories below it: a project in Harbor's words, for instance <c>egi_vm_images</c>. Default: all.</summary>
    [RegularExpression(Path, ErrorMessage = "lower-case letters, digits, `.`, `_` and `-`, in parts between slashes")]
    public string? Project { get; init; }

    /// <summary>Repositories, without the project. Default: all, by Harbor's API, else by the registry's catalog.</summary>
    [RegularExpression(Path, ErrorMessage = "lower-case letters, digits, `.`, `_` and `-`, in parts between slashes")]
    public IReadOnlyList<string> Repositories { get; init; } = [];

    /// <summary>Names of VOs, or <c>all</c> of the site. Default <c>all</c>.</summary>
    [OneOrMany]
    public IReadOnlyList<string> Vos { get; init; } = ["all"];

    /// <summary>Regular expression, linear in time: tags that match are offered. Default <c>^[^-]*$</c>, the moving ones of EGI's images.</summary>
    public string Tags { get; init; } = "^[^-]*$";

    /// <summary>Architectures as OCI names them. Default <c>amd64</c> and <c>arm64</c>. An image that names none is offered.</summary>
    [AllowedValues("amd64", "arm64", "386", "arm", "loong64", "mips64le", "ppc64le", "riscv64", "s390x")]
    public IReadOnlyList<string> Architectures { get; init; } = ["amd64", "arm64"];

    /// <summary>Of the registry's account. Default: none, as an anonymous user.</summary>
    public string? Username { get; init; }

    /// <summary>Secret. Its password or token.</summary>
    [Secret]
    public string? Password { get; init; }

    /// <summary>PEM file of the CAs that signed the registry's certificate, beside the system's.</summary>
    [LocalPath(PathUse.File)]
    public string? Cacert { get; init; }

    /// <summary>
    /// A tag that moves back to an older image is followed. Default <c>false</c>: it may be an attack; the newer image
    /// stays, and the report says so.
    /// </summary>
    public bool AllowRollback { get; init; }

    private const string Path = "[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*";
}

/// <summary>How large things may get.</summary>
public sealed record ImageLimitsConfig
{
    /// <summary>Of one image, as it is downloaded. Default <c>20GiB</c>.</summary>
    public ByteSize Download { get; init; } = new(20L << 30);

    /// <summary>Of the disk that an image becomes. Default <c>200GiB</c>.</summary>
    public ByteSize Virtual { get; init; } = new(200L << 30);

    /// <summary>Of all images that one VO sees, old versions included. Default <c>500GiB</c>.</summary>
    public ByteSize PerVo { get; init; } = new(500L << 30);

    /// <summary>Of the folder <c>images.cache</c>; what was not used for longest goes first. Default <c>100GiB</c>.</summary>
    public ByteSize Cache { get; init; } = new(100L << 30);

    /// <summary>Bytes a second that all downloads together may take. Default: no limit.</summary>
    public ByteSize? Bandwidth { get; init; }
}

/// <summary>How long versions stay that a newer one has replaced, and images that are no longer offered.</summary>
public sealed record ImageKeepConfig
{
    /// <summary>Replaced versions of each image that stay hidden, whatever their age. Default 2.</summary>
    [Range(0, 100)]
    public int Versions { get; init; } = 2;

    /// <summary>
    /// Days that a hidden image stays at least, 0 to 3650. After them it is removed, unless <c>versions</c> keeps it or a
    /// server was started from it. Default 30.
    /// </summary>
    [Range(0, 3650)]
    public int Days { get; init; } = 30;
}

/// <summary>What an image must be like to be offered.</summary>
public sealed record ImageRequireConfig
{
    /// <summary>No older than this, by the time that the image or the registry gives. Default: any age.</summary>
    [RegularExpression(Duration.Pattern, ErrorMessage = Duration.Form)]
    public string? MaxAge { get; init; }
}

/// <summary>A VO as far as its account differs for images.</summary>
public sealed record ImageVoConfig
{
    /// <summary>Name of the VO.</summary>
    [RegularExpression("\\S(.{0,254}\\S)?", ErrorMessage = "a VO's name")]
    public required string Name { get; init; }

    /// <summary>Projects that see its images. Default: those under <c>information.vos</c> or <c>vos</c>, and those that a property gives it.</summary>
    public IReadOnlyList<ProjectRef> Projects { get; init; } = [];

    /// <summary>
    /// Account that accepts images for its projects, as under <c>information.vos</c>: keys that are given here replace
    /// those of the site's account.
    /// </summary>
    [JsonPropertyName("openstack")]
    public OpenStackConfig? OpenStack { get; init; }
}
