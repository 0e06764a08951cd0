using System.Text.Json.Nodes;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on when an admin makes networks for a project. Each test has a project of its own.</summary>
public abstract class NetworkMakingContract(ContractCloud cloud) : ServiceContract(cloud, "network"), IAsyncLifetime
{
    private const string Unknown = "00000000-0000-4000-8000-000000000000";
    private const string Interface = "network:router_interface";

    private string _token = "";
    private string _project = "";

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        _token = await AdminTokenAsync();
        var name = $"network-{Guid.CreateVersion7():N}";
        var body = $$$"""{"project":{"name":"{{{name}}}","domain_id":"default"}}""";
        var made = await Raw.SendAsync("POST", $"{Cloud.KeystoneUrl}/projects", _token, body, Ct);
        _project = (string)made.Json["project"]!["id"]!;
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        foreach (var router in await ListAsync("routers", Own))
        {
            foreach (var port in await ListAsync("ports", $"device_id={router}&device_owner={Interface}"))
                await SendAsync("PUT", $"routers/{router}/remove_router_interface", $$"""{"port_id":"{{port}}"}""");
            await SendAsync("DELETE", $"routers/{router}");
        }
        foreach (var network in await ListAsync("networks", Own))
            await SendAsync("DELETE", $"networks/{network}");
        await Raw.SendAsync("DELETE", $"{Cloud.KeystoneUrl}/projects/{_project}", _token, body: null, Ct);
        await DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Names_of_networks_and_routers_are_not_unique()
    {
        await NetworkAsync();
        await NetworkAsync();
        await MadeAsync("router", Of("same"));
        await MadeAsync("router", Of("same"));

        Assert.Equal(2, (await ListAsync("networks", $"{Own}&name=private")).Count);
        Assert.Equal(2, (await ListAsync("routers", $"{Own}&name=same")).Count);
    }

    [Fact]
    public async Task What_an_admin_makes_for_a_project_belongs_to_it()
    {
        var network = await NetworkAsync();

        var seen = await GetPageAsync($"{Url}/v2.0/networks/{network}", _token);

        Assert.Equal(_project, (string?)seen["network"]!["project_id"]);
        Assert.False((bool)seen["network"]!["router:external"]!);
    }

    [Fact]
    public async Task Others_than_admins_make_nothing_for_a_foreign_project()
    {
        var body = $$$"""{"network":{{{Of("private").ToJsonString()}}}}""";

        var answer = await Raw.SendAsync("POST", $"{Url}/v2.0/networks", Token, body, Ct);

        Assert.InRange(answer.Status, 400, 403);
        Assert.Empty(await ListAsync("networks", Own));
    }

    [Fact]
    public async Task A_subnet_of_IPv6_is_told_in_its_shortest_form_with_the_first_address_as_gateway()
    {
        var network = await NetworkAsync();

        var subnet = await SubnetAsync(network, "FD00:0001:0::/64", 6, "slaac");

        Assert.Equal("fd00:1::/64", (string?)subnet["cidr"]);
        Assert.Equal("fd00:1::", (string?)subnet["gateway_ip"]);
        Assert.Equal("slaac", (string?)subnet["ipv6_address_mode"]);
        Assert.Single(await ListAsync("subnets", $"network_id={network}&cidr=fd00:1::/64"));
        Assert.Empty(await ListAsync("subnets", $"network_id={network}&cidr=fd00:2::/64"));
    }

    [Fact]
    public async Task A_subnet_of_IPv4_has_its_first_address_as_gateway()
    {
        var subnet = await SubnetAsync(await NetworkAsync(), "192.168.7.0/24", 4);

        Assert.Equal("192.168.7.1", (string?)subnet["gateway_ip"]);
        Assert.True((bool)subnet["enable_dhcp"]!);
    }

    [Fact]
    public async Task A_subnet_that_is_there_is_refused_as_overlapping()
    {
        var network = await NetworkAsync();
        await SubnetAsync(network, "192.168.7.0/24", 4);

        await RefusedAsync("subnet", SubnetFields(network, "192.168.7.0/24", 4), 400, "overlaps with another subnet");
    }

    [Theory]
    [InlineData("fd00:2::/65", 6, "slaac", null, "requires the prefix to be /64")]
    [InlineData("fd00:2::/64", 4, null, null, "does not match the ip_version '4'")]
    [InlineData("fd00:2::/64", 6, "slaac", "192.0.2.53", "does not match the ip_version '6'")]
    public async Task A_subnet_with_parts_that_do_not_fit_is_refused(
        string cidr,
        int version,
        string? mode,
        string? dns,
        string why
    )
    {
        var subnet = SubnetFields(await NetworkAsync(), cidr, version, mode);
        if (dns is not null)
            subnet["dns_nameservers"] = new JsonArray(dns);

        await RefusedAsync("subnet", subnet, 400, why);
    }

    [Fact]
    public async Task A_subnet_of_IPv6_with_other_lengths_may_give_addresses_by_DHCP()
    {
        var subnet = await SubnetAsync(await NetworkAsync(), "fd00:2::/80", 6, "dhcpv6-stateful");

        Assert.Equal("dhcpv6-stateful", (string?)subnet["ipv6_ra_mode"]);
    }

    [Fact]
    public async Task A_subnet_of_a_network_that_is_not_there_is_404()
    {
        await RefusedAsync("subnet", SubnetFields(Unknown, "192.168.7.0/24", 4), 404, Unknown);
    }

    [Fact]
    public async Task A_router_leads_to_an_external_network_and_to_no_other()
    {
        var network = await NetworkAsync();
        var external = (await ListAsync("networks", "router:external=true"))[0];

        var router = await MadeAsync("router", Of("private", external));

        Assert.Equal(external, (string?)router["external_gateway_info"]!["network_id"]);
        await RefusedAsync("router", Of("private", network), 400, "is not an external network");
    }

    [Fact]
    public async Task A_router_is_plugged_into_a_subnet_once()
    {
        var network = await NetworkAsync();
        var ipv4 = (string)(await SubnetAsync(network, "192.168.7.0/24", 4))["id"]!;
        var ipv6 = (string)(await SubnetAsync(network, "fd00:1::/64", 6, "slaac"))["id"]!;
        var router = (string)(await MadeAsync("router", Of("private")))["id"]!;

        var first = await PlugAsync(router, ipv4);
        var again = await PlugAsync(router, ipv4);

        Assert.Equal(200, first.Status);
        Assert.Equal(400, again.Status);
        Assert.Equal([(string)first.Json["port_id"]!], await ListAsync("ports", PluggedIn(router, ipv4)));
        Assert.Empty(await ListAsync("ports", PluggedIn(router, ipv6)));
        Assert.Equal(200, (await PlugAsync(router, ipv6)).Status);
        Assert.Equal(
            2,
            (await ListAsync("ports", $"network_id={network}&device_owner={Interface}&device_owner=x")).Count
        );
        Assert.Equal(409, (await SendAsync("DELETE", $"routers/{router}")).Status);
        Assert.Equal(409, (await SendAsync("DELETE", $"networks/{network}")).Status);
    }

    private string Own => $"project_id={_project}";

    private static string PluggedIn(string router, string subnet) =>
        $"device_id={router}&fixed_ips=subnet_id%3D{subnet}";

    private JsonObject Of(string name, string? external = null)
    {
        var fields = new JsonObject { ["name"] = name, ["project_id"] = _project };
        if (external is not null)
            fields["external_gateway_info"] = new JsonObject { ["network_id"] = external };
        return fields;
    }

    private JsonObject SubnetFields(string network, string cidr, int version, string? mode = null)
    {
        var fields = Of(cidr);
        fields["network_id"] = network;
        fields["ip_version"] = version;
        fields["cidr"] = cidr;
        if (mode is not null)
        {
            fields["ipv6_ra_mode"] = mode;
            fields["ipv6_address_mode"] = mode;
        }
        return fields;
    }

    private async Task<string> NetworkAsync() => (string)(await MadeAsync("network", Of("private")))["id"]!;

    private Task<JsonNode> SubnetAsync(string network, string cidr, int version, string? mode = null) =>
        MadeAsync("subnet", SubnetFields(network, cidr, version, mode));

    private Task<RawAnswer> PlugAsync(string router, string subnet) =>
        SendAsync("PUT", $"routers/{router}/add_router_interface", $$"""{"subnet_id":"{{subnet}}"}""");

    private async Task<JsonNode> MadeAsync(string kind, JsonObject fields)
    {
        var answer = await SendAsync("POST", $"{kind}s", new JsonObject { [kind] = fields }.ToJsonString());
        Assert.True(answer.Status == 201, $"{answer.Status}: {answer.Text}");
        return answer.Json[kind]!;
    }

    private async Task RefusedAsync(string kind, JsonObject fields, int status, string why)
    {
        var answer = await SendAsync("POST", $"{kind}s", new JsonObject { [kind] = fields }.ToJsonString());
        Assert.Equal(status, answer.Status);
        Assert.Contains(why, (string?)answer.Json["NeutronError"]!["message"], StringComparison.Ordinal);
    }

    private async Task<List<string>> ListAsync(string collection, string query)
    {
        var page = await GetPageAsync($"{Url}/v2.0/{collection}?{query}&fields=id", _token);
        return [.. page[collection]!.AsArray().Select(thing => (string)thing!["id"]!)];
    }

    private Task<RawAnswer> SendAsync(string method, string path, string? body = null) =>
        Raw.SendAsync(method, $"{Url}/v2.0/{path}", _token, body, Ct);
}
