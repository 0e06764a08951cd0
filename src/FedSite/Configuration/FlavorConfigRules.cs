namespace FedSite.Configuration;

/// <summary>Whether Nova can take what the file says of flavors, and says it once.</summary>
internal sealed class FlavorConfigRules(IReadOnlyList<FlavorConfig> flavors, Action<string, string> error)
{
    private const string Vgpu = "VGPU";
    private const int LongestValue = 255;

    public void Check()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (i, flavor) in flavors.Index())
        {
            if (!names.Add(flavor.Name))
                error($"flavors[{i}].name", $"the flavor {flavor.Name} is listed twice");
            foreach (var name in flavor.Resources.Keys.Where(name => !IsResourceClass(name)))
                error(
                    $"flavors[{i}].resources",
                    $"`{name}` is no resource class such as CUSTOM_GPU_A100: capitals, digits and underscores"
                );
            if (flavor.Vgpu is not null && flavor.Resources.ContainsKey(Vgpu))
                error($"flavors[{i}].resources", $"{Vgpu} is `vgpu` already");
            if (flavor.Accelerator is { } card)
                Check(card, $"flavors[{i}].accelerator");
        }
    }

    private void Check(AcceleratorConfig card, string key)
    {
        (string Name, string? Value)[] values =
        [
            ("vendor", card.Vendor),
            ("model", card.Model),
            ("version", card.Version),
            ("virtualization_type", card.VirtualizationType),
            ("compute_capability", card.ComputeCapability),
            ("clock_speed", card.ClockSpeed),
            ("cores", card.Cores),
        ];
        foreach (var (name, value) in values)
        {
            if (value is not null && string.IsNullOrWhiteSpace(value))
                error($"{key}.{name}", "is empty; leave it out, or write `0` where there is none");
            else if (value?.Length > LongestValue)
                error($"{key}.{name}", $"is longer than the {LongestValue} characters that Nova takes");
        }
    }

    private static bool IsResourceClass(string name) =>
        name.Length > 0 && name.All(one => char.IsAsciiLetterUpper(one) || char.IsAsciiDigit(one) || one == '_');
}
