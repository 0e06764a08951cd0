using System.Diagnostics;
using FedSite.TestKit;

namespace FedSite.Scenarios.Images;

/// <summary><c>fedsite images sync</c>, killed while it fills an image of the real Glance.</summary>
public sealed class KilledUploadTests(ProjectsOnce once) : ImageScenario(once)
{
    private const int Bytes = 150 << 20;

    [Fact]
    public async Task The_next_run_finishes_what_a_killed_one_began_and_leaves_nothing_else()
    {
        var disk = new byte[Bytes];
        new Random(3).NextBytes(disk);
        var pushed = await new PushedArtefact
        {
            Repository = $"{Project}/debian",
            File = disk,
            Format = "raw",
        }.PushAsync(Registry, "12", Ct);
        var site = Site();
        // Slow enough to be met in the middle.
        site.Images = "  limits: {bandwidth: 20MiB}";
        await site.WriteAsync();
        await KillWhileSavingAsync(site);
        Assert.Empty(await Glance.SeenByAsync(Projects.InA, Projects.A));

        site.Images = "";
        var run = await site.SyncAsync();

        Assert.True(run.ExitCode == 0, run.Error);
        var image = await Glance.ImageAsync();
        Assert.Equal(("active", pushed.Sha512), ((string?)image["status"], (string?)image["os_hash_value"]));
        Assert.Equal([(string)image["id"]!], await Glance.SeenByAsync(Projects.InA, Projects.A));
        (await site.SyncAsync()).Did(0);
    }

    private async Task KillWhileSavingAsync(ImageSite site)
    {
        var start = new ProcessStartInfo(
            TestSite.Executable,
            ["images", "sync", "--quiet", "--config", site.ConfigFile]
        )
        {
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        while ((await Glance.ImagesAsync()) is not [var image] || (string?)image["status"] != "saving")
        {
            Assert.False(process.HasExited);
            await Task.Delay(50, Ct);
        }

        process.Kill();
        await process.WaitForExitAsync(Ct);
    }
}
