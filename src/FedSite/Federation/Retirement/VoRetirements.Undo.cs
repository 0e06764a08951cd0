using System.Globalization;
using FedSite.Federation.Plans;
using FedSite.OpenStack;
using FedSite.OpenStack.Compute;

namespace FedSite.Federation.Retirement;

/// <summary>Taking a stage back.</summary>
public sealed partial class VoRetirements
{
    /// <summary>
    /// Takes back what was begun and is not done, or else the last stage that was reached. Changes nothing yet.
    /// </summary>
    /// <exception cref="FedSiteException">The VO does not leave, or the cloud can't be read.</exception>
    public async Task<RetirementPlan> PlanUndoAsync(string vo, CancellationToken ct)
    {
        var standing = Standing(vo);
        if ((standing.Unfinished ?? standing.Known?.Stage) is not { } stage)
        {
            throw new FedSiteException(
                $"The VO {vo} does not leave, so there is nothing to undo.",
                nextStep: null,
                ExitCode.Usage
            );
        }

        var plan = new RetirementPlan
        {
            Vo = vo,
            Stage = stage,
            IsUndo = true,
            WasUnfinished = standing.Unfinished is not null,
            DeleteAfter = standing.Known?.DeleteAfter,
        };
        var steps = _store.Steps(vo, stage);
        try
        {
            return stage switch
            {
                RetirementStage.Owners => With(
                    plan,
                    [],
                    ["the VO stays, and all that is known of its leaving is forgotten"]
                ),
                RetirementStage.Unmap => await UndoUnmapAsync(plan, ct),
                RetirementStage.Withdraw => UndoWithdraw(plan, steps),
                RetirementStage.Stop => await UndoStopAsync(plan, steps, ct),
                RetirementStage.Delete => With(plan, [], [await DeletedWordsAsync(steps, ct)]),
                RetirementStage.Accounting => With(plan, [], ["what was delivered stays delivered"]),
                _ => UndoDisable(plan, steps),
            };
        }
        catch (OpenStackException e) when (e.Status == 403)
        {
            throw FederationPlans.NeedsAdmin(e);
        }
    }

    private Task<RetirementPlan> UndoUnmapAsync(RetirementPlan plan, CancellationToken ct)
    {
        Named(plan.Vo);
        return MappingAsync(
            plan,
            RetirementStage.Owners,
            "map",
            "its people get in again; if groups or roles are gone, `fedsite apply` makes them",
            ct
        );
    }

    private RetirementPlan UndoWithdraw(RetirementPlan plan, IReadOnlyList<RetirementStep> steps)
    {
        var actions = steps
            .Where(step => step.Kind.EndsWith(Member, StringComparison.Ordinal))
            .Select(step => new RetirementAction
            {
                Verb = "share again",
                Kind = "image",
                Name = step.Id,
                Id = $"{step.Id} {step.Project}",
                Project = step.Project,
                Work = async ct =>
                {
                    await ShareAgainAsync(step, ct);
                    _store.Undone(plan.Vo, plan.Stage, step.Kind, step.Id, step.Project);
                },
            });
        return With(
            plan,
            [new RetirementPhase { Actions = [.. actions] }],
            ["`images sync`, `info publish` and `federation render catchall` take it in again: run them"]
        );
    }

    private async Task ShareAgainAsync(RetirementStep step, CancellationToken ct)
    {
        var admin = TokenScope.Configured;
        // Removed or opened to everybody meanwhile, there is nothing to give back.
        if (await cloud.Image.FindImageAsync(admin, step.Id, ct) is not { Visibility: "shared" })
            return;
        await cloud.Image.AddMemberAsync(admin, step.Id, step.Project, ct);
        await cloud.Image.SetMemberStatusAsync(admin, step.Id, step.Project, step.Kind[..^Member.Length].Trim(), ct);
    }

    private async Task<RetirementPlan> UndoStopAsync(
        RetirementPlan plan,
        IReadOnlyList<RetirementStep> steps,
        CancellationToken ct
    )
    {
        var stopped = steps.Where(step => step.Kind == StoppedServer).ToLookup(step => step.Project);
        var actions = new List<RetirementAction>();
        foreach (var project in stopped)
        {
            var ids = project.Select(step => step.Id).ToHashSet(StringComparer.Ordinal);
            await foreach (var listed in cloud.Compute.ListServersAsAdminAsync(project.Key, ct))
            {
                if (listed.Item is { } server && ids.Contains(server.Id) && IsStopped(server, orAboutTo: true))
                    actions.Add(Start(project.Key, server.Id, NameOf(server)));
            }
        }

        var others = steps.Count(step => step.Kind == StoppedServer) - actions.Count;
        return With(
            plan,
            [
                // After a kill: Nova starts no server that it is stopping.
                new RetirementPhase { Actions = [], Left = (_, token) => LeftAsync(plan.Vo, Stopping, token) },
                new RetirementPhase
                {
                    Actions = actions,
                    Left = (asked, token) => LeftAsync(plan.Vo, server => NotStarted(server, asked), token),
                },
            ],
            others > 0
                ?
                [
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{others} servers that were stopped are gone, or run already"
                    ),
                ]
                : []
        );
    }

    private RetirementAction Start(string project, string id, string name) =>
        new()
        {
            Verb = "start",
            Kind = "server",
            Name = name,
            Id = id,
            Project = project,
            Work = async ct => await cloud.Compute.StartServerAsync(id, ct),
        };

    /// <param name="server">Of those that the stage stopped.</param>
    /// <param name="orAboutTo">One that is being stopped, too.</param>
    private static bool IsStopped(Server server, bool orAboutTo) =>
        server is { Status: "SHUTOFF", TaskState: null }
        || (orAboutTo && ServerConditions.Of(server) == ServerCondition.IsStopping);

    private static Leftover? Stopping(Server server) =>
        ServerConditions.Of(server) == ServerCondition.IsStopping
            ? new Leftover($"server {NameOf(server)} is being stopped", Comes: true)
            : null;

    /// <summary>One that is stopped only now has to be asked for anew.</summary>
    private static Leftover? NotStarted(Server server, IReadOnlySet<string> asked) =>
        server switch
        {
            { TaskState: "powering-on" } => new Leftover($"server {NameOf(server)} is being started", Comes: true),
            _ when IsStopped(server, orAboutTo: true) => new Leftover(
                $"server {NameOf(server)} is still stopped",
                Comes: false
            ),
            { Status: "ERROR" } when asked.Contains(server.Id) => new Leftover(
                $"server {NameOf(server)} is in state ERROR",
                Comes: false
            ),
            _ => null,
        };

    /// <summary>Of the servers that the stage stopped.</summary>
    private async Task<IReadOnlyList<Leftover>> LeftAsync(
        string vo,
        Func<Server, Leftover?> judge,
        CancellationToken ct
    )
    {
        var left = new List<Leftover>();
        var stopped = _store.Steps(vo, RetirementStage.Stop).Where(step => step.Kind == StoppedServer);
        foreach (var project in stopped.ToLookup(step => step.Project))
        {
            var ids = project.Select(step => step.Id).ToHashSet(StringComparer.Ordinal);
            await foreach (var listed in cloud.Compute.ListServersAsAdminAsync(project.Key, ct))
            {
                if (listed.Item is { } server && ids.Contains(server.Id) && judge(server) is { } leftover)
                    left.Add(leftover);
            }
        }

        return left;
    }

    private RetirementPlan UndoDisable(RetirementPlan plan, IReadOnlyList<RetirementStep> steps)
    {
        var actions = steps
            .Where(step => step.Kind == DisabledProject)
            .Select(step => new RetirementAction
            {
                Verb = "enable",
                Kind = "project",
                Name = step.Id,
                Id = step.Id,
                Work = async ct =>
                {
                    await SetEnabledAsync(step.Id, enabled: true, ct);
                    _store.Undone(plan.Vo, plan.Stage, step.Kind, step.Id, step.Project);
                },
            });
        return With(plan, [new RetirementPhase { Actions = [.. actions] }]);
    }
}
