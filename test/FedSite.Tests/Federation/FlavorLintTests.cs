using FedSite.Federation.Flavors;
using FedSite.OpenStack.Compute;

namespace FedSite.Tests.Federation;

public sealed class FlavorLintTests
{
    private const string Whole =
        "Accelerator:Type=GPU; Accelerator:Number=1; Accelerator:Vendor=NVIDIA; Accelerator:Model=Tesla A100; "
        + "Accelerator:Memory=40; Accelerator:Version=PCIe; Accelerator:VirtualizationType=PCI passthrough";

    [Theory]
    [InlineData($"{Whole}; pci_passthrough:alias=a100:1", "")]
    [InlineData($"{Whole}; Accelerator:Number=2; pci_passthrough:alias=a100:2", "")]
    [InlineData($"{Whole}; Accelerator:Number=0.5; resources:VGPU=1", "")]
    [InlineData($"{Whole}; Accelerator:Number=0.25; pci_passthrough:alias=a100-vf:1", "")]
    [InlineData($"{Whole}; resources:VGPU=2", "")]
    [InlineData($"{Whole}; resources1:CUSTOM_GPU_A100=1", "")]
    [InlineData($"{Whole}; pci_passthrough:alias=a100:1,mlx5:1", "")]
    [InlineData($"{Whole}; accel:device_profile=card", "")]
    [InlineData($"{Whole}; Accelerator:Cores=6912; pci_passthrough:alias=a100:1", "")]
    [InlineData("hw:cpu_policy=dedicated", "")]
    [InlineData("resources:CUSTOM_BAREMETAL=1; resources:VCPU=0", "")]
    [InlineData("pci_passthrough:alias=a100:1", "FS-GPU-001")]
    [InlineData("resources:VGPU=1", "FS-GPU-001")]
    [InlineData("resources:CUSTOM_NVIDIA_35=1", "FS-GPU-001")]
    [InlineData("pci_passthrough:alias=connectx:1", "FS-GPU-002")]
    [InlineData(Whole, "FS-GPU-003")]
    [InlineData($"{Whole}; resources:VGPU=0", "FS-GPU-003")]
    [InlineData($"{Whole}; pci_passthrough:alias=a100:2", "FS-GPU-004")]
    [InlineData($"{Whole}; Accelerator:Number=2; pci_passthrough:alias=a100:1", "FS-GPU-004")]
    [InlineData($"{Whole}; Accelerator:Number=1.5; pci_passthrough:alias=a100:1", "FS-GPU-004")]
    [InlineData($"{Whole}; Accelerator:Number=2; resources:VGPU=1", "FS-GPU-004")]
    [InlineData($"{Whole}; Accelerator:Version=; pci_passthrough:alias=a100:1", "FS-GPU-007")]
    [InlineData($"{Whole}; Accelerator:Number=one; pci_passthrough:alias=a100:1", "FS-GPU-008")]
    [InlineData($"{Whole}; Accelerator:Number=0; pci_passthrough:alias=a100:1", "FS-GPU-008")]
    [InlineData($"{Whole}; Accelerator:Memory=40GB; pci_passthrough:alias=a100:1", "FS-GPU-008")]
    [InlineData($"{Whole}; Accelerator:Modell=A100; pci_passthrough:alias=a100:1", "FS-GPU-009")]
    [InlineData($"{Whole}; Accelerator:Type=Card; pci_passthrough:alias=a100:1", "FS-GPU-010")]
    [InlineData($"{Whole}; Accelerator:Type=gpu; pci_passthrough:alias=a100:1", "FS-GPU-010")]
    [InlineData($"{Whole}; pci_passthrough:alias=a100", "FS-GPU-012")]
    [InlineData($"{Whole}; resources:VGPU=one", "FS-GPU-012")]
    public void A_private_flavor_is_judged_by_its_extra_specs(string specs, string ids) =>
        Assert.Equal(ids, Ids(Flavor(specs)));

    [Fact]
    public void Type_and_number_must_be_there_and_the_rest_should() =>
        Assert.Equal("FS-GPU-005 FS-GPU-006", Ids(Flavor("Accelerator:Vendor=NVIDIA; pci_passthrough:alias=a100:1")));

    [Theory]
    [InlineData("Type", "Write one of GPU, MIC, FPGA, TPU, NPU.")]
    [InlineData("Number", "Write how many a server gets, such as 1 or 0.5.")]
    [InlineData("Version", "Write which one it is, such as PCIe; `0` where there is none.")]
    [InlineData(
        "Memory",
        "Write its value, or take the key away: `openstack flavor unset --property Accelerator:Memory g1.xlarge`."
    )]
    public void An_empty_value_comes_with_what_that_key_may_hold(string key, string todo)
    {
        var finding = Assert.Single(
            Judge(Flavor($"{Whole}; Accelerator:{key}=; pci_passthrough:alias=a100:1")),
            one => one.Id == "FS-GPU-007"
        );

        Assert.Equal(todo, finding.Todo);
    }

    [Fact]
    public void What_to_type_is_quoted_for_the_shell()
    {
        var finding = Assert.Single(
            Judge(Flavor($"{Whole}; Accelerator:Foo=1; pci_passthrough:alias=a100:1") with { Name = "it's; rm -r" })
        );

        Assert.EndsWith("Accelerator:Foo 'it'\\''s; rm -r'`.", finding.Todo, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_in_other_capitals_is_there_but_misspelt()
    {
        var specs = Whole.Replace("Accelerator:Type", "accelerator:type", StringComparison.Ordinal);

        var finding = Assert.Single(Judge(Flavor($"{specs}; pci_passthrough:alias=a100:1")));

        Assert.Equal("FS-GPU-009", finding.Id);
        Assert.Contains("Write Accelerator:Type", finding.Todo, StringComparison.Ordinal);
    }

    [Fact]
    public void A_public_flavor_with_accelerators_is_a_warning() =>
        Assert.Equal(
            "FS-GPU-011",
            Ids(Flavor($"{Whole}; pci_passthrough:alias=a100:1") with { IsPublic = true, Vcpus = 8 })
        );

    [Fact]
    public void A_public_device_that_is_no_accelerator_is_no_fault_of_its_own() =>
        Assert.Equal("FS-GPU-002", Ids(Flavor("pci_passthrough:alias=connectx:1") with { IsPublic = true, Vcpus = 8 }));

    [Theory]
    [InlineData(8, true, "")]
    [InlineData(7, true, "FS-GPU-013")]
    [InlineData(8, false, "FS-GPU-013")]
    public void Monitoring_wants_a_flavor_with_8_GB_that_it_may_use(int disk, bool isPublic, string ids) =>
        Assert.Equal(
            ids,
            string.Join(
                ' ',
                FlavorLint.Check([Small with { DiskGiB = disk, IsPublic = isPublic }], []).Select(one => one.Id)
            )
        );

    [Fact]
    public void A_private_flavor_of_the_VO_ops_will_do_for_monitoring() =>
        Assert.Empty(FlavorLint.Check([Small with { IsPublic = false }], [Small.Name]));

    [Fact]
    public void Monitoring_takes_the_smallest_even_if_it_has_an_accelerator()
    {
        var card = Flavor($"{Whole}; pci_passthrough:alias=a100:1") with { IsPublic = true, RamMiB = 1 };

        Assert.Equal("FS-GPU-011 FS-GPU-014", Ids(card));
    }

    [Fact]
    public void Extra_specs_that_are_not_shown_are_said_once() =>
        Assert.Equal(
            ["FS-GPU-015"],
            FlavorLint
                .Check([Small with { ExtraSpecs = null }, Flavor("") with { ExtraSpecs = null }], [])
                .Select(f => f.Id)
        );

    [Fact]
    public void Ids_are_unique() =>
        Assert.Equal(FlavorRules.All.Count, FlavorRules.All.Select(rule => rule.Id).Distinct().Count());

    private static ListedFlavor Small { get; } =
        new()
        {
            Id = "small",
            Name = "m1.small",
            Vcpus = 1,
            RamMiB = 2048,
            DiskGiB = 10,
            ExtraSpecs = new Dictionary<string, string>(),
        };

    private static IReadOnlyList<FlavorFinding> Judge(ListedFlavor flavor) => FlavorLint.Check([Small, flavor], []);

    private static string Ids(ListedFlavor flavor) =>
        string.Join(' ', Judge(flavor).Select(finding => finding.Id).Order(StringComparer.Ordinal));

    /// <param name="specs"><c>KEY=VALUE</c>, with <c>;</c> between; the last of a key counts.</param>
    private static ListedFlavor Flavor(string specs) =>
        new()
        {
            Id = "card",
            Name = "g1.xlarge",
            Vcpus = 1,
            RamMiB = 65536,
            DiskGiB = 80,
            IsPublic = false,
            ExtraSpecs = specs
                .Split("; ", StringSplitOptions.RemoveEmptyEntries)
                .Select(spec => spec.Split('=', 2))
                .GroupBy(pair => pair[0], pair => pair[1])
                .ToDictionary(group => group.Key, group => group.Last()),
        };
}
