using System.Security.Cryptography;
using System.Text;
using FedSite.Configuration;
using FedSite.Images.Plans;
using FedSite.OpenStack;
using FedSite.OpenStack.Image;

namespace FedSite.Images.Catalogue;

/// <summary>Reads what Glance has of the site's images. Two requests, and one for the members of each image.</summary>
/// <param name="owner">The project that has them.</param>
internal sealed class CatalogueReading(ImageApi images, ImageOwner owner, ImageStore store)
{
    private const int AtOnce = 8;

    /// <summary>Hidden ones too, in whatever state.</summary>
    /// <exception cref="OpenStackException">Glance refuses, or did not answer.</exception>
    public async Task<IReadOnlyList<SiteImage>> ListAsync(CancellationToken ct)
    {
        var found = new List<SiteImage>();
        foreach (var hidden in (bool[])[false, true])
        {
            // By owner too: to an administrator a tag shows everybody's images.
            var query = new ImageQuery
            {
                Owner = owner.ProjectId,
                Tag = ImageKeys.Tag,
                Hidden = hidden,
            };
            await foreach (var image in images.ListImagesAsync(owner.Scope, query, ct))
            {
                if (image.Owner == owner.ProjectId && SiteImage.Of(image, owner.Site) is { } own)
                    found.Add(own);
            }
        }

        return found;
    }

    /// <summary>Members of those that are shared; of hidden ones only where the projects that may see them changed.</summary>
    /// <param name="projects">See <see cref="HashOf"/>.</param>
    /// <exception cref="OpenStackException">Glance refuses, or did not answer.</exception>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<ImageMember>>> MembersAsync(
        IReadOnlyList<SiteImage> all,
        string projects,
        CancellationToken ct
    )
    {
        var members = new Dictionary<string, IReadOnlyList<ImageMember>>(StringComparer.Ordinal);
        var wanted = all.Where(image =>
            image is { IsWhole: true, Image.Visibility: ImagesConfig.Shared }
            && (!image.IsHidden || store.FindProjects(image.Id) != projects)
        );
        await Parallel.ForEachAsync(
            wanted,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (image, token) =>
            {
                var listed = await ListMembersAsync(image.Id, token);
                lock (members)
                    members[image.Id] = listed;
            }
        );
        return members;
    }

    /// <summary>None of an image that somebody has just deleted.</summary>
    private async Task<IReadOnlyList<ImageMember>> ListMembersAsync(string id, CancellationToken ct)
    {
        try
        {
            return await images.ListMembersAsync(owner.Scope, id, ct);
        }
        catch (OpenStackException e) when (e is { Service: ServiceNames.Image, Status: 404 })
        {
            return [];
        }
    }

    /// <summary>Stands for which project is which VO's, and which VOs see what comes from which source.</summary>
    public static string HashOf(SiteVos vos, ImagesConfig config) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    string.Join(
                        '\n',
                        vos.Projects.Select(project => $"{project.Vo} {project.ProjectId}")
                            .Concat(
                                config.Sources.Select(source =>
                                    $"{ImagesRules.NameOf(source)} {source.Registry} {source.Project}: {string.Join(' ', source.Vos)}"
                                )
                            )
                            .Order(StringComparer.Ordinal)
                    )
                )
            )
        );
}

/// <summary>The project that has the site's images.</summary>
/// <param name="Scope">For its token.</param>
/// <param name="Site">The site's name.</param>
/// <param name="IsAdmin">Its account may do everything in Glance.</param>
internal sealed record ImageOwner(TokenScope Scope, string ProjectId, string Site, bool IsAdmin);
