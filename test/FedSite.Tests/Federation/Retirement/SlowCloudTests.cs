using FedSite.Federation.Retirement;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.Retirement;

/// <summary>Stopping and deleting on a cloud that takes its time.</summary>
public sealed class SlowCloudTests : IAsyncLifetime
{
    private LeavingSite _site = null!;

    private CloudWorld World => _site.World;

    public async ValueTask InitializeAsync()
    {
        _site = await LeavingSite.StartAsync();
        await _site.ReachAsync(RetirementStage.Withdraw);
        foreach (var (index, server) in _site.Servers().ToList().Index())
            World.Advance(server.Id, index == 0 ? "SHUTOFF" : "ACTIVE", TimeProvider.System.GetUtcNow());
        World.LooksUntilDone = 3;
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Undo_right_after_a_kill_waits_for_servers_that_are_being_stopped_and_starts_them()
    {
        var running = _site.Ids("ACTIVE");
        await _site.KillAsync(await _site.PlanAsync(RetirementStage.Stop));
        Assert.Contains(_site.Servers(), server => server.Task == "powering-off");

        await _site.UndoAsync();

        Assert.Equal(running, _site.Ids("ACTIVE"));
        Assert.DoesNotContain(_site.Servers(), server => server.Task is not null);
        Assert.Null(_site.Retirements.Standing(LeavingSite.Vo).Unfinished);
    }

    [Fact]
    public async Task Undo_starts_no_server_whose_owner_is_stopping_it()
    {
        var running = _site.Ids("ACTIVE");
        World.Put(World.FindServer(running[0])! with { Task = "powering-off" });
        World.LooksUntilDone = 0;

        var plan = await _site.PlanAsync(RetirementStage.Stop);
        World.Advance(running[0], "SHUTOFF", TimeProvider.System.GetUtcNow());
        Assert.True((await _site.Retirements.DoAsync(plan, done: null, LeavingSite.Token)).IsWhole);
        await _site.UndoAsync();

        Assert.Equal(running.Skip(1), _site.Ids("ACTIVE"));
    }

    [Fact]
    public async Task Undo_leaves_alone_what_is_being_started_and_waits_for_it()
    {
        await _site.DoAsync(RetirementStage.Stop);
        var stopped = _site.Ids("SHUTOFF");
        var plan = await _site.UndoAsync();

        Assert.Equal(stopped.Count - 1, plan.Actions.Count);
        Assert.Single(_site.Ids("SHUTOFF"));
        Assert.DoesNotContain(_site.Servers(), server => server.Task is not null);
    }

    [Fact]
    public async Task Stop_goes_on_after_a_kill_without_a_word_that_undo_will_not_start_what_it_stopped()
    {
        var running = _site.Ids("ACTIVE");
        await _site.KillAsync(await _site.PlanAsync(RetirementStage.Stop));

        var plan = await _site.DoAsync(RetirementStage.Stop);

        Assert.Contains("1 servers are stopped already", Assert.Single(plan.Notes), StringComparison.Ordinal);
        await _site.UndoAsync();
        Assert.Equal(running, _site.Ids("ACTIVE"));
    }

    [Fact]
    public async Task A_server_that_is_being_started_keeps_stop_from_being_reached()
    {
        var started = _site.Ids("SHUTOFF")[0];
        World.Put(World.FindServer(started)! with { Task = "powering-on" });

        var result = await DoneAsync(RetirementStage.Stop);

        Assert.Contains("powering-on", Assert.Single(result.Left), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_waits_for_a_server_that_came_between_plan_and_apply_and_it_is_named()
    {
        var plan = await _site.PlanAsync(RetirementStage.Stop);
        var late = Appear();

        var result = await _site.Retirements.DoAsync(plan, done: null, LeavingSite.Token);

        Assert.Contains(late, Assert.Single(result.Left), StringComparison.Ordinal);
        Assert.Equal(RetirementStage.Withdraw, _site.Store.Find(LeavingSite.Vo)!.Stage);
        await _site.DoAsync(RetirementStage.Stop);
    }

    [Fact]
    public async Task A_server_that_came_between_plan_and_apply_of_delete_is_named_and_goes_with_the_next_run()
    {
        await _site.DoAsync(RetirementStage.Stop);
        var plan = await _site.PlanAsync(RetirementStage.Delete);
        var late = Appear();

        var result = await _site.Retirements.DoAsync(plan, done: null, LeavingSite.Token);

        Assert.Contains(late, Assert.Single(result.Left), StringComparison.Ordinal);
        await _site.DoAsync(RetirementStage.Delete);
        Assert.Empty(_site.Servers());
    }

    [Fact]
    public async Task Killed_while_it_deletes_it_goes_on_with_what_is_being_deleted()
    {
        await _site.DoAsync(RetirementStage.Stop);
        await _site.KillAsync(await _site.PlanAsync(RetirementStage.Delete));
        Assert.Contains(_site.Servers(), server => server.Task == "deleting");
        foreach (var volume in World.Volumes.Of(_site.Project).Where(one => one.Servers.Count == 0).ToList())
            World.Volumes.Put(volume with { Status = "deleting" });

        var plan = await _site.PlanAsync(RetirementStage.Delete);
        foreach (var volume in World.Volumes.Of(_site.Project).Where(one => one.Status == "deleting").ToList())
        {
            Assert.DoesNotContain(plan.Actions, action => action.Id == volume.Id);
            World.Volumes.Remove(volume.Id);
        }
        Assert.True((await _site.Retirements.DoAsync(plan, done: null, LeavingSite.Token)).IsWhole);

        Assert.Empty(_site.Servers());
        Assert.Empty(World.Volumes.Of(_site.Project));
    }

    private async Task<RetirementResult> DoneAsync(RetirementStage stage) =>
        await _site.Retirements.DoAsync(await _site.PlanAsync(stage), done: null, LeavingSite.Token);

    /// <returns>The id of a server that somebody makes.</returns>
    private string Appear()
    {
        var server = _site.Servers().First() with { Id = Guid.CreateVersion7(), Status = "ACTIVE", Task = null };
        World.Put(server);
        return server.Id.ToString();
    }
}
