using FedSite.OpenStack.Compute;

namespace FedSite.Federation.Flavors;

/// <summary>What a flavor brings of accelerators, in words.</summary>
public static class FlavorCard
{
    /// <returns>For instance <c>1 GPU NVIDIA Tesla A100</c>; null: it has no metadata.</returns>
    public static string? Words(ListedFlavor flavor)
    {
        string?[] words =
        [
            Spec(flavor, FlavorSpecs.Number),
            Spec(flavor, FlavorSpecs.Type),
            Spec(flavor, FlavorSpecs.Vendor),
            Spec(flavor, FlavorSpecs.Model),
        ];
        var known = words.Where(word => !string.IsNullOrWhiteSpace(word)).ToList();
        return known.Count > 0 ? string.Join(' ', known) : null;
    }

    /// <summary>What the scheduler gives, for instance <c>PCI a100:1</c>; empty: nothing.</summary>
    public static string Scheduled(ListedFlavor flavor) =>
        flavor.ExtraSpecs is { } specs ? string.Join(", ", SchedulerHints.Of(specs).Words) : "";

    private static string? Spec(ListedFlavor flavor, string key) => flavor.ExtraSpecs?.GetValueOrDefault(key);
}
