using System.Text.Json.Nodes;
using FedSite.Scenarios.Support;
using FedSite.TestKit;

namespace FedSite.Scenarios.Accounting;

/// <summary>Public addresses of a real OpenStack: what arrives is what the services' databases hold.</summary>
public sealed class PublishAddressesTests
{
    private static readonly string[] Accounted = ["alpha", "gpu", "spelled", "underscored", "several"];

    [Theory]
    [InlineData("accounting", "floating, external")]
    [InlineData("accounting", "floating, external, provider, global-ipv6")]
    [InlineData("systemReader", "provider, global-ipv6")]
    public async Task Each_owners_count_is_what_the_databases_say(string account, string counted)
    {
        var cloud = Require.Cloud();
        var records = await PublishAsync(cloud, account, counted);

        var expected = await ExpectedAddresses.ReadAsync(cloud, counted.Split(", "));
        var projects = Accounted.Select(key => cloud.Projects[key].Id).ToHashSet();
        Assert.NotEmpty(records);
        Assert.Equal(
            expected.Where(e => projects.Contains(e.Key.Split(' ')[0])).Select(e => $"{e.Key}: {e.Value}"),
            records
                .Select(r => $"{r["LocalGroup"]} {r["LocalUser"]} {r["IPVersion"]}: {r["IPCount"]}")
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_moved_address_is_its_new_servers_users_and_names_him_as_keystone_does()
    {
        var cloud = Require.Cloud();
        var records = await PublishAsync(cloud, "accounting", "floating");

        var moved = cloud.Servers[cloud.FloatingIps["moved"].Server!];
        var user = cloud.Users[moved.User];
        var record = Assert.Single(
            records,
            r => (string?)r["LocalUser"] == user.Id && (string?)r["LocalGroup"] == cloud.Projects[moved.Project].Id
        );
        Assert.Equal(user.Name, (string?)record["GlobalUserName"]);
        Assert.Equal(
            ["SiteName", "CloudType", "CloudComputeService", "LocalUser", "GlobalUserName", "LocalGroup", "FQAN"],
            record.AsObject().Select(p => p.Key).Take(7)
        );
    }

    private static async Task<List<JsonNode>> PublishAsync(TestCloud cloud, string account, string counted)
    {
        await using var site = await TestSite.StartAsync(
            CloudYaml.Of(cloud, account),
            $$"""
            accounting:
              kinds: [ip]
              public_ip: {count: [{{counted}}]}

            """
        );
        var (_, run) = await site.RunJsonAsync("accounting", "publish");
        Assert.True(run.ExitCode is 3, run.StandardError); // one project has no VO
        var texts = await SignedDelivery.ReadAsync(site.Ams.Delivered, site.TrustFolder);
        return
        [
            .. texts
                .Select(text => JsonNode.Parse(text)!)
                .Where(message => (string?)message["Type"] == "APEL Public IP message")
                .SelectMany(message => message["UsageRecords"]!.AsArray())
                .Select(record => record!),
        ];
    }
}
