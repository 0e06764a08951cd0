using System.Net;
using System.Text.Json.Nodes;
using FedSite.Sandbox;

namespace FedSite.Tests.Sandbox;

public sealed class NovaTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<List<JsonNode>> ReadAllAsync(SandboxClient client, string url)
    {
        var servers = new List<JsonNode>();
        for (string? next = url; next is not null; )
        {
            var (status, body, _) = await client.GetAsync(next);
            Assert.Equal(HttpStatusCode.OK, status);
            servers.AddRange(body!["servers"]!.AsArray().Select(s => s!));
            next = (string?)body["servers_links"]?[0]!["href"];
        }
        return servers;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Paging_visits_each_server_of_a_project_once_newest_first(int limit)
    {
        await using var sandbox = await FederationSandbox.StartAsync(
            new SandboxOptions { Servers = 100, Projects = 2 },
            Ct
        );
        using var client = new SandboxClient(sandbox);
        var project = sandbox.World.SeededProjects.Last();
        await client.LoginAsync("accounting", project);
        var url = $"{sandbox.NovaUrl}/servers/detail?limit={limit}&changes-since=2000-01-01T00:00:00Z";

        var ids = (await ReadAllAsync(client, url)).Select(s => (string?)s["id"]);

        var expected = sandbox.World.Servers(project.Id).Where(s => s.Updated is not null);
        Assert.Equal(expected.Select(s => s.Id.ToString()), ids);
    }

    [Fact]
    public async Task All_tenants_shows_an_admin_every_live_server_once()
    {
        await using var sandbox = await FederationSandbox.StartAsync(
            new SandboxOptions { Servers = 200, Projects = 5 },
            Ct
        );
        using var client = new SandboxClient(sandbox);
        await client.LoginAsync("admin", sandbox.World.AdminProject);

        var seen = await ReadAllAsync(client, $"{sandbox.NovaUrl}/servers/detail?limit=9&all_tenants=1");

        var live = sandbox.World.SeededProjects.SelectMany(p => sandbox.World.Servers(p.Id)).Where(s => !s.Deleted);
        Assert.Equal(
            live.Select(s => s.Id.ToString()).Order(StringComparer.Ordinal),
            seen.Select(s => (string)s["id"]!).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_stored_server_takes_its_place_among_the_generated_ones()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions { Servers = 30 }, Ct);
        var project = sandbox.World.SeededProjects.First();
        var before = sandbox.World.Servers(project.Id).ToList();

        sandbox.World.Advance(before[4].Id, "DELETED", sandbox.World.Start);
        sandbox.World.Purge(before[5].Id);

        var after = sandbox.World.Servers(project.Id).ToList();
        Assert.Equal(before.Where((_, i) => i != 5).Select(s => s.Id), after.Select(s => s.Id));
        Assert.True(after[4].Deleted);
    }
}
