using FedSite.Configuration;
using FedSite.OpenStack.Compute;
using FedSite.OpenStack.Image;

namespace FedSite.Information.Documents;

/// <summary>An image or a flavor, and the shares that have it.</summary>
internal sealed record Resource<T>(T Item, CloudFacts Cloud, IReadOnlyList<ShareFacts> Shares);

/// <summary>Images and flavors of a site, each once, in an order that does not depend on who was read first.</summary>
internal sealed class PublishedResources
{
    public PublishedResources(SiteFacts facts, InformationConfig config)
    {
        Images = Collect(
            facts,
            project => project.Images?.Where(image => Includes(image, config.Images)) ?? [],
            image => image.Id,
            image => image.Name ?? ""
        );
        Flavors = Collect(facts, project => project.Flavors ?? [], flavor => flavor.Id, flavor => flavor.Name);
    }

    public IReadOnlyList<Resource<CloudImage>> Images { get; }

    public IReadOnlyList<Resource<ListedFlavor>> Flavors { get; }

    private static bool Includes(CloudImage image, PublishedImagesConfig config) =>
        (config.Include is "all" || ImageFacts.Marketplace(image) is not null)
        && !(config.HideSnapshots && ImageFacts.IsSnapshot(image));

    /// <summary>Two clouds of a site may give one id to different things.</summary>
    private static List<Resource<T>> Collect<T>(
        SiteFacts facts,
        Func<ProjectFacts, IEnumerable<T>> of,
        Func<T, string> id,
        Func<T, string> name
    ) =>
        [
            .. facts
                .Shares.SelectMany(share => of(share.Project).Select(item => (share, item)))
                .GroupBy(pair => (pair.share.Project.Cloud.Place, Id: id(pair.item)))
                .Select(group => new Resource<T>(
                    group.First().item,
                    group.First().share.Project.Cloud,
                    [.. group.Select(pair => pair.share).Distinct()]
                ))
                .OrderBy(resource => name(resource.Item), StringComparer.Ordinal)
                .ThenBy(resource => id(resource.Item), StringComparer.Ordinal),
        ];
}
