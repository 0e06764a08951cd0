using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace FedSite.Configuration;

/// <summary>Usage records out of OpenStack.</summary>
public sealed record AccountingConfig
{
    /// <summary>
    /// Projects to account. Left out: those listed under <c>vos</c>, those with the tag, and those that have a VO
    /// property.
    /// </summary>
    public IReadOnlyList<ProjectRef>? Projects { get; init; }

    /// <summary>Keystone tag that marks a project for accounting. Default <c>caso</c>.</summary>
    [RegularExpression("[^,/]{1,255}", ErrorMessage = "a Keystone tag: up to 255 characters, no comma, no slash")]
    public string Tag { get; init; } = "caso";

    /// <summary>
    /// Project properties that may hold the VO's name; the first one present wins.
    /// Default <c>[egi.VO, egi.eu:VO, accounting:VO, VO]</c>.
    /// </summary>
    [NotEmpty]
    public IReadOnlyList<string> VoProperty { get; init; } = ["egi.VO", "egi.eu:VO", "accounting:VO", "VO"];

    /// <summary>
    /// Kinds of records to make: <c>cloud</c>, <c>accelerator</c>, <c>ip</c>, <c>storage</c>. Default
    /// <c>[cloud, accelerator]</c>; the others need registrations of their own, see <c>fedsite check</c>.
    /// </summary>
    [NotEmpty]
    public IReadOnlyList<RecordKind> Kinds { get; init; } = [RecordKind.Cloud, RecordKind.Accelerator];

    /// <summary>Projects that are read at the same time, 1 to 64. Default 4.</summary>
    [Range(1, 64)]
    public int Parallel { get; init; } = 4;

    /// <summary>Flavor extra specs that hold a benchmark.</summary>
    public BenchmarkConfig Benchmark { get; init; } = new();

    /// <summary>Public IP addresses, for records of kind <c>ip</c>.</summary>
    public PublicIpConfig PublicIp { get; init; } = new();

    /// <summary>
    /// <c>caso-5</c> makes records, their selection and their messages as cASO 5.2.2 does, to compare both before a
    /// switch; <c>none</c> does as documentation of the records says. Default <c>none</c>.
    /// </summary>
    [AllowedValues("none", Caso5)]
    public string Compat { get; init; } = "none";

    /// <summary>Value of <see cref="Compat"/>.</summary>
    internal const string Caso5 = "caso-5";

    /// <summary>Another account, or another cloud, for accounting alone; same keys as <c>openstack</c>.</summary>
    [JsonPropertyName("openstack")]
    public OpenStackConfig? OpenStack { get; init; }
}

/// <summary>Flavor extra specs that hold a benchmark.</summary>
public sealed record BenchmarkConfig
{
    /// <summary>Extra spec with the benchmark's name. Default <c>accounting:benchmark_type</c>.</summary>
    public string TypeKey { get; init; } = "accounting:benchmark_type";

    /// <summary>Extra spec with the benchmark's value, a decimal. Default <c>accounting:benchmark_value</c>.</summary>
    public string ValueKey { get; init; } = "accounting:benchmark_value";
}

/// <summary>Which public IP addresses are accounted.</summary>
public sealed record PublicIpConfig
{
    /// <summary>Version in the message, <c>0.2</c> or, for repositories that want it so, <c>v0.2</c>. Default <c>0.2</c>.</summary>
    [RegularExpression("v?[0-9]{1,3}\\.[0-9]{1,3}", ErrorMessage = "a version such as 0.2 or v0.2")]
    public string Version { get; init; } = "0.2";

    /// <summary>
    /// Addresses that count: <c>floating</c> ones; those of ports on <c>external</c> networks; routable ones of ports on
    /// <c>provider</c> networks, which another project shares; <c>global-ipv6</c> ones of ports on any network. An address
    /// counts once. Default <c>[floating, external]</c>.
    /// </summary>
    [NotEmpty]
    [AllowedValues(Floating, External, Provider, GlobalIpv6)]
    public IReadOnlyList<string> Count { get; init; } = [Floating, External];

    internal const string Floating = "floating";
    internal const string External = "external";
    internal const string Provider = "provider";
    internal const string GlobalIpv6 = "global-ipv6";
}
