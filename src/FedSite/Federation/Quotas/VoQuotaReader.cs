using System.Collections.Concurrent;
using FedSite.Configuration;
using FedSite.Federation.Plans;
using FedSite.Federation.Plans.Quotas;
using FedSite.OpenStack;
using FedSite.OpenStack.Compute;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.Quotas;

/// <summary>Reads limits, their use, and what the cloud has in all. Needs the role admin.</summary>
public sealed class VoQuotaReader(OpenStackCloud cloud)
{
    private const int SideBySide = 8;

    private readonly ConcurrentDictionary<string, bool> _warnings = new(StringComparer.Ordinal);

    /// <summary>Quotas of the projects of these VOs. What cannot be read is left out, with a warning.</summary>
    /// <exception cref="FedSiteException">Keystone can't be read, or not with this account.</exception>
    public async Task<VoQuotas> ReadAsync(IReadOnlyList<VoConfig> vos, CancellationToken ct)
    {
        try
        {
            var domains = await cloud.Identity.ListDomainsAsync(ct);
            var limits = await UnifiedLimits.ReadAsync(QuotaKind.All, projectId: null, cloud.Identity, ct);
            if (limits.Refusal is { } refusal)
                _warnings.TryAdd($"Limits that Keystone holds for projects are not known: {refusal.Message}", true);
            var capacity = await ReadCapacityAsync(ct);
            var refs = vos.SelectMany(vo => vo.Projects.Select(project => (Vo: vo.Name, Project: project))).ToList();
            var rows = new List<VoQuota>[refs.Count];
            var options = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct };
            await Parallel.ForAsync(
                0,
                refs.Count,
                options,
                async (i, token) =>
                    rows[i] = await ReadAsync(refs[i].Vo, refs[i].Project, domains, limits, capacity, token)
            );
            return new VoQuotas([.. rows.SelectMany(row => row)], [.. _warnings.Keys.Order(StringComparer.Ordinal)]);
        }
        catch (OpenStackException e) when (e.Status == 403)
        {
            throw FederationPlans.NeedsAdmin(e);
        }
    }

    private async Task<List<VoQuota>> ReadAsync(
        string vo,
        ProjectRef project,
        IReadOnlyList<Domain> domains,
        UnifiedLimits limits,
        IReadOnlyDictionary<string, long> capacity,
        CancellationToken ct
    )
    {
        var rows = new List<VoQuota>();
        if (await FindAsync(project, domains, ct) is not { } id)
        {
            _warnings.TryAdd($"VO {vo}: there is no project {project}, or more than one.", true);
            return rows;
        }

        foreach (var service in Enum.GetValues<QuotaService>())
        {
            var seen = await TryAsync(
                () => QuotaReading.ReadAsync(service, id, limits, wanted: null, cloud, ct),
                otherwise: new Dictionary<QuotaKind, QuotaUse>()
            );
            rows.AddRange(
                QuotaKind
                    .Of(service)
                    .Where(seen.ContainsKey)
                    .Select(kind => new VoQuota
                    {
                        Vo = vo,
                        Project = project.ToString(),
                        ProjectId = id,
                        Service = service.ToString().ToLowerInvariant(),
                        Quota = kind.Key,
                        Unit = kind.UnitName,
                        Limit = seen[kind].Limit,
                        Used = seen[kind].Used,
                        Capacity = capacity.TryGetValue(kind.Key, out var all) ? all : null,
                        IsAgreed = project.Quota is { } quota && kind.Wanted(quota) is not null,
                    })
            );
        }

        return rows;
    }

    private async Task<string?> FindAsync(ProjectRef project, IReadOnlyList<Domain> domains, CancellationToken ct)
    {
        if (project.Id is { } id)
            return (await cloud.Identity.FindProjectAsync(id, ct))?.Id;
        var domain = domains.FirstOrDefault(domain =>
            domain.Id == project.Domain
            || string.Equals(domain.Name, project.Domain, StringComparison.OrdinalIgnoreCase)
        );
        if (project.Domain is not null && domain is null)
            return null;
        var named = await cloud.Identity.ListProjectsAsync(tag: null, project.Name, domain?.Id, odd: null, ct);
        return named.Count == 1 ? named[0].Id : null;
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
            _warnings.TryAdd(e.Message, true);
            return otherwise;
        }
    }
}
