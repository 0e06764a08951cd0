using System.Net;
using System.Text.Json.Nodes;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Sandbox;

public sealed class CinderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_four_volumes_one_is_attached_one_free_one_unnamed_and_one_on_two_servers()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions(), Ct);

        var volumes = sandbox.World.Volumes.Of(sandbox.World.SeededProjects.First().Id).ToList();

        Assert.Equal([1, 0, 0, 2], volumes.Select(v => v.Servers.Count));
        Assert.Equal(["in-use", "available", "available", "in-use"], volumes.Select(v => v.Status));
        Assert.Equal([false, false, true, false], volumes.Select(v => v.Name is null));
    }

    [Fact]
    public async Task A_put_volume_comes_and_a_removed_one_is_404()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions { VolumesPerProject = 1 }, Ct);
        using var client = new SandboxClient(sandbox);
        var project = sandbox.World.SeededProjects.First();
        await client.LoginAsync("accounting", project);
        var seeded = sandbox.World.Volumes.Of(project.Id).Single();
        sandbox.World.Volumes.Put(seeded with { Id = "11111111-1111-4111-8111-111111111111", SizeGiB = 77 });
        sandbox.World.Volumes.Remove(seeded.Id);

        var listed = Assert.Single(await ListAsync(client, Url(sandbox, project)));
        var (status, body, _) = await client.GetAsync($"{sandbox.CinderUrl}/{project.Id}/volumes/{seeded.Id}");

        Assert.Equal(77, (int)listed["size"]!);
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal(404, (int)body!["itemNotFound"]!["code"]!);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public async Task Paging_visits_each_volume_of_a_project_once(int limit)
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions { VolumesPerProject = 9 }, Ct);
        using var client = new SandboxClient(sandbox);
        var project = sandbox.World.SeededProjects.Last();
        await client.LoginAsync("accounting", project);
        var seeded = sandbox.World.Volumes.Of(project.Id).ToList();
        sandbox.World.Volumes.Remove(seeded[2].Id);
        sandbox.World.Volumes.Put(seeded[5] with { Name = "renamed" });
        sandbox.World.Volumes.Put(seeded[0] with { Id = "ffffffff-ffff-4fff-8fff-ffffffffffff" });
        sandbox.World.Volumes.Put(seeded[0] with { Id = "00000000-ffff-4fff-8fff-ffffffffffff" });

        var ids = (await ListAsync(client, $"{Url(sandbox, project)}?limit={limit}")).Select(v => (string?)v["id"]);

        Assert.Equal(sandbox.World.Volumes.Of(project.Id).Select(v => v.Id), ids);
    }

    [Fact]
    public async Task A_page_holds_no_more_than_the_service_allows()
    {
        var options = new SandboxOptions { VolumesPerProject = 8, MaxLimit = 5 };
        await using var sandbox = await FederationSandbox.StartAsync(options, Ct);
        using var client = new SandboxClient(sandbox);
        var project = sandbox.World.SeededProjects.First();
        await client.LoginAsync("accounting", project);

        var (_, page, _) = await client.GetAsync($"{Url(sandbox, project)}?limit=1000");

        Assert.Equal(5, page!["volumes"]!.AsArray().Count);
        Assert.NotNull(page["volumes_links"]);
    }

    [Fact]
    public async Task The_copy_that_a_migration_makes_is_hidden_from_all_but_admins()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions { VolumesPerProject = 1 }, Ct);
        using var client = new SandboxClient(sandbox);
        var project = sandbox.World.SeededProjects.First();
        var seeded = sandbox.World.Volumes.Of(project.Id).Single();
        sandbox.World.Volumes.Put(
            seeded with
            {
                Id = "11111111-1111-4111-8111-111111111111",
                MigrationStatus = $"target:{seeded.Id}",
            }
        );

        await client.LoginAsync("accounting", project);
        Assert.Single(await ListAsync(client, Url(sandbox, project)));

        sandbox.World.Grant(sandbox.World.Admin.Id, project.Id, "admin");
        await client.LoginAsync("admin", project);
        Assert.Equal(
            [null, $"target:{seeded.Id}"],
            (await ListAsync(client, Url(sandbox, project))).Select(v => (string?)v["os-vol-mig-status-attr:migstat"])
        );
    }

    [Fact]
    public async Task All_tenants_shows_an_admin_the_volumes_of_every_project()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions { Projects = 3 }, Ct);
        using var client = new SandboxClient(sandbox);
        await client.LoginAsync("admin", sandbox.World.AdminProject);
        var url = Url(sandbox, sandbox.World.AdminProject);

        Assert.Empty(await ListAsync(client, url));
        Assert.Equal(12, (await ListAsync(client, $"{url}?all_tenants=1&limit=5")).Count);
    }

    [Fact]
    public async Task A_deleted_server_has_no_volume_any_more()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions(), Ct);
        var project = sandbox.World.SeededProjects.First();
        var server = sandbox.World.Volumes.Of(project.Id).First().Servers.Single();

        sandbox.World.Advance(Guid.Parse(server), "DELETED", sandbox.World.Start);

        Assert.DoesNotContain(sandbox.World.Volumes.Of(project.Id), v => v.Servers.Contains(server));
    }

    private static string Url(FederationSandbox sandbox, SandboxProject project) =>
        $"{sandbox.CinderUrl}/{project.Id}/volumes/detail";

    private static async Task<List<JsonNode>> ListAsync(SandboxClient client, string url)
    {
        var volumes = new List<JsonNode>();
        for (string? next = url; next is not null; )
        {
            var (status, body, _) = await client.GetAsync(next);
            Assert.Equal(HttpStatusCode.OK, status);
            volumes.AddRange(body!["volumes"]!.AsArray().Select(v => v!));
            next = (string?)body["volumes_links"]?[0]!["href"];
        }
        return volumes;
    }
}
