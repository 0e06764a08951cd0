using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedSite.Federation;
using FedSite.Federation.Plans;
using FedSite.OpenStack.Identity;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.Plans;

public sealed class PlanEdgeTests
{
    private static readonly PlanScope Prune = PlanScope.Everything with { Prune = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prune_spares_a_group_and_its_roles_that_the_file_writes_in_another_way()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        site.Replace("  - name: biomed\n", "  - name: biomed\n    group: BIOMED\n");

        var plan = await site.PlanAsync(Prune);

        Assert.Empty(FederationSite.Lines(plan));
        Assert.DoesNotContain(plan.Unnamed, thing => thing.Kind is "group" or "role");
    }

    [Fact]
    public async Task Prune_spares_the_roles_in_a_project_that_is_now_given_by_its_id()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        var id = site.World.Projects.Single(project => project.Name == "access").Id;
        site.Replace("{name: access, domain: Default}", $"{{id: {id}}}");

        Assert.Empty(FederationSite.Lines(await site.PlanAsync(Prune)));
    }

    [Fact]
    public async Task A_project_that_two_VOs_claim_under_different_names_keeps_the_plan_from_being_applied()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        var id = site.World.Projects.Single(project => project.Name == "access").Id;
        site.Replace("{name: biomed-here, domain: Default, roles", $"{{id: {id}, roles");

        var plan = await site.PlanAsync();

        Assert.Contains("vo.access.egi.eu and biomed", Assert.Single(plan.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VOs_that_share_a_group_are_told_that_they_share_projects()
    {
        await using var site = await FederationSite.StartAsync();
        site.Replace("  - name: biomed\n", "  - name: biomed\n    group: VO.access.egi.eu\n");

        var plan = await site.PlanAsync();

        Assert.Contains(plan.Notes, note => note.Contains("share the group", StringComparison.Ordinal));
        Assert.Single(
            plan.Changes,
            change => change is { Kind: "group", Action: ChangeAction.Create } && change.Name != "auditors@egi.eu"
        );
    }

    [Fact]
    public async Task A_group_that_took_the_name_of_another_is_not_taken_for_both()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        var biomed = site.World.Groups.Single(group => group.Name == "biomed");
        site.World.RemoveGroup(site.World.Groups.Single(group => group.Name == "vo.access.egi.eu").Id);
        site.World.Put(biomed with { Name = "vo.access.egi.eu" });

        var plan = await site.PlanAsync();

        Assert.Contains("Create group biomed@egi.eu", FederationSite.Lines(plan));
    }

    [Fact]
    public async Task A_group_made_anew_by_hand_is_the_one_that_prune_removes()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        var old = site.World.Groups.Single(group => group.Name == "biomed");
        site.World.RemoveGroup(old.Id);
        site.World.Put(old with { Id = "anew" });
        await site.ApplyAsync();
        site.Text = site.Text[..site.Text.IndexOf("  - name: biomed", StringComparison.Ordinal)];

        await site.ApplyAsync(Prune);

        Assert.Null(site.World.FindGroup("anew"));
    }

    [Fact]
    public async Task Only_the_federation_of_an_empty_Keystone_says_that_the_groups_are_missing()
    {
        await using var site = await FederationSite.StartAsync();
        site.Replace("  auditors: [\"urn:mace:egi.eu:group:cloud.egi.eu:role=auditor#aai.egi.eu\"]\n", "");

        var plan = await site.PlanAsync(PlanScope.Everything with { Part = PlanPart.Federation });

        Assert.Contains("--only", Assert.Single(plan.Problems).NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_that_failed_can_be_tried_again()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        var first = Rules(site);
        site.Replace("  - name: biomed\n", "  - name: biomed\n    group: other\n");
        await site.ApplyAsync();
        // As far as a restore gets that can't write.
        site.Plans.Store.Keep("egi-mapping", Rules(site));

        var restore = await MappingRestore.PrepareAsync(site.Cloud.Identity, site.Plans.Store, "egi-mapping", Token);
        await restore.RunAsync(Token);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(first), JsonNode.Parse(Rules(site))));
    }

    [Fact]
    public async Task A_restore_tells_of_groups_that_are_gone()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        var old = site.World.Groups.Single(group => group.Name == "biomed").Id;
        site.Replace("  - name: biomed\n", "  - name: biomed\n    group: other\n");
        await site.ApplyAsync(Prune);

        var restore = await MappingRestore.PrepareAsync(site.Cloud.Identity, site.Plans.Store, "egi-mapping", Token);

        Assert.Contains(
            restore.Words,
            line => line.Contains(old, StringComparison.Ordinal) && line.Contains("refuses", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_restore_tells_of_issuers_that_the_identity_provider_no_longer_takes()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        site.Replace("provider: checkin-demo", "provider: checkin");
        await site.ApplyAsync();

        var restore = await MappingRestore.PrepareAsync(site.Cloud.Identity, site.Plans.Store, "egi-mapping", Token);

        Assert.Contains(
            restore.Words,
            line =>
                line.StartsWith("! no identity provider has the remote id https://aai-demo", StringComparison.Ordinal)
        );
    }

    /// <summary>Expected: <c>len(json.dumps(json.dumps(rules)))</c> of Python, which is what Keystone stores.</summary>
    [Fact]
    public void The_size_of_a_mapping_is_counted_as_Keystone_stores_it()
    {
        var rules = JsonNode.Parse("""[{"a":["x\\.y","<é>"],"b":true},{"c":{}}]""")!.AsArray();

        Assert.Equal(67, MappingRules.StoredBytes(rules));
    }

    [Fact]
    public void A_mapping_of_a_newer_schema_is_shown_with_its_version()
    {
        using var rules = JsonDocument.Parse("[]");
        var stored = new StoredMapping
        {
            Id = "m",
            Rules = rules.RootElement,
            SchemaVersion = "2.0",
        };

        Assert.Equal("""{"schema_version":"2.0","rules":[]}""", Encoding.UTF8.GetString(stored.Json.Span));
    }

    private static string Rules(FederationSite site) => site.World.Federation.FindMapping("egi-mapping")!.Rules;
}
