using System.Collections.Concurrent;
using FedSite.OpenStack;
using FedSite.OpenStack.Identity;
using FedSite.OpenStack.Image;

namespace FedSite.Federation.Plans.Quotas;

/// <summary>Reads what a plan of quotas needs: one request a project and service, and two for Keystone's limits.</summary>
internal static class QuotaReading
{
    private const int SideBySide = 8;

    /// <param name="request">What is planned.</param>
    /// <param name="view">What Keystone has; projects above all.</param>
    /// <param name="cloud">With an account of strong rights.</param>
    /// <param name="terms">Takes what can't be read.</param>
    /// <param name="ct">Ends the work.</param>
    public static async Task<QuotaView> ReadAsync(
        PlanRequest request,
        CloudView view,
        OpenStackCloud cloud,
        TermReading terms,
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
        var asked = (
            from quota in agreed
            from service in quota.Services
            where !missing.Contains(service)
            select (Project: view.Projects.GetValueOrDefault(quota.Project, []), Service: service, Quota: quota)
        ).ToList();
        var ofGlance = asked.Where(one => one.Service == QuotaService.Glance).Select(one => TermOf(one)).ToList();
        var glance = false;
        if (ofGlance.Count > 0)
            await terms.TryAsync(ofGlance, async () => glance = (await cloud.Image.GetOwnUsageAsync(ct)).Count > 0);
        var read = new ConcurrentDictionary<(string, QuotaKind), QuotaUse>();
        await Parallel.ForEachAsync(
            asked.Where(one => one.Project.Count == 1 && !terms.Unread.ContainsKey(TermOf(one))),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct },
            async (one, token) =>
                await terms.TryAsync(
                    [TermOf(one)],
                    async () =>
                    {
                        var id = one.Project[0].Id;
                        var seen = await ReadAsync(one.Service, id, limits, one.Quota.Wanted, cloud, token);
                        foreach (var (kind, use) in seen)
                            read[(id, kind)] = use;
                    }
                )
        );
        // Projects that are still to be made.
        foreach (var one in asked.Where(one => one.Project.Count == 0))
            terms.AreLost([TermOf(one)]);
        return new QuotaView
        {
            Limits = limits,
            Quotas = read,
            Missing = missing,
            GlanceHasLimits = glance,
        };
    }

    private static Term TermOf((IReadOnlyList<Project> Project, QuotaService Service, ProjectQuota Quota) asked) =>
        Term.Quota(asked.Service, asked.Quota.Project);

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
