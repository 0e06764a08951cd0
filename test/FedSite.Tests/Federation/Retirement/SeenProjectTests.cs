using FedSite.Federation.Retirement;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.Retirement;

public sealed class SeenProjectTests : IAsyncLifetime
{
    private LeavingSite _site = null!;

    private CloudWorld World => _site.World;

    public async ValueTask InitializeAsync() => _site = await LeavingSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData(RetirementStage.Owners)]
    [InlineData(RetirementStage.Stop)]
    public async Task A_name_that_another_project_has_taken_since_stops_every_stage(RetirementStage reached)
    {
        var name = World.FindProject(_site.Project)!.Name;
        _site.Site.Replace($"{{id: {_site.Project}}}", $"{{name: {name}, domain: Default}}");
        await _site.ReachAsync(reached);
        World.Put(World.FindProject(_site.Project)! with { Name = "renamed" });
        World.Put(World.FindProject(_site.Other)! with { Name = name });

        foreach (var stage in new[] { RetirementStage.Owners, reached, reached + 1 })
        {
            var problem = Assert.Single((await _site.PlanAsync(stage)).Problems);
            Assert.Contains(_site.Project, problem.Message, StringComparison.Ordinal);
            Assert.Contains(_site.Other, problem.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_project_that_is_new_in_the_file_is_not_deleted_before_it_was_seen_and_stopped()
    {
        await _site.ReachAsync(RetirementStage.Stop);
        await _site.TakeSecondProjectAsync();

        var problem = Assert.Single((await _site.PlanAsync(RetirementStage.Delete)).Problems);
        Assert.Contains(_site.Projects[1], problem.Message, StringComparison.Ordinal);
        Assert.Contains("--stage owners`, then `", problem.NextStep, StringComparison.Ordinal);
        Assert.Contains("--stage stop`", problem.NextStep, StringComparison.Ordinal);

        await RepeatAsync(RetirementStage.Owners);
        Assert.DoesNotContain("owners", (await DeleteProblemsAsync())[0], StringComparison.Ordinal);
        await RepeatAsync(RetirementStage.Stop);
        Assert.Empty(await DeleteProblemsAsync());
    }

    [Fact]
    public async Task A_retirement_that_an_older_version_began_goes_on_after_owners_and_stop_are_repeated()
    {
        await _site.ReachAsync(RetirementStage.Stop);
        foreach (var stage in RetirementStages.All)
        {
            foreach (var step in _site.Store.Steps(LeavingSite.Vo, stage).Where(step => step.Kind == "project"))
                _site.Store.Undone(LeavingSite.Vo, stage, step.Kind, step.Id, step.Project);
        }

        Assert.NotEmpty(await DeleteProblemsAsync());
        await RepeatAsync(RetirementStage.Owners);
        await RepeatAsync(RetirementStage.Stop);

        await _site.DoAsync(RetirementStage.Delete);
    }

    [Fact]
    public async Task An_earlier_day_is_set_by_itself_before_anything_is_deleted()
    {
        await _site.ReachAsync(RetirementStage.Stop);
        _site.Retirements.SetDeleteAfter(LeavingSite.Vo, _site.Today.AddDays(30));

        var refusal = await Assert.ThrowsAsync<FedSiteException>(() => _site.PlanAsync(RetirementStage.Delete));
        Assert.Equal(ExitCode.Usage, refusal.ExitCode);

        _site.Retirements.SetDeleteAfter(LeavingSite.Vo, _site.Today);
        Assert.Empty(await DeleteProblemsAsync());
    }

    [Fact]
    public async Task Undoing_delete_does_not_call_gone_what_the_cloud_refused_to_delete()
    {
        await _site.ReachAsync(RetirementStage.Stop);
        var volume = World.Volumes.Of(_site.Project).First();
        World.Volumes.Put(volume with { Status = "maintenance", Servers = [] });
        var result = await _site.Retirements.DoAsync(
            await _site.PlanAsync(RetirementStage.Delete),
            done: null,
            LeavingSite.Token
        );
        Assert.Equal(volume.Id, Assert.Single(result.Failed).Action.Id);

        var note = Assert.Single((await _site.Retirements.PlanUndoAsync(LeavingSite.Vo, LeavingSite.Token)).Notes);

        Assert.Contains("not gone: 1 × volume", note, StringComparison.Ordinal);
        Assert.Contains("× server", note, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<string>> DeleteProblemsAsync() =>
        [.. (await _site.PlanAsync(RetirementStage.Delete)).Problems.Select(problem => problem.NextStep)];

    private async Task RepeatAsync(RetirementStage stage) =>
        Assert.True(
            (await _site.Retirements.DoAsync(await _site.PlanAsync(stage), done: null, LeavingSite.Token)).IsWhole
        );
}
