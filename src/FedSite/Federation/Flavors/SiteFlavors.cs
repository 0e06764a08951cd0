using System.Collections.Concurrent;
using FedSite.OpenStack;
using FedSite.OpenStack.Compute;

namespace FedSite.Federation.Flavors;

/// <summary>The flavors of a cloud as an account sees them; an administrator's sees all.</summary>
/// <param name="Flavors">By name.</param>
/// <param name="Access">By id of a private flavor: ids of the projects that may use it; without those that can't be told.</param>
/// <param name="Faults">Of flavors that can't be understood.</param>
public sealed record SiteFlavors(
    IReadOnlyList<ListedFlavor> Flavors,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Access,
    IReadOnlyList<string> Faults
)
{
    private const int SideBySide = 8;

    public static async Task<SiteFlavors> ReadAsync(OpenStackCloud cloud, bool withAccess, CancellationToken ct)
    {
        var compute = cloud.Compute;
        var flavors = new List<ListedFlavor>();
        var faults = new List<string>();
        await foreach (var listed in await ListAsync(cloud, ct))
        {
            if (listed.Item is { } flavor)
                flavors.Add(flavor);
            else if (listed.Fault is { } fault)
                faults.Add(fault);
        }

        flavors.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        var access = new ConcurrentDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            flavors.Where(flavor => withAccess && !flavor.IsPublic),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct },
            async (flavor, token) =>
            {
                if (await FindAccessAsync(compute, flavor.Id, token) is { } projects)
                    access[flavor.Id] = projects;
            }
        );
        return new SiteFlavors(flavors, access, faults);
    }

    /// <summary>An account without a project of its own, as those of accounting are, looks from one of those it has a role in.</summary>
    private static async Task<IAsyncEnumerable<Listed<ListedFlavor>>> ListAsync(
        OpenStackCloud cloud,
        CancellationToken ct
    )
    {
        if ((await cloud.Identity.GetTokenInfoAsync(TokenScope.Configured, ct)).ProjectName is not null)
            return cloud.Compute.ListAllFlavorsAsAdminAsync(ct);
        var projects = await cloud.Identity.ListMyProjectsAsync(ct);
        return projects.Count > 0
            ? cloud.Compute.ListAllFlavorsAsync(projects[0].Id, ct)
            : throw new FedSiteException(
                "The account has a role in no project, so Nova shows it no flavors.",
                "Name another account with --os-cloud, or give this one a role in a project."
            );
    }

    /// <summary>Null: only an administrator may know.</summary>
    private static async Task<IReadOnlyList<string>?> FindAccessAsync(
        ComputeApi compute,
        string flavorId,
        CancellationToken ct
    )
    {
        try
        {
            return await compute.FindFlavorAccessAsync(flavorId, ct);
        }
        catch (OpenStackException e) when (e.Status == 403)
        {
            return null;
        }
    }
}
