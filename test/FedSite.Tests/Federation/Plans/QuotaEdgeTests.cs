using System.Text;
using System.Text.Json.Nodes;
using FedSite.Federation.Plans;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.Plans;

/// <summary>Quotas on clouds that lack something, or limit otherwise.</summary>
public sealed class QuotaEdgeTests
{
    [Fact]
    public async Task A_service_that_the_cloud_has_not_is_a_finding_and_all_else_is_done()
    {
        await using var site = await StartAsync("{cores: 200, volumes: 5}");
        Without(site, "volumev3");

        var plan = await site.ApplyAsync();

        Assert.Contains("no service of type", Assert.Single(plan.Findings).Message, StringComparison.Ordinal);
        Assert.Equal(200, Project(site).Quotas["cores"]);
        Assert.Empty((await site.PlanAsync()).Changes);
    }

    [Fact]
    public async Task A_quota_that_the_service_does_not_know_is_a_finding_and_all_else_is_done()
    {
        await using var site = await StartAsync("{networks: 5, routers: 2}");
        await site.ApplyAsync();
        site.Replace("networks: 5", "networks: 6");
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Neutron,
                When = request => request.Path.Value!.EndsWith("details.json", StringComparison.Ordinal),
                Times = int.MaxValue,
                Rewrite = body =>
                {
                    var answer = JsonNode.Parse(body)!;
                    answer["quota"]!.AsObject().Remove("router");
                    return Encoding.UTF8.GetBytes(answer.ToJsonString());
                },
                Status = 200,
            }
        );

        var plan = await site.ApplyAsync();

        Assert.Contains("no quota of `routers`", Assert.Single(plan.Findings).Message, StringComparison.Ordinal);
        Assert.Equal(6, Project(site).Quotas["network"]);
        Assert.Empty((await site.PlanAsync()).Changes);
    }

    [Theory]
    [InlineData("server_groups: 5")]
    [InlineData("key_pairs: 5")]
    public async Task A_limit_that_Nova_has_for_all_projects_alike_is_a_finding_and_all_else_is_done(string quota)
    {
        await using var site = await StartAsync(
            $"{{cores: 200, {quota}}}",
            new SandboxOptions { ComputeUnifiedLimits = true }
        );
        var resource =
            $"server_{quota[..quota.IndexOf(':', StringComparison.Ordinal)].Replace("server_", "", StringComparison.Ordinal)}";
        if (!site.World.RegisteredLimits.Any(limit => limit.Resource == resource))
            site.World.Put(Registered(site, resource));

        var plan = await site.ApplyAsync();

        Assert.Contains("for every project", Assert.Single(plan.Findings).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(site.World.Limits, limit => limit.Resource == resource);
        Assert.Empty((await site.PlanAsync()).Changes);
    }

    [Fact]
    public async Task A_plan_with_everything_has_at_most_eight_requests_under_way()
    {
        await using var site = await FederationSite.StartAsync(
            new SandboxOptions { Servers = 0, Latency = TimeSpan.FromMilliseconds(10) }
        );
        site.Text = FederationSite.Yaml[..FederationSite.Yaml.IndexOf("  - name", StringComparison.Ordinal)];
        for (var i = 0; i < 12; i++)
        {
            site.Text +=
                $"  - {{name: vo{i}.example.org, entitlements: [\"urn:mace:egi.eu:group:vo{i}:role=member#aai.egi.eu\"], flavors: [g1.xlarge], "
                + $"projects: [{{name: vo{i}, domain: Default, quota: {{cores: 5, volumes: 5, networks: 5}}, network: {{cidrs: [192.168.0.0/24], external: public}}}}]}}\n";
        }

        await site.ApplyAsync();
        site.Sandbox.Traffic.MostAtOnce = 0;

        await site.PlanAsync();

        Assert.InRange(site.Sandbox.Traffic.MostAtOnce, 1, 8);
    }

    private static SandboxProject Project(FederationSite site) =>
        site.World.Projects.Single(project => project.Name == "access");

    private static SandboxRegisteredLimit Registered(FederationSite site, string resource) =>
        new()
        {
            Id = resource,
            ServiceId = site.World.ServiceId("compute"),
            RegionId = FederationSandbox.Region,
            Resource = resource,
            Default = 10,
        };

    private static async Task<FederationSite> StartAsync(string quota, SandboxOptions? options = null)
    {
        var site = await FederationSite.StartAsync(options);
        site.Replace("{name: access, domain: Default}", $"{{name: access, domain: Default, quota: {quota}}}");
        return site;
    }

    /// <summary>Leaves a service out of the catalog.</summary>
    private static void Without(FederationSite site, string type)
    {
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Keystone,
                When = request =>
                    request.Method == "POST" && request.Path.Value!.EndsWith("/auth/tokens", StringComparison.Ordinal),
                Times = int.MaxValue,
                Rewrite = body =>
                {
                    var answer = JsonNode.Parse(body)!;
                    var catalog = answer["token"]?["catalog"]?.AsArray();
                    foreach (
                        var service in catalog?.Where(one => one!["type"]!.GetValue<string>() == type).ToList() ?? []
                    )
                        catalog!.Remove(service);
                    return Encoding.UTF8.GetBytes(answer.ToJsonString());
                },
                Status = 201,
            }
        );
    }
}
