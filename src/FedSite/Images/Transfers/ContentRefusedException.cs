using FedSite.Images.Inspection;

namespace FedSite.Images.Transfers;

/// <summary>Content that is not what was offered, or that must not be used.</summary>
internal sealed class ContentRefusedException : FedSiteException
{
    /// <summary>Not the bytes that the manifest names.</summary>
    public const string DigestMismatch = "digest-mismatch";

    /// <summary>More or fewer bytes than the manifest names.</summary>
    public const string SizeMismatch = "size-mismatch";

    /// <summary>More bytes than an image may have.</summary>
    public const string TooLarge = "too-large";

    /// <summary>The inspection speaks against it.</summary>
    public const string Unsafe = "unsafe-image";

    /// <summary>Nothing speaks against it, but only the whole file can tell.</summary>
    public const string Undecided = "undecided";

    /// <summary>The manifest names it by a digest that is none, or not one that is known here.</summary>
    public const string NoDigest = "no-digest";

    public ContentRefusedException(
        string id,
        string message,
        string? nextStep = null,
        ImageInspection? inspection = null
    )
        : base(message, nextStep)
    {
        Id = id;
        Inspection = inspection;
    }

    /// <summary>For scripts, one of the words above.</summary>
    public string Id { get; }

    /// <summary>What was found so far; null: it did not come to that.</summary>
    public ImageInspection? Inspection { get; }

    public static ContentRefusedException UnsafeImage(string what, ImageInspection inspection)
    {
        var found = string.Join("; ", inspection.Findings.Select(danger => $"{danger.Id}: {danger.Message}"));
        return new(Unsafe, $"{what} is not safe ({found}).", "Its publisher has to correct it.", inspection);
    }

    public static ContentRefusedException UndecidedImage(string what, ImageInspection inspection) =>
        new(
            Undecided,
            $"Whether {what} is safe can't be told while it passes: its tables lie behind what they describe.",
            "The whole file has to be there: it is inspected in the cache.",
            inspection
        );
}
