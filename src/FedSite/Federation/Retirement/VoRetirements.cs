using System.Collections.Concurrent;
using System.Globalization;
using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.Federation.Plans;
using FedSite.OpenStack;
using FedSite.State;

namespace FedSite.Federation.Retirement;

/// <summary>The orderly end of VOs of a site: what a stage would do, doing it, and taking it back.</summary>
/// <param name="site">The file.</param>
/// <param name="cloud">An administrator's.</param>
/// <param name="state">How far each is.</param>
/// <param name="plans">For the mapping.</param>
/// <param name="delivery">Whether a project's usage has been sent.</param>
/// <param name="time">For days and pauses.</param>
public sealed partial class VoRetirements(
    SiteConfig site,
    OpenStackCloud cloud,
    StateDatabase state,
    FederationPlans plans,
    ProjectDelivery delivery,
    TimeProvider time
)
{
    private const int SideBySide = 8;

    /// <summary>Servers and volumes are asked after so often before they count as left: five minutes.</summary>
    private const int Looks = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    private readonly RetirementStore _store = plans.Retirements;

    private DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    /// <exception cref="FedSiteException">Neither the file nor the state knows the VO.</exception>
    public RetirementStanding Standing(string vo) => Standing(site, _store, vo);

    /// <summary>For a look: needs no cloud.</summary>
    /// <exception cref="FedSiteException">Neither the file nor the state knows the VO.</exception>
    public static RetirementStanding Standing(SiteConfig site, RetirementStore store, string vo)
    {
        var known = store.Find(vo);
        var isNamed = site.Vos.Any(one => one.Name == vo);
        if (known is null && !isNamed)
        {
            throw new FedSiteException(
                $"site.yaml has no VO {vo}.",
                NearestWord.Of(vo, site.Vos.Select(one => one.Name)) is { } nearest
                    ? $"Did you mean {nearest}?"
                    : "`fedsite vo list` shows them.",
                ExitCode.Usage
            );
        }

        if (store.Elsewhere(vo) is { } elsewhere)
            throw new FedSiteException(elsewhere.Message, elsewhere.NextStep, ExitCode.Usage);
        var next = RetirementStages.After(known?.Stage);
        var isBegun = next is { } begun && store.Steps(vo, begun).Count > 0;
        return new RetirementStanding(vo, isNamed, known, isBegun ? next : null);
    }

    /// <summary>Changes nothing.</summary>
    /// <param name="vo">Its name.</param>
    /// <param name="stage">The next one, or one that was reached, which then is only done where it is not as it was.</param>
    /// <param name="deleteAfter">The day from which its machines may be deleted; null: as set before.</param>
    /// <param name="ct">Ends the work.</param>
    /// <exception cref="FedSiteException">A stage before it is missing, the day is over, or the cloud can't be read.</exception>
    public async Task<RetirementPlan> PlanAsync(
        string vo,
        RetirementStage stage,
        DateOnly? deleteAfter,
        CancellationToken ct
    )
    {
        var standing = Standing(vo);
        if (stage > (standing.Next ?? RetirementStage.Disable))
        {
            throw new FedSiteException(
                $"The stage {stage.Word()} needs the one before it; the VO {vo} has reached {standing.Known?.Stage.Word() ?? "none"}.",
                $"`fedsite vo retire {vo} --stage {standing.Next!.Value.Word()}` comes next.",
                ExitCode.Usage
            );
        }

        if (deleteAfter is { } day)
            CheckDay(day, standing.Known, isForNow: stage == RetirementStage.Delete);
        var problems = new List<PlanProblem>();
        var named = Named(vo);
        try
        {
            var projects = await new VoProjectsReading(site, cloud, plans.Store).ReadAsync(
                named,
                other => Leaves(other, stage),
                problems,
                ct
            );
            problems.AddRange(new SeenProjects(_store, vo).Problems(stage, projects));
            var plan = new RetirementPlan
            {
                Vo = vo,
                Stage = stage,
                DeleteAfter = deleteAfter ?? standing.Known?.DeleteAfter,
                Leaving = projects,
                Problems = problems,
                Notes =
                [
                    .. projects.Where(project => project.Stays is not null).Select(project => Kept(project, stage)),
                    .. NewDay(standing.Known?.DeleteAfter, deleteAfter),
                ],
            };
            return await PlanStageAsync(plan, [.. projects.Where(project => project.Stays is null)], projects, ct);
        }
        catch (OpenStackException e) when (e.Status == 403)
        {
            throw FederationPlans.NeedsAdmin(e);
        }
    }

    private Task<RetirementPlan> PlanStageAsync(
        RetirementPlan plan,
        IReadOnlyList<LeavingProject> own,
        IReadOnlyList<LeavingProject> all,
        CancellationToken ct
    ) =>
        plan.Stage switch
        {
            RetirementStage.Owners => PlanOwnersAsync(plan, all, ct),
            RetirementStage.Unmap => PlanUnmapAsync(plan, ct),
            RetirementStage.Withdraw => PlanWithdrawAsync(plan, own, ct),
            RetirementStage.Stop => PlanStopAsync(plan, own, ct),
            RetirementStage.Delete => PlanDeleteAsync(plan, own, ct),
            RetirementStage.Accounting => PlanAccountingAsync(plan, own, ct),
            _ => PlanDisableAsync(plan, own, ct),
        };

    /// <summary>Does what the plan says, all that can be done of it.</summary>
    /// <param name="plan">Made from the cloud as it is now; without problems.</param>
    /// <param name="done">Called after each action.</param>
    /// <param name="ct">Ends the work between two requests; the next run goes on, or takes back.</param>
    /// <exception cref="FedSiteException">Another run is at work with images.</exception>
    public async Task<RetirementResult> DoAsync(
        RetirementPlan plan,
        Action<RetirementAction>? done,
        CancellationToken ct
    )
    {
        if (plan.Problems is [var problem, ..])
            throw new FedSiteException(problem.Message, problem.NextStep);
        // A run that shares images meanwhile would give back what is taken here.
        using var alone = plan.Stage == RetirementStage.Withdraw ? RunLock.Acquire(state.Folder, "images", time) : null;
        if (plan is { IsUndo: true, WasUnfinished: false })
            Lower(plan);
        var failed = new ConcurrentBag<(RetirementAction, FedSiteException)>();
        var left = new List<string>();
        foreach (var phase in plan.Phases)
        {
            await Parallel.ForEachAsync(
                phase.Actions,
                new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct },
                async (action, token) =>
                {
                    try
                    {
                        await action.Work(token);
                        if (done is not null)
                        {
                            lock (failed)
                                done(action);
                        }
                    }
                    catch (FedSiteException e)
                    {
                        failed.Add((action, e));
                    }
                }
            );
            var failures = failed.Select(one => one.Item1.Id).ToHashSet(StringComparer.Ordinal);
            var asked = phase.Actions.Select(action => action.Id).Where(id => !failures.Contains(id));
            left.AddRange(await SettleAsync(phase, asked.ToHashSet(StringComparer.Ordinal), ct));
        }

        var result = new RetirementResult(plan.Actions.Count - failed.Count, [.. failed], left);
        if (result.IsWhole)
            Finish(plan);
        return result;
    }

    /// <summary>First of all: cut off, it is a stage that was begun, and can be done again or undone on.</summary>
    private void Lower(RetirementPlan plan)
    {
        if (RetirementStages.Before(plan.Stage) is { } before)
            _store.Reach(plan.Vo, before);
    }

    private void Finish(RetirementPlan plan)
    {
        plan.Finish();
        if (plan.IsUndo)
        {
            foreach (var step in _store.Steps(plan.Vo, plan.Stage))
                _store.Undone(plan.Vo, plan.Stage, step.Kind, step.Id, step.Project);
            if (plan is { Stage: RetirementStage.Owners, WasUnfinished: false })
                _store.Forget(plan.Vo);
            return;
        }

        new SeenProjects(_store, plan.Vo).Note(plan.Stage, plan.Leaving);
        if (_store.Find(plan.Vo) is not { } known || known.Stage < plan.Stage)
            _store.Reach(plan.Vo, plan.Stage);
        if (plan.DeleteAfter is { } day)
            _store.SetDeleteAfter(plan.Vo, day);
    }

    /// <summary>Sets the day from which the machines of a VO that leaves may be deleted.</summary>
    /// <exception cref="FedSiteException">It does not leave, or the day is over.</exception>
    public void SetDeleteAfter(string vo, DateOnly day)
    {
        if (Standing(vo).Known is not { } known)
        {
            throw new FedSiteException(
                $"The VO {vo} does not leave yet, so there is nothing to delete.",
                $"Begin with `fedsite vo retire {vo} --stage owners --delete-after {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}`.",
                ExitCode.Usage
            );
        }

        CheckDay(day, known, isForNow: false);
        _store.SetDeleteAfter(vo, day);
    }

    /// <summary>Most likely a wrong year; a script that repeats the one that was set is let be.</summary>
    private void CheckDay(DateOnly day, VoRetirement? known, bool isForNow)
    {
        if (isForNow && day < known?.DeleteAfter)
        {
            throw new FedSiteException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The VO {known.Vo} may be deleted from {known.DeleteAfter:yyyy-MM-dd} on; {day:yyyy-MM-dd} is earlier than what was agreed."
                ),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"If it is agreed anew, set it first: `fedsite vo retire {known.Vo} --delete-after {day:yyyy-MM-dd}`."
                ),
                ExitCode.Usage
            );
        }

        if (day >= Today || day == known?.DeleteAfter)
            return;
        throw new FedSiteException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{day:yyyy-MM-dd} is over: today is {Today:yyyy-MM-dd} (UTC)."
            ),
            "Give today or a later day: --delete-after YYYY-MM-DD.",
            ExitCode.Usage
        );
    }

    private static IEnumerable<string> NewDay(DateOnly? before, DateOnly? now) =>
        before is not null && now is not null && now != before
            ?
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"its machines may be deleted from {now:yyyy-MM-dd} on; so far that is {before:yyyy-MM-dd}"
                ),
            ]
            : [];

    private async Task<IEnumerable<string>> SettleAsync(
        RetirementPhase phase,
        IReadOnlySet<string> asked,
        CancellationToken ct
    )
    {
        var left = await phase.Left(asked, ct);
        for (var look = 1; left.Any(one => one.Comes) && look < Looks; look++)
        {
            await Task.Delay(Pause, time, ct);
            left = await phase.Left(asked, ct);
        }

        return left.Select(one => one.Words);
    }

    private VoConfig Named(string vo) =>
        site.Vos.FirstOrDefault(one => one.Name == vo)
        ?? throw new FedSiteException(
            $"site.yaml has no VO {vo} any more, so its projects are not known.",
            "Write it again until it has left, or is taken back.",
            ExitCode.Usage
        );

    /// <summary>Another VO of a project is out of the way if it could be taken to this stage itself.</summary>
    private bool Leaves(string vo, RetirementStage stage) =>
        _store.Find(vo) is { } other
        && other.Stage >= (RetirementStages.Before(stage) ?? RetirementStage.Owners)
        && (stage < RetirementStage.Delete || other.DeleteAfter <= Today);

    private static string Kept(LeavingProject project, RetirementStage stage) =>
        stage switch
        {
            RetirementStage.Owners or RetirementStage.Unmap =>
                $"the project {project.Name} is also of the VO {project.Stays}, which stays: it will be left as it is",
            RetirementStage.Withdraw =>
                $"the project {project.Name} is also of the VO {project.Stays}, which stays: it goes on seeing its images",
            RetirementStage.Stop =>
                $"the project {project.Name} is also of the VO {project.Stays}, which stays: none of its servers is stopped",
            RetirementStage.Delete =>
                $"the project {project.Name} is also of the VO {project.Stays}, which stays: nothing in it is deleted",
            RetirementStage.Accounting =>
                $"the project {project.Name} is also of the VO {project.Stays}, which stays: it is accounted on",
            _ => $"the project {project.Name} is also of the VO {project.Stays}, which stays: it is not disabled",
        };

    private static RetirementPlan With(
        RetirementPlan plan,
        IReadOnlyList<RetirementPhase> phases,
        IEnumerable<string>? notes = null,
        IEnumerable<PlanProblem>? problems = null
    ) =>
        plan with
        {
            Phases = phases,
            Notes = [.. plan.Notes, .. notes ?? []],
            Problems = [.. plan.Problems, .. problems ?? []],
        };
}
