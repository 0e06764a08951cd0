using FedSite.Federation.Retirement;
using FedSite.Sandbox;

namespace FedSite.Tests.Federation.Retirement;

/// <summary>
/// The process is killed at each request that a stage sends, before the service has done it or after; then the same
/// command is run again.
/// </summary>
[Trait("Category", "Long")]
public sealed class KilledStageTests : IAsyncLifetime
{
    private static readonly SandboxService[] Services =
    [
        SandboxService.Keystone,
        SandboxService.Nova,
        SandboxService.Glance,
        SandboxService.Cinder,
        SandboxService.Neutron,
    ];

    private LeavingSite _site = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await LeavingSite.StartAsync(servers: 9);
        await _site.TakeSecondProjectAsync();
        foreach (var server in _site.Projects.SelectMany(_site.Servers).ToList())
            _site.World.Advance(server.Id, "ACTIVE", TimeProvider.System.GetUtcNow());
        var first = _site.Servers().First();
        _site.World.Advance(first.Id, "SHUTOFF", TimeProvider.System.GetUtcNow());
        var admin = _site.World.Projects.Single(project => project.Name == "admin").Id;
        foreach (var status in (string[])["accepted", "pending"])
            _site.Image(admin, "shared", isProtected: false, [.. _site.Projects.Select(project => (status, project))]);
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData(RetirementStage.Unmap, false)]
    [InlineData(RetirementStage.Unmap, true)]
    [InlineData(RetirementStage.Withdraw, false)]
    [InlineData(RetirementStage.Withdraw, true)]
    [InlineData(RetirementStage.Stop, false)]
    [InlineData(RetirementStage.Stop, true)]
    [InlineData(RetirementStage.Disable, false)]
    [InlineData(RetirementStage.Disable, true)]
    public async Task Run_again_a_stage_ends_as_if_it_had_never_been_killed_and_so_does_undoing_it(
        RetirementStage stage,
        bool isDone
    )
    {
        await _site.ReachAsync(stage - 1);
        if (stage == RetirementStage.Disable)
            _site.Deliver();
        var before = Seen(stage);
        await _site.DoAsync(stage);
        var after = Seen(stage);
        await _site.UndoAsync();
        Assert.Equal(before, Seen(stage));

        var request = 0;
        while (await IsKilledAsync(await _site.PlanAsync(stage), request, isDone))
        {
            Assert.Equal(stage - 1, _site.Store.Find(LeavingSite.Vo)!.Stage);
            await _site.DoAsync(stage);
            Assert.Equal(after, Seen(stage));
            await _site.UndoAsync();
            Assert.Equal(before, Seen(stage));
            request++;
        }

        Assert.True(request > 1, "it was never killed");
        request = 0;
        while (
            await IsKilledAsync(
                await _site.Retirements.PlanUndoAsync(LeavingSite.Vo, LeavingSite.Token),
                request,
                isDone
            )
        )
        {
            await _site.UndoAsync();
            Assert.Equal(before, Seen(stage));
            await _site.DoAsync(stage);
            Assert.Equal(after, Seen(stage));
            request++;
        }

        Assert.True(request > 1, "undoing was never killed");
        Assert.Equal(before, Seen(stage));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_again_and_again_delete_ends_with_empty_projects_and_calls_them_so_only_then(bool isDone)
    {
        await _site.ReachAsync(RetirementStage.Stop);

        var kills = 0;
        while (await IsKilledAsync(await _site.PlanAsync(RetirementStage.Delete), kills, isDone))
        {
            Assert.Equal(RetirementStage.Stop, _site.Store.Find(LeavingSite.Vo)!.Stage);
            Assert.DoesNotContain(
                _site.Store.Steps(LeavingSite.Vo, RetirementStage.Delete),
                step => step.Kind == "empty project"
            );
            kills++;
        }

        Assert.True(kills > 1, "it was never killed");
        Assert.Equal(RetirementStage.Delete, _site.Store.Find(LeavingSite.Vo)!.Stage);
        Assert.Empty(_site.Projects.SelectMany(_site.Servers));
        Assert.Empty(_site.Projects.SelectMany(_site.World.Volumes.Of));
    }

    /// <summary>All that a stage may change, and what is remembered of it.</summary>
    private string Seen(RetirementStage stage)
    {
        var world = _site.World;
        var servers = _site.Projects.SelectMany(_site.Servers).Select(server => $"{server.Id} {server.Status}");
        var images = world
            .Images.Where(image => image.Name == "of a test")
            .SelectMany(image => image.Members.Select(member => $"{image.Id} {member.Key} {member.Value}"));
        var projects = _site.Projects.Select(id => $"{id} {world.FindProject(id)!.Enabled}");
        var steps = _site.Store.Steps(LeavingSite.Vo, stage).Select(step => $"{step.Kind} {step.Id} {step.Project}");
        var standing = _site.Retirements.Standing(LeavingSite.Vo);
        return string.Join(
            '\n',
            [
                .. servers.Concat(images).Concat(projects).Concat(steps).Order(StringComparer.Ordinal),
                world.Federation.FindMapping("egi-mapping")!.Rules,
                $"{standing.Known!.Stage} {standing.Unfinished}",
            ]
        );
    }

    /// <param name="plan">What is done.</param>
    /// <param name="request">So many are answered before.</param>
    /// <param name="isDone">The service does the last one, though nobody hears of it.</param>
    /// <returns>False: it had no so many requests, and is done.</returns>
    private async Task<bool> IsKilledAsync(RetirementPlan plan, int request, bool isDone)
    {
        using var process = CancellationTokenSource.CreateLinkedTokenSource(LeavingSite.Token);
        var seen = 0;
        bool IsLast()
        {
            if (seen++ != request)
                return false;
            if (!isDone)
                process.Cancel();
            return true;
        }

        foreach (var service in Services)
        {
            _site.Site.Sandbox.Traffic.Fail(
                new SandboxFault
                {
                    Service = service,
                    When = _ => IsLast(),
                    Kind = isDone ? FaultKind.Answer : FaultKind.Reset,
                    Rewrite = !isDone
                        ? null
                        : truth =>
                        {
                            process.Cancel();
                            return truth;
                        },
                }
            );
            // The dead ask for nothing more.
            _site.Site.Sandbox.Traffic.Fail(
                new SandboxFault
                {
                    Service = service,
                    When = _ => process.IsCancellationRequested,
                    Kind = FaultKind.Reset,
                    Times = int.MaxValue,
                }
            );
        }

        try
        {
            var result = await _site.Retirements.DoAsync(plan, done: null, process.Token);
            Assert.Empty(result.Failed.Select(failed => failed.Failure.Message));
            Assert.Empty(result.Left);
            return false;
        }
        catch (OperationCanceledException) when (process.IsCancellationRequested)
        {
            return true;
        }
        finally
        {
            await _site.Site.Sandbox.Traffic.StopFailingAsync();
        }
    }
}
