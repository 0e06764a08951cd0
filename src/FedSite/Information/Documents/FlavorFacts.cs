using System.Globalization;
using FedSite.OpenStack.Compute;

namespace FedSite.Information.Documents;

/// <summary>What the extra specs of a flavor mean to the federation.</summary>
internal static class FlavorFacts
{
    /// <summary>An extra spec, whatever its capitals; null: it has none.</summary>
    public static string? Spec(ListedFlavor flavor, string name) =>
        flavor
            .ExtraSpecs?.Where(spec => spec.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(spec => spec.Value.Trim())
            .FirstOrDefault(value => value.Length > 0);

    /// <summary>It brings accelerators.</summary>
    public static bool HasAccelerator(ListedFlavor flavor) => Spec(flavor, "Accelerator:Number") is not null;

    /// <summary>A decimal; null: it is missing or no number.</summary>
    public static decimal? Number(ListedFlavor flavor, string name) =>
        decimal.TryParse(
            Spec(flavor, name),
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var number
        )
        && number >= 0
            ? number
            : null;

    /// <summary><c>arm64</c>, <c>powerpc</c>, or else <c>amd64</c>.</summary>
    public static string Platform(ListedFlavor flavor)
    {
        var said = (flavor.ExtraSpecs ?? new Dictionary<string, string>())
            .Where(spec => spec.Key.Contains("arch", StringComparison.OrdinalIgnoreCase))
            .Select(spec => $"{spec.Key} {spec.Value}".ToLowerInvariant())
            .ToList();
        return Says("aarch64") || Says("arm64") ? "arm64"
            : Says("ppc64") ? "powerpc"
            : "amd64";

        bool Says(string word) => said.Exists(text => text.Contains(word, StringComparison.Ordinal));
    }

    public static bool HasInfiniband(ListedFlavor flavor) =>
        string.Equals(Spec(flavor, "infiniband"), "true", StringComparison.OrdinalIgnoreCase);
}
