using FedSite.OpenStack;

namespace FedSite.Federation.Plans.Quotas;

/// <summary>
/// Sets limits of a project at one service, by the way that has an effect: Keystone's limits where they are registered,
/// the service's quotas otherwise, and the other one if the service shows no effect.
/// </summary>
internal sealed class QuotaWriting(
    OpenStackCloud cloud,
    QuotaService service,
    string projectId,
    IReadOnlyDictionary<QuotaKind, long> wanted,
    bool force
)
{
    /// <returns>What still is not as it should be; empty: all is.</returns>
    public async Task<IReadOnlyList<QuotaKind>> WriteAsync(CancellationToken ct)
    {
        var limits = await ReadLimitsAsync(ct);
        var left = await LeftAsync(limits, ct);
        foreach (var kind in left.Where(limits.IsRegistered))
            await WriteLimitAsync(kind, limits, ct);
        await WriteQuotasAsync(left.Where(kind => !limits.IsRegistered(kind)), ct);
        left = await LeftAsync(await ReadLimitsAsync(ct), ct);
        if (!left.Any(limits.IsRegistered))
            return left;
        // Keystone has limits that the service does not look at, as before a change-over.
        await WriteQuotasAsync(left.Where(limits.IsRegistered), ct);
        return await LeftAsync(await ReadLimitsAsync(ct), ct);
    }

    private Task<UnifiedLimits> ReadLimitsAsync(CancellationToken ct) =>
        UnifiedLimits.ReadAsync([.. wanted.Keys], projectId, cloud.Identity, ct);

    private async Task<IReadOnlyList<QuotaKind>> LeftAsync(UnifiedLimits limits, CancellationToken ct)
    {
        var seen = await QuotaReading.ReadAsync(service, projectId, limits, wanted, cloud, ct);
        return [.. wanted.Keys.Where(kind => seen.GetValueOrDefault(kind)?.Limit != wanted[kind])];
    }

    private async Task WriteLimitAsync(QuotaKind kind, UnifiedLimits limits, CancellationToken ct)
    {
        if (limits.Own(projectId, kind) is { } own)
        {
            if (wanted[kind] != 0)
            {
                await cloud.Identity.Limits.UpdateAsync(own.Id, wanted[kind], ct);
                return;
            }

            await cloud.Identity.Limits.DeleteAsync(own.Id, ct);
        }

        var isMade = await cloud.Identity.Limits.CreateAsync(limits.Registered(kind)!, projectId, wanted[kind], ct);
        // An earlier try of this request may have made it; hidden from us, it can't be told from another's.
        if (!isMade && limits.Refusal is { } refusal)
            throw refusal;
    }

    private Task WriteQuotasAsync(IEnumerable<QuotaKind> kinds, CancellationToken ct)
    {
        var quotas = kinds.ToDictionary(kind => kind.Name, kind => wanted[kind]);
        return service switch
        {
            _ when quotas.Count == 0 => Task.CompletedTask,
            QuotaService.Nova => cloud.Compute.SetQuotaAsync(projectId, quotas, force, ct),
            QuotaService.Cinder => cloud.BlockStorage.SetQuotaAsync(projectId, quotas, ct),
            QuotaService.Neutron => cloud.Network.SetQuotaAsync(projectId, quotas, ct),
            // Glance has no quotas of its own.
            _ => Task.CompletedTask,
        };
    }
}
