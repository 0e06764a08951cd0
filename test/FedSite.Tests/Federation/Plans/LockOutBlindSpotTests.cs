using System.Text.Json.Nodes;
using FedSite.Federation.Plans;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.Plans;

/// <summary>Ways of locking people out, or of seeming to, that are easily overlooked.</summary>
public sealed class LockOutBlindSpotTests
{
    private const string Demo = "https://aai-demo.egi.eu/auth/realms/egi";
    private const string Key = "OIDC-eduperson_entitlement";
    private const string Other = "urn:mace:egi.eu:group:other.example.org:role=member#aai.egi.eu";

    [Fact]
    public async Task A_protocol_that_gets_another_mapping_locks_out_whom_only_the_old_one_admits()
    {
        await using var site = await StartAsync(ByHand("g", Rule(Key, Other)), mapping: "by-hand");
        await site.PutProtocolAsync("by-hand");

        var plan = await site.PlanAsync();

        var lockOut = Assert.Single(plan.LockOuts);
        Assert.Equal(("by-hand", Other), (lockOut.Mapping, lockOut.Entitlement));
    }

    [Fact]
    public async Task A_mapping_of_another_name_in_the_file_locks_nobody_out_who_is_in_both()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        site.Replace("  provider: checkin-demo", "  provider: checkin-demo\n  mapping: second");

        var plan = await site.PlanAsync();

        Assert.Contains("Change protocol egi.eu/openid", FederationSite.Lines(plan));
        Assert.Empty(plan.LockOuts);
    }

    [Fact]
    public async Task A_remote_id_that_is_dropped_locks_out_its_people()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        var idp = site.World.Federation.FindIdentityProvider("egi.eu")!;
        site.World.Federation.Put(idp with { RemoteIds = [Demo, "https://second.example.org"] });
        var rules = site.World.Federation.FindMapping("egi-mapping")!.Rules;
        // Any issuer of the identity provider, as a mapping by hand without this condition has it.
        var open = JsonNode.Parse(rules)!.AsArray();
        foreach (var remote in open.Select(rule => rule!["remote"]!.AsArray()))
            remote.Remove(remote.Single(one => one!["type"]!.ToString() == "OIDC-iss"));
        site.World.Federation.Put(new SandboxMapping("egi-mapping", open.ToJsonString()));

        var plan = await site.PlanAsync();

        Assert.NotEmpty(plan.LockOuts);
        Assert.All(
            plan.LockOuts,
            one => Assert.Contains("https://second.example.org", one.Reason, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("idp: second", "Remove identity provider egi.eu")]
    [InlineData("protocol: oidc", "Remove protocol egi.eu/openid")]
    public async Task Pruning_a_way_to_log_in_locks_out_all_who_use_it(string line, string removal)
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        if (line.StartsWith("idp", StringComparison.Ordinal))
            site.World.Federation.Put(site.World.Federation.FindIdentityProvider("egi.eu")! with { RemoteIds = [] });
        site.Replace("  provider: checkin-demo", $"  provider: checkin-demo\n  {line}");

        var plan = await site.PlanAsync(PlanScope.Everything with { Prune = true });

        Assert.Contains(removal, FederationSite.Lines(plan));
        Assert.Contains("biomed", plan.LockOuts.Select(one => one.Vo));
    }

    [Fact]
    public async Task A_rule_with_a_further_condition_is_not_overlooked()
    {
        var rule = Rule(Key, Other);
        rule["remote"]!
            .AsArray()
            .Add(new JsonObject { ["type"] = "OIDC-acr", ["any_one_of"] = new JsonArray("https://refeds.org/mfa") });
        await using var site = await StartAsync(ByHand("g", rule));

        var plan = await site.PlanAsync();

        Assert.Equal(Other, Assert.Single(plan.LockOuts).Entitlement);
    }

    [Fact]
    public async Task A_rule_without_a_group_admits_people_too()
    {
        var rule = Rule(Key, Other);
        rule["local"]![0]!.AsObject().Remove("group");
        await using var site = await StartAsync(new JsonArray(rule).ToJsonString());

        var plan = await site.PlanAsync();

        Assert.Equal(Other, Assert.Single(plan.LockOuts).Entitlement);
    }

    [Fact]
    public async Task People_who_were_called_by_another_claim_would_come_back_as_new_users()
    {
        var rule = Rule(Key, FederationSite.Access);
        rule["local"]![0]!["user"] = new JsonObject { ["name"] = "{1}" };
        await using var site = await StartAsync(ByHand("g", rule), group: "vo.access.egi.eu");

        var plan = await site.PlanAsync();

        Assert.Contains("new users", Assert.Single(plan.LockOuts).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_issuer_that_is_an_expression_is_tried_by_what_it_matches()
    {
        var rule = Rule(Key, FederationSite.Access);
        rule["remote"]![2] = new JsonObject
        {
            ["type"] = "HTTP_OIDC_ISS",
            ["regex"] = true,
            ["any_one_of"] = new JsonArray("^https://.*egi[.]eu/.*"),
        };
        await using var site = await StartAsync(ByHand("g", rule), group: "vo.access.egi.eu");

        Assert.Single((await site.PlanAsync()).LockOuts);
    }

    [Fact]
    public async Task Whom_a_deleted_group_refuses_today_is_not_locked_out_by_the_mend()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        site.World.RemoveGroup(site.World.Groups.Single(group => group.Name == "biomed").Id);

        var plan = await site.PlanAsync();

        Assert.Contains("Create group biomed@egi.eu", FederationSite.Lines(plan));
        Assert.Contains("Change mapping egi-mapping", FederationSite.Lines(plan));
        Assert.Empty(plan.LockOuts);
    }

    [Fact]
    public async Task The_remote_id_of_the_identity_provider_stands_in_for_a_rule_without_issuer()
    {
        var rule = Rule(Key, FederationSite.Access);
        rule["remote"]!.AsArray().RemoveAt(2);
        await using var site = await StartAsync(ByHand("g", rule), group: "vo.access.egi.eu");
        await site.PutProtocolAsync("egi-mapping");

        Assert.Empty((await site.PlanAsync()).LockOuts);
    }

    [Fact]
    public async Task Groups_of_other_domains_are_known_by_their_owners()
    {
        await using var site = await StartAsync(ByHand("elsewhere", Rule(Key, Other)));
        var seeded = site.World.SeededProjects.First();
        site.World.Put(
            new SandboxGroup
            {
                Id = "elsewhere",
                Name = "old-people",
                DomainId = "default",
            }
        );
        await site.Cloud.Identity.Grants.GrantAsync(
            new FedSite.OpenStack.Identity.Grant(
                FedSite.OpenStack.Identity.GrantPlace.Project,
                seeded.Id,
                FedSite.OpenStack.Identity.GrantHolder.Group,
                "elsewhere",
                (await site.Cloud.Identity.Grants.ListRolesAsync(TestContext.Current.CancellationToken))
                    .First(role => role.Name == "member")
                    .Id
            ),
            TestContext.Current.CancellationToken
        );

        var plan = await site.PlanAsync();

        Assert.Equal("old-people", Assert.Single(plan.LockOuts).Vo);
        Assert.NotEmpty(plan.LockedOutOwners);
    }

    private static async Task<FederationSite> StartAsync(
        string rules,
        string mapping = "egi-mapping",
        string group = "by-hand"
    )
    {
        var site = await FederationSite.StartAsync();
        var domain = site.World.Domains.Single(domain => domain.Name == "egi.eu").Id;
        site.World.Put(
            new SandboxGroup
            {
                Id = "g",
                Name = group,
                DomainId = domain,
            }
        );
        site.World.Federation.Put(new SandboxMapping(mapping, rules));
        return site;
    }

    private static string ByHand(string group, JsonObject rule)
    {
        rule["local"]![0]!["group"] = new JsonObject { ["id"] = group };
        return new JsonArray(rule).ToJsonString();
    }

    private static JsonObject Rule(string key, string entitlement) =>
        new()
        {
            ["local"] = new JsonArray(
                new JsonObject
                {
                    ["user"] = new JsonObject { ["name"] = "{0}" },
                    ["group"] = new JsonObject(),
                }
            ),
            ["remote"] = new JsonArray(
                new JsonObject { ["type"] = "HTTP_OIDC_SUB" },
                new JsonObject { ["type"] = "HTTP_OIDC_EMAIL" },
                new JsonObject { ["type"] = "HTTP_OIDC_ISS", ["any_one_of"] = new JsonArray(Demo) },
                new JsonObject { ["type"] = key, ["any_one_of"] = new JsonArray(entitlement) }
            ),
        };
}
