using System.Text.Json;
using FedSite.OpenStack;
using FedSite.Sandbox;

namespace FedSite.Tests.OpenStack;

public sealed class QuotaTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Known_quotas_come_in_their_order_and_others_after_them_by_name()
    {
        var read = Read(
            """{"zoo": {"limit": 1}, "apes": {"limit": 2}, "cores": {"limit": 3}, "instances": {"limit": 4}}"""
        );

        Assert.Equal(["instances", "cores", "apes", "zoo"], read.Keys);
    }

    [Fact]
    public void What_is_used_is_called_used_or_in_use()
    {
        var read = Read(
            """{"port": {"limit": 500, "used": 6, "reserved": 1}, "cores": {"limit": -1, "in_use": 7, "reserved": 2}}"""
        );

        Assert.Equal(new QuotaUse(500, 6), read["port"]);
        Assert.Equal(new QuotaUse(-1, 7), read["cores"]);
    }

    [Fact]
    public void What_is_no_quota_is_left_out()
    {
        var read = Read(
            """{"id": "p", "ram": 512, "disk": null, "a": {"limit": "many"}, "b": {}, "c": {"limit": 1.5}, "d": {"limit": 1}}"""
        );

        Assert.Equal(["d"], read.Keys);
    }

    [Fact]
    public async Task A_project_has_limits_of_its_own_at_each_service()
    {
        await using var cloud = await TestCloud.StartAsync();
        var own = new Dictionary<string, long>
        {
            ["cores"] = -1,
            ["gigabytes"] = 7,
            ["floatingip"] = 0,
        };
        cloud.Sandbox.World.Put(cloud.Sandbox.World.SeededProjects.First() with { Quotas = own });
        var client = cloud.Connect();

        Assert.Equal(-1, (await client.Compute.GetQuotaAsync(cloud.ProjectId, Ct))["cores"].Limit);
        Assert.Equal(7, (await client.BlockStorage.GetQuotaAsync(cloud.ProjectId, Ct))["gigabytes"].Limit);
        Assert.Equal(0, (await client.Network.GetQuotaAsync(cloud.ProjectId, Ct))["floatingip"].Limit);
    }

    [Fact]
    public async Task A_neutron_without_use_of_quotas_is_an_error_and_not_a_guess()
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Neutron,
                When = request => request.Path.Value!.EndsWith("/details.json", StringComparison.Ordinal),
                Status = 404,
            }
        );
        var client = cloud.Connect();

        var refused = await Assert.ThrowsAsync<OpenStackException>(() =>
            client.Network.GetQuotaAsync(cloud.ProjectId, Ct)
        );

        Assert.Equal(404, refused.Status);
    }

    [Fact]
    public async Task Types_of_volumes_are_listed_page_by_page()
    {
        await using var cloud = await TestCloud.StartAsync(new SandboxOptions { MaxLimit = 1 });
        var types = await cloud.Connect().BlockStorage.ListVolumeTypesAsync(cloud.ProjectId, Ct);

        Assert.Equal(["__DEFAULT__", "multiattach", "ssd"], types.Select(type => type.Name).Order(StringComparer.Ordinal));
    }

    private static IReadOnlyDictionary<string, QuotaUse> Read(string json) =>
        QuotaReader.Read(
            JsonSerializer.Deserialize($$"""{"quota": {{json}}}""", QuotaJson.Default.QuotaBody)!.Quotas,
            ["instances", "cores", "ram"]
        );
}
