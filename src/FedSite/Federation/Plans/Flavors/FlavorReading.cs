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
    /// <param name="terms">Takes what can't be read.</param>
    /// <param name="ct">Ends the work.</param>
    public static async Task<FlavorView> ReadAsync(
        PlanRequest request,
        OpenStackCloud cloud,
        TermReading terms,
        CancellationToken ct
    )
    {
        var ofVos = request.WithFlavors.SelectMany(vo => vo.Flavors).ToHashSet(StringComparer.Ordinal);
        var planned = request.PlannedFlavors.Select(flavor => flavor.Name).ToList();
        if (planned.Count + ofVos.Count == 0)
            return FlavorView.Empty;
        var view = FlavorView.Empty;
        var wanted = planned.Select(Term.Metadata).Concat(ofVos.Select(Term.Access)).ToList();
        if (!await terms.TryAsync(wanted, async () => view = await ListAsync([.. planned, .. ofVos], cloud, ct)))
            return FlavorView.Empty;
        var access = new ConcurrentDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            view.Flavors.Values.Where(flavor => !flavor.IsPublic && ofVos.Contains(flavor.Name)),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct },
            async (flavor, token) =>
                await terms.TryAsync(
                    [Term.Access(flavor.Name)],
                    async () => access[flavor.Id] = await cloud.Compute.FindFlavorAccessAsync(flavor.Id, token) ?? []
                )
        );
        return view with { Access = access };
    }

    private static async Task<FlavorView> ListAsync(HashSet<string> names, OpenStackCloud cloud, CancellationToken ct)
    {
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

        return new FlavorView
        {
            Flavors = flavors,
            Others = others,
            Faults = faults,
        };
    }
}
