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

        Assert.InRange(site.Sandbox.Traffic.AllRequests - before, 1, 60 + (8 * Vos));
    }

    [Fact]
    public async Task An_applied_plan_of_many_VOs_costs_as_few_and_is_empty()
    {
        await using var site = await ManyVosAsync(new SandboxOptions { Servers = 0 });
        await site.ApplyAsync();
        var before = site.Sandbox.Traffic.AllRequests;

        var plan = await site.PlanAsync();

        Assert.InRange(site.Sandbox.Traffic.AllRequests - before, 1, 60 + (8 * Vos));
        Assert.Empty(plan.Changes);
    }

    private static async Task<FederationSite> ManyVosAsync(SandboxOptions options)
    {
        var site = await FederationSite.StartAsync(options);
        site.Text = FederationSite.Yaml[..FederationSite.Yaml.IndexOf("  - name", StringComparison.Ordinal)];
        for (var i = 0; i < Vos; i++)
        {
            var vo = string.Create(CultureInfo.InvariantCulture, $"vo{i}.example.org");
            site.Text +=
                $"  - {{name: {vo}, entitlements: [\"urn:mace:egi.eu:group:{vo}:role=member#aai.egi.eu\"], projects: [{{name: {vo}, domain: Default}}]}}\n";
        }

        return site;
    }
}
