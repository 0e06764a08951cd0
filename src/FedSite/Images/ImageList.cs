using FedSite.Images.Catalogue;
using FedSite.Images.Inspection;

namespace FedSite.Images;

/// <summary>What the last run that looked at a slot decided.</summary>
public sealed record SlotDecision(
    string Slot,
    string Source,
    string? Manifest,
    string? Content,
    string Decision,
    string Reason,
    DateTimeOffset Decided
);

/// <summary>What the last run made of a source.</summary>
/// <param name="Listed">When it was last listed in full; null: never.</param>
/// <param name="Failure">Of the last run; null: none.</param>
public sealed record SourceState(
    string Name,
    int Offers,
    DateTimeOffset? Listed,
    string? Failure,
    DateTimeOffset Tried
);

/// <summary>A slot, and what Glance has of it.</summary>
/// <param name="Decision">Null: no run on this state folder has looked at it.</param>
/// <param name="Images">The visible ones first, then hidden ones, the newest first.</param>
public sealed record ListedSlot(string Slot, SlotDecision? Decision, IReadOnlyList<SiteImage> Images);

/// <summary>A slot in full.</summary>
/// <param name="Inspection">Of the content that is offered now; null: it was not looked at.</param>
/// <param name="Members">By image: projects that it is shared with, and how they answered.</param>
public sealed record ShownSlot(
    ListedSlot Slot,
    ImageInspection? Inspection,
    IReadOnlyDictionary<string, IReadOnlyList<ShownMember>> Members
);

/// <summary>A project that an image is shared with.</summary>
/// <param name="Vos">VOs of the site that the project is of; none: it is none of theirs.</param>
public sealed record ShownMember(string ProjectId, IReadOnlyList<string> Vos, string Status)
{
    /// <summary>Value of <see cref="Status"/> for the project that has the image.</summary>
    public const string Owner = "owner";
}
