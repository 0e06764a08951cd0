using System.Globalization;
using FedSite.Images.Plans;
using FedSite.Images.Sync;

namespace FedSite.App.Commands;

/// <summary>How images are spoken of.</summary>
internal static class ImageWords
{
    public static string Of(ImageStep step) => step.ToString().ToLowerInvariant();

    /// <summary>Why an action failed, and of which image.</summary>
    public static string Why(ActionOutcome failed) =>
        failed.Failure!.Message.StartsWith(failed.Slot, StringComparison.Ordinal)
            ? failed.Failure.Message
            : $"{failed.Slot}: {failed.Failure.Message}";

    public static string Plural(string word, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? word : word + "s")}");

    public static string Size(long bytes) =>
        bytes switch
        {
            >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):F1} GiB"),
            >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):F1} MiB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        };

    /// <summary>Enough of a digest to tell it from others by eye.</summary>
    public static string Short(string? digest) =>
        digest is null ? ""
        : digest.Length > 19 ? digest[..19]
        : digest;

    public static string Day(DateTimeOffset? time) =>
        time is { } known ? known.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "";
}
