namespace FedSite.Scenarios.Images;

/// <summary>A real Glance that refuses for want of room.</summary>
public sealed class SmallGlanceTests(ProjectsOnce once) : ImageScenario(once)
{
    [Fact]
    public async Task An_image_that_Glance_has_no_room_for_leaves_the_old_one_and_nothing_half_done()
    {
        await PushAsync("old");
        var site = Site();
        (await site.SyncAsync()).Did(0, "add done");
        var old = (string)(await Glance.ImageAsync())["id"]!;
        var disk = new byte[2 * SmallGlance.MaxBytes / 512 * 512];
        await new PushedArtefact
        {
            Repository = $"{Project}/debian",
            File = disk,
            Format = "raw",
            Created = "2026-10-02T05:00:00Z",
        }.PushAsync(Registry, "12", Ct);
        var account = site.OpenStack;
        await using (await SmallGlance.StartAsync(Cloud, InFolder("")))
        {
            site.OpenStack = SmallGlance.Account(account);
            var run = (await site.SyncAsync()).Did(1, "replace failed", "hide put_off");
            Assert.Contains("413", run.Error, StringComparison.Ordinal);
            Assert.Contains("quota", run.Error, StringComparison.Ordinal);
        }

        Assert.Equal([old], await Glance.SeenByAsync(Projects.InA, Projects.A));
        site.OpenStack = account;
        (await site.SyncAsync()).Did(0, "replace done", "hide done");
        Assert.All(await Glance.ImagesAsync(), image => Assert.Equal("active", (string?)image["status"]));
    }

    [Fact]
    public async Task An_image_that_takes_no_more_members_is_for_those_who_fitted_or_opened_as_the_site_chose()
    {
        await PushAsync("one");
        await using var small = await SmallGlance.StartAsync(Cloud, InFolder(""));
        var site = Site();
        site.OpenStack = SmallGlance.Account(site.OpenStack);

        (await site.SyncAsync()).Did(1, "add failed");
        var id = (string)(await Glance.ImageAsync())["id"]!;
        Assert.Single(await Glance.AcceptedAsync(id));

        site.Images = "  beyond_members: community";
        (await site.SyncAsync()).Did(0, "share done");
        Assert.Equal([id], await Glance.SeenByAsync(Projects.InB, Projects.B, "visibility=community"));
        (await site.SyncAsync()).Did(0);
    }
}
