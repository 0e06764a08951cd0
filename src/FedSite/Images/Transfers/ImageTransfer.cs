using FedSite.Images.Sources;
using Microsoft.Extensions.Logging;

namespace FedSite.Images.Transfers;

/// <summary>Takes content of images from their sources.</summary>
/// <param name="bandwidth">Shared by all transfers; null: no limit.</param>
internal sealed class ImageTransfer(TimeProvider time, Bandwidth? bandwidth, ILogger logger)
{
    /// <summary>
    /// Sends the content of an offer on, in one pass: nothing is kept, memory stays the same. The last block is written only
    /// when size, digest and inspection are good. A broken connection is resumed a few times, the tries are counted anew
    /// after progress.
    /// </summary>
    /// <param name="to">Gets the bytes; <see cref="Stream.Null"/> to have them checked alone. Stays open.</param>
    /// <param name="progress">Bytes that have come.</param>
    /// <exception cref="ContentRefusedException">It must not be used; the last block was not written.</exception>
    /// <exception cref="FedSiteException">The source refuses, or the connection broke too often.</exception>
    public async Task<TransferredContent> PassAsync(
        IImageSource source,
        ImageOffer offer,
        TransferTerms terms,
        Stream to,
        IProgress<long>? progress,
        CancellationToken ct
    )
    {
        RefuseTooLarge(offer, terms);
        using var pass = new ContentPass(offer, terms, acceptsUndecided: false);
        await using var reader = new ResumingReader(source, offer, 0, bandwidth, time, logger);
        return await pass.RunAsync(there: null, reader, to, progress, ct);
    }

    /// <exception cref="ContentRefusedException">It is.</exception>
    public static void RefuseTooLarge(ImageOffer offer, TransferTerms terms)
    {
        if (offer.Size > terms.MaxSize)
        {
            throw new ContentRefusedException(
                ContentRefusedException.TooLarge,
                $"{offer.Slot} has {offer.Size} bytes, more than the {terms.MaxSize} that an image may have.",
                "Key `images.limits.download` of site.yaml says how large one may be."
            );
        }
    }
}
