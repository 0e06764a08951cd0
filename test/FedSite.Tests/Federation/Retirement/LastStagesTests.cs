using System.Text;
using FedSite.Configuration;
using FedSite.Federation.Plans;
using FedSite.Federation.Retirement;
using FedSite.Sandbox.World;
using FedSite.Tests.Federation.Plans;

namespace FedSite.Tests.Federation.Retirement;

/// <summary>Accounting, disable, and what comes after.</summary>
public sealed class LastStagesTests : IAsyncLifetime
{
    private LeavingSite _site = null!;

    private CloudWorld World => _site.World;

    public async ValueTask InitializeAsync() => _site = await LeavingSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData(-1.0)]
    public async Task Accounting_waits_for_a_window_that_ends_after_the_project_was_empty(double? hours)
    {
        await _site.ReachAsync(RetirementStage.Delete);
        if (hours is { } until)
            _site.Deliver(until);

        var problems = (await _site.PlanAsync(RetirementStage.Accounting)).Problems;

        Assert.NotEmpty(problems);
        Assert.All(
            problems,
            problem => Assert.Contains("has not reached the repository", problem.Message, StringComparison.Ordinal)
        );
        _site.Deliver();
        await _site.DoAsync(RetirementStage.Accounting);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Accounting_waits_for_messages_of_the_project_alone(bool isOfProject)
    {
        await _site.ReachAsync(RetirementStage.Delete);
        _site.Deliver();
        var text = $"APEL-cloud-message: v0.4\nLocalGroupId: {(isOfProject ? _site.Project : _site.Other)}\n%%\n";
        var spool = _site.Outbox.QueueOf(RecordKind.Cloud).Spool;
        await spool.AddAsync([Encoding.ASCII.GetBytes(text)], LeavingSite.Token);

        Assert.Equal(isOfProject, (await _site.PlanAsync(RetirementStage.Accounting)).Problems.Count > 0);
    }

    [Fact]
    public async Task A_machine_that_came_after_delete_is_not_forgotten()
    {
        await _site.ReachAsync(RetirementStage.Delete);
        _site.Deliver();
        World.Put(_site.Servers(_site.Other).First() with { Id = Guid.CreateVersion7(), ProjectId = _site.Project });

        var problem = Assert.Single((await _site.PlanAsync(RetirementStage.Accounting)).Problems);

        Assert.Contains("--stage delete", problem.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disable_looks_at_the_accounting_once_more()
    {
        await _site.ReachAsync(RetirementStage.Accounting);
        World.Put(_site.Servers(_site.Other).First() with { Id = Guid.CreateVersion7(), ProjectId = _site.Project });

        Assert.NotEmpty((await _site.PlanAsync(RetirementStage.Disable)).Problems);
        Assert.True(World.FindProject(_site.Project)!.Enabled);
    }

    [Fact]
    public async Task Disabled_projects_stay_disabled_through_apply_until_undone()
    {
        await _site.ReachAsync(RetirementStage.Disable);
        Assert.False(World.FindProject(_site.Project)!.Enabled);
        Assert.Empty((await _site.Site.PlanAsync()).Changes);

        await _site.UndoAsync();

        Assert.True(World.FindProject(_site.Project)!.Enabled);
    }

    [Fact]
    public async Task Prune_removes_the_group_when_the_VO_is_out_of_the_file()
    {
        await _site.ReachAsync(RetirementStage.Disable);
        _site.TakeOutOfFile();

        var plan = await _site.Site.ApplyAsync(PlanScope.Everything with { Prune = true });

        Assert.Empty(plan.LockOuts);
        Assert.DoesNotContain(World.Groups, group => group.Name == LeavingSite.Vo);
        Assert.False(World.FindProject(_site.Project)!.Enabled);
    }

    [Fact]
    public async Task A_site_that_accounts_with_another_program_is_told_how_it_ends_and_that_works()
    {
        await _site.ReachAsync(RetirementStage.Delete);

        var problem = Assert.Single((await _site.PlanAsync(RetirementStage.Accounting)).Problems);

        Assert.Contains("another program", problem.NextStep, StringComparison.Ordinal);
        Assert.Contains("fedsite apply --prune", problem.NextStep, StringComparison.Ordinal);
        Assert.Contains($"openstack project set --disable {_site.Project}", problem.NextStep, StringComparison.Ordinal);
        _site.TakeOutOfFile();
        await _site.Site.ApplyAsync(PlanScope.Everything with { Prune = true });
        World.Put(World.FindProject(_site.Project)! with { Enabled = false });
        Assert.DoesNotContain(World.Groups, group => group.Name == LeavingSite.Vo);
        Assert.Empty((await _site.Site.PlanAsync()).Changes);
        Assert.Throws<FedSiteException>(() => _site.Retirements.Standing(LeavingSite.Vo));
    }

    [Fact]
    public async Task A_site_whose_usage_FedSite_extracts_is_not_told_of_other_programs()
    {
        await _site.ReachAsync(RetirementStage.Delete);
        _site.Deliver(-1);

        var problem = Assert.Single((await _site.PlanAsync(RetirementStage.Accounting)).Problems);

        Assert.DoesNotContain("another program", problem.NextStep, StringComparison.Ordinal);
    }
}
