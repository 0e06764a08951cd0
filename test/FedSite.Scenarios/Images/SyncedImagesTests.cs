using System.Net;
using System.Text.Json.Nodes;

namespace FedSite.Scenarios.Images;

/// <summary>From Debian's registry into the real Glance, and out of it again.</summary>
public sealed class SyncedImagesTests(ProjectsOnce once) : ImageScenario(once)
{
    [Fact]
    public async Task An_image_is_in_Glance_as_it_was_pushed_and_says_what_todays_readers_look_for()
    {
        var pushed = await PushAsync("one");

        (await Site().SyncAsync()).Did(0, "add done");

        var image = await Glance.ImageAsync();
        Assert.Equal("active", (string?)image["status"]);
        Assert.Equal(("sha512", pushed.Sha512), ((string?)image["os_hash_algo"], (string?)image["os_hash_value"]));
        Assert.Equal(pushed.File.Length, (long)image["size"]!);
        Assert.Equal(("qcow2", "bare"), ((string?)image["disk_format"], (string?)image["container_format"]));
        Assert.Equal(1, (int)image["min_disk"]!);
        Assert.Equal($"{Registries.Open.Authority} {Project}/debian:12", (string?)image["name"]);
        var reference = $"{Slot("debian", "12")}-{pushed.Manifest}";
        var expected = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["appdb_id"] = reference,
            ["vmcatcher_event_ad_mpuri"] = reference,
            ["vmcatcher_event_dc_description"] = "Debian 12 of the tests",
            ["image_hash"] = pushed.Digest,
            ["image_list"] = Project,
            ["project"] = Project,
            ["os_distro"] = "debian",
            ["os_version"] = "12",
            ["os_type"] = "linux",
            ["os_admin_user"] = "debian",
            ["architecture"] = "x86_64",
        };
        Assert.All(expected, pair => Assert.Equal(pair.Value, (string?)image[pair.Key]));
        Assert.Null(image["hw_watchdog_action"]);
        var attributes = JsonNode.Parse((string)image["APPLIANCE_ATTRIBUTES"]!)!;
        Assert.Equal($"{Project}/debian:12", (string?)attributes["eu.egi.cloud.image_ref"]);
        Assert.All(pushed.Annotations, pair => Assert.Equal((string?)pair.Value, (string?)attributes[pair.Key]));
    }

    [Fact]
    public async Task Every_VO_sees_it_with_its_own_token_and_nobody_else_does()
    {
        await PushAsync("one");

        await Site().SyncAsync();

        var id = (string)(await Glance.ImageAsync())["id"]!;
        Assert.Equal([Projects.A, Projects.B], (await Glance.AcceptedAsync(id)).Order().ToHashSet());
        Assert.Equal([id], await Glance.SeenByAsync(Projects.InA, Projects.A));
        Assert.Equal([id], await Glance.SeenByAsync(Projects.InB, Projects.B));
        Assert.Empty(await Glance.SeenByAsync(Projects.Outsider, Projects.Outside, "visibility=all"));
        Assert.Equal(HttpStatusCode.NotFound, await Glance.AnswerToAsync(Projects.Outsider, Projects.Outside, id));
    }

    [Fact]
    public async Task A_run_that_has_nothing_to_do_writes_nothing_and_asks_little()
    {
        foreach (var tag in (string[])["11", "12", "13"])
        {
            await PushAsync(tag, tag: tag);
        }
        var site = Site();
        (await site.SyncAsync()).Did(0, "add done", "add done", "add done");
        var before = await Glance.EverythingAsync();

        var again = (await site.SyncAsync()).Did(0);
        var plan = (await site.PlanAsync()).Did(0);

        Assert.Equal(before, await Glance.EverythingAsync());
        Assert.Equal(0, (long)again.Document["bytes_sent"]!);
        // 2 an image, 1 a repository, 20.
        Assert.InRange(again.Requests, 5, 27);
        Assert.InRange(plan.Requests, 5, 27);
    }

    [Fact]
    public async Task A_withdrawn_image_is_hidden_first_and_removed_after_its_days_of_grace()
    {
        await PushAsync("stays", tag: "11");
        var pushed = await PushAsync("goes");
        var site = Site();
        await site.SyncAsync();
        var id = (string)
            (await Glance.ImagesAsync()).Single(image => (string?)image["image_hash"] == pushed.Digest)["id"]!;

        await Registry.RemoveAsync(pushed.Repository, pushed.Manifest, Ct);
        (await site.SyncAsync()).Did(0, "hide done");

        Assert.True((bool)(await Glance.FindAsync(id))["os_hidden"]!);
        Assert.DoesNotContain(id, await Glance.SeenByAsync(Projects.InA, Projects.A));
        Assert.Equal(HttpStatusCode.OK, await Glance.AnswerToAsync(Projects.InA, Projects.A, id));
        (await site.SyncAsync()).Did(0);

        site.Images = "  keep: {days: 0}";
        var last = (await site.SyncAsync()).Did(0, "remove done");
        Assert.Equal(id, (string?)last.Actions.Single()["image"]);
        Assert.NotEqual(id, (string?)(await Glance.ImageAsync())["id"]);
    }

    [Fact]
    public async Task An_image_that_is_offered_again_is_shown_again_without_an_upload()
    {
        await PushAsync("stays", tag: "11");
        var pushed = await PushAsync("comes back");
        var site = Site();
        await site.SyncAsync();
        var before = await Glance.SeenByAsync(Projects.InA, Projects.A);
        await Registry.RemoveAsync(pushed.Repository, pushed.Manifest, Ct);
        (await site.SyncAsync()).Did(0, "hide done");

        await PushAsync("comes back");
        (await site.SyncAsync()).Did(0, "show done");

        Assert.Equal(before.Order(), (await Glance.SeenByAsync(Projects.InA, Projects.A)).Order());
    }

    [Fact]
    public async Task A_source_that_offers_nothing_any_more_changes_nothing_until_somebody_says_that_it_is_meant()
    {
        PushedArtefact[] pushed = [await PushAsync("11", tag: "11"), await PushAsync("12")];
        var site = Site();
        await site.SyncAsync();
        var before = await Glance.EverythingAsync();
        foreach (var one in pushed)
        {
            await Registry.RemoveAsync(one.Repository, one.Manifest, Ct);
        }

        var run = (await site.SyncAsync()).Did(1);

        Assert.Contains(Project, run.Error, StringComparison.Ordinal);
        Assert.Contains("max_loss", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await Glance.EverythingAsync());
        (await site.SyncAsync("--force")).Did(0, "hide done", "hide done");
    }

    [Fact]
    public async Task A_registry_that_is_down_changes_nothing_and_is_named()
    {
        await using var registry = await OwnRegistry.StartAsync();
        await PushAsync("one", registry.Raw);
        var site = Site(registry.Url);
        (await site.SyncAsync()).Did(0, "add done");
        var before = await Glance.EverythingAsync();
        await registry.StopAsync();

        var run = (await site.SyncAsync()).Did(1);

        Assert.Contains($"Source {Project}", run.Error, StringComparison.Ordinal);
        Assert.Contains(registry.Url.Authority, run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await Glance.EverythingAsync());
        await registry.RunAsync();
        (await site.SyncAsync()).Did(0);
        Assert.Equal(before, await Glance.EverythingAsync());
    }

    [Theory]
    [InlineData("another byte")]
    [InlineData("shorter")]
    public async Task A_new_version_that_is_not_what_its_digest_says_is_not_taken_and_leaves_nothing(string damage)
    {
        await using var registry = await OwnRegistry.StartAsync();
        await PushAsync("old", registry.Raw);
        var site = Site(registry.Url);
        (await site.SyncAsync()).Did(0, "add done");
        var before = await Glance.EverythingAsync();
        var pushed = await PushAsync("new", registry.Raw, created: "2026-10-02T05:00:00Z");
        var bad =
            damage == "shorter" ? pushed.File[..^1000] : (byte[])[.. pushed.File[..^1], (byte)(pushed.File[^1] ^ 1)];
        await File.WriteAllBytesAsync(registry.FileOf(pushed.Digest), bad, Ct);

        var run = (await site.SyncAsync()).Did(1, "replace failed", "hide put_off");

        Assert.Contains(Slot("debian", "12", registry.Url), run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await Glance.EverythingAsync());
        await File.WriteAllBytesAsync(registry.FileOf(pushed.Digest), pushed.File, Ct);
        (await site.SyncAsync()).Did(0, "replace done", "hide done");
        Assert.Equal(pushed.Sha512, (string?)(await Glance.CurrentAsync())["os_hash_value"]);
    }
}
