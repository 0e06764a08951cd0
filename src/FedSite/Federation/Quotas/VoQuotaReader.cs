using FedSite.Configuration;
using FedSite.Federation.People;
using FedSite.Federation.Plans;
using FedSite.Federation.Plans.Quotas;
using FedSite.OpenStack;
using FedSite.OpenStack.Compute;

namespace FedSite.Federation.Quotas;

/// <summary>Reads limits, their use, and what the cloud has in all. Needs the role admin.</summary>
public sealed class VoQuotaReader(OpenStackCloud cloud)
{
    private const int SideBySide = 8;

    private readonly Unread _unread = new();

    /// <summary>Quotas of the projects of VOs. What cannot be read is left out, with a warning.</summary>
    /// <param name="vos">All of the site: they may share projects.</param>
    /// <param name="only">Only those of this VO; null: of all.</param>
    /// <param name="ct">Ends the work.</param>
    /// <exception cref="FedSiteException">Keystone can't be read, or not with this account.</exception>
    public async Task<VoQuotas> ReadAsync(IReadOnlyList<VoConfig> vos, string? only, CancellationToken ct)
    {
        try
        {
            var places = await FindAsync(vos, only, ct);
            var limits = await UnifiedLimits.ReadAsync(QuotaKind.All, projectId: null, cloud.Identity, ct);
            if (limits.Refusal is { } refusal)
                _unread.Add($"Limits that Keystone holds for projects are not known: {refusal.Message}");
            var capacity = await ReadCapacityAsync(ct);
            var rows = new List<VoQuota>[places.Count];
            var options = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct };
            await Parallel.ForAsync(
                0,
                places.Count,
                options,
                async (i, token) => rows[i] = await ReadAsync(places[i], limits, capacity, token)
            );
            return new VoQuotas([.. rows.SelectMany(row => row)], _unread.Words);
        }
        catch (OpenStackException e) when (e.Status == 403)
        {
            throw FederationPlans.NeedsAdmin(e);
        }
    }

    private async Task<IReadOnlyList<Place>> FindAsync(IReadOnlyList<VoConfig> vos, string? only, CancellationToken ct)
    {
        var meant = await MeantProjects.ReadAsync(cloud.Identity, _unread, ct);
        var all = new List<(string Vo, ProjectRef Reference, string Id)>();
        foreach (var (vo, reference) in vos.SelectMany(vo => vo.Projects.Select(project => (vo.Name, project))))
        {
            var unread = only is null || vo == only ? _unread : new Unread();
            if (
                meant.Find(vo, reference, unread) is { } project
                && !all.Exists(one => (one.Vo, one.Id) == (vo, project.Id))
            )
                all.Add((vo, reference, project.Id));
        }

        var shared = all.ToLookup(one => one.Id, one => one.Vo, StringComparer.Ordinal);
        return
        [
            .. all.Where(one => only is null || one.Vo == only)
                .Select(one => new Place(one.Vo, one.Reference, one.Id, [.. shared[one.Id].Where(vo => vo != one.Vo)])
                {
                    CountedFor = only is null && shared[one.Id].First() is var first && first != one.Vo ? first : null,
                }),
        ];
    }

    private async Task<List<VoQuota>> ReadAsync(
        Place place,
        UnifiedLimits limits,
        IReadOnlyDictionary<string, long> capacity,
        CancellationToken ct
    )
    {
        var rows = new List<VoQuota>();
        foreach (var service in Enum.GetValues<QuotaService>())
        {
            var seen = await TryAsync(
                () => QuotaReading.ReadAsync(service, place.Id, limits, wanted: null, cloud, ct),
                otherwise: new Dictionary<QuotaKind, QuotaUse>()
            );
            rows.AddRange(
                QuotaKind
                    .Of(service)
                    .Where(seen.ContainsKey)
                    .Select(kind => new VoQuota
                    {
                        Vo = place.Vo,
                        Project = place.Project.ToString(),
                        ProjectId = place.Id,
                        Service = service.ToString().ToLowerInvariant(),
                        Quota = kind.Key,
                        Unit = kind.UnitName,
                        Limit = seen[kind].Limit,
                        Used = seen[kind].Used,
                        SharedWith = place.SharedWith,
                        CountedFor = place.CountedFor,
                        Capacity = capacity.TryGetValue(kind.Key, out var all) ? all : null,
                        IsAgreed = place.Project.Quota is { } quota && kind.Wanted(quota) is not null,
                    })
            );
        }

        return rows;
    }

    /// <summary>By key of <c>site.yaml</c>, in units of the service; what is not known is missing.</summary>
    private async Task<IReadOnlyDictionary<string, long>> ReadCapacityAsync(CancellationToken ct)
    {
        var capacity = new Dictionary<string, long>(StringComparer.Ordinal);
        if (
            await TryAsync(
                async () => (HypervisorStatistics?)await cloud.Compute.GetHypervisorStatisticsAsync(ct),
                null
            ) is
            { } all
        )
        {
            capacity["cores"] = all.Vcpus;
            capacity["ram"] = all.MemoryMiB;
        }

        if (await TryAsync(() => cloud.BlockStorage.GetCapacityAsync(ct), null) is { } gib)
            capacity["volume_storage"] = gib;
        return capacity;
    }

    /// <summary>One service that cannot be asked does not hide the others.</summary>
    private async Task<T> TryAsync<T>(Func<Task<T>> read, T otherwise)
    {
        try
        {
            return await read();
        }
        catch (OpenStackException e)
        {
            _unread.Add(e.Message);
            return otherwise;
        }
    }

    /// <summary>A project of a VO.</summary>
    private sealed record Place(string Vo, ProjectRef Project, string Id, IReadOnlyList<string> SharedWith)
    {
        public string? CountedFor { get; init; }
    }
}
