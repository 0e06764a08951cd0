using FedSite.Federation.Retirement;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.Retirement;

public sealed class StopStageTests : IAsyncLifetime
{
    private LeavingSite _site = null!;

    private CloudWorld World => _site.World;

    public async ValueTask InitializeAsync() => _site = await LeavingSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Undo_starts_only_what_was_stopped()
    {
        var (running, stopped) = await StoppingAsync();
        await _site.DoAsync(RetirementStage.Stop);
        Assert.DoesNotContain(_site.Servers(), server => server.Status == "ACTIVE");

        await _site.UndoAsync();

        Assert.Equal(running, _site.Ids("ACTIVE"));
        Assert.Equal(stopped, _site.Ids("SHUTOFF"));
        Assert.Equal(RetirementStage.Withdraw, _site.Store.Find(LeavingSite.Vo)!.Stage);
    }

    [Theory]
    [InlineData("ERROR")]
    [InlineData("SHELVED")]
    [InlineData("SHELVED_OFFLOADED")]
    [InlineData("PAUSED")]
    [InlineData("SUSPENDED")]
    public async Task A_server_that_does_not_run_is_left_as_it_is_by_stop(string status)
    {
        await StoppingAsync();
        var server = _site.Servers().First(one => one.Status == "ACTIVE");
        World.Advance(server.Id, status, TimeProvider.System.GetUtcNow());

        await _site.DoAsync(RetirementStage.Stop);

        Assert.Equal(status, World.FindServer(server.Id)!.Status);
    }

    [Theory]
    [InlineData("REBOOT")]
    [InlineData("BUILD")]
    [InlineData("RESCUE")]
    [InlineData("VERIFY_RESIZE")]
    public async Task A_server_that_runs_and_can_t_be_stopped_keeps_the_stage_from_being_reached(string status)
    {
        await StoppingAsync();
        World.Advance(_site.Servers().First(one => one.Status == "ACTIVE").Id, status, TimeProvider.System.GetUtcNow());

        var result = await _site.Retirements.DoAsync(
            await _site.PlanAsync(RetirementStage.Stop),
            done: null,
            LeavingSite.Token
        );

        Assert.Contains(status, Assert.Single(result.Left), StringComparison.Ordinal);
        Assert.Equal(RetirementStage.Withdraw, _site.Store.Find(LeavingSite.Vo)!.Stage);
        Assert.Equal(RetirementStage.Stop, _site.Retirements.Standing(LeavingSite.Vo).Unfinished);
    }

    [Fact]
    public async Task Killed_while_it_stops_servers_it_can_be_undone()
    {
        var (running, stopped) = await StoppingAsync();
        await _site.KillAsync(await _site.PlanAsync(RetirementStage.Stop));
        Assert.NotEqual(running, _site.Ids("ACTIVE"));

        await _site.UndoAsync();

        Assert.Equal(running, _site.Ids("ACTIVE"));
        Assert.Equal(stopped, _site.Ids("SHUTOFF"));
        Assert.Equal(RetirementStage.Withdraw, _site.Store.Find(LeavingSite.Vo)!.Stage);
        Assert.Null(_site.Retirements.Standing(LeavingSite.Vo).Unfinished);
    }

    [Fact]
    public async Task Killed_while_it_stops_servers_it_goes_on_and_undo_still_starts_all()
    {
        var (running, _) = await StoppingAsync();
        await _site.KillAsync(await _site.PlanAsync(RetirementStage.Stop));

        await _site.DoAsync(RetirementStage.Stop);
        await _site.UndoAsync();

        Assert.Equal(running, _site.Ids("ACTIVE"));
    }

    [Fact]
    public async Task Killed_while_it_undoes_it_is_undone_on()
    {
        var (running, _) = await StoppingAsync();
        await _site.DoAsync(RetirementStage.Stop);
        await _site.KillAsync(await _site.Retirements.PlanUndoAsync(LeavingSite.Vo, LeavingSite.Token));
        Assert.Equal(RetirementStage.Stop, _site.Retirements.Standing(LeavingSite.Vo).Unfinished);

        await _site.UndoAsync();

        Assert.Equal(running, _site.Ids("ACTIVE"));
        Assert.Null(_site.Retirements.Standing(LeavingSite.Vo).Unfinished);
    }

    /// <summary>Ready to be stopped.</summary>
    private async Task<(IReadOnlyList<Guid> Running, IReadOnlyList<Guid> Stopped)> StoppingAsync()
    {
        await _site.ReachAsync(RetirementStage.Withdraw);
        var servers = _site.Servers().ToList();
        foreach (var (index, server) in servers.Index())
            World.Advance(server.Id, index == 0 ? "SHUTOFF" : "ACTIVE", TimeProvider.System.GetUtcNow());
        Assert.True(servers.Count > 2);
        return (_site.Ids("ACTIVE"), _site.Ids("SHUTOFF"));
    }
}
