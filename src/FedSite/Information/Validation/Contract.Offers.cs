using static FedSite.Information.Validation.MemberKind;

namespace FedSite.Information.Validation;

/// <summary>Members of images, flavors, accelerators and shares.</summary>
internal static partial class Contract
{
    private static IEnumerable<MemberRule> ImageMembers() =>
        [
            Other(
                Optional("image", MemberKind.Object, "What Glance knows of it.") with
                {
                    Members =
                    [
                        Optional("size", Whole, "Bytes."),
                        Optional("format", Text, "Format of the disk, such as `qcow2`."),
                        Optional("container", Text, "Format of the container, such as `bare`."),
                        Optional("min_disk", Whole, "Least disk of a machine, in GiB."),
                        Optional("min_ram", Whole, "Least memory of a machine, in MiB."),
                        Optional("checksum", Text, "Algorithm, colon, digest in hexadecimal."),
                        Optional("created", Time, "When it was made."),
                        Optional("updated", Time, "When it was changed."),
                        Optional("visibility", Text, "`public`, `community`, `shared` or `private`."),
                        Optional("login_user", Text, "User to log in as."),
                        Optional("hidden_versions", Objects, "Older versions that Glance hides.") with
                        {
                            Members =
                            [
                                Needed("id", FilledText, "Its id."),
                                Optional("name", Text, "Its name."),
                                Optional("version", Text, "Its tag in EGI's registry."),
                                Optional("created", Time, "When it was made."),
                            ],
                        },
                    ],
                }
            ),
            new("MarketplaceURL", Text, "Where it comes from; else its URL in Glance.")
            {
                IsRequired = true,
                Harm = "the query API can't tell an image of EGI's, and drops the whole site when it is no text",
            },
            Needed("OSPlatform", Text, "Architecture."),
            Needed("OSName", Text, "Operating system."),
            Needed("OSVersion", Text, "Its version."),
            Needed("Description", Text, "What it is for."),
            Needed("AccessInfo", Text, "Always `none`."),
        ];

    private static IEnumerable<MemberRule> InstanceTypeMembers() =>
        [
            Other(
                Optional("swap", Whole, "Swap disk, in MiB."),
                Optional("public", MemberKind.Boolean, "All projects have it.")
            ),
            Needed("Platform", FilledText, "`amd64` or `arm64`."),
            Needed("CPU", Whole, "CPUs."),
            Needed("RAM", Number, "Memory, in MiB."),
            Needed("Disk", Number, "Disk, in GiB."),
            Needed("NetworkIn", PerhapsBoolean, "Machines are reached from outside."),
            Needed("NetworkOut", PerhapsBoolean, "Machines reach the world."),
            Optional("NetworkInfo", Text, "`infiniband`, if there is."),
            Optional("EphemeralStorage", Number, "Second disk that goes with the machine, in GiB."),
        ];

    private static IEnumerable<MemberRule> AcceleratorMembers() =>
        [
            Other(),
            Needed("Type", FilledText, "`GPU`, `MIC`, `FPGA`, `TPU` or `NPU`."),
            new("Number", Number, "How many a machine has; a part of one is a fraction.")
            {
                IsRequired = true,
                Minimum = 0,
            },
            Needed("Vendor", Text, "Who made it."),
            Needed("Model", Text, "Its model."),
            Needed("ComputeCapability", Texts, "What it is able to do."),
            Optional("Memory", Number, "Memory of each, in GiB."),
            Optional("VirtualizationType", Text, "How it gets to the machine."),
            Optional("Version", Text, "Its version."),
        ];

    private static IEnumerable<MemberRule> ShareMembers() =>
        [
            Other(
                Optional("project_name", Text, "Name of the project."),
                Optional("project_domain_name", Text, "Name of its domain."),
                Optional("quotas", MemberKind.Object, "Nova's limits by name; -1 is none."),
                Optional("usage", MemberKind.Object, "Limits and what is used of them, by service and name.") with
                {
                    Members =
                    [
                        Optional("compute", MemberKind.Object, "Of Nova."),
                        Optional("volume", MemberKind.Object, "Of Cinder."),
                        Optional("network", MemberKind.Object, "Of Neutron."),
                    ],
                },
                Optional("vm_states", MemberKind.Object, "Numbers of machines by Nova's states."),
                Optional("region", Text, "Region of the project."),
                Optional("health", MemberKind.Object, "What of the share could be read.") with
                {
                    Members =
                    [
                        Needed("state", "How it is.", "ok", "warning", "critical"),
                        Optional("failed", Objects, "What could not be read.") with
                        {
                            Members =
                            [
                                Needed("part", FilledText, "What it is."),
                                Needed("info", Text, "What went wrong."),
                            ],
                        },
                    ],
                }
            ),
            Optional("InstanceMaxCPU", Whole, "CPUs of the largest flavor."),
            Optional("InstanceMaxRAM", Number, "Memory of the largest flavor, in MiB."),
            .. Machines(),
            Optional("MaxVM", Whole, "Machines that it may have; -1 is any number."),
            new("ProjectID", FilledText, "Id of the project.")
            {
                IsRequired = true,
                Harm = "nobody learns the VO's project, and the query API drops the whole site",
            },
            Optional("SLA", Text, "URL of the service level agreement."),
            Optional("NetworkInfo", Text, "A remark on the network."),
            Optional(
                "DefaultNetworkType",
                "What a machine gets that asks for no network.",
                "none",
                "public",
                "public_only",
                "private",
                "private_only"
            ),
            Optional("PublicNetworkName", Text, "Network with public addresses."),
        ];
}
