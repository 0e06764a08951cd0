using FedSite.OpenStack;
using FedSite.OpenStack.Identity;

namespace FedSite.Federation.Plans.Quotas;

/// <summary>What Keystone limits for Nova and Glance, in this region.</summary>
internal sealed class UnifiedLimits
{
    private readonly IReadOnlyDictionary<QuotaKind, RegisteredLimit> _registered;
    private readonly IReadOnlyDictionary<(string Project, QuotaKind Kind), ProjectLimit>? _own;

    private UnifiedLimits(
        IReadOnlyDictionary<QuotaKind, RegisteredLimit> registered,
        IReadOnlyDictionary<(string Project, QuotaKind Kind), ProjectLimit>? own,
        OpenStackException? refusal
    ) => (_registered, _own, Refusal) = (registered, own, refusal);

    public static UnifiedLimits None { get; } =
        new(
            new Dictionary<QuotaKind, RegisteredLimit>(),
            new Dictionary<(string, QuotaKind), ProjectLimit>(),
            refusal: null
        );

    /// <summary>Why limits of projects are not known; null: they are.</summary>
    public OpenStackException? Refusal { get; }

    public bool IsRegistered(QuotaKind kind) => _registered.ContainsKey(kind);

    public RegisteredLimit? Registered(QuotaKind kind) => _registered.GetValueOrDefault(kind);

    public ProjectLimit? Own(string projectId, QuotaKind kind) => _own?.GetValueOrDefault((projectId, kind));

    /// <summary>The limit that counts; null: Keystone has none, or does not show it.</summary>
    public long? Effective(string projectId, QuotaKind kind) =>
        _own is null ? null : Own(projectId, kind)?.Limit ?? Registered(kind)?.Default;

    /// <param name="kinds">Those that matter; without one that Keystone may limit, nothing is asked.</param>
    /// <param name="projectId">Null: limits of all projects.</param>
    /// <param name="identity">Keystone.</param>
    /// <param name="ct">Ends the work.</param>
    public static async Task<UnifiedLimits> ReadAsync(
        IReadOnlyCollection<QuotaKind> kinds,
        string? projectId,
        IdentityApi identity,
        CancellationToken ct
    )
    {
        var limited = kinds.Where(kind => kind.Limit is not null).ToList();
        if (limited.Count == 0)
            return None;
        var all = await identity.Limits.ListRegisteredAsync(ct);
        var registered = new Dictionary<QuotaKind, RegisteredLimit>();
        foreach (var kind in all.Count == 0 ? [] : limited)
        {
            var service = await identity.Limits.FindServiceAsync(QuotaKind.TypeOf(kind.Service), ct);
            if (all.FirstOrDefault(limit => IsOf(limit, service, kind)) is { } found)
                registered[kind] = found;
        }

        if (registered.Count == 0)
            return None;
        try
        {
            var own = new Dictionary<(string, QuotaKind), ProjectLimit>();
            foreach (var limit in await identity.Limits.ListAsync(projectId, ct))
            {
                foreach (var (kind, of) in registered)
                {
                    if (limit.ProjectId is { } project && IsSame(limit, of))
                        own[(project, kind)] = limit;
                }
            }

            return new UnifiedLimits(registered, own, refusal: null);
        }
        catch (OpenStackException e) when (e.Status is 401 or 403)
        {
            return new UnifiedLimits(registered, own: null, e);
        }
    }

    private static bool IsOf(RegisteredLimit limit, (string ServiceId, string? RegionId)? service, QuotaKind kind) =>
        limit.Resource == kind.Limit && limit.ServiceId == service?.ServiceId && limit.RegionId == service?.RegionId;

    private static bool IsSame(ProjectLimit limit, RegisteredLimit registered) =>
        limit.Resource == registered.Resource
        && limit.ServiceId == registered.ServiceId
        && limit.RegionId == registered.RegionId;
}
