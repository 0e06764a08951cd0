using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on in Neutron.</summary>
public abstract partial class NeutronContract(ContractCloud cloud) : ServiceContract(cloud, "network")
{
    private const string Unknown = "00000000-0000-4000-8000-000000000000";

    [Theory]
    [InlineData("floatingips")]
    [InlineData("ports")]
    public async Task A_plain_account_sees_what_its_project_has(string collection)
    {
        var things = await ListAsync(collection);

        Assert.NotEmpty(things);
        Assert.All(things, thing => Assert.Equal(Cloud.ProjectId, (string?)thing["project_id"]));
        Assert.Empty(await ListAsync($"{collection}?project_id={Cloud.OtherProjectId}"));
    }

    [Theory]
    [InlineData("floatingips")]
    [InlineData("ports")]
    public async Task An_admin_sees_what_all_projects_have_unless_it_asks_for_one(string collection)
    {
        var token = await AdminTokenAsync();
        var every = await ListAsync(collection, token);
        var filtered = await ListAsync($"{collection}?project_id={Cloud.ProjectId}", token);

        Assert.NotEqual(1, every.Select(thing => (string?)thing["project_id"]).Distinct().Count());
        Assert.Equal(Ids(await ListAsync(collection)), Ids(filtered));
    }

    [Theory]
    [InlineData("floatingips")]
    [InlineData("ports")]
    [InlineData("networks")]
    public async Task Pages_follow_each_other_by_the_last_id_as_marker_and_make_up_the_whole(string collection)
    {
        var paged = new List<JsonNode>();
        for (string? next = $"{Url}/v2.0/{collection}?limit=1"; next is not null; )
        {
            var page = await GetPageAsync(next, Token);
            paged.AddRange(page[collection]!.AsArray().Select(thing => thing!));
            var links = page[$"{collection}_links"]?.AsArray() ?? [];
            next = (string?)links.SingleOrDefault(link => (string?)link!["rel"] == "next")?["href"];
            Assert.True(next is null || next.Contains($"marker={(string?)paged[^1]["id"]}", StringComparison.Ordinal));
        }

        Assert.Equal(Ids(await ListAsync(collection)), Ids(paged));
    }

    [Theory]
    [InlineData("ports")]
    [InlineData("networks")]
    public async Task An_unknown_marker_is_404(string collection)
    {
        var answer = await Raw.GetAsync($"{Url}/v2.0/{collection}?limit=5&marker={Unknown}", Token, Ct);

        Assert.Equal(404, answer.Status);
        Assert.Contains(Unknown, (string?)answer.Json["NeutronError"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_marker_of_a_released_floating_address_the_list_begins_anew()
    {
        Assert.Equal(
            Ids(await ListAsync("floatingips?limit=2")),
            Ids(await ListAsync($"floatingips?limit=2&marker={Unknown}"))
        );
    }

    [Fact]
    public async Task An_unknown_filter_is_400()
    {
        Assert.Equal(400, (await Raw.GetAsync($"{Url}/v2.0/ports?nonsense=1", Token, Ct)).Status);
    }

    [Fact]
    public async Task Only_the_fields_that_were_asked_for_are_told_and_pages_go_on()
    {
        const string query = "limit=1&fields=project_id&fields=router:external";
        var page = await GetPageAsync($"{Url}/v2.0/networks?{query}", Token);
        var network = Assert.Single(page["networks"]!.AsArray())!.AsObject();

        Assert.Equal(["project_id", "router:external"], network.Select(p => p.Key).Order(StringComparer.Ordinal));
        Assert.Contains(
            "fields=project_id&fields=router",
            (string?)page["networks_links"]![0]!["href"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_floating_address_tells_the_port_that_it_is_at_and_a_free_one_none()
    {
        var addresses = await ListAsync("floatingips");
        var ports = (await ListAsync("ports")).ToDictionary(port => (string)port["id"]!);

        Assert.Contains(addresses, address => address["port_id"] is null);
        var used = addresses.Where(address => address["port_id"] is not null).ToList();
        Assert.NotEmpty(used);
        Assert.All(
            used,
            address => Assert.Equal("compute:nova", (string?)ports[(string)address["port_id"]!]["device_owner"])
        );
    }

    [Fact]
    public async Task A_floating_address_is_of_version_4_and_tells_its_creation_in_utc()
    {
        Assert.All(
            await ListAsync("floatingips"),
            address =>
            {
                Assert.Equal(
                    AddressFamily.InterNetwork,
                    IPAddress.Parse((string)address["floating_ip_address"]!).AddressFamily
                );
                Assert.Matches(WithZone(), (string)address["created_at"]!);
            }
        );
    }

    [Fact]
    public async Task Ports_of_servers_name_the_server_and_those_of_routers_their_kind()
    {
        var ports = await ListAsync("ports");

        Assert.Contains(ports, port => (string?)port["device_owner"] == "network:router_interface");
        var servers = ports.Where(port => (string?)port["device_owner"] == "compute:nova").ToList();
        Assert.NotEmpty(servers);
        Assert.All(servers, port => Assert.True(Guid.TryParse((string?)port["device_id"], out _)));
    }

    [Fact]
    public async Task No_port_of_a_project_is_that_of_a_floating_address()
    {
        var ports = await ListAsync($"ports?project_id={Cloud.ProjectId}", await AdminTokenAsync());

        Assert.DoesNotContain(ports, port => (string?)port["device_owner"] == "network:floatingip");
    }

    [Fact]
    public async Task The_external_network_of_another_project_is_seen_and_a_server_on_it_has_both_versions()
    {
        var network = (await ListAsync("networks")).First(n => (bool)n["router:external"]!);
        var port = Assert.Single(await ListAsync("ports"), IsOn(network));

        Assert.NotEqual(Cloud.ProjectId, (string?)network["project_id"]);
        Assert.Equal([4, 6], Versions(port));
    }

    [Fact]
    public async Task The_shared_network_of_another_project_is_seen_and_servers_have_ports_of_their_own_project_on_it()
    {
        var network = (await ListAsync("networks")).First(n => (bool)n["shared"]!);
        var port = Assert.Single(await ListAsync("ports"), IsOn(network));

        Assert.False((bool)network["router:external"]!);
        Assert.NotEqual(Cloud.ProjectId, (string?)network["project_id"]);
        Assert.Equal([4], Versions(port));
    }

    [Fact]
    public async Task A_private_network_may_give_global_addresses_of_version_6()
    {
        var own = Ids((await ListAsync("networks")).Where(n => (string?)n["project_id"] == Cloud.ProjectId));

        Assert.Contains(
            await ListAsync("ports"),
            port => own.Contains((string)port["network_id"]!) && Versions(port).Contains(6)
        );
    }

    [Fact]
    public async Task Private_networks_of_others_are_seen_by_admins_alone()
    {
        var every = await ListAsync("networks", await AdminTokenAsync());
        var foreign = every
            .Where(n => (string?)n["project_id"] != Cloud.ProjectId)
            .Where(n => !(bool)n["shared"]! && !(bool)n["router:external"]!)
            .ToList();

        Assert.NotEmpty(foreign);
        Assert.Empty(Ids(foreign).Intersect(Ids(await ListAsync("networks"))));
    }

    [Fact]
    public async Task Without_a_token_the_answer_is_401()
    {
        Assert.Equal(401, (await Raw.GetAsync($"{Url}/v2.0/floatingips", token: null, Ct)).Status);
    }

    private async Task<List<JsonNode>> ListAsync(string path, string? token = null)
    {
        var page = await GetPageAsync($"{Url}/v2.0/{path}", token ?? Token);
        return [.. page[path.Split('?')[0]]!.AsArray().Select(thing => thing!)];
    }

    /// <summary>In order: without a limit Neutron gives none.</summary>
    private static List<string> Ids(IEnumerable<JsonNode> things) =>
        [.. things.Select(thing => (string)thing["id"]!).Order(StringComparer.Ordinal)];

    private static Predicate<JsonNode> IsOn(JsonNode network) =>
        port => (string?)port["network_id"] == (string?)network["id"];

    private static IEnumerable<int> Versions(JsonNode port) =>
        port["fixed_ips"]!
            .AsArray()
            .Select(fixedIp => IPAddress.Parse((string)fixedIp!["ip_address"]!).AddressFamily)
            .Select(family => family == AddressFamily.InterNetwork ? 4 : 6)
            .Order();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    private static partial Regex WithZone();
}
