using FedSite.Configuration;
using FedSite.Federation.Retirement;
using FedSite.OpenStack;
using FedSite.State;

namespace FedSite.Federation.Plans;

/// <summary>What became of a plan.</summary>
/// <param name="Done">How many changes are in the cloud.</param>
/// <param name="Failed">Those that failed, and how.</param>
/// <param name="Left">How many changes were not tried, because they hang on those.</param>
public sealed record ApplyResult(int Done, IReadOnlyList<FailedChange> Failed, int Left);

public sealed record FailedChange(Change Change, FedSiteException Failure);

/// <summary>Plans of a site: what would change in Keystone, and doing it.</summary>
public sealed class FederationPlans
{
    private readonly SiteConfig _site;
    private readonly OpenStackCloud _cloud;
    private readonly VoTable _table;

    public FederationPlans(SiteConfig site, OpenStackCloud cloud, StateDatabase state, TimeProvider time)
    {
        _site = site;
        _cloud = cloud;
        _table = new VoTable(state, time);
        var keystone = site.Federation is { } federation
            ? KeystoneUrl.Normalize(federation.Keystone)
            : cloud.Credentials.AuthUrl;
        Store = new FederationStore(state, site.Site.Name, keystone, time);
        Retirements = new RetirementStore(state, site.Site.Name, keystone, time);
    }

    public FederationStore Store { get; }

    public RetirementStore Retirements { get; }

    /// <summary>Reads file and cloud, and changes nothing.</summary>
    /// <exception cref="FedSiteException">The file has no <c>federation</c>, or Keystone can't be read.</exception>
    public Task<Plan> PlanAsync(PlanScope scope, CancellationToken ct) =>
        PlanAsync(scope, Retirements.Read().ToDictionary(vo => vo.Vo, vo => vo.Stage, StringComparer.Ordinal), ct);

    /// <param name="scope">What the plan is about.</param>
    /// <param name="leaving">How far VOs are on their way out, as if it were so.</param>
    /// <param name="ct">Ends the work.</param>
    internal async Task<Plan> PlanAsync(
        PlanScope scope,
        IReadOnlyDictionary<string, RetirementStage> leaving,
        CancellationToken ct
    )
    {
        var request = PlanRequest.Of(_site, _table, Store, scope, leaving);
        try
        {
            var view = await new CloudReader(request, _cloud).ReadAsync(ct);
            var plan = new Planner(request, view, _cloud.Credentials.AuthUrl.AbsoluteUri.TrimEnd('/')).Make();
            plan = plan with { Problems = [.. plan.Problems, .. LeavingElsewhere(request)] };
            return plan.LockOuts.Count == 0 ? plan : await WithOwnersAsync(plan, request, view, ct);
        }
        catch (OpenStackException e) when (e.Status == 403)
        {
            throw NeedsAdmin(e);
        }
    }

    internal static FedSiteException NeedsAdmin(OpenStackException refusal) =>
        new(
            refusal.Message,
            "This needs the role admin: name such an account with --os-cloud, or in the OS_* variables.",
            inner: refusal
        );

    /// <summary>
    /// Does the changes in their order. One that fails keeps those from being tried that hang on it: quotas, networks and
    /// flavors stand for themselves, all else is what the rest is built on. What is adopted is remembered first.
    /// </summary>
    /// <param name="plan">Made from the cloud as it is now.</param>
    /// <param name="done">Called after each change.</param>
    /// <param name="ct">Ends the work between two requests.</param>
    public async Task<ApplyResult> ApplyAsync(Plan plan, Action<Change>? done, CancellationToken ct)
    {
        foreach (var thing in plan.Adopted)
            Store.Remember(thing);
        var context = new ApplyContext(_cloud, Store, Retirements, plan.Ids);
        var made = 0;
        var failed = new List<FailedChange>();
        foreach (var change in plan.Changes)
        {
            if (failed.Exists(one => HangsOn(change, one)))
                continue;
            try
            {
                await change.Work(context, ct);
                made++;
                done?.Invoke(change);
            }
            catch (FedSiteException e)
            {
                failed.Add(new FailedChange(change, e));
            }
        }

        return new ApplyResult(made, failed, plan.Changes.Count - made - failed.Count);
    }

    private IEnumerable<PlanProblem> LeavingElsewhere(PlanRequest request) =>
        request
            .Vos.Where(vo => request.Scope.Vo is null || vo.Name == request.Scope.Vo)
            .Select(vo => Retirements.Elsewhere(vo.Name))
            .OfType<PlanProblem>();

    /// <summary>A service that gives no answer is not waited for again and again.</summary>
    private static bool HangsOn(Change change, FailedChange failed) =>
        failed.Change.Unit is not { } broken
        || change.Unit == broken
        || (failed.Failure is OpenStackException { Status: null } silent && change.Unit?.Service == silent.Service);

    private async Task<Plan> WithOwnersAsync(Plan plan, PlanRequest request, CloudView view, CancellationToken ct)
    {
        var notes = plan.Notes.ToList();
        var known = view.Groups.Select(group => group.Id).ToHashSet(StringComparer.Ordinal);
        var lockOuts = plan.LockOuts.Select(one => one with { Groups = [.. one.Groups.Where(known.Contains)] });
        var owners = new LockOutOwners(_cloud, CloudReader.FederatedDomain(request, view)?.Id);
        return plan with { LockedOutOwners = await owners.FindAsync([.. lockOuts], notes, ct), Notes = notes };
    }
}
