using System.Security.Cryptography;
using System.Threading.Channels;
using FedSite.Images.Inspection;
using FedSite.Images.Sources;

namespace FedSite.Images.Transfers;

/// <summary>
/// One pass over the bytes of an offer: read, hashed, inspected and written beside each other, in constant memory. The
/// last block is written once all is known to be good.
/// </summary>
/// <param name="acceptsUndecided">The whole file is there afterwards, and is looked at again.</param>
internal sealed class ContentPass(ImageOffer offer, TransferTerms terms, bool acceptsUndecided) : IDisposable
{
    private readonly ContentDigest _expected = ContentDigest.Parse(offer.Content);
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
    private readonly ImageInspector _inspector = new(terms.Inspection);
    private readonly BlockRing _ring = new();

    /// <summary>Runs it.</summary>
    /// <param name="there">The first bytes, which are written already; null: none.</param>
    /// <param name="rest">Gives the bytes after those.</param>
    /// <exception cref="ContentRefusedException">The last block was not written.</exception>
    public async Task<TransferredContent> RunAsync(
        Stream? there,
        ResumingReader rest,
        Stream to,
        IProgress<long>? progress,
        CancellationToken ct
    )
    {
        using var stages = new BlockStages(ct);
        // SHA-512 alone takes about as long as all the rest.
        ChannelWriter<BlockRing.Block>[] readers = [stages.Start(HashSha512), stages.Start(HashAndInspect)];
        var writer = stages.Start((bytes, stop) => to.WriteAsync(bytes, stop));
        BlockRing.Block? last = null;
        await stages.RunAsync(async stop =>
        {
            if (there is not null)
            {
                await _ring.FeedAsync(there, readers, stop);
            }

            last = await FeedAsync(rest, readers, writer, progress, stop);
        });
        var content = Judge(rest.Resumes);
        if (last is not null)
        {
            await to.WriteAsync(last.Content, ct);
        }

        return content;
    }

    public void Dispose()
    {
        _sha256.Dispose();
        _sha512.Dispose();
    }

    /// <summary>Gives back the last block, which nobody has written yet; null: there was nothing to read.</summary>
    private async Task<BlockRing.Block?> FeedAsync(
        ResumingReader rest,
        ChannelWriter<BlockRing.Block>[] readers,
        ChannelWriter<BlockRing.Block> writer,
        IProgress<long>? progress,
        CancellationToken stop
    )
    {
        progress?.Report(rest.Position);
        while (rest.Position < offer.Size)
        {
            var block = await _ring.TakeAsync(stop);
            block.Length = await rest.FillAsync(block.Whole, stop);
            var isLast = rest.Position == offer.Size;
            // One user more than there are keeps the last one out of the ring.
            block.HandTo(readers.Length + 1);
            Array.ForEach(readers, stage => stage.TryWrite(block));
            progress?.Report(rest.Position);
            if (isLast)
            {
                return block;
            }

            writer.TryWrite(block);
        }

        return null;
    }

    private ValueTask HashSha512(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        _sha512.AppendData(bytes.Span);
        return ValueTask.CompletedTask;
    }

    private ValueTask HashAndInspect(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        _sha256.AppendData(bytes.Span);
        _inspector.Feed(bytes.Span);
        return _inspector.IsRefused
            ? throw ContentRefusedException.UnsafeImage(offer.Slot, _inspector.Complete())
            : ValueTask.CompletedTask;
    }

    private TransferredContent Judge(int resumes)
    {
        var sha256 = Convert.ToHexStringLower(_sha256.GetHashAndReset());
        var sha512 = Convert.ToHexStringLower(_sha512.GetHashAndReset());
        if (!_expected.IsOf(sha256, sha512))
        {
            throw new ContentRefusedException(
                ContentRefusedException.DigestMismatch,
                $"The content of {offer.Slot} from {offer.Source} is not what its manifest names: {_expected} was expected, "
                    + $"{ContentDigest.OfSha256(sha256)} came"
                    + (resumes == 0 ? "." : $" over {resumes + 1} connections."),
                "If it stays so, the registry is damaged, or somebody changes what it sends: tell its operators."
            );
        }

        var inspection = _inspector.Complete();
        return inspection.Findings.Count > 0 ? throw ContentRefusedException.UnsafeImage(offer.Slot, inspection)
            : inspection.IsUndecided && !acceptsUndecided
                ? throw ContentRefusedException.UndecidedImage(offer.Slot, inspection)
            : new TransferredContent
            {
                Sha256 = sha256,
                Sha512 = sha512,
                Size = offer.Size,
                Inspection = inspection,
            };
    }
}
