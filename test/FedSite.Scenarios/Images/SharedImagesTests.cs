using System.Net;

namespace FedSite.Scenarios.Images;

/// <summary>Who sees an image, by which account it is shared.</summary>
public sealed class SharedImagesTests(ProjectsOnce once) : ImageScenario(once)
{
    [Fact]
    public async Task A_VO_that_joins_sees_the_images_and_one_that_leaves_does_not()
    {
        await PushAsync("one");
        var site = Site();
        site.Vos = Only("vo.a.example", Projects.A);
        (await site.SyncAsync()).Did(0, "add done");
        var id = (string)(await Glance.ImageAsync())["id"]!;
        Assert.Equal([Projects.A], await Glance.AcceptedAsync(id));

        site.Vos = Both();
        (await site.SyncAsync()).Did(0, "share done");
        Assert.Equal([id], await Glance.SeenByAsync(Projects.InA, Projects.A));
        Assert.Equal([id], await Glance.SeenByAsync(Projects.InB, Projects.B));

        site.Vos = Only("vo.b.example", Projects.B);
        (await site.SyncAsync()).Did(0, "unshare done");
        Assert.Equal([Projects.B], await Glance.AcceptedAsync(id));
        Assert.Empty(await Glance.SeenByAsync(Projects.InA, Projects.A, "visibility=all"));
        Assert.Equal(HttpStatusCode.NotFound, await Glance.AnswerToAsync(Projects.InA, Projects.A, id));
        Assert.Equal([id], await Glance.SeenByAsync(Projects.InB, Projects.B));
    }

    [Theory]
    [InlineData("keeper")]
    [InlineData("admin")]
    [InlineData("accounts of the VOs")]
    public async Task Accounts_of_every_kind_add_share_replace_and_remove(string kind)
    {
        await PushAsync("old");
        var site = Site(
            kind switch
            {
                "keeper" => Projects.Keeper,
                "admin" => Projects.Admin,
                _ => Projects.Owning,
            }
        );
        var vos = kind is "keeper" or "admin" ? "" : await AccountsOfVosAsync();
        site.Images = $"  keep: {{versions: 0, days: 0}}\n{vos}";
        (await site.SyncAsync()).Did(0, "add done");

        var id = (string)(await Glance.ImageAsync())["id"]!;
        Assert.Equal([id], await Glance.SeenByAsync(Projects.InA, Projects.A));
        Assert.Equal([id], await Glance.SeenByAsync(Projects.InB, Projects.B));
        (await site.SyncAsync()).Did(0);

        await PushAsync("new", created: "2026-10-02T05:00:00Z");
        (await site.SyncAsync()).Did(0, "replace done", "hide done");
        (await site.SyncAsync()).Did(0, "remove done");
        Assert.Equal(
            await Glance.SeenByAsync(Projects.InA, Projects.A),
            await Glance.SeenByAsync(Projects.InB, Projects.B)
        );
        Assert.NotEqual(id, (string?)(await Glance.ImageAsync())["id"]);
    }

    [Fact]
    public async Task A_project_for_which_nobody_may_accept_goes_without_and_is_named()
    {
        await PushAsync("one");
        var site = Site(Projects.Owning);
        site.Images = $"  vos:\n    - {{name: vo.a.example, openstack: {Projects.Account(Projects.InA, Projects.A)}}}";

        (await site.SyncAsync()).Did(1, "add failed");
        var run = (await site.SyncAsync()).Did(1, "share failed");

        var id = (string)(await Glance.ImageAsync())["id"]!;
        Assert.Contains(Projects.B, run.Error, StringComparison.Ordinal);
        Assert.True(run.Error.Contains("role", StringComparison.Ordinal), run.Error);
        Assert.Equal([id], await Glance.SeenByAsync(Projects.InA, Projects.A));
        Assert.Empty(await Glance.SeenByAsync(Projects.InB, Projects.B));
    }

    [Fact]
    public async Task Public_images_are_seen_by_all_projects_until_the_site_shares_them()
    {
        await PushAsync("one");
        var site = Site(Projects.Admin);
        site.Images = "  visibility: public";
        (await site.SyncAsync()).Did(0, "add done");
        var id = (string)(await Glance.ImageAsync())["id"]!;
        Assert.Equal([id], await Glance.SeenByAsync(Projects.Outsider, Projects.Outside));
        (await site.SyncAsync()).Did(0);

        site.Images = "";
        (await site.SyncAsync()).Did(0, "update done", "share done");

        Assert.Empty(await Glance.SeenByAsync(Projects.Outsider, Projects.Outside));
        Assert.Equal([id], await Glance.SeenByAsync(Projects.InA, Projects.A));
    }

    [Fact]
    public async Task Community_images_are_seen_by_those_who_ask_for_them()
    {
        await PushAsync("one");
        var site = Site();
        site.Images = "  visibility: community";
        (await site.SyncAsync()).Did(0, "add done");

        var id = (string)(await Glance.ImageAsync())["id"]!;
        Assert.Empty(await Glance.SeenByAsync(Projects.Outsider, Projects.Outside));
        Assert.Equal([id], await Glance.SeenByAsync(Projects.Outsider, Projects.Outside, "visibility=community"));
        (await site.SyncAsync()).Did(0);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task More_projects_than_Glance_takes_members_get_the_image_as_the_site_chose()
    {
        await PushAsync("one");
        var site = Site(Projects.Admin);
        var many = await Projects.ManyAsync(130);
        try
        {
            site.Vos = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
            {
                ["vo.many.example"] = [Projects.A, .. many],
            };
            var run = await site.SyncAsync();
            var id = (string)(await Glance.ImageAsync())["id"]!;
            Assert.Equal(1, run.ExitCode);
            Assert.Equal(128, (await Glance.AcceptedAsync(id)).Count);

            site.Images = "  beyond_members: community";
            Assert.Equal(0, (await site.SyncAsync()).ExitCode);
            Assert.Equal("community", (string?)(await Glance.FindAsync(id))["visibility"]);
            (await site.SyncAsync()).Did(0);
        }
        finally
        {
            foreach (var id in many)
            {
                await Projects.RemoveProjectAsync(id);
            }
        }
    }

    private async Task<string> AccountsOfVosAsync() =>
        $"""
              vos:
                - name: vo.a.example
                  openstack: {await Projects.ApplicationCredentialAsync(Projects.InA, Projects.A)}
                - name: vo.b.example
                  openstack: {Projects.Account(Projects.InB, Projects.B)}
            """;

    private Dictionary<string, IReadOnlyList<string>> Both() =>
        new(StringComparer.Ordinal) { ["vo.a.example"] = [Projects.A], ["vo.b.example"] = [Projects.B] };

    private static Dictionary<string, IReadOnlyList<string>> Only(string vo, string project) =>
        new(StringComparer.Ordinal) { [vo] = [project] };
}
