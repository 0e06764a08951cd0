using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FedSite.Configuration;
using FedSite.Federation.Plans;
using FedSite.OpenStack;
using FedSite.Scenarios.Support;
using FedSite.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Scenarios.Federation;

/// <summary>None runs beside others, which would see its server.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FirstNetworkCollection
{
    public const string Name = "networks in the real cloud";
}

/// <summary>A project of a VO gets a network in the real cloud, and somebody uses it.</summary>
[Collection(FirstNetworkCollection.Name)]
public sealed class FirstNetworkTests : IAsyncLifetime
{
    private const string Interface = "network:router_interface";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly string _name = $"network-{Guid.CreateVersion7():N}";
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-network-").FullName;
    private TestCloud? _seeded;
    private PlainApi? _admin;
    private OpenStackCloud? _client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private TestCloud Cloud => _seeded ??= Require.Cloud();
    private PlainApi Admin => _admin ?? throw new InvalidOperationException("not logged in");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_server_on_the_network_that_apply_made_has_addresses_of_both_versions()
    {
        var plans = await PlansAsync();
        var scope = PlanScope.Everything with { Part = PlanPart.Vos };
        var plan = await plans.PlanAsync(scope, Ct);

        var result = await plans.ApplyAsync(plan, done: null, Ct);

        Assert.Empty(result.Failed.Select(failed => failed.Failure.Message));
        Assert.Empty((await plans.PlanAsync(scope, Ct)).Changes);
        var project = await ProjectAsync();
        var router = Assert.Single(await ListAsync("routers", $"project_id={project}"));
        Assert.Equal(Cloud.Networks["public"].Id, (string?)router["external_gateway_info"]!["network_id"]);
        var network = Assert.Single(await ListAsync("networks", $"project_id={project}"));
        Assert.Equal(2, (await ListAsync("ports", $"network_id={network["id"]}&device_owner={Interface}")).Count);

        var addresses = await BootAsync(project, (string)network["id"]!);

        Assert.Equal(2, addresses.Count);
        Assert.Contains(addresses, address => IPNetwork.Parse("192.168.77.0/24").Contains(address));
        Assert.Contains(addresses, address => IPNetwork.Parse("fd00:77::/64").Contains(address));
        Assert.Single(addresses, address => address.AddressFamily == AddressFamily.InterNetworkV6);
    }

    [Fact]
    public async Task A_network_that_Neutron_refuses_keeps_nothing_else_from_being_made_and_comes_when_it_may()
    {
        var plans = await PlansAsync("quota: {cores: 5, networks: 0}, ");
        var scope = PlanScope.Everything with { Part = PlanPart.Vos };
        var plan = await plans.PlanAsync(scope, Ct);

        var refused = await plans.ApplyAsync(plan, done: null, Ct);

        Assert.Equal("network", Assert.Single(refused.Failed).Change.Kind);
        Assert.Equal((plan.Changes.Count - 6, 5), (refused.Done, refused.Left));
        plans = await PlansAsync("quota: {cores: 5, networks: 1}, ");
        var result = await plans.ApplyAsync(await plans.PlanAsync(scope, Ct), done: null, Ct);
        Assert.Empty(result.Failed.Select(failed => failed.Failure.Message));
        Assert.Empty((await plans.PlanAsync(scope, Ct)).Changes);
    }

    /// <param name="quota">Of the project; empty: none.</param>
    private async Task<FederationPlans> PlansAsync(string quota = "")
    {
        _admin ??= await PlainApi.LoginToProjectAsync(Cloud, "admin", "");
        var account = Cloud.Accounts["admin"];
        var credentials = new CloudCredentials
        {
            AuthType = AuthType.Password,
            AuthUrl = Cloud.Keystone,
            UserId = account.Id,
            Password = account.Password,
            ProjectName = "admin",
            ProjectDomainName = "Default",
            Origin = "scenario",
        };
        _client ??= OpenStackCloud.Connect(credentials, TimeProvider.System, NullLoggerFactory.Instance);
        var text = $$"""
            site: {name: TEST}
            federation: {provider: checkin, keystone: "{{Cloud.Keystone}}", domain: Default}
            vos:
              - name: {{_name}}
                entitlements: ["urn:mace:egi.eu:group:{{_name}}:role=member#aai.egi.eu"]
                projects:
                  - {name: {{_name}}, domain: Default, {{quota}}network: {cidrs: [192.168.77.0/24, "fd00:77::/64"], external: public} }

            """;
        var site = SiteFile.Read(text, "/site.yaml", new HostEnvironment(_ => null, "/")).Config;
        return new FederationPlans(site, _client, StateDatabase.Open(_folder), TimeProvider.System);
    }

    /// <summary>As somebody of the project does; Nova's hypervisor is no real one, all else is.</summary>
    private async Task<IReadOnlyList<IPAddress>> BootAsync(string project, string network)
    {
        var roles = await Admin.GetAsync("identity", "/roles?name=member");
        var made = await Admin.SendAsync(
            HttpMethod.Post,
            "identity",
            "/users",
            $$$"""{"user":{"name":"{{{_name}}}","domain_id":"default","password":"network"}}"""
        );
        var user = new SeededAccount((string)made!["user"]!["id"]!, _name, "network");
        var role = (string)roles["roles"]![0]!["id"]!;
        await Admin.SendAsync(HttpMethod.Put, "identity", $"/projects/{project}/users/{user.Id}/roles/{role}");
        using var member = await PlainApi.LoginAsync(Cloud, user, project);
        var flavors = (await member.GetAsync("compute", "/flavors/detail"))["flavors"]!.AsArray();
        var images = (await member.GetAsync("image", "/v2/images?status=active&visibility=public"))["images"]!;
        var image = images.AsArray().First(one => (int?)one!["min_disk"] == 0 && (int?)one["min_ram"] == 0)!;
        var flavor = flavors.Where(one => (int)one!["disk"]! > 0).MinBy(one => (int)one!["vcpus"]! * (int)one["ram"]!)!;
        var booted = await member.SendAsync(
            HttpMethod.Post,
            "compute",
            "/servers",
            $$"""
            {"server":{"name":"{{_name}}","flavorRef":"{{flavor["id"]}}","imageRef":"{{image[
                "id"
            ]}}","networks":[{"uuid":"{{network}}"}]} }
            """
        );
        var server = (string)booted!["server"]!["id"]!;
        var seen = await member.GetAsync("compute", $"/servers/{server}");
        while ((string?)seen["server"]!["status"] is "BUILD")
        {
            await Task.Delay(Pause, Ct);
            seen = await member.GetAsync("compute", $"/servers/{server}");
        }

        Assert.Equal("ACTIVE", (string?)seen["server"]!["status"]);
        return
        [
            .. seen["server"]!["addresses"]!["private"]!
                .AsArray()
                .Select(address => IPAddress.Parse((string)address!["addr"]!)),
        ];
    }

    private async Task<string> ProjectAsync()
    {
        var found = await Admin.GetAsync("identity", $"/projects?name={_name}");
        return (string)Assert.Single(found["projects"]!.AsArray())!["id"]!;
    }

    private async Task<List<JsonNode>> ListAsync(string collection, string query)
    {
        var page = await Admin.GetAsync("network", $"/v2.0/{collection}?{query}");
        return [.. page[collection]!.AsArray().Select(one => one!)];
    }

    public async ValueTask DisposeAsync()
    {
        if (_admin is not null)
            await RemoveAsync();
        _client?.Dispose();
        _admin?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task RemoveAsync()
    {
        var found = await Admin.GetAsync("identity", $"/projects?name={_name}");
        foreach (var project in found["projects"]!.AsArray().Select(one => (string)one!["id"]!))
        {
            await RemoveServersAsync(project);
            await RemoveNetworksAsync(project);
            await Admin.SendAsync(HttpMethod.Delete, "identity", $"/projects/{project}");
        }

        foreach (var kind in new[] { "users", "groups" })
        {
            var named = await Admin.GetAsync("identity", $"/{kind}?name={_name}");
            foreach (var one in named[kind]!.AsArray())
                await Admin.SendAsync(HttpMethod.Delete, "identity", $"/{kind}/{one!["id"]}");
        }
    }

    private async Task RemoveServersAsync(string project)
    {
        var path = $"/servers?all_tenants=1&project_id={project}";
        var servers = (await Admin.GetAsync("compute", path))["servers"]!.AsArray();
        foreach (var server in servers)
            await Admin.SendAsync(HttpMethod.Delete, "compute", $"/servers/{server!["id"]}");
        while ((await Admin.GetAsync("compute", path))["servers"]!.AsArray().Count > 0)
            await Task.Delay(Pause, Ct);
        // Nova tells of servers for ever, and other tests look up their projects.
        await CloudDatabase.QueryAsync(
            Cloud,
            $"update nova.instances set project_id = '{Cloud.Projects["internal"].Id}' where project_id = '{project}'"
        );
    }

    private async Task RemoveNetworksAsync(string project)
    {
        foreach (var router in (await ListAsync("routers", $"project_id={project}")).Select(one => one["id"]))
        {
            var path = $"/v2.0/routers/{router}";
            foreach (var port in await ListAsync("ports", $"device_id={router}&device_owner={Interface}"))
                await Admin.SendAsync(
                    HttpMethod.Put,
                    "network",
                    $"{path}/remove_router_interface",
                    $$"""{"port_id":"{{port["id"]}}"}"""
                );
            await Admin.SendAsync(HttpMethod.Delete, "network", path);
        }

        foreach (var network in await ListAsync("networks", $"project_id={project}"))
            await Admin.SendAsync(HttpMethod.Delete, "network", $"/v2.0/networks/{network["id"]}");
    }
}
