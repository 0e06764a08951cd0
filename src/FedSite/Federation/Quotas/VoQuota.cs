using System.Text.Json.Serialization;
using FedSite.Federation.Plans.Quotas;

namespace FedSite.Federation.Quotas;

/// <summary>What a project of a VO may have of one thing, and what it has, in units of the service.</summary>
public sealed record VoQuota
{
    public required string Vo { get; init; }

    /// <summary>As <c>site.yaml</c> names it.</summary>
    public required string Project { get; init; }
    public required string ProjectId { get; init; }

    /// <summary>For instance <c>nova</c>.</summary>
    public required string Service { get; init; }

    /// <summary>As <c>site.yaml</c> calls it, for instance <c>ram</c>.</summary>
    public required string Quota { get; init; }

    /// <summary><c>MiB</c> or <c>GiB</c>; null: it is no size.</summary>
    public string? Unit { get; init; }

    /// <summary>-1: unlimited.</summary>
    public required long Limit { get; init; }
    public required long Used { get; init; }

    /// <summary>Other VOs that have this project, and with it this quota, in the file's order.</summary>
    public IReadOnlyList<string> SharedWith { get; init; } = [];

    /// <summary>An earlier one of these VOs that this quota is counted for; null: it is counted here.</summary>
    public string? CountedFor { get; init; }

    /// <summary>What the cloud has of it in all; null: not known.</summary>
    public long? Capacity { get; init; }

    /// <summary>
    /// Limit against capacity, 1 is all; null: not known, or unlimited, or counted for another VO. So shares may be summed.
    /// </summary>
    public double? Share => CountedFor is null && Capacity is > 0 && Limit >= 0 ? (double)Limit / Capacity : null;

    /// <summary>The file names it for this project.</summary>
    [JsonIgnore]
    public bool IsAgreed { get; init; }

    /// <summary>As <c>site.yaml</c> writes it.</summary>
    public string Text(long count) => QuotaKind.All.First(kind => kind.Key == Quota).Text(count);
}

/// <summary>Quotas of VOs as the cloud has them.</summary>
/// <param name="Quotas">By VO, project and kind, in the file's order.</param>
/// <param name="Warnings">What could not be read.</param>
public sealed record VoQuotas(IReadOnlyList<VoQuota> Quotas, IReadOnlyList<string> Warnings);
