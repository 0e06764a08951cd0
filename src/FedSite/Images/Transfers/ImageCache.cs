using FedSite.Images.Inspection;
using FedSite.Images.Sources;
using Microsoft.Extensions.Logging;

namespace FedSite.Images.Transfers;

/// <summary>
/// Contents of images on disk, named by their digests, and what was made from them. Several processes may use one folder.
/// </summary>
/// <param name="maxBytes">That its files may take together.</param>
/// <param name="bandwidth">Shared by all transfers; null: no limit.</param>
internal sealed partial class ImageCache(
    string folder,
    long maxBytes,
    Bandwidth? bandwidth,
    TimeProvider time,
    ILogger logger
)
{
    // Disks forget, seldom: what lies for longer is hashed again before it is used.
    private static readonly TimeSpan Trusted = TimeSpan.FromDays(7);

    private readonly CacheFolder _files = new(folder, maxBytes, time, logger);

    /// <summary>
    /// The content of an offer: what is there, or a download that goes on where an earlier one ended. Several that want the
    /// same content wait for one download.
    /// </summary>
    /// <param name="progress">Bytes that have come.</param>
    /// <returns>Safe by these terms; the caller disposes of it.</returns>
    /// <exception cref="ContentRefusedException">It must not be used; nothing of it is kept.</exception>
    /// <exception cref="FedSiteException">The source or the disk refuses, or the connection broke too often.</exception>
    public Task<CachedImage> FetchAsync(
        IImageSource source,
        ImageOffer offer,
        TransferTerms terms,
        IProgress<long>? progress,
        CancellationToken ct
    )
    {
        ImageTransfer.RefuseTooLarge(offer, terms);
        var digest = ContentDigest.Parse(offer.Content);
        var entry = new CacheEntry(folder, digest);
        return ExplainedAsync(async () =>
        {
            using var held = await _files.LockAsync(entry, ct);
            var found = await FindAsync(entry, digest, ct);
            if (found is null)
            {
                await DownloadAsync(source, offer, terms, entry, progress, ct);
                found = await FindAsync(entry, digest, ct) ?? throw new FileNotFoundException(entry.File);
            }

            var image = await InspectAsync(entry, digest, offer.Slot, found.Value, terms.Inspection, ct);
            if (image.Size == offer.Size)
            {
                return image;
            }

            image.Dispose();
            throw new ContentRefusedException(
                ContentRefusedException.SizeMismatch,
                $"{offer.Slot} has {offer.Size} bytes by its manifest, but the content with its digest has {image.Size}.",
                "Its publisher has to push it again."
            );
        });
    }

    /// <summary>The content is there, or was when this was asked.</summary>
    public bool Has(string content) => File.Exists(new CacheEntry(folder, ContentDigest.Parse(content)).File);

    /// <summary>The content in another format: what is there, or a conversion.</summary>
    /// <param name="format">To have: <c>raw</c> or <c>qcow2</c>.</param>
    /// <param name="maxVirtualSize">Bytes that the disk may have.</param>
    /// <returns>Safe as <paramref name="format"/>; the caller disposes of it, and of the original.</returns>
    /// <exception cref="FedSiteException">It can't be converted, or there is no space; nothing half-done is kept.</exception>
    public Task<CachedImage> ConvertAsync(
        ImageConverter converter,
        CachedImage original,
        string format,
        long maxVirtualSize,
        CancellationToken ct
    )
    {
        var entry = new CacheEntry(folder, original.Origin, format);
        var terms = new InspectionTerms { Declared = format, MaxVirtualSize = maxVirtualSize };
        return ExplainedAsync(async () =>
        {
            using var held = await _files.LockAsync(entry, ct);
            var found = await FindAsync(entry, expected: null, ct);
            if (found is null)
            {
                await MakeAsync(converter, original, entry, format, ct);
                found = await FindAsync(entry, expected: null, ct) ?? throw new FileNotFoundException(entry.File);
            }

            var what = $"{Path.GetFileName(original.Path)} converted to {format}";
            var image = await InspectAsync(entry, original.Origin, what, found.Value, terms, ct);
            if (image.Inspection.VirtualSize == original.Inspection.VirtualSize)
            {
                return image;
            }

            image.Dispose();
            CacheFolder.Remove(entry);
            throw new FedSiteException(
                $"qemu-img made a disk of {image.Inspection.VirtualSize} bytes from one of {original.Inspection.VirtualSize}.",
                "Leave `images.formats` of site.yaml empty to offer images as they come, and report it."
            );
        });
    }

    /// <summary>Deletes what was not used for longest, until the cache is no larger than it may be. What is in use stays.</summary>
    public Task EvictAsync(CancellationToken ct) =>
        ExplainedAsync(async () =>
        {
            await _files.ShrinkAsync(ct);
            return true;
        });
}
