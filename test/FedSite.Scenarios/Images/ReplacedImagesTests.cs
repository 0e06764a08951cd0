using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Images;

/// <summary>A tag moves while servers run that were started from the image before.</summary>
public sealed class ReplacedImagesTests(ProjectsOnce once) : ImageScenario(once)
{
    // The first that takes `none` for networks.
    private const string Nova = "2.37";

    [Fact]
    public async Task The_version_before_is_hidden_and_stays_as_long_as_a_server_uses_it()
    {
        await PushAsync("old");
        var site = Site(more: "");
        site.Images = "  keep: {versions: 0, days: 0}";
        site.Vos = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["vo.a.example"] = [Projects.A],
            ["vo.servers.example"] = [Projects.Servers],
        };
        (await site.SyncAsync()).Did(0, "add done");
        var old = (string)(await Glance.ImageAsync())["id"]!;
        using var nova = await Projects.LoginAsync(Projects.Keeper, Projects.Servers);
        var servers = new List<string>();
        try
        {
            servers.Add(await BootAsync(nova, old));

            var pushed = await PushAsync("new", created: "2026-10-02T05:00:00Z");
            (await site.SyncAsync()).Did(0, "replace done", "hide done");

            var current = await Glance.CurrentAsync();
            var before = await Glance.FindAsync(old);
            Assert.Equal(pushed.Sha512, (string?)current["os_hash_value"]);
            Assert.True((bool)before["os_hidden"]!);
            Assert.Equal([(string)current["id"]!], await Glance.SeenByAsync(Projects.InA, Projects.A));
            Assert.Equal([(string)current["id"]!], await Glance.SeenByAsync(Projects.Keeper, Projects.Servers));
            var seen = (await Glance.MembersAsync((string)current["id"]!)).Select(member => Time(member["updated_at"]));
            Assert.All(seen, time => Assert.True(time <= Time(before["updated_at"])));
            Assert.Equal(HttpStatusCode.OK, await Glance.AnswerToAsync(Projects.InA, Projects.A, old));
            servers.Add(await BootAsync(nova, old));

            await RemoveAsync(nova, servers[0]);
            (await site.SyncAsync()).Did(0, "remove put_off");
            Assert.Equal("active", (string?)(await Glance.FindAsync(old))["status"]);
        }
        finally
        {
            foreach (var server in servers)
            {
                await RemoveAsync(nova, server);
            }
        }

        (await site.SyncAsync()).Did(0, "remove done");
        Assert.NotEqual(old, (string?)(await Glance.ImageAsync())["id"]);
    }

    [Fact]
    public async Task Versions_before_stay_hidden_for_as_many_as_the_site_keeps()
    {
        var site = Site();
        site.Images = "  keep: {versions: 1, days: 0}";
        var ids = new List<string>();
        foreach (var day in (string[])["1", "2", "3"])
        {
            await PushAsync(day, created: $"2026-10-0{day}T05:00:00Z");
            await site.SyncAsync();
            ids.Add((string)(await Glance.CurrentAsync())["id"]!);
        }

        (await site.SyncAsync()).Did(0, "remove done");

        Assert.Equal(
            ids.Skip(1).Order(StringComparer.Ordinal),
            (await Glance.ImagesAsync()).Select(image => (string)image["id"]!).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_tag_that_moves_back_is_not_followed_unless_the_source_is_allowed_to()
    {
        var older = await PushAsync("old");
        var site = Site();
        (await site.SyncAsync()).Did(0, "add done");
        var newer = await PushAsync("new", created: "2026-10-02T05:00:00Z");
        (await site.SyncAsync()).Did(0, "replace done", "hide done");
        await PushAsync("old");

        var run = (await site.SyncAsync()).Did(3);

        Assert.Equal("rollback", (string?)run.Slot["refusal"]);
        Assert.Equal(newer.Sha512, (string?)(await Glance.CurrentAsync())["os_hash_value"]);
        site.Sources = [site.Sources[0].Replace("}", ", allow_rollback: true}", StringComparison.Ordinal)];
        (await site.SyncAsync()).Did(0, "show done", "share done", "hide done");
        Assert.Equal(older.Sha512, (string?)(await Glance.CurrentAsync())["os_hash_value"]);
    }

    private async Task<string> BootAsync(PlainApi nova, string image)
    {
        var flavor = Cloud.Flavors["tiny"].Id;
        var made = await nova.SendAsync(
            HttpMethod.Post,
            "compute",
            "/servers",
            $$"""{"server":{"name":"{{Project}}","flavorRef":"{{flavor}}","imageRef":"{{image}}","networks":"none"} }""",
            Nova
        );
        var id = (string)made!["server"]!["id"]!;
        await AwaitAsync(async () =>
        {
            var server = (await nova.GetAsync("compute", $"/servers/{id}"))["server"]!;
            Assert.NotEqual("ERROR", (string?)server["status"]);
            return (string?)server["status"] == "ACTIVE";
        });
        return id;
    }

    private static async Task RemoveAsync(PlainApi nova, string id)
    {
        if ((await nova.TryGetAsync("compute", $"/servers/{id}")).Status == HttpStatusCode.NotFound)
        {
            return;
        }

        await nova.SendAsync(HttpMethod.Delete, "compute", $"/servers/{id}");
        await AwaitAsync(async () =>
            (await nova.TryGetAsync("compute", $"/servers/{id}")).Status == HttpStatusCode.NotFound
        );
    }

    private static async Task AwaitAsync(Func<Task<bool>> isSo)
    {
        while (!await isSo())
        {
            await Task.Delay(200, Ct);
        }
    }

    private static DateTimeOffset Time(JsonNode? text) =>
        DateTimeOffset.Parse((string)text!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
