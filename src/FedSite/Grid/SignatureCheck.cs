namespace FedSite.Grid;

/// <summary>The outcome of checking a signed message.</summary>
public sealed record SignatureCheck
{
    /// <summary>Signature, chain, validity and revocation are all in order.</summary>
    public bool IsValid => Signer is not null;

    /// <summary>Who signed: the one certificate whose key verified and that chains to a trusted authority. Null when refused.</summary>
    public GridDn? Signer { get; init; }

    /// <summary>The name in the certificate that the signature points to, believed or not; for messages to people only.</summary>
    public string? ClaimedSigner { get; init; }

    /// <summary>When the signer says that it signed, UTC; null when it does not say.</summary>
    public DateTimeOffset? SigningTime { get; init; }

    /// <summary>The signed text with LF line ends; empty when refused.</summary>
    public ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>Errors (at least one when refused) and warnings.</summary>
    public IReadOnlyList<GridFinding> Findings { get; init; } = [];
}
