using FedSite.Images.Inspection;

namespace FedSite.Images.Transfers;

/// <summary>What content may be like.</summary>
internal sealed record TransferTerms
{
    public required InspectionTerms Inspection { get; init; }

    /// <summary>Bytes that the file may have.</summary>
    public required long MaxSize { get; init; }
}

/// <summary>Content that came whole, has the digest that was offered, and is safe.</summary>
internal sealed record TransferredContent
{
    /// <summary>Hexadecimal digits, lower case.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Hexadecimal digits, lower case.</summary>
    public required string Sha512 { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    public required ImageInspection Inspection { get; init; }
}
