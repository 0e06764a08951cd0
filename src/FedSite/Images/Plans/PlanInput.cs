using FedSite.Configuration;
using FedSite.Images.Catalogue;
using FedSite.Images.Sources;
using FedSite.OpenStack.Image;

namespace FedSite.Images.Plans;

/// <summary>A source as it stands in the file, and what it said.</summary>
internal sealed record ReadSource(ImageSourceConfig Config, string Name, SourceListing Listing);

/// <summary>A project of a VO of the site.</summary>
internal sealed record VoProject(string Vo, string ProjectId);

/// <summary>VOs of the site with their projects.</summary>
/// <param name="Projects">Of all VOs.</param>
/// <param name="Unknown">VOs whose projects, or some of them, are not known in this run.</param>
/// <param name="IsComplete">All projects of all VOs are known, so what is not among them is none.</param>
internal sealed record SiteVos(IReadOnlyList<VoProject> Projects, IReadOnlyList<string> Unknown, bool IsComplete)
{
    /// <summary>VOs of the site that leave: they get no images any more.</summary>
    public IReadOnlySet<string> Withdrawn { get; init; } = new HashSet<string>();

    public IReadOnlyList<string> Names =>
        field ??= [
            .. Projects
                .Select(project => project.Vo)
                .Concat(Unknown)
                .Concat(Withdrawn)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
}

/// <summary>What earlier runs know.</summary>
internal interface IImageMemory
{
    /// <summary>Manifests that a slot had and that were replaced.</summary>
    IReadOnlySet<string> Replaced(string slot);

    /// <summary>Why the content of a version was not taken, by the rules and limits of now; null: it was, or nothing is known.</summary>
    (string Id, string Reason)? Refusal(string slot, string manifest);
}

/// <summary>All that a plan follows from.</summary>
internal sealed record PlanInput
{
    public required ImagesConfig Config { get; init; }
    public required IReadOnlyList<ReadSource> Sources { get; init; }

    /// <summary>All of the site's, hidden ones too.</summary>
    public required IReadOnlyList<SiteImage> Images { get; init; }

    /// <summary>By image; of those whose members were asked for.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<ImageMember>> Members { get; init; }
    public required SiteVos Vos { get; init; }
    public required IImageMemory Memory { get; init; }
    public required DateTimeOffset Now { get; init; }

    /// <summary>Only this VO's sharing, and images for it; null: all.</summary>
    public string? OnlyVo { get; init; }

    /// <summary>Only slots of these sources; others are left as they are. Null: all.</summary>
    public IReadOnlySet<string>? OnlySources { get; init; }

    /// <summary>A source that lost too much is believed.</summary>
    public bool Force { get; init; }
}
