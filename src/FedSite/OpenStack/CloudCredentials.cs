namespace FedSite.OpenStack;

/// <summary>
/// All that is needed to talk to one cloud, after <c>site.yaml</c>, <c>clouds.yaml</c> and <c>OS_*</c> variables were
/// resolved. Optional texts are null when absent, never empty.
/// </summary>
public sealed record CloudCredentials
{
    public required AuthType AuthType { get; init; }

    /// <summary>Keystone's URL with <c>/v3</c> at its end, without a trailing slash.</summary>
    public required Uri AuthUrl { get; init; }

    public string? Username { get; init; }
    public string? UserId { get; init; }
    public string? Password { get; init; }
    public string? UserDomainName { get; init; }
    public string? UserDomainId { get; init; }

    /// <summary>The scope that the user configured; serves Keystone, and the default project of the other services.</summary>
    public string? ProjectName { get; init; }
    public string? ProjectId { get; init; }
    public string? ProjectDomainName { get; init; }
    public string? ProjectDomainId { get; init; }
    public string? DomainName { get; init; }
    public string? DomainId { get; init; }
    public bool SystemScope { get; init; }

    public string? ApplicationCredentialId { get; init; }
    public string? ApplicationCredentialName { get; init; }
    public string? ApplicationCredentialSecret { get; init; }

    public string? Token { get; init; }

    public string? IdentityProvider { get; init; }
    public string? Protocol { get; init; }
    public string? AccessToken { get; init; }
    public string? ClientId { get; init; }
    public string? ClientSecret { get; init; }
    public string? OpenIdScope { get; init; }
    public Uri? AccessTokenEndpoint { get; init; }
    public Uri? DiscoveryEndpoint { get; init; }

    public string? RegionName { get; init; }

    /// <summary><c>public</c>, <c>internal</c> or <c>admin</c>.</summary>
    public string Interface { get; init; } = "public";

    /// <summary>PEM file of additional CAs for TLS.</summary>
    public string? CaCert { get; init; }

    /// <summary>False: TLS certificates are not checked.</summary>
    public bool Verify { get; init; } = true;

    /// <summary>Where these came from, for messages: <c>site.yaml</c>, <c>clouds.yaml: example</c>, <c>environment</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>Never prints secrets.</summary>
    public override string ToString() => $"{AuthUrl} ({AuthType}, from {Origin})";
}

/// <summary>keystoneauth plugins that are understood.</summary>
public enum AuthType
{
    Password,
    ApplicationCredential,
    Token,
    OidcAccessToken,
    OidcClientCredentials,
}
