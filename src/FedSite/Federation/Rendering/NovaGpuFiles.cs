using System.Globalization;
using FedSite.Configuration;

namespace FedSite.Federation.Rendering;

/// <summary>What nova.conf needs for accelerators: which devices servers may get, how they are called, and the filter.</summary>
internal static class NovaGpuFiles
{
    /// <summary>The default from Xena on; the option is one list, so what is added must repeat it.</summary>
    private static readonly string[] Filters =
    [
        "ComputeFilter",
        "ComputeCapabilitiesFilter",
        "ImagePropertiesFilter",
        "ServerGroupAntiAffinityFilter",
        "ServerGroupAffinityFilter",
    ];

    private const string Folder =
        "Nova reads that folder by itself after nova.conf; where it is started with --config-file (Debian's init scripts do\n"
        + "that), add --config-dir /etc/nova/nova.conf.d.";

    /// <summary>A device that aliases name. https://docs.openstack.org/nova/latest/admin/pci-passthrough.html</summary>
    private sealed record Device(string Alias, string Vendor, string Product, string Type)
    {
        public string Spec => $$"""{"vendor_id": "{{Vendor}}", "product_id": "{{Product}}"}""";

        public string AliasSpec =>
            $$"""{"vendor_id": "{{Vendor}}", "product_id": "{{Product}}", "device_type": "type-{{Type}}", "name": "{{Alias}}"}""";
    }

    public static RenderedTarget Render(LoadedSite loaded)
    {
        var flavors = loaded.Config.Flavors;
        if (!flavors.Any(flavor => flavor.Alias is not null || flavor.Vgpu is not null || flavor.Resources.Count > 0))
        {
            throw new FedSiteException(
                $"{loaded.Path} has no flavor with `alias`, `vgpu` or `resources`: Nova needs nothing for them.",
                "Write them under `flavors`, as docs/gpu-flavors.md shows.",
                ExitCode.Usage
            );
        }

        var warnings = new List<string>();
        var devices = Devices(flavors, warnings);
        var hasVgpu = flavors.Any(flavor => flavor.Vgpu is not null);
        if (hasVgpu)
            warnings.Add(
                "Virtual cards: which type each host makes is the host's own; write `enabled_mdev_types` in the compute hosts' file."
            );
        foreach (var flavor in flavors.Where(flavor => flavor.Resources.Count > 0))
            warnings.Add(
                $"The flavor {flavor.Name} wants {string.Join(", ", flavor.Resources.Keys.Order(StringComparer.Ordinal))}: Placement must have that from Ironic, or a provider file of the compute host."
            );
        return new RenderedTarget(
            [
                new RenderedFile("fedsite-gpu.conf", Everywhere(devices)),
                new RenderedFile("fedsite-gpu-compute.conf", OnCompute(devices, hasVgpu)),
            ],
            warnings
        );
    }

    /// <summary>One a name and device, in the file's order.</summary>
    private static List<Device> Devices(IReadOnlyList<FlavorConfig> flavors, List<string> warnings)
    {
        var devices = new List<Device>();
        foreach (var flavor in flavors.Where(flavor => flavor.Alias is not null))
        {
            var names = flavor.Alias!.Split(',').Select(part => Quoted.Oslo(part[..part.LastIndexOf(':')])).ToList();
            if (flavor.Accelerator?.Pci is not { } pci)
                continue;
            if (names.Count > 1)
            {
                warnings.Add(
                    $"The flavor {flavor.Name} has several aliases, {string.Join(", ", names)}: which device is which is not known; write a flavor for each, or their lines by hand."
                );
                continue;
            }

            var ids = pci.ToLower(CultureInfo.InvariantCulture).Split(':');
            devices.Add(new Device(names[0], ids[0], ids[1], flavor.Accelerator.PciType ?? "PCI"));
        }

        foreach (var name in flavors.Where(flavor => flavor.Alias is not null).SelectMany(Names).Distinct())
        {
            var own = devices.Where(device => device.Alias == name).ToList();
            if (own.Count == 0)
                warnings.Add(
                    $"Nothing says which device the alias {name} is: write `pci` under the flavor's `accelerator`, as `lspci -nn` shows it."
                );
            if (own.Select(device => device.Type).Distinct().Count() > 1)
                throw new FedSiteException(
                    $"The alias {name} has devices of several types ({string.Join(", ", own.Select(device => device.Type).Distinct())}), which Nova refuses.",
                    "Make `pci_type` the same wherever that alias is, or give one of them another alias.",
                    ExitCode.Usage
                );
        }

        return [.. devices.Distinct()];
    }

    private static IEnumerable<string> Names(FlavorConfig flavor) =>
        flavor.Alias!.Split(',').Select(part => Quoted.Oslo(part[..part.LastIndexOf(':')]));

    private static string Everywhere(List<Device> devices) =>
        FileHeader.Parts([
            FileHeader.Of(
                RenderTarget.NovaGpu,
                "How devices are called in flavors, and the filter that looks for a host with free ones.",
                $"""
                Goes to /etc/nova/nova.conf.d/fedsite-gpu.conf on each host with nova-api, nova-scheduler, nova-conductor or
                nova-compute. {Folder}
                Takes effect when they are restarted.
                """
            ),
            devices.Count > 0
                ? string.Join(
                    '\n',
                    devices
                        .Select(device => $"alias = {device.AliasSpec}")
                        .Prepend(
                            "# device_type: type-PCI, or type-PF for a card that knows SR-IOV (`pci_type` in site.yaml)."
                        )
                        .Prepend("[pci]")
                )
                : null,
            devices.Count > 0
                ? $"""
                [filter_scheduler]
                # Nova's own list and PciPassthroughFilter. One of your own in nova.conf is replaced by this.
                enabled_filters = {string.Join(',', Filters.Append("PciPassthroughFilter"))}
                """
                : null,
        ]);

    private static string OnCompute(List<Device> devices, bool hasVgpu) =>
        FileHeader.Parts([
            FileHeader.Of(
                RenderTarget.NovaGpu,
                "Which devices of this host servers may get.",
                $"""
                Goes to /etc/nova/nova.conf.d/fedsite-gpu-compute.conf on hosts whose cards are for servers, beside
                fedsite-gpu.conf. {Folder}
                Takes effect when nova-compute is restarted. Before Zed the option is called passthrough_whitelist.
                """
            ),
            devices.Count > 0
                ? string.Join(
                    '\n',
                    devices.Select(device => $"device_spec = {device.Spec}").Distinct().Prepend("[pci]")
                )
                : null,
            hasVgpu
                ? """
                [devices]
                # The type of virtual cards that this host makes: a folder name under /sys/class/mdev_bus/*/mdev_supported_types.
                # enabled_mdev_types = nvidia-471
                """
                : null,
        ]);
}
