using System.Security.Cryptography;

namespace FedSite.Images.Inspection;

/// <summary>An inspection, and the digests of what was inspected.</summary>
/// <param name="Inspection">What differs from what was expected is among its findings.</param>
/// <param name="Sha256">Hexadecimal; null, as the other: it was refused before all of it was read.</param>
/// <param name="Sha512">Hexadecimal.</param>
public sealed record InspectedImage(ImageInspection Inspection, string? Sha256, string? Sha512)
{
    private const int BlockBytes = 1 << 20;
    private const int HeadBytes = 64 << 10;

    /// <summary>All of it was read.</summary>
    public bool IsWhole => Sha256 is not null;

    /// <summary>Reads an image once, twice where the order of its tables demands that.</summary>
    /// <param name="input">Where it stands at its beginning.</param>
    /// <param name="terms">What it is held against.</param>
    /// <param name="expected">What its publisher says of it.</param>
    /// <param name="progress">Bytes that were read.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="FedSiteException">It can't be read to its end.</exception>
    public static async Task<InspectedImage> OfAsync(
        ImageInput input,
        InspectionTerms terms,
        ExpectedContent expected,
        IProgress<long> progress,
        CancellationToken cancellationToken
    )
    {
        var inspector = new ImageInspector(terms);
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        var bound = input.IsFile ? Bound(terms) : expected.Size ?? Bound(terms);
        var block = new byte[BlockBytes];
        // A file is there already: its digests cost little, unless it is far too large, as holes make it at no cost. What
        // comes from afar is not fetched in vain. The head tells the format, whatever follows.
        do
        {
            var read = await input.ReadAsync(block, cancellationToken);
            if (read == 0)
            {
                var inspection = inspector.Complete();
                if (inspection.IsUndecided)
                    inspection = await input.LookAgainAsync(terms, cancellationToken);
                return Whole(inspection, sha256, sha512, expected);
            }

            inspector.Feed(block.AsSpan(0, read));
            sha256.AppendData(block, 0, read);
            sha512.AppendData(block, 0, read);
            progress.Report(inspector.Size);
        } while (
            input.Length > bound
                ? inspector.Size < HeadBytes
                : input.IsFile || !(inspector.IsRefused || inspector.Size > bound)
        );

        return Part(inspector, input.Length, bound, expected);
    }

    private static InspectedImage Whole(
        ImageInspection inspection,
        IncrementalHash sha256,
        IncrementalHash sha512,
        ExpectedContent expected
    )
    {
        var digest = Convert.ToHexStringLower(sha512.GetHashAndReset());
        List<ImageDanger> findings = [.. inspection.Findings];
        if (expected.Size is { } size && size != inspection.Size)
            findings.Add(ImageFault.SizeMismatch.Found($"{inspection.Size} bytes, {size} are expected"));
        if (expected.Sha512 is { } known && !known.Equals(digest, StringComparison.OrdinalIgnoreCase))
            findings.Add(ImageFault.DigestMismatch.Found());
        return new(inspection with { Findings = findings }, Convert.ToHexStringLower(sha256.GetHashAndReset()), digest);
    }

    private static InspectedImage Part(ImageInspector inspector, long? length, long bound, ExpectedContent expected)
    {
        var isRefused = inspector.IsRefused;
        var inspection = inspector.Complete() with { IsUndecided = false };
        if (!isRefused)
        {
            var seen = length > bound ? $"{length} bytes" : $"more than {bound} bytes";
            inspection = inspection with
            {
                Findings =
                [
                    expected.Size is { } size
                        ? ImageFault.SizeMismatch.Found($"{seen}, {size} are expected")
                        : ImageFault.TooLarge.Found(seen),
                ],
            };
        }

        // How large a raw disk is shows at its end.
        return new(inspection.Format == "raw" ? inspection with { VirtualSize = null } : inspection, null, null);
    }

    // A qcow2 disk that is full takes its tables too: a fiftieth of it, with the smallest clusters.
    private static long Bound(InspectionTerms terms) =>
        terms.MaxVirtualSize > long.MaxValue / 2 ? long.MaxValue : (terms.MaxVirtualSize / 8 * 9) + (64 << 20);
}

/// <summary>What the publisher says of a file.</summary>
/// <param name="Size">Bytes; null: not said.</param>
/// <param name="Sha512">Hexadecimal; null: not said.</param>
public sealed record ExpectedContent(long? Size, string? Sha512);
