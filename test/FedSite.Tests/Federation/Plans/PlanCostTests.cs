using System.Globalization;
using FedSite.Sandbox;

namespace FedSite.Tests.Federation.Plans;

public sealed class PlanCostTests
{
    private const int Vos = 23;

    [Fact]
    public async Task A_plan_of_many_VOs_costs_few_requests()
    {
        await using var site = await ManyVosAsync(new SandboxOptions { Servers = 0 });
        var before = site.Sandbox.Traffic.AllRequests;

        await site.PlanAsync();

        Assert.InRange(site.Sandbox.Traffic.AllRequests - before, 1, 60 + (14 * Vos));
    }

    [Fact]
    public async Task An_applied_plan_of_many_VOs_costs_as_few_and_is_empty()
    {
        await using var site = await ManyVosAsync(new SandboxOptions { Servers = 0 });
        await site.ApplyAsync();
        var before = site.Sandbox.Traffic.AllRequests;

        var plan = await site.PlanAsync();

        Assert.InRange(site.Sandbox.Traffic.AllRequests - before, 1, 60 + (14 * Vos));
        Assert.Empty(plan.Changes);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(403)]
    public async Task Services_that_fail_make_it_no_dearer(int status)
    {
        await using var site = await ManyVosAsync(new SandboxOptions { Servers = 0 });
        await site.ApplyAsync();
        foreach (var service in (SandboxService[])[SandboxService.Nova, SandboxService.Cinder, SandboxService.Neutron])
        {
            site.Sandbox.Traffic.Fail(
                new SandboxFault
                {
                    Service = service,
                    Times = int.MaxValue,
                    Status = status,
                }
            );
        }

        var before = site.Sandbox.Traffic.AllRequests;

        var plan = await site.PlanAsync();

        Assert.InRange(site.Sandbox.Traffic.AllRequests - before, 1, 60 + (14 * Vos));
        Assert.Equal(3, plan.Findings.Count);
    }

    private static async Task<FederationSite> ManyVosAsync(SandboxOptions options)
    {
        var site = await FederationSite.StartAsync(options);
        site.Text = FederationSite.Yaml[..FederationSite.Yaml.IndexOf("  - name", StringComparison.Ordinal)];
        // Each is private, and of two or three VOs.
        var flavors = site.World.Flavors.Where(flavor => !flavor.Removed).Take(Vos / 2).ToList();
        foreach (var flavor in flavors)
            site.World.Put(flavor with { IsPublic = false });
        for (var i = 0; i < Vos; i++)
        {
            var vo = string.Create(CultureInfo.InvariantCulture, $"vo{i}.example.org");
            site.Text += $$"""
                  - name: {{vo}}
                    entitlements: ["urn:mace:egi.eu:group:{{vo}}:role=member#aai.egi.eu"]
                    projects:
                      - name: {{vo}}
                        domain: Default
                        quota: {instances: 50, cores: 200, ram: 400GiB, volumes: 100, volume_storage: 10TiB, floating_ips: 20}
                        network: {cidrs: [192.168.0.0/24, "fd00:1::/64"], external: public}
                    flavors: [{{flavors[i % flavors.Count].Name}}]

                """;
        }

        return site;
    }
}
