using FedSite.Federation.Plans;
using FedSite.Federation.Retirement;
using FedSite.Tests.Federation.Plans;

namespace FedSite.Tests.Federation.Retirement;

/// <summary>What is known of VOs that left, that are taken out of the file too early, or that another Keystone knew.</summary>
public sealed class ForgottenVoTests : IAsyncLifetime
{
    private static readonly PlanScope Prune = PlanScope.Everything with { Prune = true };

    private LeavingSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await LeavingSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task A_VO_that_has_left_is_forgotten_with_what_was_made_for_it_and_may_come_back()
    {
        await _site.ReachAsync(RetirementStage.Disable);
        var file = _site.Site.Text;
        _site.TakeOutOfFile();

        var plan = await _site.Site.ApplyAsync(Prune);

        Assert.Equal("Remove retirement vo.access.egi.eu", FederationSite.Lines(plan).Last());
        Assert.Null(_site.Store.Find(LeavingSite.Vo));
        Assert.Empty((await _site.Site.PlanAsync(Prune)).Changes);
        _site.Site.Text = file;
        var back = await _site.Site.PlanAsync();
        Assert.Contains($"Change project {_site.Project}", FederationSite.Lines(back));
        Assert.Contains("Change mapping egi-mapping", FederationSite.Lines(back));
    }

    [Fact]
    public async Task Without_prune_a_plan_says_that_a_VO_has_left()
    {
        await _site.ReachAsync(RetirementStage.Disable);
        _site.TakeOutOfFile();

        var plan = await _site.Site.PlanAsync();

        Assert.Contains(plan.Notes, note => note.Contains("VO vo.access.egi.eu has left", StringComparison.Ordinal));
        Assert.NotNull(_site.Store.Find(LeavingSite.Vo));
    }

    [Fact]
    public async Task A_VO_that_another_program_accounts_is_forgotten_with_the_doubt_that_goes_with_it()
    {
        await _site.ReachAsync(RetirementStage.Delete);
        _site.TakeOutOfFile();

        var plan = await _site.Site.ApplyAsync(Prune);

        Assert.Contains("not seen delivered", Assert.Single(plan.Changes[^1].Words), StringComparison.Ordinal);
        Assert.Null(_site.Store.Find(LeavingSite.Vo));
    }

    [Fact]
    public async Task A_VO_that_is_named_elsewhere_in_the_file_is_not_forgotten()
    {
        await _site.ReachAsync(RetirementStage.Disable);
        _site.TakeOutOfFile();
        _site.Site.Text += $"information:\n  vos:\n    - name: {LeavingSite.Vo}\n      projects: [{_site.Project}]\n";

        var plan = await _site.Site.ApplyAsync(Prune);

        Assert.DoesNotContain(plan.Changes, change => change.Kind == "retirement");
        Assert.Contains(plan.Notes, note => note.Contains("information.vos", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_VO_that_is_taken_out_half_way_is_said_to_be()
    {
        await _site.ReachAsync(RetirementStage.Stop);
        _site.TakeOutOfFile();

        var plan = await _site.Site.PlanAsync(Prune);

        Assert.Contains(
            plan.Notes,
            note => note.Contains("VO vo.access.egi.eu was on its way out (stage stop)", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(plan.Changes, change => change.Kind == "retirement");
    }

    [Fact]
    public async Task A_VO_that_leaves_another_Keystone_of_this_site_stops_the_plan()
    {
        await _site.ReachAsync(RetirementStage.Stop);
        _site.Site.Replace("keystone.example.org", "identity.example.org");

        var plan = await _site.Site.PlanAsync();

        Assert.Contains(
            plan.Problems,
            problem => problem.Message.Contains("https://keystone.example.org:5000/v3", StringComparison.Ordinal)
        );
        var refusal = Assert.Throws<FedSiteException>(() => _site.Retirements.Standing(LeavingSite.Vo));
        Assert.Contains("`federation`", refusal.NextStep, StringComparison.Ordinal);
        Assert.Equal([LeavingSite.Vo], RetirementStore.Withdrawn(_site.Config, _site.Site.State, TimeProvider.System));
    }

    [Fact]
    public async Task Another_sites_VO_of_that_name_has_nothing_to_do_with_it()
    {
        await _site.ReachAsync(RetirementStage.Stop);
        _site.Site.Replace("{name: TEST}", "{name: TEST-2}");

        Assert.Empty((await _site.Site.PlanAsync()).Problems);
        Assert.Empty(RetirementStore.Withdrawn(_site.Config, _site.Site.State, TimeProvider.System));
    }

    [Fact]
    public async Task A_VO_that_is_only_read_cannot_be_unmapped()
    {
        await _site.DoAsync(RetirementStage.Owners);
        var entry = _site.Site.Text.IndexOf("    entitlements:", StringComparison.Ordinal);
        _site.Site.Text = _site.Site.Text.Remove(entry, _site.Site.Text.IndexOf('\n', entry) + 1 - entry);
        _site.Site.Replace($"[{{id: {_site.Project}}}]", $"[{_site.Project}]");

        var plan = await _site.PlanAsync(RetirementStage.Unmap);

        Assert.Contains(plan.Problems, one => one.Message.Contains("only read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_VO_cannot_be_unmapped_while_people_log_in_by_another_mapping()
    {
        await _site.DoAsync(RetirementStage.Owners);
        _site.Site.Replace("  provider: checkin-demo", "  provider: checkin-demo\n  mapping: new-mapping");

        var plan = await _site.PlanAsync(RetirementStage.Unmap);

        Assert.Contains(
            plan.Problems,
            one =>
                one.Message.Contains("egi-mapping", StringComparison.Ordinal)
                && one.NextStep.Contains("fedsite apply", StringComparison.Ordinal)
        );
    }
}
