using System.Text.Json.Nodes;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What is too much is refused, by each service in its own way.</summary>
public abstract class OverQuotaContract(ContractCloud cloud) : OwnProjectContract(cloud)
{
    [Theory]
    [InlineData("instances")]
    [InlineData("cores")]
    [InlineData("ram")]
    public async Task Nova_makes_no_server_too_many(string quota)
    {
        await SetAsync($"{Url}/os-quota-sets/{Project}", "quota_set", quota, 0);

        var refused = await BootAsync();

        Assert.Equal(403, refused.Status);
        Assert.StartsWith(
            $"Quota exceeded for {quota}: Requested ",
            (string?)refused.Json["forbidden"]!["message"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Nova_counts_the_servers_that_there_are_until_they_are_deleted()
    {
        await SetAsync($"{Url}/os-quota-sets/{Project}", "quota_set", "instances", 1);
        var server = await ServerAsync();

        Assert.Equal(403, (await BootAsync()).Status);
        await DeleteAsync($"{Url}/servers/{server}");
        await UntilAsync(() => StateAsync(server), state => state.Status == "404");
        Id(await BootAsync(), "server", 202);
    }

    [Theory]
    [InlineData("volumes", 1, 1, "VolumeLimitExceeded")]
    [InlineData("gigabytes", 1, 1, "VolumeSizeExceedsAvailableQuota")]
    [InlineData("per_volume_gigabytes", 1, 2, "VolumeSizeExceedsLimit")]
    public async Task Cinder_makes_no_volume_too_many_nor_too_large(string quota, int limit, int size, string why)
    {
        await SetAsync($"{CinderOfAdmin}/os-quota-sets/{Project}", "quota_set", quota, limit);
        await VolumeAsync();

        var refused = await MakeVolumeAsync(size);

        Assert.Equal(413, refused.Status);
        Assert.StartsWith(why, (string?)refused.Json["overLimit"]!["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("snapshots", 0, "SnapshotLimitExceeded")]
    [InlineData("gigabytes", 1, "VolumeSizeExceedsAvailableQuota")]
    public async Task Cinder_makes_no_snapshot_too_many_which_count_as_large_as_their_volume(
        string quota,
        int limit,
        string why
    )
    {
        var volume = await VolumeAsync();
        await SetAsync($"{CinderOfAdmin}/os-quota-sets/{Project}", "quota_set", quota, limit);
        var body = $$$"""{"snapshot":{"name":"actions","volume_id":"{{{volume}}}"}}""";

        var refused = await Raw.SendAsync("POST", $"{CinderOfMember}/snapshots", Member, body, Ct);

        Assert.Equal(413, refused.Status);
        Assert.StartsWith(why, (string?)refused.Json["overLimit"]!["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("network")]
    [InlineData("subnet")]
    [InlineData("router")]
    [InlineData("floatingip")]
    public async Task Neutron_makes_nothing_too_many_not_even_for_an_admin(string kind)
    {
        var fields = new JsonObject { ["project_id"] = Project };
        if (kind == "floatingip")
        {
            var external = await GetPageAsync($"{Network}/networks?router:external=true", Admin);
            fields["floating_network_id"] = (string)external["networks"]![0]!["id"]!;
        }
        if (kind == "subnet")
        {
            var network = $$$"""{"network":{"name":"actions","project_id":"{{{Project}}}"}}""";
            fields["network_id"] = Id(
                await Raw.SendAsync("POST", $"{Network}/networks", Admin, network, Ct),
                "network",
                201
            );
            fields["ip_version"] = 4;
            fields["cidr"] = "192.168.7.0/24";
        }
        var body = new JsonObject { [kind] = fields }.ToJsonString();
        await SetAsync($"{Network}/quotas/{Project}", "quota", kind, 0);

        var refused = await Raw.SendAsync("POST", $"{Network}/{kind}s", Admin, body, Ct);
        await SetAsync($"{Network}/quotas/{Project}", "quota", kind, 1);

        Assert.Equal(409, refused.Status);
        Assert.Equal("OverQuota", (string?)refused.Json["NeutronError"]!["type"]);
        Assert.Equal(201, (await Raw.SendAsync("POST", $"{Network}/{kind}s", Admin, body, Ct)).Status);
    }

    [Fact]
    public async Task Glance_takes_content_until_the_limit_is_exceeded_and_then_no_more()
    {
        var glance = $"{await Raw.EndpointAsync("image", Ct)}/v2/images";
        var limit = await LimitAsync("image_size_total", 0);
        var made = new List<string>();
        var seen = new List<int>();
        for (var number = 0; number < 2; number++)
        {
            var image = """{"name":"actions","disk_format":"raw","container_format":"bare"}""";
            made.Add($"{glance}/{(string)(await Raw.SendAsync("POST", glance, Member, image, Ct)).Json["id"]!}");
            var content = new string('x', 1 << 20);
            seen.Add(
                (await Raw.SendAsync("PUT", $"{made[^1]}/file", Member, content, "application/octet-stream", Ct)).Status
            );
        }
        foreach (var url in made)
            await DeleteAsync(url);
        await DeleteAsync(limit);

        Assert.Equal([204, 413], seen);
    }

    /// <returns>Its URL.</returns>
    private async Task<string> LimitAsync(string resource, int value)
    {
        var keystone = Cloud.KeystoneUrl;
        var registered = (await GetPageAsync($"{keystone}/registered_limits?resource_name={resource}", Admin))[
            "registered_limits"
        ]![0]!;
        var limit = new JsonObject
        {
            ["service_id"] = (string)registered["service_id"]!,
            ["region_id"] = (string?)registered["region_id"],
            ["project_id"] = Project,
            ["resource_name"] = resource,
            ["resource_limit"] = value,
        };
        var token = await Raw.TokenAsync(Cloud.Admin, """{"system":{"all":true}}""", Ct);
        var body = new JsonObject { ["limits"] = new JsonArray(limit) }.ToJsonString();
        var made = await Raw.SendAsync("POST", $"{keystone}/limits", token, body, Ct);
        Assert.True(made.Status == 201, made.Text);
        return $"{keystone}/limits/{(string)made.Json["limits"]![0]!["id"]!}";
    }

    private async Task SetAsync(string url, string kind, string quota, int limit)
    {
        var set = await Raw.SendAsync("PUT", url, Admin, $$$"""{"{{{kind}}}":{"{{{quota}}}":{{{limit}}}}}""", Ct);
        Assert.True(set.Status == 200, set.Text);
    }
}
