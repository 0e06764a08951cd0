using FedSite.OpenStack;

namespace FedSite.Federation.Plans.Quotas;

/// <summary>What the cloud lets the projects have that the file gives a quota.</summary>
internal sealed record QuotaView
{
    public static QuotaView Empty { get; } = new();

    public UnifiedLimits Limits { get; init; } = UnifiedLimits.None;

    /// <summary>Limits that count and their use, by project's id and kind; what a service does not tell is missing.</summary>
    public IReadOnlyDictionary<(string Project, QuotaKind Kind), QuotaUse> Quotas { get; init; } =
        new Dictionary<(string, QuotaKind), QuotaUse>();

    /// <summary>Services that the file gives quotas of, and that the cloud has not.</summary>
    public IReadOnlySet<QuotaService> Missing { get; init; } = new HashSet<QuotaService>();

    /// <summary>Glance looks at Keystone's limits; false too when nothing of Glance was asked for.</summary>
    public bool GlanceHasLimits { get; init; }
}
