using FedSite.Images.Catalogue;

namespace FedSite.Images.Plans;

/// <summary>What can happen to an image. The order is that of the work on one slot.</summary>
public enum ImageStep
{
    /// <summary>A slot gets its first image.</summary>
    Add,

    /// <summary>A slot gets a newer version; the one before is hidden afterwards.</summary>
    Replace,

    /// <summary>Compare what Glance has with what was sent; a run ended before that.</summary>
    Verify,

    /// <summary>Properties, name or visibility differ.</summary>
    Update,

    /// <summary>A hidden version becomes the current one again.</summary>
    Show,

    /// <summary>Projects cease to see it: there may be room for no others before.</summary>
    Unshare,

    /// <summary>Projects get to see it.</summary>
    Share,
    Hide,
    Remove,
}

/// <summary>Something to be done in Glance, and why.</summary>
/// <param name="Image">What it is done to; null: an image that is still to be made.</param>
/// <param name="Reason">In words.</param>
public sealed record ImageAction(ImageStep Step, SiteImage? Image, string Reason)
{
    /// <summary>Of <see cref="ImageStep.Share"/> and <see cref="ImageStep.Unshare"/>, and who sees it still where <see cref="Visibility"/> is set: ids.</summary>
    public IReadOnlyList<string> Projects { get; init; } = [];

    /// <summary>Of <see cref="ImageStep.Hide"/>: see <see cref="ImageKeys.HiddenFor"/>.</summary>
    public string? HiddenFor { get; init; }

    /// <summary>Of <see cref="ImageStep.Update"/>: nothing else changes. Null: all that differs from the offer.</summary>
    public string? Visibility { get; init; }
}
