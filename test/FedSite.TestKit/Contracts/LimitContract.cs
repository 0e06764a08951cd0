using System.Text.Json.Nodes;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>Setting of quotas, and Keystone's limits; in a project of its own, which is removed.</summary>
public abstract class LimitContract(ContractCloud cloud) : ServiceContract(cloud, "compute")
{
    private const string SystemScope = """{"system":{"all":true}}""";

    [Fact]
    public async Task An_admin_sets_quotas_of_Nova_Cinder_and_Neutron_and_others_stay()
    {
        var token = await AdminTokenAsync();
        var cinder = await CinderAsync();
        var neutron = await Raw.EndpointAsync("network", Ct);
        await WithProjectAsync(
            token,
            async id =>
            {
                foreach (
                    var (url, body, kind) in new[]
                    {
                        ($"{Url}/os-quota-sets/{id}", """{"quota_set":{"instances":3,"ram":-1}}""", "quota_set"),
                        ($"{cinder}/os-quota-sets/{id}", """{"quota_set":{"volumes":3,"gigabytes":-1}}""", "quota_set"),
                        ($"{neutron}/v2.0/quotas/{id}", """{"quota":{"network":3,"floatingip":-1}}""", "quota"),
                    }
                )
                {
                    var before = (await GetPageAsync(url, token))[kind]!.AsObject();
                    var answer = await Raw.SendAsync("PUT", url, token, body, Ct);
                    var after = (await GetPageAsync(url, token))[kind]!.AsObject();

                    Assert.Equal(200, answer.Status);
                    foreach (var (name, value) in JsonNode.Parse(body)![kind]!.AsObject())
                    {
                        Assert.Equal((long)value!, (long)after[name]!);
                        before.Remove(name);
                    }
                    Assert.All(before, quota => Assert.Equal(quota.Value!.ToString(), after[quota.Key]!.ToString()));
                }
            }
        );
    }

    [Fact]
    public async Task Nova_refuses_a_quota_below_what_is_used_and_keeps_the_old_one()
    {
        var token = await AdminTokenAsync();
        var url = $"{Url}/os-quota-sets/{Cloud.ProjectId}";
        var before = (await GetPageAsync(url, token)).ToJsonString();
        var refused = await Raw.SendAsync("PUT", url, token, """{"quota_set":{"instances":0}}""", Ct);

        Assert.Equal(400, refused.Status);
        Assert.Contains("already used", (string)refused.Json["badRequest"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(before, (await GetPageAsync(url, token)).ToJsonString());
    }

    [Fact]
    public async Task Who_is_no_admin_sets_no_quotas_and_no_limits()
    {
        var id = Cloud.ProjectId;
        var cinder = await Raw.EndpointAsync("volumev3", Ct);
        var neutron = await Raw.EndpointAsync("network", Ct);
        foreach (
            var (method, url, body) in new[]
            {
                ("PUT", $"{Url}/os-quota-sets/{id}", """{"quota_set":{"cores":1}}"""),
                ("PUT", $"{cinder}/os-quota-sets/{id}", """{"quota_set":{"groups":1}}"""),
                ("PUT", $"{neutron}/v2.0/quotas/{id}", """{"quota":{"rbac_policy":1}}"""),
                ("POST", $"{Cloud.KeystoneUrl}/limits", """{"limits":[]}"""),
                ("GET", $"{Url}/os-hypervisors/statistics", null),
                ("GET", $"{cinder}/scheduler-stats/get_pools?detail=true", null),
            }
        )
        {
            Assert.Equal(403, (await Raw.SendAsync(method, url, Token, body, Ct)).Status);
        }
    }

    [Fact]
    public async Task An_admin_sees_what_the_cloud_has()
    {
        var token = await AdminTokenAsync();
        var statistics = (await GetPageAsync($"{Url}/os-hypervisors/statistics", token))["hypervisor_statistics"]!;
        var pools = (await GetPageAsync($"{await CinderAsync()}/scheduler-stats/get_pools?detail=true", token))[
            "pools"
        ]!;

        Assert.True((long)statistics["vcpus"]! > 0);
        Assert.True((long)statistics["memory_mb"]! > 0);
        Assert.NotNull(pools[0]!["capabilities"]!["total_capacity_gb"]);
    }

    [Fact]
    public async Task Limits_of_projects_are_seen_in_the_scope_of_the_system_alone()
    {
        var token = await AdminTokenAsync();
        var system = await Raw.TokenAsync(Cloud.Admin, SystemScope, Ct);
        await WithProjectAsync(
            token,
            async id =>
            {
                var made = await LimitAsync(token, id, "image_count_total", 7);

                Assert.Equal(201, made.Status);
                Assert.Equal(409, (await LimitAsync(token, id, "image_count_total", 8)).Status);
                Assert.Equal(403, (await LimitAsync(token, id, "no_such_thing", 8)).Status);
                Assert.Empty(await LimitsAsync(token, id));
                var limit = Assert.Single(await LimitsAsync(system, id))!;
                Assert.Equal(7, (int)limit["resource_limit"]!);
                var url = $"{Cloud.KeystoneUrl}/limits/{limit["id"]}";
                Assert.Equal(400, (await PatchAsync(url, token, -2)).Status);
                Assert.Equal(200, (await PatchAsync(url, token, -1)).Status);
                Assert.Equal(-1, (int)Assert.Single(await LimitsAsync(system, id))!["resource_limit"]!);
                Assert.Equal(200, (await PatchAsync(url, token, 0)).Status);
                Assert.Equal(-1, (int)Assert.Single(await LimitsAsync(system, id))!["resource_limit"]!);
                Assert.Equal(204, (await Raw.SendAsync("DELETE", url, token, null, Ct)).Status);
                Assert.Empty(await LimitsAsync(system, id));
            }
        );
    }

    [Fact]
    public async Task Glance_shows_a_project_its_limits_and_their_use()
    {
        var glance = await Raw.EndpointAsync("image", Ct);
        var usage = (await GetPageAsync($"{glance}/v2/info/usage", Token))["usage"]!;

        Assert.True((long)usage["image_count_total"]!["limit"]! > 0);
        Assert.True((long)usage["image_size_total"]!["usage"]! >= 0);
    }

    private async Task<RawAnswer> LimitAsync(string token, string project, string resource, int limit)
    {
        var registered = (await GetPageAsync($"{Cloud.KeystoneUrl}/registered_limits", token))["registered_limits"]!
            .AsArray()
            .First(entry => (string?)entry!["resource_name"] == "image_count_total")!;
        var body = new JsonObject
        {
            ["limits"] = new JsonArray(
                new JsonObject
                {
                    ["service_id"] = (string?)registered["service_id"],
                    ["region_id"] = (string?)registered["region_id"],
                    ["project_id"] = project,
                    ["resource_name"] = resource,
                    ["resource_limit"] = limit,
                }
            ),
        };
        return await Raw.SendAsync("POST", $"{Cloud.KeystoneUrl}/limits", token, body.ToJsonString(), Ct);
    }

    private async Task<JsonArray> LimitsAsync(string token, string project) =>
        (await GetPageAsync($"{Cloud.KeystoneUrl}/limits?project_id={project}", token))["limits"]!.AsArray();

    private Task<RawAnswer> PatchAsync(string url, string token, int limit) =>
        Raw.SendAsync("PATCH", url, token, $$$"""{"limit":{"resource_limit":{{{limit}}}}}""", Ct);

    /// <summary>Cinder's URL for the admin, whose project it has.</summary>
    private async Task<string> CinderAsync() =>
        (await Raw.EndpointAsync("volumev3", Ct)).Replace(
            Cloud.ProjectId,
            await AdminProjectAsync(),
            StringComparison.Ordinal
        );

    private async Task WithProjectAsync(string token, Func<string, Task> work)
    {
        var body = $$$"""{"project":{"name":"limits-{{{Guid.CreateVersion7():N}}}","domain_id":"default"}}""";
        var made = await Raw.SendAsync("POST", $"{Cloud.KeystoneUrl}/projects", token, body, Ct);
        var id = (string)made.Json["project"]!["id"]!;
        try
        {
            await work(id);
        }
        finally
        {
            await Raw.SendAsync("DELETE", $"{Cloud.KeystoneUrl}/projects/{id}", token, null, CancellationToken.None);
        }
    }
}
