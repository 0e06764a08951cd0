using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace FedSite.Configuration;

/// <summary>One site: the whole of <c>site.yaml</c>.</summary>
public sealed record SiteConfig
{
    /// <summary>The site as the federation's registry knows it.</summary>
    public required SiteIdentity Site { get; init; }

    /// <summary>How to reach the cloud. Left out: the <c>OS_*</c> environment variables are used.</summary>
    [JsonPropertyName("openstack")]
    public OpenStackConfig? OpenStack { get; init; }

    /// <summary>Virtual organisations and their projects. Left out: a property of each project names its VO.</summary>
    public IReadOnlyList<VoConfig> Vos { get; init; } = [];

    /// <summary>Flavors with accelerators, as the federation should see them.</summary>
    public IReadOnlyList<FlavorConfig> Flavors { get; init; } = [];

    /// <summary>How Keystone is joined to OpenID Connect. Left out: the site's login is none of FedSite's business.</summary>
    public FederationConfig? Federation { get; init; }

    /// <summary>Usage records out of OpenStack.</summary>
    public AccountingConfig Accounting { get; init; } = new();

    /// <summary>What the site tells the federation about itself.</summary>
    public InformationConfig Information { get; init; } = new();

    /// <summary>VM images of the communities, in Glance.</summary>
    public ImagesConfig Images { get; init; } = new();

    /// <summary>Signed delivery of messages to the ARGO Messaging Service (AMS).</summary>
    public MessagingConfig Messaging { get; init; } = new();

    /// <summary>
    /// Folder of the state database and locks. Default <c>/var/lib/fedsite</c>, or <c>$XDG_STATE_HOME/fedsite</c>
    /// (<c>~/.local/state/fedsite</c>) when not root.
    /// </summary>
    [LocalPath(PathUse.Made)]
    public string? State { get; init; }
}

/// <summary>The site as the federation's registry (GOCDB) knows it.</summary>
public sealed record SiteIdentity
{
    /// <summary>Site name as in GOCDB, for instance <c>EXAMPLE-SITE</c>.</summary>
    [RegularExpression(
        "[A-Za-z0-9][A-Za-z0-9._-]{0,254}",
        ErrorMessage = "the site's name in GOCDB: letters, digits, `.`, `_` and `-`"
    )]
    public required string Name { get; init; }

    /// <summary>Value of <c>CloudComputeService</c> in records. Default: the host of the Keystone URL.</summary>
    [RegularExpression("[A-Za-z0-9._:-]{1,253}", ErrorMessage = "a host name, without https:// and path")]
    public string? Service { get; init; }
}

/// <summary>A virtual organisation (VO) that the site supports.</summary>
public sealed record VoConfig
{
    /// <summary>Name of the VO, for instance <c>vo.access.egi.eu</c>; goes verbatim into records as FQAN.</summary>
    [RegularExpression("/?[A-Za-z0-9][A-Za-z0-9._/-]{0,253}", ErrorMessage = "a VO's name, without blanks")]
    public required string Name { get; init; }

    /// <summary>
    /// Entitlements that let a person into the VO's projects, for instance
    /// <c>urn:mace:egi.eu:group:vo.access.egi.eu:role=vm_operator#aai.egi.eu</c>. Default: those of the table that
    /// <c>fedsite vo import</c> read. A VO with this key is managed: <c>fedsite apply</c> makes its group.
    /// </summary>
    [RegularExpression(
        "[^\\s;]{1,2048}",
        ErrorMessage = "an entitlement without blanks and `;`, which no token could bring"
    )]
    public IReadOnlyList<string>? Entitlements { get; init; }

    /// <summary>
    /// Group of the VO's people in Keystone, as <c>name</c> or <c>name@domain</c>. Default: named as the VO, in the
    /// federation's domain.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>Private flavors that its projects may use, by name.</summary>
    public IReadOnlyList<string> Flavors { get; init; } = [];

    /// <summary>
    /// Its projects, whose usage counts for it. One written as an object is managed, and its VO with it. Of several VOs
    /// with the same project the first has the usage.
    /// </summary>
    public IReadOnlyList<ProjectRef> Projects { get; init; } = [];
}

/// <summary>
/// A Keystone project named by the user: an id, a name, <c>name@domain</c>, or an object with <c>id</c>, or
/// <c>name</c> and <c>domain</c>. Projects that are written as objects under <c>vos</c> are made, and kept as written,
/// by <c>fedsite apply</c>.
/// </summary>
public sealed record ProjectRef
{
    /// <summary>Project id (32 hexadecimal digits as Keystone makes them).</summary>
    public string? Id { get; init; }

    /// <summary>Project name; must be unique among the projects that the account can see, or be given with its domain.</summary>
    public string? Name { get; init; }

    /// <summary>Name or id of the project's domain.</summary>
    public string? Domain { get; init; }

    /// <summary>Roles of the VO's people in the project. Default <c>[member]</c> for an object, none for the short form.</summary>
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>Under <c>vos</c>: what the project may have. Left out: as it is.</summary>
    public QuotaConfig? Quota { get; init; }

    /// <summary>Under <c>vos</c>: a first network. Left out: none is made.</summary>
    public ProjectNetworkConfig? Network { get; init; }

    /// <summary>Written as an object.</summary>
    internal bool IsManaged => Roles is not null;

    /// <summary>
    /// Reads the short form. 32 hexadecimal digits are taken for an id; a text with <c>@</c> for name and domain
    /// (split at the last <c>@</c>); anything else for a name, or an id of another form.
    /// </summary>
    public static ProjectRef Parse(string text)
    {
        if (text.Length == 32 && text.All(char.IsAsciiHexDigitLower))
        {
            return new ProjectRef { Id = text };
        }

        var at = text.LastIndexOf('@');
        return at > 0 && at < text.Length - 1
            ? new ProjectRef { Name = text[..at], Domain = text[(at + 1)..] }
            : new ProjectRef { Name = text };
    }

    public override string ToString() => Id ?? (Domain is null ? Name ?? "" : $"{Name}@{Domain}");
}
