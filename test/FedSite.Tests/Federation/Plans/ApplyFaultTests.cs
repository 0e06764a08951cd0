using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.Plans;

/// <summary>Every request of an apply fails once: before it has an effect, and after.</summary>
public sealed class ApplyFaultTests
{
    [Theory]
    [InlineData(false, FaultKind.Answer)]
    [InlineData(true, FaultKind.Answer)]
    [InlineData(false, FaultKind.Reset)]
    [InlineData(true, FaultKind.Reset)]
    public async Task A_passing_fault_of_any_request_is_got_over(bool isDone, FaultKind kind)
    {
        var requests = await CountAsync();

        for (var failing = 0; failing < requests; failing++)
        {
            await using var site = await FederationSite.StartAsync();
            var plan = await site.PlanAsync();
            site.FailRequest(SandboxService.Keystone, failing, isDone, kind, status: 503);

            var result = await site.TryApplyAsync(plan);

            Assert.Empty(result.Failed.Select(failed => failed.Failure.Message));
            Assert.Equal(1, site.Sandbox.Traffic.Failures);
            Assert.Empty((await site.PlanAsync()).Changes);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_refusal_of_any_request_the_plan_shows_what_is_left_and_apply_goes_on(bool isDone)
    {
        var requests = await CountAsync();

        for (var failing = 0; failing < requests; failing++)
        {
            await using var site = await FederationSite.StartAsync();
            var plan = await site.PlanAsync();
            site.FailRequest(SandboxService.Keystone, failing, isDone, FaultKind.Answer, status: 418);

            var result = await site.TryApplyAsync(plan);

            Assert.NotEmpty(result.Failed);
            var left = await site.PlanAsync();
            Assert.Subset(FederationSite.Lines(plan).ToHashSet(), FederationSite.Lines(left).ToHashSet());
            Assert.InRange(left.Changes.Count, plan.Changes.Count - result.Done - 1, plan.Changes.Count - result.Done);
            await site.ApplyAsync();
            Assert.Empty((await site.PlanAsync()).Changes);
            Assert.Equal(3, site.World.Groups.Count());
        }
    }

    [Fact]
    public async Task A_write_without_effect_is_a_failure()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        var project = site.World.Projects.Single(project => project.Name == "access");
        site.World.Put(project with { Enabled = false });
        var plan = await site.PlanAsync();
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Keystone,
                When = request => request.Method == "PATCH",
                Status = 200,
                Body = "{}",
            }
        );

        var result = await site.TryApplyAsync(plan);

        Assert.Contains("had no effect", Assert.Single(result.Failed).Failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Requests of an apply without faults.</summary>
    private static async Task<long> CountAsync()
    {
        await using var site = await FederationSite.StartAsync();
        var plan = await site.PlanAsync();
        var before = site.Sandbox.Traffic.Requests(SandboxService.Keystone);
        await site.TryApplyAsync(plan);
        return site.Sandbox.Traffic.Requests(SandboxService.Keystone) - before;
    }
}
