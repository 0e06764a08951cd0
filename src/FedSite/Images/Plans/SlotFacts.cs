using FedSite.Images.Catalogue;
using FedSite.Images.Sources;

namespace FedSite.Images.Plans;

/// <summary>What is known about one slot.</summary>
internal sealed record SlotFacts
{
    public required string Slot { get; init; }
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>In Glance, in whatever state.</summary>
    public required IReadOnlyList<SiteImage> Images { get; init; }

    /// <summary>Null: nobody offers it, as far as is known.</summary>
    public ImageOffer? Offer { get; init; }
    public required IReadOnlyList<string> Vos { get; init; }

    /// <summary>Why nothing is known about it; null: the absence of an offer is believed.</summary>
    public string? Unknown { get; init; }
    public RefusedOffer? Refused { get; init; }

    /// <summary>All who may see it are known.</summary>
    public required bool MayUnshare { get; init; }
    public required bool AllowsRollback { get; init; }
}
