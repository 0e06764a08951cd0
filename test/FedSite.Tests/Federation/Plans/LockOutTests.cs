using System.Text.Json.Nodes;
using FedSite.Federation.Plans;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.Plans;

public sealed class LockOutTests
{
    [Fact]
    public async Task A_new_VO_locks_nobody_out()
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        site.Text += """
              - name: new.example.org
                entitlements: ["urn:mace:egi.eu:group:new.example.org:role=member#aai.egi.eu"]

            """;

        var plan = await site.PlanAsync();

        Assert.Contains("Change mapping egi-mapping", FederationSite.Lines(plan));
        Assert.Empty(plan.LockOuts);
    }

    [Fact]
    public async Task An_entitlement_that_is_taken_out_names_its_VO_and_who_owns_what()
    {
        await using var site = await FederationSite.StartAsync();
        var seeded = site.World.SeededProjects.First();
        site.Text = site.Text.Replace(
            "name: access, domain: Default",
            $"name: {seeded.Name}, domain: Default",
            StringComparison.Ordinal
        );
        await site.ApplyAsync();
        site.Text = site.Text.Replace(
            "vo.access.egi.eu:role=vm_operator",
            "vo.access.egi.eu:role=member",
            StringComparison.Ordinal
        );

        var plan = await site.PlanAsync();

        var lockOut = Assert.Single(plan.LockOuts);
        Assert.Equal(("vo.access.egi.eu", FederationSite.Access), (lockOut.Vo, lockOut.Entitlement));
        Assert.Contains(plan.LockedOutOwners, owner => owner.Servers > 0 && owner.Project == seeded.Id);
        Assert.All(plan.LockedOutOwners, owner => Assert.EndsWith("@egi.eu", owner.Name!, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("provider: checkin-demo", "provider: checkin")]
    [InlineData("provider: checkin-demo", "entitlement_claims: [entitlements]\n  provider: checkin-demo")]
    public async Task Another_issuer_and_a_dropped_claim_lock_people_out(string old, string @new)
    {
        await using var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        site.Text = site.Text.Replace(old, @new, StringComparison.Ordinal);

        var plan = await site.PlanAsync();

        Assert.Equal(
            ["auditors", "biomed", "vo.access.egi.eu"],
            plan.LockOuts.Select(one => one.Vo).Distinct().Order()
        );
    }

    [Fact]
    public async Task A_customary_mapping_made_by_hand_is_taken_over_without_a_lock_out()
    {
        await using var site = await FederationSite.StartAsync();
        var domain = site.World.Domains.Single(domain => domain.Name == "egi.eu").Id;
        site.World.Put(
            new SandboxGroup
            {
                Id = "byhand",
                Name = "vo.access.egi.eu",
                DomainId = domain,
            }
        );
        site.World.Federation.Put(new SandboxMapping("egi-mapping", ByHand("byhand", "OIDC-eduperson_entitlement")));

        var plan = await site.PlanAsync();

        Assert.Empty(plan.LockOuts);
        Assert.Contains("Change mapping egi-mapping", FederationSite.Lines(plan));
    }

    [Fact]
    public async Task A_mapping_by_hand_whose_key_does_not_arrive_says_that_the_deployment_may_be_wrong()
    {
        await using var site = await FederationSite.StartAsync();
        site.World.Federation.Put(
            new SandboxMapping("egi-mapping", ByHand("byhand", "HTTP_OIDC_EDUPERSON_ENTITLEMENT"))
        );

        var plan = await site.PlanAsync();

        Assert.Contains("`deployment` is wrong", Assert.Single(plan.LockOuts).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_replaced_mapping_is_kept_and_can_be_put_back()
    {
        await using var site = await FederationSite.StartAsync();
        var byHand = ByHand("byhand", "OIDC-eduperson_entitlement");
        site.World.Federation.Put(new SandboxMapping("egi-mapping", byHand));
        await site.ApplyAsync();
        var ct = TestContext.Current.CancellationToken;

        var restore = await MappingRestore.PrepareAsync(site.Cloud.Identity, site.Plans.Store, "egi-mapping", ct);
        await restore.RunAsync(ct);

        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse(byHand),
                JsonNode.Parse(site.World.Federation.FindMapping("egi-mapping")!.Rules)
            )
        );
    }

    private static string ByHand(string group, string key) =>
        new JsonArray(
            new JsonObject
            {
                ["local"] = new JsonArray(
                    new JsonObject
                    {
                        ["user"] = new JsonObject { ["name"] = "{0}", ["email"] = "{1}" },
                        ["group"] = new JsonObject { ["id"] = group },
                    }
                ),
                ["remote"] = new JsonArray(
                    new JsonObject { ["type"] = "HTTP_OIDC_SUB" },
                    new JsonObject { ["type"] = "HTTP_OIDC_EMAIL" },
                    new JsonObject
                    {
                        ["type"] = "HTTP_OIDC_ISS",
                        ["any_one_of"] = new JsonArray("https://aai-demo.egi.eu/auth/realms/egi"),
                    },
                    new JsonObject
                    {
                        ["type"] = key,
                        ["regex"] = true,
                        ["any_one_of"] = new JsonArray(
                            "^" + FederationSite.Access.Replace(".", "[.]", StringComparison.Ordinal) + "$"
                        ),
                    }
                ),
            }
        ).ToJsonString();
}
