using FedSite.Federation.Plans;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.Plans;

/// <summary>What a change that fails keeps from being tried, and what it does not.</summary>
public sealed class ApplyUnitTests
{
    private const string NovaQuota = "Create quota nova of project access@Default";

    [Theory]
    [InlineData(SandboxService.Nova, "PUT", "os-quota-sets", NovaQuota)]
    [InlineData(SandboxService.Cinder, "PUT", "os-quota-sets", "Create quota cinder of project access@Default")]
    [InlineData(SandboxService.Nova, "POST", "os-extra_specs", "Change flavor g1.xlarge")]
    [InlineData(SandboxService.Nova, "POST", "action", "Create flavor access g1.xlarge for project access@Default")]
    public async Task A_quota_or_flavor_that_fails_keeps_nothing_else_from_being_done(
        SandboxService service,
        string method,
        string path,
        string failing
    )
    {
        await using var site = await StartAsync();
        var plan = await site.PlanAsync();
        Refuse(site, service, method, path);

        var result = await site.TryApplyAsync(plan);

        var failed = Assert.Single(result.Failed).Change;
        Assert.Equal(failing, $"{failed.Action} {failed.Kind} {failed.Name}");
        Assert.Equal((plan.Changes.Count - 1, 0), (result.Done, result.Left));
        var left = Assert.Single((await site.PlanAsync()).Changes);
        Assert.Equal(Text(failed), Text(left));
    }

    [Fact]
    public async Task A_network_that_fails_keeps_its_own_rest_from_being_tried_and_no_other_network()
    {
        await using var site = await StartAsync();
        site.Replace(
            "{name: biomed-here, domain: Default",
            "{name: biomed-here, domain: Default, network: {cidrs: [10.1.0.0/24], external: public}"
        );
        var plan = await site.PlanAsync();
        Refuse(site, SandboxService.Neutron, "POST", "networks");

        var result = await site.TryApplyAsync(plan);

        Assert.Equal("network private of project access@Default", Text(Assert.Single(result.Failed).Change));
        Assert.Equal((plan.Changes.Count - 4, 3), (result.Done, result.Left));
        Assert.Equal(
            [
                "Create network private of project access@Default",
                "Create subnet 192.168.0.0/24 of network private of project access@Default",
                "Create router private of project access@Default",
                "Create router interface 192.168.0.0/24 of network private of project access@Default",
            ],
            FederationSite.Lines(await site.PlanAsync())
        );
    }

    [Fact]
    public async Task A_group_that_fails_leaves_all_that_comes_after_it()
    {
        await using var site = await StartAsync();
        var plan = await site.PlanAsync();
        Refuse(site, SandboxService.Keystone, "POST", "groups");

        var result = await site.TryApplyAsync(plan);

        Assert.Equal("group", Assert.Single(result.Failed).Change.Kind);
        Assert.Equal(plan.Changes.Count - 1, result.Done + result.Left);
        Assert.Null(site.World.Federation.FindMapping("egi-mapping"));
    }

    [Fact]
    public async Task Several_failures_are_all_told()
    {
        await using var site = await StartAsync();
        var plan = await site.PlanAsync();
        Refuse(site, SandboxService.Cinder, "PUT", "os-quota-sets");
        Refuse(site, SandboxService.Neutron, "POST", "subnets");
        Refuse(site, SandboxService.Nova, "POST", "action");

        var result = await site.TryApplyAsync(plan);

        Assert.Equal(["quota", "subnet", "flavor access"], result.Failed.Select(failed => failed.Change.Kind));
        Assert.Equal((plan.Changes.Count - 5, 2), (result.Done, result.Left));
        Assert.NotNull(site.World.Federation.FindMapping("egi-mapping"));
    }

    [Fact]
    public async Task A_service_that_gives_no_answer_is_waited_for_once()
    {
        await using var site = await StartAsync();
        var plan = await site.PlanAsync();
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Nova,
                Times = int.MaxValue,
                Kind = FaultKind.Reset,
            }
        );

        var result = await site.TryApplyAsync(plan);

        Assert.Equal("quota nova of project access@Default", Text(Assert.Single(result.Failed).Change));
        Assert.Equal(2, result.Left);
        Assert.NotNull(site.World.Federation.FindMapping("egi-mapping"));
    }

    [Fact]
    public async Task Access_that_was_perhaps_given_is_not_taken_under_the_projects_old_name()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();
        var project = site.World.Projects.Single(project => project.Name == "access").Id;
        site.World.Put(site.World.FindFlavor("g1")! with { Access = [] });
        site.Replace("{name: access, domain: Default", $"{{id: {project}");
        var plan = await site.PlanAsync(PlanScope.Everything with { Prune = true });
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Nova,
                When = request =>
                    request.Method == "POST" && request.Path.Value!.EndsWith("action", StringComparison.Ordinal),
                Done = true,
                Status = 418,
            }
        );

        var result = await site.TryApplyAsync(plan);

        Assert.Equal("flavor access", Assert.Single(result.Failed).Change.Kind);
        Assert.Equal([project], site.World.FindFlavor("g1")!.Access);
    }

    private static async Task<FederationSite> StartAsync()
    {
        var site = await FederationSite.StartAsync();
        site.GiveFlavor(
            """
            flavors:
              - {name: g1.xlarge, accelerator: {type: GPU, number: 1}, alias: "a100:1"}

            """
        );
        site.Replace(
            "{name: access, domain: Default",
            "{name: access, domain: Default, quota: {cores: 200, volumes: 5}, network: {cidrs: [192.168.0.0/24], external: public}"
        );
        return site;
    }

    private static string Text(Change change) => $"{change.Kind} {change.Name}";

    /// <summary>Once.</summary>
    private static void Refuse(FederationSite site, SandboxService service, string method, string path) =>
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = service,
                When = request =>
                    request.Method == method && request.Path.Value!.Contains(path, StringComparison.Ordinal),
                Status = 418,
            }
        );
}
