using System.Text.Json.Nodes;
using FedSite.Federation;
using FedSite.Federation.Plans;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.Plans;

public sealed class PlanTests
{
    [Fact]
    public async Task An_empty_Keystone_gets_everything_in_an_order_that_works()
    {
        await using var site = await FederationSite.StartAsync();

        var plan = await site.PlanAsync();

        Assert.Equal(
            [
                "Create identity provider egi.eu",
                "Create group vo.access.egi.eu@egi.eu",
                "Create group biomed@egi.eu",
                "Create group auditors@egi.eu",
                "Create project access@Default",
                "Create project biomed-here@Default",
                "Create role reader of group auditors@egi.eu in domain egi.eu",
                "Create role member of group vo.access.egi.eu@egi.eu in project access@Default",
                "Create role member of group biomed@egi.eu in project biomed-here@Default",
                "Create role reader of group biomed@egi.eu in project biomed-here@Default",
                "Create role reader of user accounting@Default in project access@Default",
                "Create role reader of user accounting@Default in project biomed-here@Default",
                "Create mapping egi-mapping",
                "Create protocol egi.eu/openid",
            ],
            FederationSite.Lines(plan)
        );
    }

    [Fact]
    public async Task A_plan_changes_nothing()
    {
        await using var site = await FederationSite.StartAsync();

        await site.PlanAsync();

        Assert.Empty(site.World.Groups);
        Assert.Empty(site.World.Federation.IdentityProviders);
    }

    [Fact]
    public async Task After_an_apply_the_plan_is_empty()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();

        var plan = await site.PlanAsync();

        Assert.Empty(FederationSite.Lines(plan));
        Assert.Empty(plan.Adopted);
    }

    [Fact]
    public async Task Apply_leaves_Keystone_as_the_file_says()
    {
        await using var site = await FederationSite.StartAsync();

        await site.ApplyAsync();

        var idp = Assert.Single(site.World.Federation.IdentityProviders);
        Assert.Equal(["https://aai-demo.egi.eu/auth/realms/egi"], idp.RemoteIds);
        Assert.Equal(480, idp.AuthorizationTtl);
        var project = Assert.Single(site.World.Projects, project => project.Name == "access");
        Assert.Equal(["vo.access.egi.eu"], project.Properties["egi.VO"]);
        var group = Assert.Single(site.World.Groups, group => group.Name == "vo.access.egi.eu");
        Assert.Contains("member", site.World.RolesIn(group.Id, project.Id));
        Assert.Equal("egi-mapping", Assert.Single(site.World.Federation.Protocols).MappingId);
    }

    [Fact]
    public async Task The_domain_that_Keystone_made_up_is_renamed_not_doubled()
    {
        await using var site = await FederationSite.StartAsync();
        site.Text = site.Text.Replace(
            "  provider: checkin-demo",
            "  provider: checkin-demo\n  domain: people.egi.eu",
            StringComparison.Ordinal
        );
        await site.Cloud.Identity.Federation.PutIdentityProviderAsync(
            "egi.eu",
            new JsonObject { ["enabled"] = true },
            exists: false,
            TestContext.Current.CancellationToken
        );
        var made = site.World.Federation.FindIdentityProvider("egi.eu")!.DomainId;

        var plan = await site.ApplyAsync();

        Assert.Contains("Change domain people.egi.eu", FederationSite.Lines(plan));
        Assert.Equal("people.egi.eu", site.World.FindDomain(made)!.Name);
    }

    [Fact]
    public async Task What_was_made_by_hand_is_adopted_by_name()
    {
        await using var site = await FederationSite.StartAsync();
        var domain = site.World.Domains.Single(domain => domain.Name == "egi.eu").Id;
        site.World.Put(
            new SandboxGroup
            {
                Id = "byhand",
                Name = "biomed",
                DomainId = domain,
            }
        );

        var plan = await site.ApplyAsync();

        Assert.Contains(plan.Adopted, thing => thing is { Kind: "group", Name: "biomed@egi.eu", Id: "byhand" });
        Assert.DoesNotContain("Create group biomed@egi.eu", FederationSite.Lines(plan));
        Assert.Single(site.World.Groups, group => group.Name == "biomed");
    }

    [Fact]
    public async Task A_group_that_was_renamed_by_hand_gets_its_name_back()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        var group = site.World.Groups.Single(group => group.Name == "biomed");
        site.World.Put(group with { Name = "other" });

        var plan = await site.ApplyAsync();

        Assert.Equal(["Change group biomed@egi.eu"], FederationSite.Lines(plan));
        Assert.Equal("biomed", site.World.FindGroup(group.Id)!.Name);
    }

    [Fact]
    public async Task A_changed_property_is_shown_with_old_and_new_value()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        var project = site.World.Projects.Single(project => project.Name == "access");
        site.World.Put(
            project with
            {
                Properties = new Dictionary<string, IReadOnlyList<string>> { ["egi.VO"] = ["ops"] },
            }
        );

        var plan = await site.PlanAsync();

        var change = Assert.Single(plan.Changes);
        Assert.Equal([new FieldChange("property egi.VO", "ops", "vo.access.egi.eu")], change.Fields);
    }

    [Fact]
    public async Task What_the_file_does_not_name_is_left_alone()
    {
        await using var site = await FederationSite.StartAsync();
        var before = site.World.Projects.Count();
        site.World.Put(new SandboxGroup { Id = "other", Name = "somebody-else" });

        await site.ApplyAsync(PlanScope.Everything with { Prune = true });

        Assert.NotNull(site.World.FindGroup("other"));
        Assert.Equal(before + 2, site.World.Projects.Count());
    }

    [Fact]
    public async Task A_VO_that_is_taken_out_is_removed_only_with_prune_and_its_project_stays()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        site.Text = site.Text[..site.Text.IndexOf("  - name: biomed", StringComparison.Ordinal)];

        var kept = await site.ApplyAsync();
        Assert.Contains(kept.Unnamed, thing => thing is { Kind: "group", Name: "biomed@egi.eu" });
        Assert.Contains(site.World.Groups, group => group.Name == "biomed");

        await site.ApplyAsync(PlanScope.Everything with { Prune = true });
        Assert.DoesNotContain(site.World.Groups, group => group.Name == "biomed");
        Assert.Contains(site.World.Projects, project => project.Name == "biomed-here");
    }

    [Fact]
    public async Task A_VO_without_a_known_entitlement_is_made_but_not_mapped()
    {
        await using var site = await FederationSite.StartAsync();
        site.Text += "  - {name: new.example.org, projects: [{name: new, domain: Default}]}\n";

        var plan = await site.ApplyAsync();

        Assert.Contains(
            plan.Notes,
            note => note.Contains("new.example.org has no known entitlement", StringComparison.Ordinal)
        );
        Assert.Contains(site.World.Groups, group => group.Name == "new.example.org");
        Assert.DoesNotContain(
            "new.example.org",
            Assert.Single(site.World.Federation.Mappings).Rules,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_VO_takes_its_entitlement_from_the_imported_table()
    {
        await using var site = await FederationSite.StartAsync();
        site.Table.Replace(
            new Dictionary<string, IReadOnlyList<string>>
            {
                ["new.example.org"] = ["urn:mace:egi.eu:group:new.example.org:role=member#aai.egi.eu"],
            }
        );
        site.Text += "  - {name: new.example.org, projects: [{name: new, domain: Default}]}\n";

        await site.ApplyAsync();

        Assert.Contains(
            "^urn:mace:egi\\\\.eu:group:new\\\\.example\\\\.org:role=member#aai\\\\.egi\\\\.eu$",
            Assert.Single(site.World.Federation.Mappings).Rules,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_missing_role_keeps_the_plan_from_being_applied()
    {
        await using var site = await FederationSite.StartAsync();
        site.Text = site.Text.Replace("roles: [member, reader]", "roles: [astronaut]", StringComparison.Ordinal);

        var plan = await site.PlanAsync();

        Assert.Contains("There is no role astronaut", Assert.Single(plan.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_single_VO_can_be_added_while_others_differ()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        site.World.Put(site.World.Projects.Single(project => project.Name == "biomed-here") with { Enabled = false });
        site.Text += """
              - name: new.example.org
                entitlements: ["urn:mace:egi.eu:group:new.example.org:role=member#aai.egi.eu"]
                projects: [{name: new, domain: Default}]

            """;

        var plan = await site.ApplyAsync(PlanScope.Everything with { Vo = "new.example.org" });

        Assert.Equal(
            [
                "Create group new.example.org@egi.eu",
                "Create project new@Default",
                "Create role member of group new.example.org@egi.eu in project new@Default",
                "Create role reader of user accounting@Default in project new@Default",
                "Change mapping egi-mapping",
            ],
            FederationSite.Lines(plan)
        );
        Assert.False(site.World.Projects.Single(project => project.Name == "biomed-here").Enabled);
    }

    [Fact]
    public async Task Several_providers_share_a_mapping_that_takes_both_issuers()
    {
        await using var site = await FederationSite.StartAsync();
        site.Text = site.Text.Replace(
            "  provider: checkin-demo",
            "  providers: [{provider: checkin, idp: egi.eu}, {issuer: \"https://other.example.org/op\", idp: other}]",
            StringComparison.Ordinal
        );

        await site.ApplyAsync();

        Assert.Equal(["egi.eu", "other"], site.World.Federation.IdentityProviders.Select(idp => idp.Id));
        var rules = Assert.Single(site.World.Federation.Mappings).Rules;
        Assert.Contains(
            "[\"https://aai.egi.eu/auth/realms/egi\",\"https://other.example.org/op\"]",
            rules.Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Another_site_on_the_same_state_folder_prunes_nothing_of_this_one()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        site.Text = site.Text[..site.Text.IndexOf("  - name: biomed", StringComparison.Ordinal)]
            .Replace("{name: TEST}", "{name: OTHER}", StringComparison.Ordinal);

        await site.ApplyAsync(PlanScope.Everything with { Prune = true });

        Assert.Contains(site.World.Groups, group => group.Name == "biomed");
    }
}
