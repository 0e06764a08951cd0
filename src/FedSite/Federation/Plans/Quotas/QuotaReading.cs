using System.Collections.Concurrent;
using FedSite.OpenStack;
using FedSite.OpenStack.Image;

namespace FedSite.Federation.Plans.Quotas;

/// <summary>Reads what a plan of quotas needs: one request a project and service, and two for Keystone's limits.</summary>
internal static class QuotaReading
{
    private const int SideBySide = 8;

    /// <param name="request">What is planned.</param>
    /// <param name="view">What Keystone has; projects above all.</param>
    /// <param name="cloud">With an account of strong rights.</param>
    /// <param name="ct">Ends the work.</param>
    public static async Task<QuotaView> ReadAsync(
        PlanRequest request,
        CloudView view,
        OpenStackCloud cloud,
        CancellationToken ct
    )
    {
        var agreed = ProjectQuota.Of(request);
        var kinds = agreed.SelectMany(quota => quota.Wanted.Keys).ToHashSet();
        if (kinds.Count == 0)
            return QuotaView.Empty;
        var missing = await MissingAsync(kinds, cloud, ct);
        kinds.RemoveWhere(kind => missing.Contains(kind.Service));
        var limits = await UnifiedLimits.ReadAsync(kinds, projectId: null, cloud.Identity, ct);
        var glance =
            kinds.Any(kind => kind.Service == QuotaService.Glance)
            && (await cloud.Image.GetOwnUsageAsync(ct)).Count > 0;
        var read = new ConcurrentDictionary<(string, QuotaKind), QuotaUse>();
        var asked =
            from quota in agreed
            where view.Projects.GetValueOrDefault(quota.Project, []).Count == 1
            from service in quota.Services
            where !missing.Contains(service)
            select (Id: view.Projects[quota.Project][0].Id, Service: service, quota.Wanted);
        await Parallel.ForEachAsync(
            asked,
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct },
            async (one, token) =>
            {
                foreach (var (kind, use) in await ReadAsync(one.Service, one.Id, limits, one.Wanted, cloud, token))
                    read[(one.Id, kind)] = use;
            }
        );
        return new QuotaView
        {
            Limits = limits,
            Quotas = read,
            Missing = missing,
            GlanceHasLimits = glance,
        };
    }

    private static async Task<IReadOnlySet<QuotaService>> MissingAsync(
        IEnumerable<QuotaKind> kinds,
        OpenStackCloud cloud,
        CancellationToken ct
    )
    {
        var catalog = await cloud.GetCatalogAsync(TokenScope.Configured, ct);
        var types = catalog.Services.Select(service => ServiceNames.TypeOf(service.Type)).ToHashSet();
        return kinds
            .Select(kind => kind.Service)
            .Where(service => !types.Contains(QuotaKind.TypeOf(service)))
            .ToHashSet();
    }

    /// <summary>Limits that count, as the service shows them, and their use.</summary>
    /// <param name="service">Which service.</param>
    /// <param name="projectId">Whose limits.</param>
    /// <param name="limits">For Glance, which shows others' to nobody.</param>
    /// <param name="wanted">
    /// Where Glance's limits would not change, its images are not counted. Null: they are counted anyway.
    /// </param>
    /// <param name="cloud">With an account of strong rights.</param>
    /// <param name="ct">Ends the work.</param>
    public static async Task<IReadOnlyDictionary<QuotaKind, QuotaUse>> ReadAsync(
        QuotaService service,
        string projectId,
        UnifiedLimits limits,
        IReadOnlyDictionary<QuotaKind, long>? wanted,
        OpenStackCloud cloud,
        CancellationToken ct
    )
    {
        if (service == QuotaService.Glance)
            return await ReadGlanceAsync(projectId, limits, wanted, cloud.Image, ct);
        var quotas = service switch
        {
            QuotaService.Nova => await cloud.Compute.GetQuotaAsAdminAsync(projectId, ct),
            QuotaService.Cinder => await cloud.BlockStorage.GetQuotaAsAdminAsync(projectId, ct),
            _ => await cloud.Network.GetQuotaAsAdminAsync(projectId, ct),
        };
        return QuotaKind
            .Of(service)
            .Where(kind => quotas.ContainsKey(kind.Name))
            .ToDictionary(kind => kind, kind => quotas[kind.Name]);
    }

    private static async Task<IReadOnlyDictionary<QuotaKind, QuotaUse>> ReadGlanceAsync(
        string projectId,
        UnifiedLimits limits,
        IReadOnlyDictionary<QuotaKind, long>? wanted,
        ImageApi images,
        CancellationToken ct
    )
    {
        var known = QuotaKind
            .Of(QuotaService.Glance)
            .Select(kind => (Kind: kind, Limit: limits.Effective(projectId, kind)))
            .Where(entry => entry.Limit is not null)
            .ToDictionary(entry => entry.Kind, entry => entry.Limit!.Value);
        var isLess = known.Any(entry =>
            wanted is null || (wanted.TryGetValue(entry.Key, out var limit) && limit >= 0 && limit != entry.Value)
        );
        long count = 0,
            bytes = 0;
        if (isLess)
        {
            // Hidden ones count too, and are in a list of their own.
            foreach (var hidden in (bool[])[false, true])
            {
                var query = new ImageQuery { Owner = projectId, Hidden = hidden };
                await foreach (var image in images.ListImagesAsync(TokenScope.Configured, query, ct))
                {
                    count++;
                    bytes += image.Size ?? 0;
                }
            }
        }

        return known.ToDictionary(
            entry => entry.Key,
            entry => new QuotaUse(entry.Value, entry.Key.Unit > 1 ? bytes / entry.Key.Unit : count)
        );
    }
}
