using CliWrap.Buffered;
using FedSite.Sandbox;
using FedSite.Scenarios.Support;
using FedSite.TestKit;

namespace FedSite.Scenarios.Faults;

/// <summary>Disks that are full or read-only, or lose a folder. Once they are well again, one run makes all good.</summary>
public sealed class DiskTests : IAsyncLifetime
{
    private FederationSandbox _cloud = null!;
    private TestSite _site = null!;
    private SmallDisks? _disks;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await FederationSandbox.StartAsync(new SandboxOptions { Projects = 4, Servers = 800 }, Stop);
        _site = await StartSiteAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_disks is not null)
        {
            await _disks.DisposeAsync();
        }
        await _site.DisposeAsync();
        await _cloud.DisposeAsync();
    }

    private static string Month =>
        TimeProvider.System.GetUtcNow().ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("spool")]
    [InlineData("state")]
    public Task A_disk_that_gets_full_stops_a_run_and_the_next_one_goes_on(string which) => FillAsync(which, step: 48);

    [Theory]
    [InlineData("spool")]
    [InlineData("state")]
    [Trait("Category", "Long")]
    public Task A_disk_that_gets_full_stops_a_run_wherever_that_happens(string which) => FillAsync(which, step: 4);

    private async Task FillAsync(string which, int step)
    {
        var folder = await MountAsync(which);
        var ends = new HashSet<int>();
        for (var kilobytes = 0; kilobytes <= 192; kilobytes += step)
        {
            await _disks!.LeaveAsync(folder, kilobytes);

            var run = await _site.RunAsync("accounting", "publish");

            ends.Add(run.ExitCode);
            AssertHonest(run, "space");
            Assert.Empty(Unfinished());
            await _disks.MakeRoomAsync(folder);
        }

        Assert.Contains(1, ends);
        await AssertRecoveredAsync();
    }

    [Theory]
    [InlineData("spool")]
    [InlineData("state")]
    public async Task A_disk_that_is_full_for_ever_is_told_with_what_to_do(string which)
    {
        var folder = await MountAsync(which);
        await _disks!.LeaveAsync(folder, 0);

        var run = await _site.RunAsync("accounting", "publish");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{folder}", run.StandardError, StringComparison.Ordinal);
        Assert.Contains("is on a full disk", run.StandardError, StringComparison.Ordinal);
        Assert.Contains("Free some space and run the command again", run.StandardError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("spool")]
    [InlineData("state")]
    public async Task A_disk_that_is_read_only_is_told_and_used_once_it_is_not(string which)
    {
        var folder = await MountAsync(which);
        Assert.Equal(0, (await _site.RunAsync("accounting", "publish")).ExitCode);
        await _disks!.MakeReadOnlyAsync(folder);

        // By hand, since within a second of the first run there is nothing new to account.
        var run = await _site.RunAsync("accounting", "publish", "--month", Month);

        Assert.Equal(1, run.ExitCode);
        AssertHonest(run, "mounted read-only");
        await _disks.MakeWritableAsync(folder);
        await AssertRecoveredAsync();
    }

    [Theory]
    [InlineData("spool")]
    [InlineData("state")]
    public async Task Messages_that_wait_on_a_read_only_disk_are_sent_once_it_is_writable(string which)
    {
        var folder = await MountAsync(which);
        Assert.Equal(0, (await _site.RunAsync("accounting", "extract")).ExitCode);
        await _disks!.MakeReadOnlyAsync(folder);

        var run = await _site.RunAsync("messages", "send");

        Assert.Equal(1, run.ExitCode);
        AssertHonest(run, "mounted read-only");
        await _disks.MakeWritableAsync(folder);
        Assert.Equal(0, (await _site.RunAsync("messages", "send")).ExitCode);
        await AssertDeliveredAsync();
    }

    [Fact]
    public async Task A_spool_that_is_deleted_while_a_run_writes_to_it_costs_nothing()
    {
        var last = _cloud.World.SeededProjects.OrderBy(p => p.Name, StringComparer.Ordinal).Last();
        DeleteWhen(() => _site.Spool, SandboxService.Nova, "/servers/detail", last.Id);

        var run = await _site.RunAsync("accounting", "publish");

        // When nothing was written yet, a new folder takes all.
        if (run.ExitCode != 0)
        {
            Assert.Equal(1, run.ExitCode);
            AssertHonest(run, "was deleted while messages were in it");
        }

        await _cloud.Traffic.StopFailingAsync();
        await AssertRecoveredAsync();
    }

    [Fact]
    public async Task A_state_that_is_deleted_while_a_run_uses_it_costs_nothing()
    {
        Assert.Equal(0, (await _site.RunAsync("accounting", "publish")).ExitCode);
        var last = _cloud.World.SeededProjects.OrderBy(p => p.Name, StringComparer.Ordinal).Last();
        DeleteWhen(() => _site.State, SandboxService.Nova, "/servers/detail", last.Id);

        AssertHonest(await _site.RunAsync("accounting", "publish"), "state");

        await _cloud.Traffic.StopFailingAsync();
        await AssertRecoveredAsync();
    }

    private Task<TestSite> StartSiteAsync() =>
        TestSite.StartAsync(SandboxYaml.Of(_cloud), "accounting: {parallel: 1}\n");

    private async Task<string> MountAsync(string which)
    {
        _disks = await SmallDisks.StartAsync();
        _site.Launcher = _disks.Launcher;
        var folder = which == "spool" ? _site.Spool : _site.State;
        await _disks.MountAsync(folder);
        return folder;
    }

    /// <summary>Deletes a folder when the program asks for something of a project.</summary>
    private void DeleteWhen(Func<string> folder, SandboxService service, string path, string project) =>
        _cloud.Traffic.Fail(
            new SandboxFault
            {
                Service = service,
                When = request =>
                {
                    if (
                        request.Path.Value!.EndsWith(path, StringComparison.Ordinal)
                        && _cloud.ProjectOf(request) == project
                        && Directory.Exists(folder())
                    )
                    {
                        Directory.Delete(folder(), recursive: true);
                    }
                    return false;
                },
            }
        );

    private static void AssertHonest(BufferedCommandResult run, string words)
    {
        var all = run.StandardOutput + run.StandardError;
        Assert.Contains(run.ExitCode, (int[])[0, 1, 3]);
        Assert.DoesNotContain("Exception", all, StringComparison.Ordinal);
        Assert.DoesNotContain("Unexpected", all, StringComparison.Ordinal);
        if (run.ExitCode != 0)
        {
            Assert.Contains(words, all, StringComparison.Ordinal);
        }
    }

    /// <summary>Files that were begun or are still held.</summary>
    private IEnumerable<string> Unfinished() =>
        Files(_site.Spool)
            .Concat(Files(_site.State))
            .Where(f => f.EndsWith(".tmp", StringComparison.Ordinal) || f.EndsWith(".lck", StringComparison.Ordinal));

    private IEnumerable<string> Files(string folder)
    {
        var seen = _disks?.Seen(folder) ?? folder;
        return Directory.Exists(seen) ? Directory.EnumerateFiles(seen, "*", SearchOption.AllDirectories) : [];
    }

    private async Task AssertRecoveredAsync()
    {
        var run = await _site.RunAsync("accounting", "publish");
        Assert.True(run.ExitCode == 0, run.StandardError);
        await AssertDeliveredAsync();
    }

    /// <summary>All that a new site delivers was delivered, and nothing is left.</summary>
    private async Task AssertDeliveredAsync()
    {
        await using var fresh = await StartSiteAsync();
        var run = await fresh.RunAsync("accounting", "publish");
        Assert.True(run.ExitCode == 0, run.StandardError);
        Assert.Empty((await KeysAsync(fresh)).Except(await KeysAsync(_site)));
        Assert.DoesNotContain(
            Files(_site.Spool),
            file =>
                !file.Contains("/sent/", StringComparison.Ordinal)
                && !file.EndsWith(SmallDisks.Ballast, StringComparison.Ordinal)
        );
    }

    private static async Task<IEnumerable<string>> KeysAsync(TestSite site) =>
        SignedDelivery.CloudRecords(await SignedDelivery.ReadAsync(site.Ams.Delivered, site.TrustFolder)).Keys;
}
