using FedSite.Sandbox;

namespace FedSite.Tests.Federation.Plans;

/// <summary>Every request to Neutron of an apply fails once: before it has an effect, and after.</summary>
public sealed class NetworkFaultTests
{
    private const string Project = "projects: [{name: access, domain: Default}]";
    private const string Network = "cidrs: [192.168.0.0/24, \"fd00:1::/64\"], external: public";

    [Theory]
    [InlineData(false, FaultKind.Answer)]
    [InlineData(true, FaultKind.Answer)]
    [InlineData(false, FaultKind.Reset)]
    [InlineData(true, FaultKind.Reset)]
    public async Task A_passing_fault_of_any_request_is_got_over_and_makes_nothing_twice(bool isDone, FaultKind kind)
    {
        var requests = await CountAsync();

        for (var failing = 0; failing < requests; failing++)
        {
            await using var site = await StartAsync();
            var plan = await site.PlanAsync();
            site.FailRequest(SandboxService.Neutron, failing, isDone, kind, status: 503);

            var result = await site.TryApplyAsync(plan);

            Assert.Empty(result.Failed.Select(failed => failed.Failure.Message));
            Assert.Equal(1, site.Sandbox.Traffic.Failures);
            await AssertWholeAsync(site);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_refusal_of_any_request_the_next_apply_makes_the_rest_and_nothing_twice(bool isDone)
    {
        var requests = await CountAsync();

        for (var failing = 0; failing < requests; failing++)
        {
            await using var site = await StartAsync();
            var plan = await site.PlanAsync();
            site.FailRequest(SandboxService.Neutron, failing, isDone, FaultKind.Answer, status: 418);

            var result = await site.TryApplyAsync(plan);

            Assert.NotEmpty(result.Failed);
            await site.ApplyAsync();
            await AssertWholeAsync(site);
        }
    }

    [Fact]
    public async Task A_network_that_Neutron_only_pretends_to_make_is_a_failure()
    {
        await using var site = await StartAsync();
        var plan = await site.PlanAsync();
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Neutron,
                When = request => request.Method == "POST",
                Status = 201,
                Body = "{}",
            }
        );

        var result = await site.TryApplyAsync(plan);

        Assert.Contains("had no effect", Assert.Single(result.Failed).Failure.Message, StringComparison.Ordinal);
    }

    private static Task<FederationSite> StartAsync() => StartAsync(Network);

    private static async Task<FederationSite> StartAsync(string network)
    {
        var site = await FederationSite.StartAsync();
        site.Replace(Project, $"projects: [{{name: access, domain: Default, network: {{{network}}}}}]");
        return site;
    }

    private static string ProjectId(FederationSite site) =>
        site.World.Projects.Single(project => project.Name == "access").Id;

    private static async Task AssertWholeAsync(FederationSite site)
    {
        Assert.Empty((await site.PlanAsync()).Changes);
        var id = ProjectId(site);
        Assert.Single(site.World.Networks.Of(id));
        Assert.Single(site.World.Routers.Of(id));
        Assert.Equal(2, site.World.Subnets.Of(id).Count());
        Assert.Equal(2, site.World.Ports.Of(id).Count());
    }

    /// <summary>Requests to Neutron of an apply without faults.</summary>
    private static async Task<long> CountAsync()
    {
        await using var site = await StartAsync();
        var plan = await site.PlanAsync();
        var before = site.Sandbox.Traffic.Requests(SandboxService.Neutron);
        await site.TryApplyAsync(plan);
        return site.Sandbox.Traffic.Requests(SandboxService.Neutron) - before;
    }
}
