namespace FedSite.Oci;

/// <summary>A registry, and who asks it.</summary>
internal sealed record RegistryAccount
{
    /// <summary>Scheme, host and port.</summary>
    public required Uri Url { get; init; }

    /// <summary>Null: an anonymous user.</summary>
    public string? Username { get; init; }

    /// <summary>Secret. Password or token.</summary>
    public string? Password { get; init; }

    /// <summary>PEM file of CAs to believe beside the system's; null: none.</summary>
    public string? CaCert { get; init; }

    /// <summary>Where that is configured, for messages.</summary>
    public required string Origin { get; init; }

    /// <summary>Does not show the password.</summary>
    public override string ToString() => $"{Username ?? "anonymous"} at {Url.Authority}";
}
