using System.Net;
using System.Text.Json.Nodes;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Sandbox;

public sealed class NeutronTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_moved_address_keeps_its_id_and_its_place_in_the_list()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions { Servers = 90 }, Ct);
        var (client, project) = await LogInAsync(sandbox);
        using var _ = client;
        var before = await ListAsync(client, sandbox, "floatingips?limit=2");
        var other = sandbox.World.Ports.Of(project.Id).Last(p => p.DeviceOwner == "compute:nova");

        var address = sandbox.World.FloatingIps.Find((string)before[0]["id"]!)!;
        sandbox.World.FloatingIps.Put(address with { PortId = other.Id });
        var after = await ListAsync(client, sandbox, "floatingips?limit=2");

        Assert.Equal(Ids(before), Ids(after));
        Assert.Equal(other.Id, (string?)after[0]["port_id"]);
        Assert.Equal(other.DeviceId, (string?)after[0]["port_details"]!["device_id"]);
        Assert.Equal((string?)before[0]["created_at"], (string?)after[0]["created_at"]);
    }

    [Fact]
    public async Task A_released_address_is_gone()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions { Servers = 90 }, Ct);
        var (client, project) = await LogInAsync(sandbox);
        using var _ = client;
        var released = sandbox.World.FloatingIps.Of(project.Id).First();

        sandbox.World.FloatingIps.Remove(released.Id);

        Assert.DoesNotContain(released.Id, Ids(await ListAsync(client, sandbox, "floatingips")));
        var (status, _, _) = await client.GetAsync($"{sandbox.NeutronUrl}v2.0/floatingips/{released.Id}");
        Assert.Equal(HttpStatusCode.NotFound, status);
    }

    [Fact]
    public async Task Ports_and_addresses_of_a_server_end_with_it()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions { Servers = 90 }, Ct);
        var project = sandbox.World.SeededProjects.First();
        var server = sandbox.World.Servers(project.Id).First(s => s.FloatingAddresses > 0);
        var port = sandbox.World.Ports.Of(project.Id).Single(p => p.DeviceId == server.Id.ToString());

        sandbox.World.Advance(server.Id, "DELETED", sandbox.World.Start);

        Assert.DoesNotContain(port.Id, sandbox.World.Ports.Of(project.Id).Select(p => p.Id));
        Assert.DoesNotContain(port.Id, sandbox.World.FloatingIps.Of(project.Id).Select(a => a.PortId));
    }

    [Fact]
    public async Task Some_servers_are_on_the_external_network_some_on_a_shared_one_and_some_have_ipv6()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions { Servers = 300 }, Ct);

        var ports = sandbox.World.Ports.Of(sandbox.World.SeededProjects.First().Id).ToLookup(Network);

        Assert.Contains(ports["public"], port => port.Addresses.Count == 2);
        Assert.NotEmpty(ports["provider"]);
        Assert.Contains(
            ports["private"],
            port => port.Addresses.Any(a => a.StartsWith("2001:", StringComparison.Ordinal))
        );

        string Network(SandboxPort port) => sandbox.World.Networks.Find(port.NetworkId)!.Name;
    }

    [Theory]
    [InlineData("ports", 1)]
    [InlineData("ports", 4)]
    [InlineData("floatingips", 1)]
    [InlineData("floatingips", 1000)]
    [InlineData("networks", 1)]
    public async Task Paging_visits_each_thing_once_whatever_was_changed(string collection, int limit)
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions { Servers = 90 }, Ct);
        var (client, project) = await LogInAsync(sandbox);
        using var _ = client;
        var world = sandbox.World;
        var ports = world.Ports.Of(project.Id).ToList();
        world.Ports.Remove(ports[1].Id);
        world.Ports.Put(ports[2] with { Addresses = ["192.0.2.7"] });
        world.Ports.Put(ports[3] with { Id = "00000000-1111-4111-8111-111111111111" });
        world.Ports.Put(ports[3] with { Id = "ffffffff-1111-4111-8111-111111111111" });
        world.FloatingIps.Put(world.FloatingIps.Of(project.Id).First() with { PortId = null });
        world.Networks.Put(world.Networks.Of(project.Id).First() with { Id = "eeeeeeee-1111-4111-8111-111111111111" });

        var whole = Ids(await ListAsync(client, sandbox, collection));
        var paged = Ids(await ListAsync(client, sandbox, $"{collection}?limit={limit}"));

        Assert.Equal(whole, paged);
        Assert.Equal(paged.Count, paged.Distinct().Count());
    }

    [Fact]
    public async Task A_project_sees_shared_and_external_networks_and_no_private_one_of_others()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions(), Ct);
        var (client, project) = await LogInAsync(sandbox);
        using var _ = client;
        var other = sandbox.World.SeededProjects.Last();
        var theirs = sandbox.World.Networks.Of(other.Id).Single();
        sandbox.World.Networks.Put(theirs with { Id = "aaaaaaaa-1111-4111-8111-111111111111", Shared = true });

        var networks = Ids(await ListAsync(client, sandbox, "networks?fields=id"));

        string[] expected =
        [
            .. sandbox.World.Networks.Of(sandbox.World.AdminProject.Id).Select(n => n.Id),
            .. sandbox.World.Networks.Of(project.Id).Select(n => n.Id),
            "aaaaaaaa-1111-4111-8111-111111111111",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), networks.Order(StringComparer.Ordinal));
    }

    private static async Task<(SandboxClient Client, SandboxProject Project)> LogInAsync(FederationSandbox sandbox)
    {
        var client = new SandboxClient(sandbox);
        var project = sandbox.World.SeededProjects.First();
        await client.LoginAsync("accounting", project);
        return (client, project);
    }

    private static List<string> Ids(IEnumerable<JsonNode> things) => [.. things.Select(t => (string)t["id"]!)];

    private static async Task<List<JsonNode>> ListAsync(SandboxClient client, FederationSandbox sandbox, string path)
    {
        var things = new List<JsonNode>();
        var collection = path.Split('?')[0];
        for (var next = $"{sandbox.NeutronUrl}v2.0/{path}"; next is not null; )
        {
            var (status, body, _) = await client.GetAsync(next);
            Assert.Equal(HttpStatusCode.OK, status);
            things.AddRange(body![collection]!.AsArray().Select(t => t!));
            var links = body[$"{collection}_links"]?.AsArray() ?? [];
            next = (string?)links.FirstOrDefault(l => (string?)l!["rel"] == "next")?["href"];
        }
        return things;
    }
}
