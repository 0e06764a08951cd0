namespace FedSite.Images.Sources;

/// <summary>What a source offers now, and what could not be learned.</summary>
internal sealed record SourceListing
{
    public required IReadOnlyList<ImageOffer> Offers { get; init; }

    /// <summary>Slots that are there but can't be offered, for instance an artefact with several layers.</summary>
    public IReadOnlyList<RefusedOffer> Refused { get; init; } = [];

    /// <summary>
    /// What was not readable: beginnings of slots, for instance <c>registry.egi.eu/egi_vm_images/debian:</c> for a whole
    /// repository. About those slots nothing is known.
    /// </summary>
    public IReadOnlyList<UnreadPart> Unread { get; init; } = [];

    /// <summary>Why nothing at all could be learned; null: the rest holds.</summary>
    public FedSiteException? Failure { get; init; }

    public static SourceListing Failed(FedSiteException failure) => new() { Offers = [], Failure = failure };
}

/// <summary>A slot that is there but can't be offered.</summary>
/// <param name="Id">For scripts, for instance <c>several-layers</c>.</param>
/// <param name="Reason">In words.</param>
internal sealed record RefusedOffer(string Slot, string Id, string Reason);

/// <summary>Slots about which nothing is known.</summary>
/// <param name="Slots">How they begin.</param>
internal sealed record UnreadPart(string Slots, FedSiteException Failure);
