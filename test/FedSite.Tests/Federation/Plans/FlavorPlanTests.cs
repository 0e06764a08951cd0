using FedSite.Federation.Plans;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.Plans;

public sealed class FlavorPlanTests
{
    private const string Access = "g1.xlarge for project access@Default";

    private const string Flavors = """
        flavors:
          - {name: g1.xlarge, accelerator: {type: GPU, number: 1, vendor: NVIDIA, model: Tesla A100, memory: 40}, alias: "a100:1"}

        """;

    [Fact]
    public async Task A_VO_gets_access_to_its_private_flavor_in_all_its_projects()
    {
        await using var site = await StartAsync();
        site.Replace(
            "[{name: access, domain: Default}]",
            "[{name: access, domain: Default}, {name: more, domain: Default}]"
        );

        await site.ApplyAsync();

        var projects = site.World.Projects.Where(project => project.Name is "access" or "more").Select(one => one.Id);
        Assert.Equal(projects.Order(), Flavor(site).Access.Order());
    }

    [Fact]
    public async Task Metadata_of_the_file_is_set_and_what_else_a_flavor_has_stays()
    {
        await using var site = await StartAsync();
        site.PutFlavor(("hw:cpu_policy", "dedicated"), ("Accelerator:Type", "MIC"));

        var plan = await site.ApplyAsync();

        var change = plan.Changes.Single(change => change.Kind == "flavor");
        Assert.Contains(new FieldChange("Accelerator:Type", "MIC", "GPU"), change.Fields);
        Assert.Contains(new FieldChange("pci_passthrough:alias", null, "a100:1"), change.Fields);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["hw:cpu_policy"] = "dedicated",
                ["Accelerator:Type"] = "GPU",
                ["Accelerator:Number"] = "1",
                ["Accelerator:Vendor"] = "NVIDIA",
                ["Accelerator:Model"] = "Tesla A100",
                ["Accelerator:Memory"] = "40",
                ["pci_passthrough:alias"] = "a100:1",
            },
            Flavor(site).ExtraSpecs
        );
    }

    [Fact]
    public async Task The_second_plan_is_empty()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();

        var plan = await site.PlanAsync();

        Assert.Empty(FederationSite.Lines(plan));
        Assert.Empty(plan.Adopted);
        Assert.Empty(plan.Unnamed);
    }

    [Fact]
    public async Task Metadata_that_the_file_does_not_name_is_a_note()
    {
        await using var site = await StartAsync();
        site.PutFlavor(("Accelerator:Modell", "A100"));

        var plan = await site.ApplyAsync();

        Assert.Contains(plan.Notes, note => note.Contains("Accelerator:Modell = A100", StringComparison.Ordinal));
        Assert.True(Flavor(site).ExtraSpecs.ContainsKey("Accelerator:Modell"));
    }

    [Fact]
    public async Task A_missing_flavor_is_a_finding_and_all_else_is_applied()
    {
        await using var site = await StartAsync();
        site.Replace("flavors: [g1.xlarge]", "flavors: [g1.xlarge, g9.none]");

        var plan = await site.ApplyAsync();
        var next = await site.PlanAsync();

        Assert.Contains("There is no flavor g9.none", Assert.Single(plan.Findings).Message, StringComparison.Ordinal);
        Assert.Single(Flavor(site).Access);
        Assert.Empty(next.Changes);
        Assert.Single(next.Findings);
    }

    [Fact]
    public async Task A_public_flavor_needs_no_access_and_is_a_note()
    {
        await using var site = await StartAsync();
        site.World.Put(Flavor(site) with { IsPublic = true });

        var plan = await site.ApplyAsync();

        Assert.DoesNotContain(plan.Changes, change => change.Kind == "flavor access");
        Assert.Contains(plan.Notes, note => note.Contains("g1.xlarge is public", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Access_that_was_given_by_hand_is_adopted()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync(PlanScope.Everything with { Part = PlanPart.Vos });
        var project = site.World.Projects.Single(project => project.Name == "access").Id;
        site.World.Put(Flavor(site) with { Access = [project] });

        var plan = await site.ApplyAsync();

        Assert.Contains(plan.Adopted, thing => thing is { Kind: "flavor access", Name: Access });
        Assert.DoesNotContain(plan.Changes, change => change.Kind == "flavor access");
    }

    [Fact]
    public async Task Access_that_is_no_longer_named_is_taken_away_only_with_prune()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();
        site.Replace("flavors: [g1.xlarge]", "flavors: []");

        var kept = await site.ApplyAsync();
        Assert.Contains(kept.Unnamed, thing => thing is { Kind: "flavor access", Name: Access });
        Assert.Single(Flavor(site).Access);

        await site.ApplyAsync(PlanScope.Everything with { Prune = true });
        Assert.Empty(Flavor(site).Access);
        Assert.Empty((await site.PlanAsync()).Unnamed);
    }

    [Fact]
    public async Task Access_that_the_file_never_named_is_not_pruned()
    {
        await using var site = await StartAsync();
        site.World.Put(Flavor(site) with { Access = [site.World.AdminProject.Id] });

        await site.ApplyAsync(PlanScope.Everything with { Prune = true });

        Assert.Contains(site.World.AdminProject.Id, Flavor(site).Access);
    }

    [Fact]
    public async Task Access_to_a_flavor_that_was_deleted_is_forgotten_by_prune()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();
        site.World.Put(Flavor(site) with { Removed = true });
        site.Replace("flavors: [g1.xlarge]", "flavors: []");
        site.Replace(Flavors, "");

        await site.ApplyAsync(PlanScope.Everything with { Prune = true });

        Assert.Empty((await site.PlanAsync()).Unnamed);
    }

    [Fact]
    public async Task A_project_that_the_file_now_calls_by_its_id_keeps_its_access()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();
        var project = site.World.Projects.Single(project => project.Name == "access").Id;
        site.Replace("{name: access, domain: Default}", $"{{id: {project}}}");

        await site.ApplyAsync(PlanScope.Everything with { Prune = true });

        Assert.Equal([project], Flavor(site).Access);
    }

    [Fact]
    public async Task Access_given_anew_under_the_projects_new_name_is_not_pruned_under_the_old_one()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();
        var project = site.World.Projects.Single(project => project.Name == "access").Id;
        site.World.Put(Flavor(site) with { Access = [] });
        site.Replace("{name: access, domain: Default}", $"{{id: {project}}}");

        await site.ApplyAsync(PlanScope.Everything with { Prune = true });

        Assert.Equal([project], Flavor(site).Access);
        Assert.Empty((await site.PlanAsync()).Unnamed);
    }

    [Theory]
    [InlineData("G1.XLarge")]
    [InlineData("g1.xlrage")]
    public async Task A_misspelt_flavor_is_told_the_one_that_is_meant(string name)
    {
        await using var site = await StartAsync();
        site.Replace("g1.xlarge", name);

        var finding = Assert.Single((await site.PlanAsync()).Findings);

        Assert.Contains("Did you mean g1.xlarge?", finding.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flavors_alone_touch_nothing_else()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();
        site.World.Put(Flavor(site) with { Access = [], ExtraSpecs = new Dictionary<string, string>() });
        site.World.Put(site.World.Projects.Single(project => project.Name == "access") with { Enabled = false });

        var plan = await site.ApplyAsync(PlanScope.Everything with { Part = PlanPart.Flavors });

        Assert.Equal(["Change flavor g1.xlarge", $"Create flavor access {Access}"], FederationSite.Lines(plan));
        Assert.Single(Flavor(site).Access);
    }

    [Fact]
    public async Task Flavors_alone_need_the_projects_to_be_there()
    {
        await using var site = await StartAsync();

        var plan = await site.PlanAsync(PlanScope.Everything with { Part = PlanPart.Flavors });

        Assert.Contains("access@Default", Assert.Single(plan.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_for_one_VO_has_its_access_and_leaves_metadata_alone()
    {
        await using var site = await StartAsync();

        var one = await site.PlanAsync(PlanScope.Everything with { Vo = "vo.access.egi.eu" });
        var other = await site.PlanAsync(PlanScope.Everything with { Vo = "biomed" });

        Assert.Contains($"Create flavor access {Access}", FederationSite.Lines(one));
        Assert.DoesNotContain(one.Changes.Concat(other.Changes), change => change.Kind == "flavor");
        Assert.DoesNotContain(other.Changes, change => change.Kind == "flavor access");
    }

    [Fact]
    public async Task A_site_without_flavors_asks_Nova_nothing()
    {
        await using var site = await FederationSite.StartAsync();

        await site.PlanAsync();

        Assert.Equal(0, site.Sandbox.Traffic.Requests(SandboxService.Nova));
    }

    [Fact]
    public async Task An_extra_spec_that_Nova_refuses_is_said_in_its_words()
    {
        await using var site = await StartAsync();
        site.Replace("alias: \"a100:1\"", "resources: {NOPE: \"1\"}");
        var plan = await site.PlanAsync();

        var result = await site.TryApplyAsync(plan);

        Assert.Contains("resources:NOPE", Assert.Single(result.Failed).Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("os-extra_specs", "flavor")]
    [InlineData("action", "flavor access")]
    public async Task A_write_without_effect_is_a_failure(string path, string kind)
    {
        await using var site = await StartAsync();
        var plan = await site.PlanAsync();
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Nova,
                When = request =>
                    request.Method == "POST" && request.Path.Value!.EndsWith(path, StringComparison.Ordinal),
                Status = 200,
                Body = "{}",
            }
        );

        var result = await site.TryApplyAsync(plan);

        Assert.Equal(kind, Assert.Single(result.Failed).Change.Kind);
        Assert.Contains("Nova took the change", result.Failed[0].Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, FaultKind.Answer)]
    [InlineData(true, FaultKind.Answer)]
    [InlineData(false, FaultKind.Reset)]
    [InlineData(true, FaultKind.Reset)]
    public async Task A_passing_fault_of_any_request_to_Nova_is_got_over(bool isDone, FaultKind kind)
    {
        for (var failing = 0; failing < 4; failing++)
        {
            await using var site = await StartAsync();
            var plan = await site.PlanAsync();
            site.FailRequest(SandboxService.Nova, failing, isDone, kind, status: 503);

            var result = await site.TryApplyAsync(plan);

            Assert.Empty(result.Failed.Select(failed => failed.Failure.Message));
            Assert.Equal(1, site.Sandbox.Traffic.Failures);
            Assert.Empty((await site.PlanAsync()).Changes);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_refusal_of_any_request_to_Nova_apply_goes_on(bool isDone)
    {
        for (var failing = 0; failing < 4; failing++)
        {
            await using var site = await StartAsync();
            var plan = await site.PlanAsync();
            site.FailRequest(SandboxService.Nova, failing, isDone, FaultKind.Answer, status: 418);

            var result = await site.TryApplyAsync(plan);

            Assert.NotEmpty(result.Failed);
            await site.ApplyAsync();
            Assert.Empty((await site.PlanAsync()).Changes);
            Assert.Single(Flavor(site).Access);
        }
    }

    private static async Task<FederationSite> StartAsync()
    {
        var site = await FederationSite.StartAsync();
        site.GiveFlavor(Flavors);
        return site;
    }

    private static SandboxFlavor Flavor(FederationSite site) => site.World.FindFlavor("g1")!;
}
