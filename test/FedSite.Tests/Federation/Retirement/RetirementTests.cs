using FedSite.Federation.Retirement;
using FedSite.Sandbox.World;
using FedSite.Tests.Federation.Plans;

namespace FedSite.Tests.Federation.Retirement;

public sealed class RetirementTests : IAsyncLifetime
{
    private LeavingSite _site = null!;

    private CloudWorld World => _site.World;

    public async ValueTask InitializeAsync() => _site = await LeavingSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task A_stage_needs_the_one_before_it()
    {
        var failure = await Assert.ThrowsAsync<FedSiteException>(() => _site.PlanAsync(RetirementStage.Unmap));

        Assert.Equal(ExitCode.Usage, failure.ExitCode);
        Assert.Contains("--stage owners", failure.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Owners_tells_whom_to_write_to_and_changes_nothing()
    {
        var server = _site.Servers().First();
        var plan = await _site.DoAsync(RetirementStage.Owners);

        var owner = Assert.Single(plan.Owners, owner => owner.Id == server.UserId);
        Assert.NotNull(owner.Name);
        Assert.Equal(_site.Servers().Count(one => one.UserId == server.UserId), owner.Servers);
        Assert.Empty((await _site.Site.PlanAsync()).Changes);
    }

    [Fact]
    public async Task Unmap_takes_the_VO_out_of_the_mapping_and_apply_leaves_it_out()
    {
        var before = World.Federation.FindMapping("egi-mapping")!.Rules;
        await _site.ReachAsync(RetirementStage.Unmap);

        Assert.DoesNotContain(
            "vo\\\\.access",
            World.Federation.FindMapping("egi-mapping")!.Rules,
            StringComparison.Ordinal
        );
        var plan = await _site.Site.PlanAsync();
        Assert.Empty(plan.Changes);
        Assert.Contains(plan.Notes, note => note.Contains("leaves the site", StringComparison.Ordinal));

        await _site.UndoAsync();
        Assert.Equal(before, World.Federation.FindMapping("egi-mapping")!.Rules);
        Assert.Equal(RetirementStage.Owners, _site.Store.Find(LeavingSite.Vo)!.Stage);
    }

    [Fact]
    public async Task Unmap_depends_on_no_quota()
    {
        await _site.DoAsync(RetirementStage.Owners);
        _site.Site.Replace($"{{id: {_site.Project}}}", $"{{id: {_site.Project}, quota: {{instances: 0}}}}");
        Assert.NotEmpty((await _site.Site.PlanAsync()).Problems);

        await _site.DoAsync(RetirementStage.Unmap);
    }

    [Fact]
    public async Task The_lock_out_of_a_VO_that_leaves_is_meant_but_that_of_others_is_not()
    {
        await _site.DoAsync(RetirementStage.Owners);
        _site.Store.Reach(LeavingSite.Vo, RetirementStage.Unmap);
        Assert.Empty((await _site.Site.PlanAsync()).LockOuts);

        _site.Site.Replace("group:biomed:", "group:other:");

        Assert.NotEmpty((await _site.Site.PlanAsync()).LockOuts);
        Assert.DoesNotContain((await _site.Site.PlanAsync()).LockOuts, one => one.Vo == LeavingSite.Vo);
    }

    [Fact]
    public async Task Unmap_is_refused_while_the_mapping_differs_for_others()
    {
        await _site.DoAsync(RetirementStage.Owners);
        _site.Site.Replace("group:biomed:", "group:other:");

        var plan = await _site.PlanAsync(RetirementStage.Unmap);

        Assert.Contains(plan.Problems, problem => problem.NextStep.Contains("fedsite apply", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Withdraw_takes_memberships_and_undo_gives_them_back_as_they_were()
    {
        var image = Shared(("accepted", _site.Project), ("accepted", _site.Other));
        var pending = Shared(("pending", _site.Project));
        await _site.ReachAsync(RetirementStage.Withdraw);

        Assert.Equal([_site.Other], World.FindImage(image)!.Members.Keys);
        Assert.Empty(World.FindImage(pending)!.Members);
        Assert.Equal([LeavingSite.Vo], _site.Store.Withdrawn());

        await _site.UndoAsync();
        Assert.Equal("accepted", World.FindImage(image)!.Members[_site.Project]);
        Assert.Equal("pending", World.FindImage(pending)!.Members[_site.Project]);
        Assert.Empty(_site.Store.Withdrawn());
    }

    [Fact]
    public async Task An_image_stays_shared_with_a_project_that_another_VO_has_too()
    {
        var image = Shared(("accepted", _site.Project));
        _site.ShareProject();

        await _site.ReachAsync(RetirementStage.Withdraw);

        Assert.Contains(_site.Project, World.FindImage(image)!.Members.Keys);
    }

    [Fact]
    public async Task A_project_of_a_VO_that_stays_is_neither_stopped_nor_deleted_nor_disabled()
    {
        var before = _site.Servers().Select(server => (server.Id, server.Status)).ToList();
        _site.ShareProject();

        await _site.ReachAsync(RetirementStage.Accounting);
        var plan = await _site.DoAsync(RetirementStage.Disable);

        Assert.Contains(
            plan.Notes,
            note => note.Contains("also of the VO other.example.org", StringComparison.Ordinal)
        );
        Assert.Equal(before, _site.Servers().Select(server => (server.Id, server.Status)));
        Assert.True(World.FindProject(_site.Project)!.Enabled);
    }

    [Fact]
    public async Task The_administrators_own_project_is_never_retired()
    {
        var admin = World.Projects.Single(project => project.Name == "admin").Id;
        _site.Site.Replace(_site.Project, admin);

        Assert.NotEmpty((await _site.PlanAsync(RetirementStage.Owners)).Problems);
    }

    [Fact]
    public async Task Undone_to_the_beginning_the_VO_stays()
    {
        await _site.ReachAsync(RetirementStage.Stop);
        for (var stage = 0; stage < 4; stage++)
            await _site.UndoAsync();

        Assert.Null(_site.Store.Find(LeavingSite.Vo));
        Assert.Empty((await _site.Site.PlanAsync()).Changes);
        await Assert.ThrowsAsync<FedSiteException>(() => _site.UndoAsync());
    }

    private string Shared(params (string Status, string Project)[] members) =>
        _site.Image(
            World.Projects.Single(project => project.Name == "admin").Id,
            "shared",
            isProtected: false,
            members
        );
}
