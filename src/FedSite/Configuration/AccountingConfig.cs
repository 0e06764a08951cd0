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

    /// <summary>Kinds of records to make: <c>cloud</c>, <c>accelerator</c>. Default both.</summary>
    [NotEmpty]
    public IReadOnlyList<RecordKind> Kinds { get; init; } = [RecordKind.Cloud, RecordKind.Accelerator];

    /// <summary>Projects that are read at the same time, 1 to 64. Default 4.</summary>
    [Range(1, 64)]
    public int Parallel { get; init; } = 4;

    /// <summary>Flavor extra specs that hold a benchmark.</summary>
    public BenchmarkConfig Benchmark { get; init; } = new();

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

/// <summary>Kinds of usage records.</summary>
public enum RecordKind
{
    /// <summary>Virtual machines, text format v0.4.</summary>
    Cloud,

    /// <summary>GPUs and the like, JSON format 0.1.</summary>
    Accelerator,
}
