using FedSite.Images.Catalogue;
using FedSite.Images.Sources;

namespace FedSite.Images.Plans;

/// <summary>What a run decides about a slot.</summary>
public static class Decisions
{
    /// <summary>Glance has the version that the source offers, or is to get it.</summary>
    public const string Offered = "offered";

    /// <summary>The source's version is not taken; what Glance had before stays.</summary>
    public const string Refused = "refused";

    /// <summary>The source does not offer it any more.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>Older than <c>images.require.max_age</c>.</summary>
    public const string Expired = "expired";

    /// <summary>The source told nothing about it, so nothing changes.</summary>
    public const string Unknown = "unknown";
}

/// <summary>One slot: what is offered, what is there, what is to be done.</summary>
public sealed record SlotPlan
{
    public required string Slot { get; init; }

    /// <summary>Names of the sources that offer it, or did.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>One of <see cref="Decisions"/>.</summary>
    public required string Decision { get; init; }
    public required string Reason { get; init; }

    /// <summary>For scripts where something is refused, for instance <c>too-large</c>; null: nothing is.</summary>
    public string? Refusal { get; init; }

    public ImageOffer? Offer { get; init; }

    /// <summary>What users see in Glance now.</summary>
    public SiteImage? Current { get; init; }

    /// <summary>VOs that are meant to see it.</summary>
    public IReadOnlyList<string> Vos { get; init; } = [];

    /// <summary>Their projects that it is to be shared with; none when everybody sees it.</summary>
    public IReadOnlySet<string> Projects { get; init; } = new HashSet<string>();

    /// <summary>All who may see it are known: others are to cease to.</summary>
    public bool KnowsAll { get; init; }

    /// <summary>The members of its hidden versions were compared with those who may see it.</summary>
    public bool HasComparedHidden { get; init; }

    /// <summary><c>shared</c>, <c>public</c> or <c>community</c>.</summary>
    public required string Visibility { get; init; }

    /// <summary>In the order of the work.</summary>
    public IReadOnlyList<ImageAction> Actions { get; init; } = [];

    /// <summary>Remarks, for instance about a VO that goes without.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Something was to be had and is not.</summary>
    public bool IsTrouble => Decision is Decisions.Refused or Decisions.Unknown;
}

/// <summary>What became of a source.</summary>
/// <param name="Problem">Why nothing, or not all, of it counts in this run; null: it does.</param>
public sealed record SourceReport(string Name, int Offers, string? Problem, string? NextStep)
{
    /// <summary>Nothing of it was learned, or believed.</summary>
    public bool IsFailed { get; init; }
}

/// <summary>All that is to be done.</summary>
public sealed record ImagePlan
{
    /// <summary>By slot.</summary>
    public required IReadOnlyList<SlotPlan> Slots { get; init; }

    /// <summary>In the order of the file.</summary>
    public required IReadOnlyList<SourceReport> Sources { get; init; }

    /// <summary>What hinders the sharing with VOs.</summary>
    public required IReadOnlyList<string> VoProblems { get; init; }

    public IEnumerable<ImageAction> Actions => Slots.SelectMany(slot => slot.Actions);
    public bool IsTroubled =>
        VoProblems.Count > 0 || Sources.Any(source => source.Problem is not null) || Slots.Any(slot => slot.IsTrouble);
}
