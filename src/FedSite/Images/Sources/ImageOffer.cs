namespace FedSite.Images.Sources;

/// <summary>One version of an image, as a source offers it.</summary>
public sealed record ImageOffer
{
    /// <summary>Name of the source.</summary>
    public required string Source { get; init; }

    /// <summary>
    /// What stays when the version changes: <c>HOST/REPOSITORY:TAG</c>, with <c>@ARCHITECTURE</c> for an image of an index
    /// with several.
    /// </summary>
    public required string Slot { get; init; }

    /// <summary>Host of the registry, with its port if it has one.</summary>
    public required string Registry { get; init; }

    /// <summary>Harbor's project, or the first part of the repository's name.</summary>
    public required string Project { get; init; }

    /// <summary>With the project.</summary>
    public required string Repository { get; init; }

    public required string Tag { get; init; }

    /// <summary>As OCI names it, for instance <c>amd64</c>; null: not said.</summary>
    public string? Architecture { get; init; }

    /// <summary>Digest of the manifest, <c>sha256:HEX</c>: names the version.</summary>
    public required string Manifest { get; init; }

    /// <summary>Digest of the file, <c>sha256:HEX</c> or <c>sha512:HEX</c>.</summary>
    public required string Content { get; init; }

    /// <summary>Bytes of the file.</summary>
    public required long Size { get; init; }

    /// <summary>In lower case, as the publisher declares it; null: not said.</summary>
    public string? Format { get; init; }

    /// <summary>The format is concluded from the media type alone, which tools set without looking: nothing was declared.</summary>
    public bool IsFormatGuessed { get; init; }

    /// <summary>Annotations of the manifest, those of the layer over them.</summary>
    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    /// <summary>When the image was made, by its annotation, else when it was pushed; null: not said.</summary>
    public DateTimeOffset? Created { get; init; }
}
