using System.Globalization;
using System.Text.Json;
using FedSite.OpenStack.Image;

namespace FedSite.Images.Catalogue;

/// <summary>An image in Glance that FedSite made for this site.</summary>
public sealed record SiteImage(CloudImage Image)
{
    public string Id => Image.Id;
    public required string Slot { get; init; }
    public string Source => Property(ImageKeys.Source) ?? "";
    public string Manifest => Property(ImageKeys.Manifest) ?? "";
    public string Content => Property(ImageKeys.Content) ?? "";
    public DateTimeOffset? Created => Time(ImageKeys.Created);
    public bool IsHidden => Image.Hidden;

    /// <summary>Users can start servers from it, or could unless an administrator had closed it.</summary>
    public bool IsWhole => Image.Status is "active" or "deactivated";

    /// <summary>It holds nothing, and nobody is filling it.</summary>
    public bool IsEmpty => Image.Status is "queued" or "killed";

    public bool IsVerified => IsWhole && Property(ImageKeys.Verified) is not null;

    /// <summary>Since when; null: it is not hidden.</summary>
    public DateTimeOffset? HiddenAt => IsHidden ? Time(ImageKeys.HiddenAt) ?? Image.Updated : null;

    /// <summary>Why; null: not known, or not hidden.</summary>
    public string? HiddenFor => IsHidden ? Property(ImageKeys.HiddenFor) : null;

    /// <summary>Null: it is none of this site's.</summary>
    public static SiteImage? Of(CloudImage image, string site) =>
        TextOf(image, ImageKeys.Slot) is { Length: > 0 } slot && TextOf(image, ImageKeys.Site) == site
            ? new SiteImage(image) { Slot = slot }
            : null;

    public string? Property(string name) => TextOf(Image, name);

    private DateTimeOffset? Time(string name) =>
        DateTimeOffset.TryParse(
            Property(name),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : null;

    private static string? TextOf(CloudImage image, string name) =>
        image.Properties.TryGetValue(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;
}
