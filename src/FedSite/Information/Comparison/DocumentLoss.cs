using System.Globalization;
using FedSite.Information.Validation;

namespace FedSite.Information.Comparison;

/// <summary>
/// What a document has no more of what the one before it had, counted only where the cloud answered: what could not be
/// read is not lost.
/// </summary>
/// <param name="Fault">Why the documents could not be compared; nothing counts as lost then. Null: they were.</param>
/// <param name="Images">Images of shares that are still there and whose images were read.</param>
/// <param name="Flavors">Flavors of shares that are still there and whose flavors were read.</param>
/// <param name="Shares">Shares, but those of VOs that could not be read.</param>
public sealed record DocumentLoss(string? Fault, LostPart Images, LostPart Flavors, LostPart Shares)
{
    /// <summary>Of images, flavors or shares more than this is lost.</summary>
    /// <param name="percent">0 to 100.</param>
    public bool IsAbove(int percent) => Parts.Any(part => part.IsAbove(percent));

    /// <summary>What is above the limit, such as <c>lost 30 of 60 images (50 %), allowed are 30 %</c>; empty if nothing is.</summary>
    /// <param name="percent">0 to 100.</param>
    public string Describe(int percent)
    {
        var above = Parts.Where(part => part.IsAbove(percent)).Select(part => part.Words).ToList();
        return above.Count == 0
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"lost {string.Join(" and ", above)}, allowed are {percent} %"
            );
    }

    /// <summary>Compares what is about to be published with what was published last.</summary>
    /// <param name="before">A document; anything.</param>
    /// <param name="after">A document; anything.</param>
    public static DocumentLoss Of(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
    {
        using var old = DocumentReader.Read(before, out var oldFault);
        using var young = DocumentReader.Read(after, out var youngFault);
        if (old is null || young is null)
            return new(
                old is null
                    ? $"The earlier document cannot be read. {oldFault}"
                    : $"The document cannot be read. {youngFault}",
                new("images", 0, 0),
                new("flavors", 0, 0),
                new("shares", 0, 0)
            );
        return new LossCount(old.RootElement, young.RootElement).Count();
    }

    private LostPart[] Parts => [Images, Flavors, Shares];
}

/// <summary>What is lost of a kind of objects.</summary>
/// <param name="Word">What they are called.</param>
/// <param name="Lost">Those that are gone.</param>
/// <param name="Total">Those that there were.</param>
public sealed record LostPart(string Word, int Lost, int Total)
{
    /// <summary>More than this part of them is gone.</summary>
    /// <param name="percent">0 to 100.</param>
    public bool IsAbove(int percent) => 100L * Lost > (long)percent * Total;

    /// <summary>For instance <c>30 of 60 images (50 %)</c>.</summary>
    public string Words =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Lost} of {Total} {Word} ({100.0 * Lost / Math.Max(Total, 1):0.#} %)"
        );
}
