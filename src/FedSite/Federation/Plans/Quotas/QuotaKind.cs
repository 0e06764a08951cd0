using System.Globalization;
using FedSite.Configuration;
using FedSite.OpenStack;

namespace FedSite.Federation.Plans.Quotas;

/// <summary>A service that limits projects.</summary>
internal enum QuotaService
{
    Nova,
    Cinder,
    Neutron,
    Glance,
}

/// <summary>Something that a project may have so much of.</summary>
/// <param name="Key">As <c>site.yaml</c> calls it.</param>
/// <param name="Name">As the service calls it in its quotas; for Glance, in its usage.</param>
/// <param name="Limit">As the service calls it among Keystone's limits; null: it never looks there.</param>
/// <param name="Unit">Bytes of one; 1: it is no size.</param>
/// <param name="Wanted">What the file says, in units; -1: unlimited; null: nothing.</param>
internal sealed record QuotaKind(
    string Key,
    QuotaService Service,
    string Name,
    string? Limit,
    long Unit,
    Func<QuotaConfig, long?> Wanted
)
{
    /// <summary>
    /// With Keystone's limits Nova looks at the registered one alone, for these, and never at a project's own.
    /// https://opendev.org/openstack/nova/src/branch/master/nova/limit/local.py
    /// </summary>
    public bool IsLimitedForAll { get; private init; }

    /// <summary>
    /// In the order of <c>site.yaml</c>. Names of limits:
    /// https://docs.openstack.org/nova/latest/admin/unified-limits.html,
    /// https://docs.openstack.org/glance/latest/admin/quotas.html
    /// </summary>
    public static IReadOnlyList<QuotaKind> All { get; } =
    [
        Count("instances", QuotaService.Nova, "instances", "servers", quota => quota.Instances),
        Count("cores", QuotaService.Nova, "cores", "class:VCPU", quota => quota.Cores),
        Size("ram", QuotaService.Nova, "ram", "class:MEMORY_MB", QuotaSize.MiB, quota => quota.Ram),
        Count("key_pairs", QuotaService.Nova, "key_pairs", "server_key_pairs", quota => quota.KeyPairs) with
        {
            IsLimitedForAll = true,
        },
        Count("server_groups", QuotaService.Nova, "server_groups", "server_groups", quota => quota.ServerGroups) with
        {
            IsLimitedForAll = true,
        },
        Count("volumes", QuotaService.Cinder, "volumes", limit: null, quota => quota.Volumes),
        Size("volume_storage", QuotaService.Cinder, "gigabytes", null, QuotaSize.GiB, quota => quota.VolumeStorage),
        Count("snapshots", QuotaService.Cinder, "snapshots", limit: null, quota => quota.Snapshots),
        Count("backups", QuotaService.Cinder, "backups", limit: null, quota => quota.Backups),
        Size(
            "backup_storage",
            QuotaService.Cinder,
            "backup_gigabytes",
            null,
            QuotaSize.GiB,
            quota => quota.BackupStorage
        ),
        Count("floating_ips", QuotaService.Neutron, "floatingip", limit: null, quota => quota.FloatingIps),
        Count("networks", QuotaService.Neutron, "network", limit: null, quota => quota.Networks),
        Count("subnets", QuotaService.Neutron, "subnet", limit: null, quota => quota.Subnets),
        Count("ports", QuotaService.Neutron, "port", limit: null, quota => quota.Ports),
        Count("routers", QuotaService.Neutron, "router", limit: null, quota => quota.Routers),
        Count("security_groups", QuotaService.Neutron, "security_group", null, quota => quota.SecurityGroups),
        Count(
            "security_group_rules",
            QuotaService.Neutron,
            "security_group_rule",
            null,
            quota => quota.SecurityGroupRules
        ),
        Count("images", QuotaService.Glance, "image_count_total", "image_count_total", quota => quota.Images),
        Size(
            "image_storage",
            QuotaService.Glance,
            "image_size_total",
            "image_size_total",
            QuotaSize.MiB,
            quota => quota.ImageStorage
        ),
    ];

    public static IEnumerable<QuotaKind> Of(QuotaService service) => All.Where(kind => kind.Service == service);

    /// <summary>Null: it is no size.</summary>
    public string? UnitName =>
        Unit switch
        {
            QuotaSize.MiB => "MiB",
            QuotaSize.GiB => "GiB",
            _ => null,
        };

    /// <summary>As the file writes it.</summary>
    public string Text(long count) =>
        count < 0 ? "unlimited"
        : Unit > 1 ? QuotaSize.Text(count, Unit)
        : count.ToString(CultureInfo.InvariantCulture);

    /// <summary>Of the service in the catalog.</summary>
    public static string TypeOf(QuotaService service) =>
        service switch
        {
            QuotaService.Nova => ServiceNames.Compute,
            QuotaService.Cinder => ServiceNames.BlockStorage,
            QuotaService.Neutron => ServiceNames.Network,
            _ => ServiceNames.Image,
        };

    private static QuotaKind Count(
        string key,
        QuotaService service,
        string name,
        string? limit,
        Func<QuotaConfig, int?> wanted
    ) => new(key, service, name, limit, Unit: 1, quota => wanted(quota));

    private static QuotaKind Size(
        string key,
        QuotaService service,
        string name,
        string? limit,
        long unit,
        Func<QuotaConfig, string?> wanted
    ) => new(key, service, name, limit, unit, quota => QuotaSize.In(unit, wanted(quota)));
}
