using System.Globalization;
using FedSite.Configuration;

namespace FedSite.Federation.Flavors;

/// <summary>Extra specs that make a flavor one with accelerators.</summary>
internal static class FlavorSpecs
{
    /// <summary>What users find it by, as the federation agreed.</summary>
    public const string Prefix = "Accelerator:";

    public const string Type = Prefix + "Type";
    public const string Number = Prefix + "Number";
    public const string Vendor = Prefix + "Vendor";
    public const string Model = Prefix + "Model";
    public const string Version = Prefix + "Version";
    public const string Memory = Prefix + "Memory";
    public const string VirtualizationType = Prefix + "VirtualizationType";

    /// <summary>https://docs.openstack.org/nova/latest/admin/pci-passthrough.html</summary>
    public const string Alias = "pci_passthrough:alias";

    /// <summary>Before a resource class of Placement; one of several groups has a number or a name behind it.</summary>
    public const string Resources = "resources";

    /// <summary>https://docs.openstack.org/nova/latest/admin/virtual-gpu.html</summary>
    public const string Vgpu = Resources + ":VGPU";

    /// <summary>All agreed keys; the last three come from GLUE 2.1.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        Type,
        Number,
        Vendor,
        Model,
        Version,
        Memory,
        VirtualizationType,
        Prefix + "ComputeCapability",
        Prefix + "ClockSpeed",
        Prefix + "Cores",
    ];

    /// <summary>Values of <see cref="Type"/>.</summary>
    public static IReadOnlyList<string> Types { get; } = ["GPU", "MIC", "FPGA", "TPU", "NPU"];

    /// <summary>What the file wants of a flavor, in the order of <see cref="Known"/>, then the scheduler's.</summary>
    public static IReadOnlyDictionary<string, string> Wanted(FlavorConfig flavor)
    {
        var specs = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        if (flavor.Accelerator is { } card)
        {
            string?[] values =
            [
                card.Type,
                card.Number,
                card.Vendor,
                card.Model,
                card.Version,
                card.Memory,
                card.VirtualizationType,
                card.ComputeCapability,
                card.ClockSpeed,
                card.Cores,
            ];
            foreach (var (key, value) in Known.Zip(values))
            {
                if (value is not null)
                    specs[key] = value;
            }
        }

        if (flavor.Alias is { } alias)
            specs[Alias] = alias;
        if (flavor.Vgpu is { } cards)
            specs[Vgpu] = cards.ToString(CultureInfo.InvariantCulture);
        foreach (var (name, count) in flavor.Resources.OrderBy(one => one.Key, StringComparer.Ordinal))
            specs[$"{Resources}:{name}"] = count;
        return specs;
    }
}
