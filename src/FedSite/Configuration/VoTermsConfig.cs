using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;

namespace FedSite.Configuration;

/// <summary>
/// What a project may have, as agreed with the VO; only what is written is planned. -1: unlimited. Nova, Cinder and
/// Neutron hold it as quotas, or Keystone as limits where a service uses those.
/// </summary>
public sealed record QuotaConfig
{
    /// <summary>Servers (Nova).</summary>
    [Range(-1, int.MaxValue)]
    public int? Instances { get; init; }

    /// <summary>Virtual CPUs (Nova).</summary>
    [Range(-1, int.MaxValue)]
    public int? Cores { get; init; }

    /// <summary>Memory of all servers (Nova, which counts in MiB), for instance <c>400GiB</c>, or <c>-1</c>.</summary>
    [RegularExpression(ByteSize.QuotaPattern, ErrorMessage = ByteSize.QuotaForm)]
    public string? Ram { get; init; }

    /// <summary>SSH keys of each user (Nova).</summary>
    [Range(-1, int.MaxValue)]
    public int? KeyPairs { get; init; }

    /// <summary>Server groups (Nova).</summary>
    [Range(-1, int.MaxValue)]
    public int? ServerGroups { get; init; }

    /// <summary>Volumes (Cinder).</summary>
    [Range(-1, int.MaxValue)]
    public int? Volumes { get; init; }

    /// <summary>Size of all volumes and snapshots (Cinder, which counts in GiB), for instance <c>10TiB</c>, or <c>-1</c>.</summary>
    [RegularExpression(ByteSize.QuotaPattern, ErrorMessage = ByteSize.QuotaForm)]
    public string? VolumeStorage { get; init; }

    /// <summary>Snapshots of volumes (Cinder).</summary>
    [Range(-1, int.MaxValue)]
    public int? Snapshots { get; init; }

    /// <summary>Backups of volumes (Cinder).</summary>
    [Range(-1, int.MaxValue)]
    public int? Backups { get; init; }

    /// <summary>Size of all backups (Cinder, which counts in GiB).</summary>
    [RegularExpression(ByteSize.QuotaPattern, ErrorMessage = ByteSize.QuotaForm)]
    public string? BackupStorage { get; init; }

    /// <summary>Floating addresses (Neutron).</summary>
    [Range(-1, int.MaxValue)]
    public int? FloatingIps { get; init; }

    /// <summary>Networks (Neutron).</summary>
    [Range(-1, int.MaxValue)]
    public int? Networks { get; init; }

    /// <summary>Subnets (Neutron).</summary>
    [Range(-1, int.MaxValue)]
    public int? Subnets { get; init; }

    /// <summary>Ports (Neutron).</summary>
    [Range(-1, int.MaxValue)]
    public int? Ports { get; init; }

    /// <summary>Routers (Neutron).</summary>
    [Range(-1, int.MaxValue)]
    public int? Routers { get; init; }

    /// <summary>Security groups (Neutron).</summary>
    [Range(-1, int.MaxValue)]
    public int? SecurityGroups { get; init; }

    /// <summary>Rules of all security groups (Neutron).</summary>
    [Range(-1, int.MaxValue)]
    public int? SecurityGroupRules { get; init; }

    /// <summary>Images that the project owns (Glance; only where it uses Keystone's limits).</summary>
    [Range(-1, int.MaxValue)]
    public int? Images { get; init; }

    /// <summary>Size of all images that the project owns (Glance, in MiB; only where it uses Keystone's limits).</summary>
    [RegularExpression(ByteSize.QuotaPattern, ErrorMessage = ByteSize.QuotaForm)]
    public string? ImageStorage { get; init; }
}

/// <summary>A first network of a project: made when it is missing, never changed or removed.</summary>
public sealed record ProjectNetworkConfig
{
    /// <summary>Name of the network, and of its router. Default <c>private</c>.</summary>
    [RegularExpression("\\S(.{0,253}\\S)?", ErrorMessage = "a network's name, up to 255 characters")]
    public string Name { get; init; } = "private";

    /// <summary>A subnet each, for instance <c>192.168.0.0/24</c> and <c>fd00:1::/64</c>.</summary>
    [NotEmpty]
    public IReadOnlyList<string> Cidrs { get; init; } = [];

    /// <summary>Name or id of the network that leads to the world; the project gets a router to it. Default: no router.</summary>
    public string? External { get; init; }

    /// <summary>Addresses of name servers for the servers on it. Default: those of the cloud.</summary>
    public IReadOnlyList<string> Dns { get; init; } = [];

    /// <summary>Those for subnets of one version of IP.</summary>
    internal IReadOnlyList<string> DnsOf(AddressFamily family) =>
        [.. Dns.Where(address => IPAddress.Parse(address).AddressFamily == family)];

    internal bool IsSame(ProjectNetworkConfig other) =>
        (Name, External) == (other.Name, other.External)
        && Cidrs.SequenceEqual(other.Cidrs, StringComparer.Ordinal)
        && Dns.SequenceEqual(other.Dns, StringComparer.Ordinal);
}

/// <summary>A flavor of the cloud as the federation should see it. Flavors are never made or removed.</summary>
public sealed record FlavorConfig
{
    /// <summary>Its name in Nova.</summary>
    [RegularExpression("\\S(.{0,253}\\S)?", ErrorMessage = "a flavor's name, up to 255 characters")]
    public required string Name { get; init; }

    /// <summary>What users find it by: the agreed metadata <c>Accelerator:*</c>.</summary>
    public AcceleratorConfig? Accelerator { get; init; }

    /// <summary>Value of <c>pci_passthrough:alias</c>, for instance <c>a100:1</c>: cards that the scheduler gives away whole.</summary>
    [RegularExpression(
        "[^\\s:,]+:[1-9][0-9]{0,3}(,[^\\s:,]+:[1-9][0-9]{0,3})*",
        ErrorMessage = "an alias with a count, such as a100:1"
    )]
    public string? Alias { get; init; }

    /// <summary>Value of <c>resources:VGPU</c>: virtual cards.</summary>
    [Range(1, 1024)]
    public int? Vgpu { get; init; }

    /// <summary>Further <c>resources:CLASS</c>, for instance <c>{CUSTOM_GPU_A100: "1"}</c>.</summary>
    [RegularExpression("[0-9]{1,6}", ErrorMessage = "a count such as 1")]
    public IReadOnlyDictionary<string, string> Resources { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// Metadata of a flavor with accelerators, as the federation agreed; a value that is left out is not planned, but
/// <c>type</c> and <c>number</c>.
/// </summary>
public sealed record AcceleratorConfig
{
    /// <summary><c>Accelerator:Type</c>.</summary>
    [AllowedValues("GPU", "MIC", "FPGA", "TPU", "NPU")]
    public required string Type { get; init; }

    /// <summary><c>Accelerator:Number</c>; a part of a shared card is a fraction, such as <c>0.5</c>.</summary>
    [RegularExpression("[0-9]{1,4}(\\.[0-9]{1,6})?", ErrorMessage = "a number such as 1 or 0.5")]
    public required string Number { get; init; }

    /// <summary><c>Accelerator:Vendor</c>, for instance <c>NVIDIA</c>.</summary>
    public string? Vendor { get; init; }

    /// <summary><c>Accelerator:Model</c>, the full name on the market, for instance <c>Tesla A100</c>.</summary>
    public string? Model { get; init; }

    /// <summary><c>Accelerator:Version</c>, the card's variant such as <c>PCIe</c>; <c>0</c>: none.</summary>
    public string? Version { get; init; }

    /// <summary><c>Accelerator:Memory</c>, GB of each.</summary>
    [RegularExpression("[0-9]{1,6}(\\.[0-9]{1,3})?", ErrorMessage = "GB, such as 40")]
    public string? Memory { get; init; }

    /// <summary><c>Accelerator:VirtualizationType</c>, for instance <c>PCI passthrough</c>.</summary>
    public string? VirtualizationType { get; init; }

    /// <summary><c>Accelerator:ComputeCapability</c>.</summary>
    public string? ComputeCapability { get; init; }

    /// <summary><c>Accelerator:ClockSpeed</c>, MHz.</summary>
    public string? ClockSpeed { get; init; }

    /// <summary><c>Accelerator:Cores</c>.</summary>
    public string? Cores { get; init; }

    /// <summary>
    /// Vendor and product id of the card on the PCI bus, as <c>lspci -nn</c> shows them, for instance
    /// <c>10de:20f1</c>; for <c>fedsite federation render nova-gpu</c>.
    /// </summary>
    [RegularExpression(
        "[0-9a-fA-F]{4}:[0-9a-fA-F]{4}",
        ErrorMessage = "two ids of four hexadecimal digits, such as 10de:20f1"
    )]
    public string? Pci { get; init; }

    /// <summary>
    /// What the card is to Nova: <c>PCI</c> (default), <c>PF</c> for one that knows SR-IOV, as <c>lspci -v</c> shows, or
    /// <c>VF</c> for a part of one.
    /// </summary>
    [AllowedValues("PCI", "PF", "VF")]
    public string? PciType { get; init; }
}

/// <summary>The site's file for the federation's central operations ("catch-all").</summary>
public sealed record CatchallConfig
{
    /// <summary>A copy of it, which <c>fedsite check</c> compares with the cloud.</summary>
    [LocalPath(PathUse.Made)]
    public string? File { get; init; }

    /// <summary>Keystone's URL exactly as GOCDB has it. Default: GOCDB is asked.</summary>
    [RegularExpression("https?://\\S+", ErrorMessage = "a URL such as https://keystone.example.org:5000/v3")]
    public string? Endpoint { get; init; }

    /// <summary>Authentication method, as keystoneauth calls it. Left out: it is not written.</summary>
    public string? Auth { get; init; }

    /// <summary>Region, where it is not the only one.</summary>
    public string? Region { get; init; }

    /// <summary>Regions of VOs whose own is another, for instance <c>{vo.example.eu: WAW4-1}</c>.</summary>
    public IReadOnlyDictionary<string, string> VoRegions { get; init; } = new Dictionary<string, string>();

    /// <summary>The central operations put the communities' images into this cloud. Default false.</summary>
    public bool SyncImages { get; init; }

    /// <summary>Formats of images that they may send, for instance <c>[qcow2, raw]</c>.</summary>
    public IReadOnlyList<string> Formats { get; init; } = [];

    /// <summary>They extract the site's usage records. Left out: it is not written.</summary>
    public bool? Accounting { get; init; }

    /// <summary>Site name of those records, where it is another than <c>site.name</c>.</summary>
    public string? AccountingSite { get; init; }
}
