using FedSite.Federation.Plans;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.Plans;

public sealed class QuotaPlanTests
{
    private const string Agreed =
        "{instances: 50, cores: 200, ram: 400GiB, volumes: 100, volume_storage: 10TiB, floating_ips: 20, networks: 5, security_groups: 50}";

    private static readonly PlanScope Forced = PlanScope.Everything with { Force = true };

    [Fact]
    public async Task A_new_project_gets_its_quota_after_it_is_made_and_the_second_plan_is_empty()
    {
        await using var site = await StartAsync(Agreed);

        var plan = await site.ApplyAsync();

        var lines = FederationSite.Lines(plan).ToList();
        Assert.True(
            lines.IndexOf("Create project access@Default")
                < lines.IndexOf("Create quota nova of project access@Default")
        );
        Assert.Contains("Create quota cinder of project access@Default", lines);
        Assert.Contains("Create quota neutron of project access@Default", lines);
        Assert.Empty(FederationSite.Lines(await site.PlanAsync()));
        var quotas = Project(site).Quotas;
        Assert.Equal(50, quotas["instances"]);
        Assert.Equal(400 * 1024, quotas["ram"]);
        Assert.Equal(10 * 1024, quotas["gigabytes"]);
        Assert.Equal(20, quotas["floatingip"]);
    }

    [Fact]
    public async Task Only_what_the_file_names_is_compared_and_set()
    {
        await using var site = await StartAsync("{cores: 200}");
        await site.ApplyAsync();
        site.World.SetQuotas(Project(site).Id, new Dictionary<string, long> { ["instances"] = 7, ["cores"] = 1 });

        var change = Assert.Single((await site.ApplyAsync()).Changes);

        Assert.Equal(("quota", "nova of project access@Default"), (change.Kind, change.Name));
        Assert.Equal([new FieldChange("cores", "1", "200")], change.Fields);
        Assert.Equal(7, Project(site).Quotas["instances"]);
    }

    [Fact]
    public async Task Sizes_are_shown_as_the_file_writes_them_and_no_limit_is_called_unlimited()
    {
        await using var site = await StartAsync("{ram: 400GiB, volume_storage: -1}");
        await site.ApplyAsync();
        site.World.SetQuotas(Project(site).Id, new Dictionary<string, long> { ["ram"] = 1536, ["gigabytes"] = 2048 });

        var plan = await site.PlanAsync();

        Assert.Equal(
            [new FieldChange("ram", "1536MiB", "400GiB"), new FieldChange("volume_storage", "2TiB", "unlimited")],
            plan.Changes.SelectMany(change => change.Fields)
        );
    }

    [Fact]
    public async Task A_quota_below_what_is_used_keeps_the_plan_from_being_applied()
    {
        await using var site = await WithServersAsync("{instances: 0}");

        var plan = await site.PlanAsync();

        var problem = Assert.Single(plan.Problems);
        Assert.Contains("of instances, more than the 0 of its quota", problem.Message, StringComparison.Ordinal);
        Assert.Contains("--force", problem.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_force_a_quota_may_be_below_what_is_used()
    {
        await using var site = await WithServersAsync("{instances: 0}");

        var plan = await site.ApplyAsync(Forced);

        Assert.Contains(
            plan.Changes.SelectMany(change => change.Words),
            words => words.Contains("nothing more can be made", StringComparison.Ordinal)
        );
        var project = site.World.SeededProjects.First();
        Assert.Equal(0, project.Quotas["instances"]);
        Assert.Empty((await site.PlanAsync()).Changes);
    }

    [Fact]
    public async Task Cinder_takes_no_quota_below_what_is_used_and_force_does_not_help()
    {
        await using var site = await WithServersAsync("{volumes: 1}");

        var problem = Assert.Single((await site.PlanAsync(Forced)).Problems);

        Assert.Contains("can't be forced", problem.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_Nova_takes_limits_from_Keystone_they_are_set_there()
    {
        await using var site = await StartAsync(
            Agreed,
            new SandboxOptions { Servers = 0, ComputeUnifiedLimits = true }
        );

        await site.ApplyAsync();

        Assert.Equal(
            [("class:MEMORY_MB", 400L * 1024), ("class:VCPU", 200), ("servers", 50)],
            site.World.Limits.Select(limit => (limit.Resource, limit.Limit))
                .OrderBy(limit => limit.Resource, StringComparer.Ordinal)
        );
        Assert.False(Project(site).Quotas.ContainsKey("instances"));
        Assert.Empty(FederationSite.Lines(await site.PlanAsync()));
        site.Replace("instances: 50", "instances: 60");
        await site.ApplyAsync();
        Assert.Equal(60, site.World.Limits.Single(limit => limit.Resource == "servers").Limit);
    }

    [Fact]
    public async Task Limits_that_Nova_does_not_look_at_yet_do_not_keep_its_quota_from_being_set()
    {
        await using var site = await StartAsync("{instances: 50}");
        site.World.Put(Servers(site));

        await site.ApplyAsync();

        Assert.Equal(50, Project(site).Quotas["instances"]);
        Assert.Empty((await site.PlanAsync()).Changes);
    }

    [Fact]
    public async Task A_quota_without_effect_is_a_failure_that_names_the_limit_to_register()
    {
        await using var site = await StartAsync(
            "{server_groups: 5}",
            new SandboxOptions { ComputeUnifiedLimits = true }
        );

        var result = await site.TryApplyAsync(await site.PlanAsync());

        var failure = Assert.Single(result.Failed).Failure;
        Assert.Contains("had no effect on server_groups", failure.Message, StringComparison.Ordinal);
        Assert.Contains("registered limit create --service compute", failure.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_of_projects_that_Keystone_hides_are_a_finding_and_all_else_is_done()
    {
        await using var site = await StartAsync(
            "{instances: 50, volumes: 5}",
            new SandboxOptions { ComputeUnifiedLimits = true }
        );
        await site.ApplyAsync();
        site.World.Grant(site.World.Admin.Id, CloudWorld.SystemScope);
        site.Reconnect();
        Assert.Empty((await site.PlanAsync()).Findings);
        site.Replace("instances: 50, volumes: 5", "instances: 60, volumes: 6");

        var plan = await site.ApplyAsync();

        Assert.Contains("--system all admin", Assert.Single(plan.Findings).NextStep, StringComparison.Ordinal);
        Assert.Equal(["Change quota cinder of project access@Default"], FederationSite.Lines(plan));
        Assert.Equal(6, Project(site).Quotas["volumes"]);
    }

    [Fact]
    public async Task Images_are_limited_by_Keystone_and_in_no_other_way()
    {
        await using var site = await StartAsync("{images: 20, image_storage: 500GiB}");

        await site.ApplyAsync();

        Assert.Equal(
            [("image_count_total", 20L), ("image_size_total", 500L * 1024)],
            site.World.Limits.Select(limit => (limit.Resource, limit.Limit))
                .OrderBy(limit => limit.Resource, StringComparer.Ordinal)
        );
        Assert.Empty(FederationSite.Lines(await site.PlanAsync()));
    }

    [Fact]
    public async Task A_limit_can_become_0_which_Keystone_takes_for_no_change()
    {
        await using var site = await StartAsync("{images: 20}");
        await site.ApplyAsync();
        site.Replace("images: 20", "images: 0");

        await site.ApplyAsync();

        Assert.Equal(0, Assert.Single(site.World.Limits).Limit);
        Assert.Empty((await site.PlanAsync()).Changes);
    }

    [Fact]
    public async Task A_limit_of_images_that_nobody_registered_is_a_finding_and_all_else_is_done()
    {
        await using var site = await StartAsync("{images: 20, cores: 200}");
        site.World.RemoveRegisteredLimit(
            site.World.RegisteredLimits.Single(limit => limit.Resource == "image_count_total").Id
        );

        var plan = await site.ApplyAsync();

        var finding = Assert.Single(plan.Findings);
        Assert.Contains("no registered limit image_count_total", finding.Message, StringComparison.Ordinal);
        Assert.Equal(200, Project(site).Quotas["cores"]);
    }

    [Fact]
    public async Task Fewer_images_than_there_are_need_force()
    {
        await using var site = await WithServersAsync("{images: 1}");
        var owner = site.World.SeededProjects.First().Id;
        foreach (var (image, hidden) in site.World.Images.Take(2).Zip((bool[])[true, false]).ToList())
            site.World.Put(image with { OwnerId = owner, Hidden = hidden });

        Assert.Contains(
            "uses 2 of images",
            Assert.Single((await site.PlanAsync()).Problems).Message,
            StringComparison.Ordinal
        );
        await site.ApplyAsync(Forced);
        Assert.Empty((await site.PlanAsync()).Changes);
    }

    [Fact]
    public async Task Quotas_taken_out_of_the_file_stay_and_are_nothing_to_prune()
    {
        await using var site = await StartAsync("{cores: 200}");
        await site.ApplyAsync();
        site.Replace(", quota: {cores: 200}", "");

        var plan = await site.ApplyAsync(PlanScope.Everything with { Prune = true });

        Assert.Empty(plan.Changes);
        Assert.Empty(plan.Unnamed);
        Assert.Equal(200, Project(site).Quotas["cores"]);
    }

    [Theory]
    [InlineData(SandboxService.Nova, false)]
    [InlineData(SandboxService.Nova, true)]
    [InlineData(SandboxService.Cinder, false)]
    [InlineData(SandboxService.Neutron, false)]
    [InlineData(SandboxService.Keystone, true)]
    public async Task After_a_refusal_of_any_request_apply_goes_on_from_there(SandboxService service, bool unified)
    {
        for (var failing = 0; ; failing++)
        {
            await using var site = await StartAsync(
                "{instances: 50, cores: 60, volumes: 5, floating_ips: 2}",
                new SandboxOptions { Servers = 0, ComputeUnifiedLimits = unified }
            );
            var plan = await site.PlanAsync();
            site.FailRequest(service, failing, isDone: failing % 2 == 0, FaultKind.Answer, status: 418);

            var result = await site.TryApplyAsync(plan);

            if (site.Sandbox.Traffic.Failures == 0)
                break;
            Assert.NotEmpty(result.Failed);
            await site.ApplyAsync();
            Assert.Empty(FederationSite.Lines(await site.PlanAsync()));
        }
    }

    private static SandboxProject Project(FederationSite site) =>
        site.World.Projects.Single(project => project.Name == "access");

    private static SandboxRegisteredLimit Servers(FederationSite site) =>
        new()
        {
            Id = "servers",
            ServiceId = site.World.ServiceId("compute"),
            RegionId = FederationSandbox.Region,
            Resource = "servers",
            Default = 10,
        };

    private static async Task<FederationSite> StartAsync(string quota, SandboxOptions? options = null)
    {
        var site = await FederationSite.StartAsync(options);
        site.Replace("{name: access, domain: Default}", $"{{name: access, domain: Default, quota: {quota}}}");
        return site;
    }

    /// <summary>The project has servers and volumes.</summary>
    private static async Task<FederationSite> WithServersAsync(string quota)
    {
        var site = await FederationSite.StartAsync();
        site.Replace(
            "{name: access, domain: Default}",
            $"{{id: {site.World.SeededProjects.First().Id}, quota: {quota}}}"
        );
        return site;
    }
}
