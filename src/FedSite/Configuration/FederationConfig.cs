using System.ComponentModel.DataAnnotations;

namespace FedSite.Configuration;

/// <summary>How Keystone is joined to OpenID Connect, EGI Check-in above all.</summary>
public sealed record FederationConfig
{
    /// <summary>
    /// An OpenID provider that is built in: <c>checkin</c> or <c>checkin-demo</c>. Instead of <c>issuer</c>.
    /// </summary>
    [AllowedValues(Checkin, CheckinDemo)]
    public string? Provider { get; init; }

    /// <summary>Issuer of any other OpenID provider, as its tokens spell it. Instead of <c>provider</c>.</summary>
    [RegularExpression(IssuerPattern, ErrorMessage = IssuerForm)]
    public string? Issuer { get; init; }

    /// <summary>The client that was registered for Keystone at the provider.</summary>
    public OpenIdClientConfig? Client { get; init; }

    /// <summary>Several providers, instead of <c>provider</c>, <c>issuer</c>, <c>client</c>, <c>idp</c>, <c>protocol</c>, <c>mapping</c>.</summary>
    public IReadOnlyList<IdentityProviderConfig> Providers { get; init; } = [];

    /// <summary>
    /// Secret. Apache encrypts its session cookies with it; the same on all Keystone hosts. Only <c>!file</c> and
    /// <c>${NAME}</c> keep it out of this file; rendered files never hold it.
    /// </summary>
    [Secret]
    public string? CryptoPassphrase { get; init; }

    /// <summary>Public URL of Keystone, for instance <c>https://keystone.example.org:5000/v3</c>.</summary>
    [RegularExpression(
        "https?://[^\\s/?#@]+(/[^\\s?#]*)?",
        ErrorMessage = "a URL such as https://keystone.example.org:5000/v3"
    )]
    public required string Keystone { get; init; }

    /// <summary>Public URL of the dashboard, for instance <c>https://dashboard.example.org/dashboard</c>.</summary>
    [RegularExpression(
        "https?://[^\\s/?#@]+(/[^\\s?#]*)?",
        ErrorMessage = "a URL such as https://dashboard.example.org/dashboard"
    )]
    public string? Horizon { get; init; }

    /// <summary>
    /// How Apache passes requests on to Keystone: <c>mod_wsgi</c> (default), <c>proxy_uwsgi</c> or <c>proxy_http</c>.
    /// Decides under which keys claims reach the mapping.
    /// </summary>
    public Deployment Deployment { get; init; } = Deployment.ModWsgi;

    /// <summary>Keystone hosts behind a balancer, as <c>name</c> or <c>name:port</c>; checks look at each of them.</summary>
    [RegularExpression("[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?", ErrorMessage = "a host as name or name:port")]
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Memcached servers, as <c>name:port</c>, that keep the logins of several Keystone hosts.</summary>
    [RegularExpression("[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?", ErrorMessage = "a server as name:port")]
    public IReadOnlyList<string> Memcache { get; init; } = [];

    /// <summary>
    /// Introspection endpoint that stands before several providers, such as ESACO. Default
    /// <c>http://localhost:8156/introspect</c> with several providers; with one, the provider itself is asked.
    /// </summary>
    [RegularExpression("https?://\\S+", ErrorMessage = "a URL such as http://localhost:8156/introspect")]
    public string? IntrospectionProxy { get; init; }

    /// <summary>
    /// PEM file on the Keystone hosts with the CAs of the providers' certificates. Default: the system's CAs.
    /// </summary>
    public string? ProviderCa { get; init; }

    /// <summary>Id of the identity provider in Keystone. Default <c>egi.eu</c>.</summary>
    [RegularExpression(IdPattern, ErrorMessage = IdForm)]
    public string Idp { get; init; } = DefaultIdp;

    /// <summary>Name of the Keystone domain of federated users and of the VOs' groups. Default <c>egi.eu</c>.</summary>
    [RegularExpression("\\S(.{0,62}\\S)?", ErrorMessage = "a domain's name, up to 64 characters")]
    public string Domain { get; init; } = "egi.eu";

    /// <summary>Id of the protocol in Keystone, a part of its federation URLs. Default <c>openid</c>.</summary>
    [RegularExpression(ProtocolPattern, ErrorMessage = ProtocolForm)]
    public string Protocol { get; init; } = DefaultProtocol;

    /// <summary>Id of the mapping in Keystone. Default <c>egi-mapping</c>.</summary>
    [RegularExpression(ProtocolPattern, ErrorMessage = ProtocolForm)]
    public string Mapping { get; init; } = DefaultMapping;

    /// <summary>
    /// Minutes for which roles that come from groups outlive the login; 0 fails application credentials and trusts of
    /// federated users. Default 480.
    /// </summary>
    [Range(0, 525_600)]
    public int AuthorizationTtl { get; init; } = 480;

    /// <summary>
    /// Claims (and scopes) that hold entitlements; each is asked for and mapped. Default
    /// <c>[eduperson_entitlement, entitlements]</c>, the old one and the new one of Check-in.
    /// </summary>
    [NotEmpty]
    [RegularExpression("[A-Za-z0-9_.-]{1,64}", ErrorMessage = "a claim's name: letters, digits, `_`, `.`, `-`")]
    public IReadOnlyList<string> EntitlementClaims { get; init; } = ["eduperson_entitlement", "entitlements"];

    /// <summary>Entitlements whose bearers may read users and projects of the domain, to reach owners of servers.</summary>
    [RegularExpression(
        "[^\\s;]{1,2048}",
        ErrorMessage = "an entitlement without blanks and `;`, which no token could bring"
    )]
    public IReadOnlyList<string> Auditors { get; init; } = [];

    /// <summary>The account that extracts usage records; gets its roles in each VO's projects.</summary>
    public AccountingUserConfig? AccountingUser { get; init; }

    /// <summary>The site's file for the federation's central operations.</summary>
    public CatchallConfig Catchall { get; init; } = new();

    public const string Checkin = "checkin";
    public const string CheckinDemo = "checkin-demo";
    internal const string DefaultIdp = "egi.eu";
    internal const string DefaultProtocol = "openid";
    internal const string DefaultMapping = "egi-mapping";
    internal const string IssuerPattern = "https://[^\\s?#@]+";
    internal const string IssuerForm =
        "the issuer as its tokens spell it, such as https://aai.example.org/auth/realms/x";
    internal const string IdPattern = "[A-Za-z0-9._-]{1,64}";
    internal const string IdForm = "up to 64 letters, digits, `.`, `_`, `-`";
    internal const string ProtocolPattern = "[A-Za-z0-9_-]{1,64}";
    internal const string ProtocolForm = "up to 64 letters, digits, `_` and `-` (Keystone takes no dot here)";
}

/// <summary>A client at an OpenID provider.</summary>
public sealed record OpenIdClientConfig
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Secret. Best as <c>!file PATH</c>: rendered files then name that path.</summary>
    [Secret]
    public string? Secret { get; init; }
}

/// <summary>One of several OpenID providers.</summary>
public sealed record IdentityProviderConfig
{
    /// <summary>A provider that is built in: <c>checkin</c> or <c>checkin-demo</c>.</summary>
    [AllowedValues(FederationConfig.Checkin, FederationConfig.CheckinDemo)]
    public string? Provider { get; init; }

    /// <summary>Issuer of any other provider, as its tokens spell it.</summary>
    [RegularExpression(FederationConfig.IssuerPattern, ErrorMessage = FederationConfig.IssuerForm)]
    public string? Issuer { get; init; }

    /// <summary>Id of the identity provider in Keystone, of its own for each.</summary>
    [RegularExpression(FederationConfig.IdPattern, ErrorMessage = FederationConfig.IdForm)]
    public required string Idp { get; init; }

    /// <summary>Id of the protocol in Keystone. Default <c>openid</c>.</summary>
    [RegularExpression(FederationConfig.ProtocolPattern, ErrorMessage = FederationConfig.ProtocolForm)]
    public string Protocol { get; init; } = FederationConfig.DefaultProtocol;

    /// <summary>Id of the mapping in Keystone; several providers may share one. Default <c>egi-mapping</c>.</summary>
    [RegularExpression(FederationConfig.ProtocolPattern, ErrorMessage = FederationConfig.ProtocolForm)]
    public string Mapping { get; init; } = FederationConfig.DefaultMapping;

    /// <summary>The client that was registered for Keystone there.</summary>
    public OpenIdClientConfig? Client { get; init; }
}

/// <summary>The local account that extracts usage records; it must exist.</summary>
public sealed record AccountingUserConfig
{
    /// <summary>User name.</summary>
    public required string Name { get; init; }

    /// <summary>Name of its domain. Default <c>Default</c>.</summary>
    public string Domain { get; init; } = "Default";

    /// <summary>Roles in each VO's projects. Default <c>[reader]</c>.</summary>
    [NotEmpty]
    public IReadOnlyList<string> Roles { get; init; } = ["reader"];
}

/// <summary>How Apache passes requests on to Keystone.</summary>
public enum Deployment
{
    /// <summary>Keystone inside Apache.</summary>
    ModWsgi,

    /// <summary>Apache's mod_proxy_uwsgi before a uWSGI server, which takes environment variables along.</summary>
    ProxyUwsgi,

    /// <summary>A plain HTTP proxy before Keystone: headers alone arrive.</summary>
    ProxyHttp,
}

/// <summary>Words of the deployments, in files and options.</summary>
public static class Deployments
{
    /// <summary>All words, in the order of the deployments.</summary>
    public static IReadOnlyList<string> Words { get; } = ["mod_wsgi", "proxy_uwsgi", "proxy_http"];

    public static string Word(this Deployment deployment) => Words[(int)deployment];

    /// <returns>Null: no deployment.</returns>
    public static Deployment? Parse(string word) =>
        Words.Index().Where(w => w.Item == word).Select(w => (Deployment?)w.Index).FirstOrDefault();
}
