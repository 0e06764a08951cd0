namespace FedSite.Images.Inspection;

/// <summary>What the bytes of an image say about it.</summary>
public sealed record ImageInspection
{
    /// <summary>By its content: <c>raw</c>, <c>qcow2</c>, or the name of a format that is refused, for instance <c>vmdk</c>, <c>gzip</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Bytes of the disk; null: not known.</summary>
    public long? VirtualSize { get; init; }

    /// <summary>Bytes of the file.</summary>
    public required long Size { get; init; }

    /// <summary>All that speaks against it; none: it is safe.</summary>
    public required IReadOnlyList<ImageDanger> Findings { get; init; }

    /// <summary>
    /// In a stream: nothing speaks against it so far, but a table that was to be checked had passed before it was known. The
    /// whole file has to be looked at.
    /// </summary>
    public bool IsUndecided { get; init; }

    public bool IsSafe => Findings.Count == 0 && !IsUndecided;
}

/// <summary>Something that speaks against an image.</summary>
/// <param name="Id">For scripts, for instance <c>qcow2-backing-file</c>; never renamed.</param>
/// <param name="Message">What it is, what it could do, and what the publisher should do about it.</param>
public sealed record ImageDanger(string Id, string Message);

/// <summary>What an image is held against.</summary>
public sealed record InspectionTerms
{
    /// <summary>Format that the publisher declares, in lower case; null: none.</summary>
    public string? Declared { get; init; }

    /// <summary>Bytes that its disk may have.</summary>
    public required long MaxVirtualSize { get; init; }
}
