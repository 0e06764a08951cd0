using FedSite.Federation.Plans;
using FedSite.Federation.Retirement;

namespace FedSite.Tests.Federation.Retirement;

/// <summary>Keystone takes no mapping without rules, so the last VO in it can't just be taken out.</summary>
public sealed class LastVoTests : IAsyncLifetime
{
    private const string Auditors = "  auditors: [\"urn:mace:egi.eu:group:cloud.egi.eu:role=auditor#aai.egi.eu\"]\n";

    private LeavingSite _site = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await LeavingSite.StartAsync();
        _site.Site.Replace(Auditors, "");
        _site.Site.Text = _site.Site.Text[.._site.Site.Text.IndexOf("  - name: biomed", StringComparison.Ordinal)];
        await _site.Site.ApplyAsync(PlanScope.Everything with { Prune = true });
        await _site.DoAsync(RetirementStage.Owners);
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Unmap_says_what_it_needs_and_goes_on_once_that_is_there()
    {
        var problem = Assert.Single((await _site.PlanAsync(RetirementStage.Unmap)).Problems);
        Assert.Contains("Keystone takes no mapping without rules", problem.Message, StringComparison.Ordinal);
        Assert.Contains("`auditors`", problem.NextStep, StringComparison.Ordinal);

        _site.Site.Replace("vos:\n", $"{Auditors}vos:\n");
        await _site.Site.ApplyAsync();
        await _site.DoAsync(RetirementStage.Unmap);

        Assert.DoesNotContain(
            LeavingSite.Vo,
            _site.World.Federation.FindMapping("egi-mapping")!.Rules.Replace("\\\\.", ".", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Empty((await _site.Site.PlanAsync()).Changes);
    }

    [Fact]
    public async Task A_plan_without_the_others_says_it_too_and_one_apply_helps()
    {
        _site.Store.Reach(LeavingSite.Vo, RetirementStage.Unmap);

        var problem = Assert.Single((await _site.Site.PlanAsync()).Problems);
        Assert.Contains(LeavingSite.Vo, problem.Message, StringComparison.Ordinal);
        Assert.Contains("`auditors`", problem.NextStep, StringComparison.Ordinal);

        _site.Site.Replace("vos:\n", $"{Auditors}vos:\n");
        await _site.Site.ApplyAsync();
        Assert.Empty((await _site.Site.PlanAsync()).Changes);
    }

    [Fact]
    public async Task With_auditors_the_last_VO_goes_to_the_end_and_out_of_the_file()
    {
        _site.Site.Replace("vos:\n", $"{Auditors}vos:\n");
        await _site.Site.ApplyAsync();
        await _site.ReachAsync(RetirementStage.Disable);

        _site.TakeOutOfFile();
        await _site.Site.ApplyAsync(PlanScope.Everything with { Prune = true });

        Assert.Equal(["auditors"], _site.World.Groups.Select(group => group.Name));
    }
}
