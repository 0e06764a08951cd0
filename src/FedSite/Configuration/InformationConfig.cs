using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace FedSite.Configuration;

/// <summary>What the site tells the federation about itself: one document, made and published by <c>fedsite info</c>.</summary>
public sealed record InformationConfig
{
    /// <summary>
    /// Keystone's URL as GOCDB has it; all ids in the document begin with it. Default: <c>federation.keystone</c>, else
    /// the URL that <c>openstack</c> uses.
    /// </summary>
    [RegularExpression(
        "https?://[^\\s/?#@]+(/[^\\s?#]*)?",
        ErrorMessage = "a URL such as https://keystone.example.org:5000/v3"
    )]
    public string? Endpoint { get; init; }

    /// <summary>Where the document goes. Left out: only <c>fedsite info show</c> has a use for it.</summary>
    public IReadOnlyList<PublishTarget> Publish { get; init; } = [];

    /// <summary>The federation's registry of sites, which knows the endpoint's id and downtimes.</summary>
    public GocdbConfig Gocdb { get; init; } = new();

    /// <summary>Which images are published.</summary>
    public PublishedImagesConfig Images { get; init; } = new();

    /// <summary>What no service of the cloud can tell about the shares of all VOs.</summary>
    public ShareConfig Share { get; init; } = new();

    /// <summary>VOs whose projects, account or share differ from what stands elsewhere; others need no entry.</summary>
    public IReadOnlyList<InformationVoConfig> Vos { get; init; } = [];

    /// <summary>
    /// A document that has lost more of its images, flavors or shares than this, against the last one published, is held
    /// back; VOs and services that did not answer do not count. Default <c>30%</c>.
    /// </summary>
    [RegularExpression("(100|[0-9]{1,2})%", ErrorMessage = "a percentage such as 30%")]
    public string MaxLoss { get; init; } = "30%";

    /// <summary>
    /// <c>1.2</c> writes what cloud-info-provider 1.2 would write: images and flavors repeated for each share, its values,
    /// nothing beyond; <c>none</c> writes each once, right and with all that is known. Default <c>none</c>.
    /// </summary>
    [AllowedValues("none", Provider12)]
    public string Compat { get; init; } = "none";

    /// <summary>VOs that are read at the same time, 1 to 64. Default 4.</summary>
    [Range(1, 64)]
    public int Parallel { get; init; } = 4;

    /// <summary>
    /// Longest time that a run takes; what has not answered by then counts as failed. Default <c>10m</c>.
    /// </summary>
    [RegularExpression(Duration.Pattern, ErrorMessage = Duration.Form)]
    public string Deadline { get; init; } = "10m";

    /// <summary>Another account for the site's information alone; same keys as <c>openstack</c>.</summary>
    [JsonPropertyName("openstack")]
    public OpenStackConfig? OpenStack { get; init; }

    /// <summary>Value of <see cref="Compat"/>.</summary>
    internal const string Provider12 = "1.2";
}

/// <summary>A place where the document is published.</summary>
public sealed record PublishTarget
{
    /// <summary><c>file</c>, <c>swift</c> or <c>http</c>.</summary>
    [AllowedValues(File, Swift, Http)]
    public required string Type { get; init; }

    /// <summary>
    /// Of <c>file</c>: where it is written, in a folder that exists; replaced as a whole, readable to everybody. A symbolic
    /// link is followed.
    /// </summary>
    [LocalPath(PathUse.Made)]
    public string? Path { get; init; }

    /// <summary>Of <c>swift</c>: container, which must exist.</summary>
    [RegularExpression("[^/]{1,256}", ErrorMessage = "a container's name, without slash")]
    public string? Container { get; init; }

    /// <summary>
    /// Of <c>swift</c>: name of the object. Default: site name with dashes for dots, a dash, MD5 of the endpoint's URL,
    /// <c>.json</c>.
    /// </summary>
    public string? Object { get; init; }

    /// <summary>Of <c>swift</c>: account of the container; same keys as the top level's. Default: that one.</summary>
    [JsonPropertyName("openstack")]
    public OpenStackConfig? OpenStack { get; init; }

    /// <summary>Of <c>http</c>: URL that takes a PUT, of a WebDAV server for instance, or a pre-signed one.</summary>
    [Secret]
    [RegularExpression("https?://\\S+", ErrorMessage = "a URL such as https://dav.example.org/site.json")]
    public string? Url { get; init; }

    /// <summary>Secret. Of <c>http</c>: headers of the request, for instance <c>Authorization</c>.</summary>
    [Secret]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Of <c>http</c>: PEM file of the CAs that signed the server's certificate, beside the system's.</summary>
    [LocalPath(PathUse.File)]
    public string? Cacert { get; init; }

    internal const string File = "file";
    internal const string Swift = "swift";
    internal const string Http = "http";
}

/// <summary>GOCDB.</summary>
public sealed record GocdbConfig
{
    /// <summary>Its public interface. Default <c>https://goc.egi.eu/gocdbpi/public/</c>.</summary>
    [RegularExpression("https?://\\S+", ErrorMessage = "a URL such as https://goc.egi.eu/gocdbpi/public/")]
    public string Url { get; init; } = "https://goc.egi.eu/gocdbpi/public/";

    /// <summary>Id of the site's <c>org.openstack.nova</c> endpoint there, for instance <c>7513G0</c>. Default: looked up by its URL.</summary>
    [RegularExpression("[0-9]{1,12}G[0-9]{1,3}", ErrorMessage = "an id such as 7513G0")]
    public string? Id { get; init; }

    /// <summary>How long what it said about the endpoint is taken for true without asking again. Default <c>7d</c>.</summary>
    [RegularExpression(Duration.Pattern, ErrorMessage = Duration.Form)]
    public string Cache { get; init; } = "7d";

    /// <summary>PEM file of the CAs that signed its certificate, beside the system's.</summary>
    [LocalPath(PathUse.File)]
    public string? Cacert { get; init; }
}

/// <summary>Which images are published.</summary>
public sealed record PublishedImagesConfig
{
    /// <summary><c>all</c>, or only those with an address of a <c>marketplace</c>. Default <c>all</c>.</summary>
    [AllowedValues("all", "marketplace")]
    public string Include { get; init; } = "all";

    /// <summary>Snapshots of servers, which are users' own work, are left out. Default <c>true</c>.</summary>
    public bool HideSnapshots { get; init; } = true;
}

/// <summary>What no service of the cloud can tell about a share.</summary>
public sealed record ShareConfig
{
    /// <summary>How machines reach the world.</summary>
    public ShareNetworksConfig? Networks { get; init; }

    /// <summary>URL of the service level agreement.</summary>
    [RegularExpression("https?://\\S+", ErrorMessage = "a URL")]
    public string? Sla { get; init; }
}

/// <summary>How machines of a share reach the world.</summary>
public sealed record ShareNetworksConfig
{
    /// <summary>A remark for users, for instance <c>infiniband</c>.</summary>
    public string? Info { get; init; }

    /// <summary>What a machine gets that asks for no network: <c>none</c>, <c>public</c>, <c>public_only</c>, <c>private</c> or <c>private_only</c>.</summary>
    [AllowedValues("none", "public", "public_only", "private", "private_only")]
    public string? DefaultType { get; init; }

    /// <summary>Name of the network with public addresses. Default: the external one, if there is one alone.</summary>
    public string? PublicName { get; init; }
}

/// <summary>A VO as far as it differs for the site's information.</summary>
public sealed record InformationVoConfig
{
    /// <summary>Name of the VO; unlike under <c>vos</c> it may be a path, such as <c>/biomed/vip</c>.</summary>
    [RegularExpression("\\S(.{0,254}\\S)?", ErrorMessage = "a VO's name")]
    public required string Name { get; init; }

    /// <summary>Its projects; several VOs may have one. Default: those under <c>vos</c>, and those that a property gives it.</summary>
    public IReadOnlyList<ProjectRef> Projects { get; init; } = [];

    /// <summary>
    /// Account for its projects: keys that are given here replace those of the site's account; with <c>cloud</c> or
    /// <c>auth_type</c> it is another account altogether.
    /// </summary>
    [JsonPropertyName("openstack")]
    public OpenStackConfig? OpenStack { get; init; }

    /// <summary>Replaces <c>information.share.networks</c>.</summary>
    public ShareNetworksConfig? Networks { get; init; }

    /// <summary>Replaces <c>information.share.sla</c>.</summary>
    [RegularExpression("https?://\\S+", ErrorMessage = "a URL")]
    public string? Sla { get; init; }
}
