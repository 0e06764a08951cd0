using FedSite.Federation.Plans.Quotas;
using FedSite.OpenStack;

namespace FedSite.Federation.Plans;

/// <summary>
/// Quotas. They are no objects: nobody adopts, remembers or prunes them, and what the file does not name is left alone.
/// </summary>
internal sealed partial class Planner
{
    private void PlanQuotas()
    {
        foreach (var quota in ProjectQuota.Of(request))
        {
            foreach (var service in quota.Services)
            {
                if (!view.Unread.ContainsKey(Term.Quota(service, quota.Project)))
                    PlanQuota(quota, service);
            }
        }
    }

    private void PlanQuota(ProjectQuota quota, QuotaService service)
    {
        var projects = view.Projects.GetValueOrDefault(quota.Project, []);
        var id = projects is [var only] ? only.Id : null;
        var wanted = quota
            .Wanted.Where(entry => entry.Key.Service == service && CanBe(entry.Key, entry.Value, id))
            .ToDictionary();
        if (wanted.Count == 0 || projects.Count > 1)
            return;
        if (projects.Count == 0)
        {
            var all = wanted.Select(entry => new FieldChange(entry.Key.Key, null, entry.Key.Text(entry.Value)));
            AddQuota(ChangeAction.Create, quota.Project, service, wanted, [.. all], []);
            return;
        }

        var changed = wanted.Where(entry => Seen(projects[0].Id, entry.Key)?.Limit != entry.Value).ToDictionary();
        if (changed.Count == 0)
        {
            _untouched++;
            return;
        }

        if (!CanSeeLimits(service, changed.Keys) || IsBelowUse(quota.Project, projects[0].Id, changed, out var words))
            return;
        var fields = changed.Select(entry => new FieldChange(
            entry.Key.Key,
            Seen(projects[0].Id, entry.Key) is { } use ? entry.Key.Text(use.Limit) : null,
            entry.Key.Text(entry.Value)
        ));
        AddQuota(ChangeAction.Change, quota.Project, service, changed, [.. fields], words);
    }

    private QuotaUse? Seen(string projectId, QuotaKind kind) => view.Quotas.Quotas.GetValueOrDefault((projectId, kind));

    private void AddQuota(
        ChangeAction action,
        string project,
        QuotaService service,
        IReadOnlyDictionary<QuotaKind, long> wanted,
        IReadOnlyList<FieldChange> fields,
        IReadOnlyList<string> words
    ) =>
        _changes.Add(
            new Change
            {
                Action = action,
                Kind = Kinds.Quota,
                Name = $"{service.ToString().ToLowerInvariant()} of project {project}",
                Fields = fields,
                Words = words,
                Unit = new ChangeUnit(QuotaKind.TypeOf(service), $"{Kinds.Quota} of project {project}"),
                Work = (context, ct) => SetQuotaAsync(context, project, service, wanted, ct),
            }
        );

    /// <summary>What the cloud can't limit, or not for one project, keeps nothing else from being done.</summary>
    /// <param name="kind">Of the quota.</param>
    /// <param name="wanted">-1: unlimited.</param>
    /// <param name="projectId">Null: it is still to be made.</param>
    private bool CanBe(QuotaKind kind, long wanted, string? projectId)
    {
        if (view.Quotas.Missing.Contains(kind.Service))
        {
            FindOnce(
                $"`{kind.Key}` is {kind.Service}'s to limit, but the cloud's catalog has no service of type {QuotaKind.TypeOf(kind.Service)}.",
                $"Take `{kind.Key}` out of `quota`, or look into `openstack catalog list`."
            );
            return false;
        }

        if (kind.Service == QuotaService.Glance)
            return CanBeOfGlance(kind);
        if (kind.IsLimitedForAll && view.Quotas.Limits.Registered(kind) is { } all)
        {
            if (all.Default != wanted)
            {
                FindOnce(
                    $"`{kind.Key}` is {kind.Text(all.Default)} for every project: Nova looks at Keystone's registered limit {kind.Limit} alone.",
                    $"Take `{kind.Key}` out of `quota`, or change it for all: `openstack registered limit set --default-limit N ID`."
                );
            }

            return false;
        }

        if (projectId is null || Seen(projectId, kind) is not null)
            return true;
        FindOnce(
            $"{kind.Service} has no quota of `{kind.Key}` in this cloud.",
            $"Take `{kind.Key}` out of `quota`; what it limits is no part of this {kind.Service}."
        );
        return false;
    }

    /// <summary>Glance has no limits but those of Keystone, and those are the site's to register.</summary>
    private bool CanBeOfGlance(QuotaKind kind)
    {
        if (!view.Quotas.Limits.IsRegistered(kind))
        {
            FindOnce(
                $"`{kind.Key}` is Glance's to limit, but Keystone has no registered limit {kind.Limit} for it.",
                Registering(kind)
            );
        }
        else if (!view.Quotas.GlanceHasLimits)
        {
            FindOnce(
                $"`{kind.Key}` is Glance's to limit, but Glance does not look at Keystone's limits.",
                "Set `use_keystone_limits = True` and `[oslo_limit]` in glance-api.conf, as docs/quotas.md shows."
            );
        }
        else
        {
            return true;
        }

        return false;
    }

    private void FindOnce(string message, string nextStep)
    {
        if (!_findings.Exists(finding => finding.Message == message))
            Finding(message, nextStep);
    }

    private static string Registering(QuotaKind kind) =>
        $"`openstack registered limit create --service {QuotaKind.TypeOf(kind.Service)} --region REGION --default-limit N {kind.Limit}`.";

    /// <summary>A limit that Keystone holds can only be changed by its id.</summary>
    private bool CanSeeLimits(QuotaService service, IEnumerable<QuotaKind> changed)
    {
        if (view.Quotas.Limits.Refusal is not { } refusal || !changed.Any(view.Quotas.Limits.IsRegistered))
            return true;
        FindOnce(
            $"Keystone limits projects for {service}, but shows those limits to nobody without a role on the system; {service}'s quotas are left as they are.",
            $"`openstack role add --user USER --system all admin`, with this account as USER. ({refusal.Message})"
        );
        return false;
    }

    private bool IsBelowUse(
        string project,
        string projectId,
        IReadOnlyDictionary<QuotaKind, long> changed,
        out IReadOnlyList<string> words
    )
    {
        var below = changed
            .Where(entry => entry.Value >= 0 && entry.Value < Seen(projectId, entry.Key)?.Used)
            .Select(entry => (entry.Key, Used: entry.Key.Text(Seen(projectId, entry.Key)!.Used), New: entry.Value))
            .ToList();
        words = [.. below.Select(one => $"{one.Key.Key}: {one.Used} are in use and stay; nothing more can be made")];
        var refused = below.Where(one => !request.Scope.Force || one.Key.Service == QuotaService.Cinder).ToList();
        foreach (var (kind, used, limit) in refused)
        {
            Problem(
                $"The project {project} uses {used} of {kind.Key}, more than the {kind.Text(limit)} of its quota.",
                // https://opendev.org/openstack/cinder/src/branch/master/cinder/api/contrib/quotas.py
                kind.Service == QuotaService.Cinder
                    ? "Write a larger quota: Cinder takes none below what is used, and can't be forced."
                    : "Write a larger quota, or give --force: what is there stays, and nothing more can be made."
            );
        }

        return refused.Count > 0;
    }

    private async Task SetQuotaAsync(
        ApplyContext context,
        string project,
        QuotaService service,
        IReadOnlyDictionary<QuotaKind, long> wanted,
        CancellationToken ct
    )
    {
        var id = context.Ids.Get(Kinds.Project, project);
        var left = await new QuotaWriting(context.Cloud, service, id, wanted, request.Scope.Force).WriteAsync(ct);
        if (left.Count == 0)
            return;
        var kinds = string.Join(", ", left.Select(kind => kind.Key));
        var next = left.FirstOrDefault(kind => kind.Limit is not null && !view.Quotas.Limits.IsRegistered(kind))
            is { } missing
            ? $"If {service} uses Keystone's limits: {Registering(missing)}"
            : "Does another program set it back? `fedsite vo quota` shows what counts.";
        throw new FedSiteException(
            $"{service} took the quota of project {project}, but it had no effect on {kinds}.",
            next
        );
    }
}
