using System.ComponentModel.DataAnnotations;

namespace FedSite.Configuration;

/// <summary>An OpenStack cloud: an entry of <c>clouds.yaml</c>, or the same keys written here.</summary>
public sealed record OpenStackConfig
{
    /// <summary>Name of an entry in <c>clouds.yaml</c>; excludes <c>auth_type</c> and <c>auth</c>.</summary>
    public string? Cloud { get; init; }

    /// <summary>
    /// keystoneauth plugin: <c>v3password</c> (also <c>password</c>), <c>v3applicationcredential</c>, <c>v3token</c>
    /// (also <c>token</c>), <c>v3oidcaccesstoken</c>, <c>v3oidcclientcredentials</c>. Default <c>v3password</c>.
    /// </summary>
    [AllowedValues(
        "v3password",
        "password",
        "v3applicationcredential",
        "v3token",
        "token",
        "v3oidcaccesstoken",
        "v3oidcclientcredentials"
    )]
    public string? AuthType { get; init; }

    /// <summary>Options of the plugin, spelled as in <c>clouds.yaml</c>.</summary>
    public AuthConfig? Auth { get; init; }

    /// <summary>Region whose endpoints are used. Default: the only region of the catalog.</summary>
    public string? RegionName { get; init; }

    /// <summary>Which endpoints of the catalog: <c>public</c> (default), <c>internal</c> or <c>admin</c>.</summary>
    [AllowedValues("public", "internal", "admin")]
    public string? Interface { get; init; }

    /// <summary>PEM file of the CAs that signed the endpoints' certificates, beside the system's.</summary>
    [LocalPath(PathUse.File)]
    public string? Cacert { get; init; }

    /// <summary><c>false</c> switches the check of the endpoints' certificates off; each run warns about it.</summary>
    public bool? Verify { get; init; }
}

/// <summary>Options of a keystoneauth plugin. Which are needed depends on <c>auth_type</c>.</summary>
public sealed record AuthConfig
{
    /// <summary>Keystone URL, for instance <c>https://keystone.example.org:5000/v3</c>.</summary>
    public string? AuthUrl { get; init; }

    /// <summary>User name, as in <c>accounting</c>.</summary>
    public string? Username { get; init; }

    /// <summary>User id, instead of <c>username</c>.</summary>
    public string? UserId { get; init; }

    /// <summary>Secret. The user's password.</summary>
    [Secret]
    public string? Password { get; init; }

    /// <summary>Name of the user's domain. Default: the domain with the id <c>default</c>.</summary>
    public string? UserDomainName { get; init; }

    /// <summary>Id of the user's domain.</summary>
    public string? UserDomainId { get; init; }

    /// <summary>Project to scope to.</summary>
    public string? ProjectName { get; init; }

    /// <summary>Id of the project to scope to.</summary>
    public string? ProjectId { get; init; }

    /// <summary>Name of that project's domain. Default: the domain with the id <c>default</c>.</summary>
    public string? ProjectDomainName { get; init; }

    /// <summary>Id of that project's domain.</summary>
    public string? ProjectDomainId { get; init; }

    /// <summary>Domain to scope to.</summary>
    public string? DomainName { get; init; }

    /// <summary>Id of the domain to scope to.</summary>
    public string? DomainId { get; init; }

    /// <summary>Id of the user's and of the project's domain where those are left out.</summary>
    public string? DefaultDomain { get; init; }

    /// <summary><c>all</c>: a system-scoped token for Keystone; the other services get project tokens.</summary>
    [AllowedValues("all")]
    public string? SystemScope { get; init; }

    /// <summary>Id of an application credential.</summary>
    public string? ApplicationCredentialId { get; init; }

    /// <summary>Name of an application credential; needs its user.</summary>
    public string? ApplicationCredentialName { get; init; }

    /// <summary>Secret. The application credential's secret.</summary>
    [Secret]
    public string? ApplicationCredentialSecret { get; init; }

    /// <summary>Secret. A token for <c>v3token</c>.</summary>
    [Secret]
    public string? Token { get; init; }

    /// <summary>Keystone's id of the identity provider, for instance <c>egi.eu</c>.</summary>
    public string? IdentityProvider { get; init; }

    /// <summary>Keystone's id of the federation protocol, for instance <c>openid</c>.</summary>
    public string? Protocol { get; init; }

    /// <summary>Secret. An OpenID Connect access token for <c>v3oidcaccesstoken</c>.</summary>
    [Secret]
    public string? AccessToken { get; init; }

    /// <summary>Id of the OpenID Connect client.</summary>
    public string? ClientId { get; init; }

    /// <summary>Secret. The OpenID Connect client's secret.</summary>
    [Secret]
    public string? ClientSecret { get; init; }

    /// <summary>OAuth 2.0 scopes to ask for, separated by blanks. Default <c>openid profile</c>.</summary>
    public string? OpenidScope { get; init; }

    /// <summary>Token endpoint of the OpenID provider; or give <c>discovery_endpoint</c>.</summary>
    public string? AccessTokenEndpoint { get; init; }

    /// <summary>Discovery document of the OpenID provider.</summary>
    public string? DiscoveryEndpoint { get; init; }
}
