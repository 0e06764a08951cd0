using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedSite.OpenStack.Identity;

/// <summary>https://docs.openstack.org/api-ref/identity/v3-ext/#identity-providers</summary>
public sealed record IdentityProvider
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("domain_id")]
    public string? DomainId { get; init; }

    [JsonPropertyName("enabled")]
    public bool Enabled { get; init; }

    /// <summary>Issuers whose tokens count; with none every issuer is taken.</summary>
    [JsonPropertyName("remote_ids")]
    [AllowNull]
    public IReadOnlyList<string> RemoteIds
    {
        get => field ?? [];
        init;
    }

    /// <summary>Minutes; null is as good as 0.</summary>
    [JsonPropertyName("authorization_ttl")]
    public int? AuthorizationTtl { get; init; }
}

/// <summary>https://docs.openstack.org/api-ref/identity/v3-ext/#protocols</summary>
public sealed record FederationProtocol
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("mapping_id")]
    public string? MappingId { get; init; }
}

/// <summary>https://docs.openstack.org/api-ref/identity/v3-ext/#mappings</summary>
public sealed record StoredMapping
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>An array, as it was stored.</summary>
    [JsonPropertyName("rules")]
    public required JsonElement Rules { get; init; }

    /// <summary>Newer Keystones only.</summary>
    [JsonPropertyName("schema_version")]
    public string? SchemaVersion { get; init; }

    /// <summary>Its rules mean what they always meant.</summary>
    [JsonIgnore]
    public bool IsCustomary => SchemaVersion is null or "1.0";

    /// <summary>The rules; with the version around them where it is not 1.0.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Json =>
        Encoding.UTF8.GetBytes(
            IsCustomary
                ? Rules.GetRawText()
                : $$"""{"schema_version":"{{JsonEncodedText.Encode(SchemaVersion!)}}","rules":{{Rules.GetRawText()}}}"""
        );
}

/// <summary>https://docs.openstack.org/api-ref/identity/v3/#groups</summary>
public sealed record Group
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("domain_id")]
    public string? DomainId { get; init; }
}

/// <summary>https://docs.openstack.org/api-ref/identity/v3/#roles</summary>
public sealed record Role
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Null: a role of the whole cloud.</summary>
    [JsonPropertyName("domain_id")]
    public string? DomainId { get; init; }
}

/// <summary>https://docs.openstack.org/api-ref/identity/v3/#list-role-assignments</summary>
public sealed record RoleAssignment
{
    [JsonPropertyName("role")]
    public required Reference Role { get; init; }

    [JsonPropertyName("user")]
    public Reference? User { get; init; }

    [JsonPropertyName("group")]
    public Reference? Group { get; init; }

    [JsonPropertyName("scope")]
    public required AssignmentScope Scope { get; init; }
}

/// <summary>Where a role counts.</summary>
public sealed record AssignmentScope
{
    [JsonPropertyName("project")]
    public Reference? Project { get; init; }

    [JsonPropertyName("domain")]
    public Reference? Domain { get; init; }

    /// <summary>Set: the role counts in the projects below, not here.</summary>
    [JsonPropertyName("OS-INHERIT:inherited_to")]
    public string? InheritedTo { get; init; }
}

/// <summary>Something by its id.</summary>
public sealed record Reference
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }
}
