using System.Text.Json;
using FedSite.OpenStack.Compute;
using FedSite.Sandbox;
using FedSite.Tests.Accounting;

namespace FedSite.Tests.OpenStack.Compute;

public sealed class ComputeApiTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Flavors_of_an_old_cloud_are_asked_for_once_each()
    {
        await using var cloud = await TestCloud.StartAsync(new SandboxOptions { ComputeMicroversion = 25 });
        var client = cloud.Connect();
        var servers = await cloud.ServersAsync(client);
        var flavors = servers.Select(listed => listed.Item!.Flavor!.Id).Distinct().Count();
        var before = cloud.Sandbox.Traffic.Requests(SandboxService.Nova);
        await cloud.ServersAsync(client);

        Assert.All(servers, listed => Assert.True(listed.Item!.Flavor!.Vcpus > 0));
        Assert.Equal(before + 1, cloud.Sandbox.Traffic.Requests(SandboxService.Nova));
        Assert.Equal(2 + (2 * flavors), before);
    }

    [Fact]
    public async Task Old_and_new_clouds_give_the_same_servers()
    {
        await using var old = await TestCloud.StartAsync(new SandboxOptions { ComputeMicroversion = 25 });
        await using var recent = await TestCloud.StartAsync();

        var expected = (await recent.ServersAsync()).Select(listed => Describe(listed.Item!));

        Assert.Equal(expected, (await old.ServersAsync()).Select(listed => Describe(listed.Item!)));

        static string Describe(Server server) =>
            $"{server.Id} {server.Flavor!.Name} {server.Flavor.Vcpus} {server.Flavor.RamMiB} {server.Flavor.DiskGiB}"
            + $" {server.Flavor.EphemeralGiB} {server.Flavor.ExtraSpecs!.Count} {server.FloatingAddresses} {server.ImageId}";
    }

    [Theory]
    [InlineData("http://h:8774/v2.1", "http://h:8774/v2.1")]
    [InlineData("http://h:8774/v2.1/4f0c", "http://h:8774/v2.1/4f0c")]
    [InlineData("http://h:8774/v2/4f0c", "http://h:8774/v2.1/4f0c")]
    [InlineData("https://h/compute", "https://h/compute/v2.1")]
    [InlineData("https://v2.example.org/compute/v2.1/", "https://v2.example.org/compute/v2.1")]
    public void Catalogs_name_nova_in_many_ways(string endpoint, string expected)
    {
        Assert.Equal(expected, ComputeUrls.Base(new Uri(endpoint)));
    }

    [Fact]
    public void The_version_document_is_above_the_project()
    {
        Assert.Equal("http://h/v2.1/", ComputeUrls.VersionDocument(new Uri("http://h/v2.1/4f0c")).AbsoluteUri);
    }

    [Fact]
    public void A_server_is_read_with_its_quirks()
    {
        var server = SomeServer.Read(
            """
            {"id": "1", "name": "web", "status": "ACTIVE", "tenant_id": "p", "user_id": "u", "image": "",
             "created": "2026-11-13T20:51:10Z", "updated": "2026-11-23T20:55:51Z",
             "OS-SRV-USG:launched_at": "2026-11-13T20:51:15.250000", "OS-SRV-USG:terminated_at": null,
             "addresses": {"a": [{"addr": "10.0.0.1", "OS-EXT-IPS:type": "fixed", "version": 4},
                                 {"addr": "1.2.3.4", "OS-EXT-IPS:type": "floating", "version": 4}],
                           "b": [{"OS-EXT-IPS:type": "floating"}]},
             "flavor": {"original_name": "m1", "vcpus": 2, "ram": 512, "disk": 1, "ephemeral": 3, "swap": 0}}
            """
        );

        Assert.Null(server.ImageId);
        Assert.Equal(new DateTimeOffset(2026, 11, 13, 20, 51, 15, 250, TimeSpan.Zero), server.LaunchedAt);
        Assert.Null(server.TerminatedAt);
        Assert.Equal(2, server.FloatingAddresses);
        Assert.Equal(("m1", 2, 512L, 1L, 3L), Numbers(server.Flavor!));
        Assert.Null(server.Flavor!.ExtraSpecs);

        static (string, int, long, long, long) Numbers(ServerFlavor f) =>
            (f.Name, f.Vcpus, f.RamMiB, f.DiskGiB, f.EphemeralGiB);
    }

    [Theory]
    [InlineData("""{"id": "1", "status": "ACTIVE"}""", "missing: tenant_id, created")]
    [InlineData("""{"id": "1", "created": "yesterday"}""", "created: not a time")]
    [InlineData("""{"id": "1", "flavor": {"vcpus": "many"}}""", "flavor: ")]
    [InlineData("""{"id": 1}""", "id: ")]
    [InlineData("""["1"]""", "StartObject is expected")]
    public void What_is_wrong_with_a_server_is_said(string json, string expected)
    {
        var wrong = Assert.Throws<JsonException>(() => SomeServer.Read(json));

        Assert.Contains(expected, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cloud_older_than_mitaka_is_refused()
    {
        await using var cloud = await TestCloud.StartAsync(new SandboxOptions { ComputeMicroversion = 12 });

        var refused = await Assert.ThrowsAsync<FedSite.OpenStack.OpenStackException>(() =>
            cloud.Connect().Compute.NegotiateAsync(cloud.ProjectId, Ct)
        );

        Assert.Contains("2.25", refused.Message, StringComparison.Ordinal);
    }
}
