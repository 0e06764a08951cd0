using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using FedSite.Federation.Plans;
using FedSite.OpenStack;
using FedSite.OpenStack.Image;

namespace FedSite.Federation.Retirement;

/// <summary>Stages that touch no machines.</summary>
public sealed partial class VoRetirements
{
    private const string Mapping = "mapping";
    private const string Member = "image member";
    private const string DisabledProject = "disabled project";

    private async Task<RetirementPlan> PlanOwnersAsync(
        RetirementPlan plan,
        IReadOnlyList<LeavingProject> projects,
        CancellationToken ct
    ) => plan with { Owners = await OwnersReading.ReadAsync(cloud, projects, ct) };

    private async Task<RetirementPlan> PlanUnmapAsync(RetirementPlan plan, CancellationToken ct) =>
        await MappingAsync(
            plan,
            RetirementStage.Unmap,
            "unmap",
            "people get in no more; servers, volumes and application credentials stay",
            ct
        );

    /// <summary>What has to change in the mappings for a VO that is as far as this.</summary>
    private async Task<RetirementPlan> MappingAsync(
        RetirementPlan plan,
        RetirementStage stage,
        string verb,
        string words,
        CancellationToken ct
    )
    {
        var leaving = _store.Read().ToDictionary(vo => vo.Vo, vo => vo.Stage, StringComparer.Ordinal);
        leaving[plan.Vo] = leaving.TryGetValue(plan.Vo, out var now) && !plan.IsUndo && now > stage ? now : stage;
        var scope = new PlanScope(Part: null, plan.Vo, Prune: false) { WithoutTerms = true };
        var wanted = await plans.PlanAsync(scope, leaving, ct);
        var problems = wanted.Problems.ToList();
        if (!plan.IsUndo)
            problems.AddRange(StillMapped(plan.Vo, wanted));
        if (wanted.MappingsLeft.Count > 0)
            problems.Add(
                new PlanProblem(
                    $"The mapping {wanted.MappingsLeft[0]} differs from site.yaml for other VOs too.",
                    "Run `fedsite plan` and `fedsite apply` first."
                )
            );
        if (wanted.LockOuts.Count > 0)
            problems.Add(
                new PlanProblem(
                    $"With the VO {plan.Vo} others would be locked out: {wanted.LockOuts[0].Vo ?? "of no known VO"}: {wanted.LockOuts[0].Reason}.",
                    "Run `fedsite plan` and `fedsite apply` first."
                )
            );
        var context = new ApplyContext(cloud, plans.Store, _store, wanted.Ids);
        var actions = wanted
            .Changes.Where(change => change is { Kind: Kinds.Mapping, Action: ChangeAction.Change })
            .Select(change => new RetirementAction
            {
                Verb = verb,
                Kind = Mapping,
                Name = change.Name,
                Id = change.Name,
                Words = change.Words.Count > 0 ? string.Join("; ", change.Words) : null,
                Work = async token =>
                {
                    if (!plan.IsUndo)
                        _store.Note(plan.Vo, RetirementStage.Unmap, Mapping, change.Name, project: "");
                    await change.Work(context, token);
                },
            })
            .ToList();
        return With(plan, [new RetirementPhase { Actions = actions }], [words], problems);
    }

    /// <summary>Ways in that are not FedSite's to close.</summary>
    private IEnumerable<PlanProblem> StillMapped(string vo, Plan wanted)
    {
        var isManaged = SiteVo
            .Of(site, new Dictionary<string, IReadOnlyList<string>>())
            .Any(one => one.Name == vo && one.IsManaged);
        if (!isManaged)
            yield return new PlanProblem(
                $"The VO {vo} is only read: its people get in by rules that FedSite does not keep.",
                "Write its `entitlements`, and its projects with their domain, then `fedsite apply`: that takes over what is there."
            );
        foreach (var mapping in wanted.OtherMappings)
            yield return new PlanProblem(
                $"People log in by {mapping}, which is not the one that FedSite keeps.",
                "Run `fedsite apply` first, or name the mapping that is in force: `mapping` under `federation`."
            );
    }

    private async Task<RetirementPlan> PlanWithdrawAsync(
        RetirementPlan plan,
        IReadOnlyList<LeavingProject> own,
        CancellationToken ct
    )
    {
        var projects = own.ToDictionary(project => project.Id, StringComparer.Ordinal);
        var actions = new ConcurrentBag<RetirementAction>();
        await Parallel.ForEachAsync(
            projects.Count == 0 ? Nothing() : SharedImagesAsync(ct),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct },
            async (image, token) =>
            {
                // A VO may go on using what is its own.
                if (projects.ContainsKey(image.Owner ?? ""))
                    return;
                foreach (var member in await MembersAsync(image.Id, token))
                {
                    if (projects.TryGetValue(member.ProjectId, out var project))
                        actions.Add(Withdraw(plan.Vo, image, member, project));
                }
            }
        );
        return With(
            plan,
            [new RetirementPhase { Actions = [.. actions.OrderBy(action => action.Name).ThenBy(action => action.Id)] }],
            [
                "from now on `images sync` shares nothing with it, and `info publish` and `federation render catchall` leave it out: run them",
            ]
        );
    }

    private static async IAsyncEnumerable<CloudImage> Nothing()
    {
        await Task.CompletedTask;
        yield break;
    }

    /// <summary>Of all projects, hidden ones too: an administrator sees them.</summary>
    private async IAsyncEnumerable<CloudImage> SharedImagesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        foreach (var hidden in (bool[])[false, true])
        {
            var query = new ImageQuery
            {
                Visibility = "shared",
                Hidden = hidden,
                MemberStatus = "all",
            };
            await foreach (var image in cloud.Image.ListImagesAsync(TokenScope.Configured, query, ct))
                yield return image;
        }
    }

    /// <summary>None of an image that is gone, or no longer shared.</summary>
    private async Task<IReadOnlyList<ImageMember>> MembersAsync(string image, CancellationToken ct)
    {
        try
        {
            return await cloud.Image.ListMembersAsync(TokenScope.Configured, image, ct);
        }
        catch (OpenStackException e) when (e.Status is 404)
        {
            return [];
        }
    }

    private RetirementAction Withdraw(string vo, CloudImage image, ImageMember member, LeavingProject project) =>
        new()
        {
            Verb = "withdraw",
            Kind = "image",
            Name = image.Name ?? image.Id,
            Id = $"{image.Id} {project.Id}",
            Project = project.Name,
            Work = async ct =>
            {
                _store.Note(vo, RetirementStage.Withdraw, $"{member.Status} {Member}", image.Id, project.Id);
                await cloud.Image.RemoveMemberAsync(TokenScope.Configured, image.Id, project.Id, ct);
                if ((await MembersAsync(image.Id, ct)).Any(one => one.ProjectId == project.Id))
                    throw WithoutEffect($"image {image.Id}", "the project is still a member");
            },
        };

    private async Task<RetirementPlan> PlanAccountingAsync(
        RetirementPlan plan,
        IReadOnlyList<LeavingProject> own,
        CancellationToken ct
    )
    {
        var problems = new List<PlanProblem>();
        foreach (var project in own)
            problems.AddRange(await UndeliveredAsync(plan.Vo, project, ct));
        var delivered = own.Select(project =>
            $"the project {project.Name} is extracted to its end, and no message of it waits"
        );
        return With(plan, [], problems.Count == 0 ? delivered : [], problems);
    }

    private async Task<IReadOnlyList<PlanProblem>> UndeliveredAsync(
        string vo,
        LeavingProject project,
        CancellationToken ct
    )
    {
        if (await WhatIsLeftAsync(project, ct) is { } left)
        {
            return
            [
                new PlanProblem(
                    $"The project {project.Name} has {left} again.",
                    $"Run `fedsite vo retire {vo} --stage delete` once more, then extract and send its last usage."
                ),
            ];
        }

        var empty = _store
            .Steps(vo, RetirementStage.Delete)
            .FirstOrDefault(step => step.Kind == Empty && step.Id == project.Id);
        if (empty is null)
        {
            return
            [
                new PlanProblem(
                    $"Nobody has seen yet that the project {project.Name} is empty.",
                    $"Run `fedsite vo retire {vo} --stage delete` once more."
                ),
            ];
        }

        var missing = delivery.Missing(project.Id, empty.Done);
        return missing.Count == 0
            ? []
            :
            [
                new PlanProblem(
                    $"The last usage of the project {project.Name} has not reached the repository: {string.Join("; ", missing)}.",
                    delivery.Knows(project.Id)
                        ? "Run `fedsite accounting publish`, and look at `fedsite messages list`; then this again."
                        : "Run `fedsite accounting publish`, then this again. "
                            + $"If another program accounts this site, have it send the last usage, take the VO {vo} out of site.yaml, "
                            + $"run `fedsite apply --prune`, then `openstack project set --disable {project.Id}`."
                ),
            ];
    }

    private async Task<RetirementPlan> PlanDisableAsync(
        RetirementPlan plan,
        IReadOnlyList<LeavingProject> own,
        CancellationToken ct
    )
    {
        var problems = new List<PlanProblem>();
        foreach (var project in own)
        {
            // Disabled, it can't be extracted any more, and was found delivered before.
            if (project.Project.Enabled)
                problems.AddRange(await UndeliveredAsync(plan.Vo, project, ct));
        }

        var actions = own.Where(project => project.Project.Enabled)
            .Select(project => new RetirementAction
            {
                Verb = "disable",
                Kind = "project",
                Name = project.Name,
                Id = project.Id,
                Work = async ct =>
                {
                    _store.Note(plan.Vo, RetirementStage.Disable, DisabledProject, project.Id, project.Id);
                    await SetEnabledAsync(project.Id, enabled: false, ct);
                },
            });
        return With(
            plan,
            [new RetirementPhase { Actions = [.. actions] }],
            ["then take the VO out of site.yaml, and run `fedsite apply --prune`"],
            problems
        );
    }

    private async Task SetEnabledAsync(string project, bool enabled, CancellationToken ct)
    {
        await cloud.Identity.UpdateProjectAsync(project, new JsonObject { ["enabled"] = enabled }, ct);
        if ((await cloud.Identity.FindProjectAsync(project, ct))?.Enabled != enabled)
            throw WithoutEffect($"project {project}", enabled ? "it is still disabled" : "it is still enabled");
    }

    private static FedSiteException WithoutEffect(string what, string seen) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The cloud took the change of {what}, but it had no effect: {seen}."
            ),
            "Something stands between, or changes it back: another program, a cache. Run the same again."
        );
}
