namespace FedSite.Sandbox.World;

/// <summary>An identity provider as Keystone's database holds it.</summary>
public sealed record SandboxIdentityProvider
{
    public required string Id { get; init; }

    /// <summary>The domain of its users.</summary>
    public required string DomainId { get; init; }
    public bool Enabled { get; init; } = true;
    public string? Description { get; init; }

    /// <summary>Issuers; none: it takes whoever comes.</summary>
    public IReadOnlyList<string> RemoteIds { get; init; } = [];

    /// <summary>Minutes that roles given by groups outlive a login; null: those of the configuration, 0.</summary>
    public int? AuthorizationTtl { get; init; }
}

/// <summary>What ties a mapping to an identity provider.</summary>
public sealed record SandboxProtocol
{
    public required string IdpId { get; init; }
    public required string Id { get; init; }

    /// <summary>Keystone lets a mapping be deleted that is in use: then this leads nowhere.</summary>
    public required string MappingId { get; init; }

    /// <summary>WSGI key of the issuer; null: <c>HTTP_OIDC_ISS</c>, as in the configuration.</summary>
    public string? RemoteIdAttribute { get; init; }
}

/// <summary>A mapping.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Rules">A JSON array, kept as it came.</param>
public sealed record SandboxMapping(string Id, string Rules);

/// <summary>A group of users.</summary>
public sealed record SandboxGroup
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public string DomainId { get; init; } = "default";
    public string? Description { get; init; } = "";
}

/// <summary>A role of the whole cloud.</summary>
public sealed record SandboxRole(string Id, string Name);

/// <summary>A role that a user or a group has on a project, a domain or the system.</summary>
/// <param name="Actor">Id of a user or a group.</param>
/// <param name="Target">Id of a project or a domain, or <see cref="CloudWorld.SystemScope"/>.</param>
/// <param name="Role">Its name.</param>
/// <param name="Inherited">It counts in the projects below the target, not there.</param>
internal sealed record RoleAssignment(string Actor, string Target, string Role, bool Inherited = false);

/// <summary>By what login a user is known.</summary>
/// <param name="UniqueId">URL-encoded, as Keystone keeps it.</param>
public sealed record SandboxFederatedId(string IdpId, string ProtocolId, string UniqueId);

/// <summary>What a mapping makes of a login.</summary>
public sealed record SandboxMappedUser
{
    /// <summary>URL-encoded; it ties the user to the identity provider and protocol.</summary>
    public required string UniqueId { get; init; }
    public required string Name { get; init; }
    public string? Email { get; init; }

    /// <summary>One that does not exist makes the login fail.</summary>
    public IReadOnlyList<string> GroupIds { get; init; } = [];

    /// <summary>Those that do not exist are skipped; the domain is an id or a name.</summary>
    public IReadOnlyList<(string Name, string Domain)> GroupNames { get; init; } = [];
}

/// <summary>Where mod_auth_openidc before Keystone asks for logins of an identity provider.</summary>
/// <param name="AuthorizationEndpoint">The page that browsers are sent to.</param>
public sealed record SandboxWebLogin(string IdpId, string ProtocolId, Uri AuthorizationEndpoint, string ClientId)
{
    public string Scope { get; init; } = "openid profile email eduperson_entitlement entitlements";
}
