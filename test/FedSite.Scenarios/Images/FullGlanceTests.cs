using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Images;

/// <summary>A Glance that takes no images as large as these: a second one before the same database, at the admin endpoint.</summary>
public sealed class FullGlanceTests(ProjectsOnce once) : ImageScenario(once)
{
    [Fact]
    public async Task An_image_that_Glance_has_no_room_for_leaves_the_old_one_and_nothing_half_done()
    {
        await PushAsync("old");
        var site = Site();
        (await site.SyncAsync()).Did(0, "add done");
        var before = await Glance.EverythingAsync();
        await PushAsync("new", created: "2026-10-02T05:00:00Z");
        using var admin = await PlainApi.LoginToProjectAsync(Cloud, "admin", "");
        var service = (await admin.GetAsync("identity", "/services?type=image"))["services"]![0]!;
        var endpoints = await admin.GetAsync("identity", $"/endpoints?interface=admin&service_id={service["id"]}");
        var endpoint = Assert.Single(endpoints["endpoints"]!.AsArray())!;
        var port = OwnRegistry.FreePort();
        using var glance = Start(port);
        ImageRun run;
        try
        {
            await AnswersAsync(glance, port);
            await MoveAsync(admin, endpoint, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
            site.OpenStack = site.OpenStack.Replace(
                "{auth_type",
                "{interface: admin, auth_type",
                StringComparison.Ordinal
            );
            run = await site.SyncAsync();
        }
        finally
        {
            await MoveAsync(admin, endpoint, (string)endpoint["url"]!);
            glance.Kill(entireProcessTree: true);
            await glance.WaitForExitAsync(CancellationToken.None);
        }

        run.Did(1, "replace failed", "hide put_off");
        Assert.Contains("413", run.Error, StringComparison.Ordinal);
        Assert.Contains("quota", run.Error, StringComparison.Ordinal);
        Assert.Contains((string)(await Glance.CurrentAsync())["id"]!, before, StringComparison.Ordinal);
        (await site.SyncAsync()).Did(0, "replace done", "hide done");
        Assert.All(await Glance.ImagesAsync(), image => Assert.Equal("active", (string?)image["status"]));
    }

    private Process Start(int port)
    {
        var config = InFolder("glance.conf");
        File.WriteAllText(
            config,
            string.Create(CultureInfo.InvariantCulture, $"[DEFAULT]\nbind_port = {port}\nimage_size_cap = 50000\n")
        );
        var cloud = Path.GetDirectoryName(Environment.GetEnvironmentVariable("FEDSITE_TEST_CLOUD"))!;
        return Process.Start(
            new ProcessStartInfo(
                "/usr/bin/glance-api",
                ["--config-file", Path.Combine(cloud, "etc/glance.conf"), "--config-file", config]
            )
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            }
        )!;
    }

    private static async Task AnswersAsync(Process glance, int port)
    {
        glance.ErrorDataReceived += (_, _) => { };
        glance.BeginErrorReadLine();
        using var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true);
        var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(url, Ct);
                return;
            }
            catch (HttpRequestException) when (!glance.HasExited)
            {
                await Task.Delay(100, Ct);
            }
        }
    }

    private static Task<JsonNode?> MoveAsync(PlainApi admin, JsonNode endpoint, string url) =>
        admin.SendAsync(
            HttpMethod.Patch,
            "identity",
            $"/endpoints/{endpoint["id"]}",
            $$$"""{"endpoint":{"url":"{{{url}}}"} }"""
        );
}
