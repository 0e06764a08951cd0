using System.Collections.Concurrent;
using FedSite.OpenStack;
using FedSite.OpenStack.Compute;

namespace FedSite.Federation.Plans.Flavors;

/// <summary>Reads what a plan of flavors needs: one list, and who has access to each private flavor of a VO.</summary>
internal static class FlavorReading
{
    private const int SideBySide = 8;

    /// <param name="request">What is planned.</param>
    /// <param name="cloud">With an account of strong rights.</param>
    /// <param name="ct">Ends the work.</param>
    public static async Task<FlavorView> ReadAsync(PlanRequest request, OpenStackCloud cloud, CancellationToken ct)
    {
        var ofVos = request.WithFlavors.SelectMany(vo => vo.Flavors).ToHashSet(StringComparer.Ordinal);
        var names = request
            .PlannedFlavors.Select(flavor => flavor.Name)
            .Union(ofVos, StringComparer.Ordinal)
            .ToHashSet();
        if (names.Count == 0)
            return FlavorView.Empty;
        var flavors = new Dictionary<string, ListedFlavor>(StringComparer.Ordinal);
        var faults = new List<string>();
        var others = new List<string>();
        await foreach (var listed in cloud.Compute.ListAllFlavorsAsAdminAsync(ct))
        {
            if (listed.Fault is { } fault)
                faults.Add(fault);
            else if (listed.Item is { } flavor && names.Contains(flavor.Name))
                flavors[flavor.Name] = flavor;
            else if (listed.Item is { } other)
                others.Add(other.Name);
        }

        var access = new ConcurrentDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            flavors.Values.Where(flavor => !flavor.IsPublic && ofVos.Contains(flavor.Name)),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct },
            async (flavor, token) =>
                access[flavor.Id] = await cloud.Compute.FindFlavorAccessAsync(flavor.Id, token) ?? []
        );
        return new FlavorView
        {
            Flavors = flavors,
            Access = access,
            Others = others,
            Faults = faults,
        };
    }
}
