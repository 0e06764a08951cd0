using System.Diagnostics;
using System.Globalization;
using FedSite.Sandbox;
using FedSite.Scenarios.Support;
using FedSite.TestKit;

namespace FedSite.Scenarios.Accounting;

/// <summary><c>fedsite accounting publish</c>, killed at random moments, on the sandbox.</summary>
public sealed class KilledPublishTests
{
    [Fact]
    public Task Killed_20_times_it_loses_tears_and_overwrites_nothing() => KillAsync(rounds: 20, seed: 1);

    [Fact]
    [Trait("Category", "Long")]
    public Task Killed_200_times_it_loses_tears_and_overwrites_nothing() => KillAsync(rounds: 200, seed: 2);

    private static async Task KillAsync(int rounds, int seed)
    {
        var random = new Random(seed);
        await using var cloud = await FederationSandbox.StartAsync(
            new SandboxOptions { Projects = 4, Servers = 2000 },
            CancellationToken.None
        );
        await using var site = await TestSite.StartAsync(SandboxYaml.Of(cloud));
        var whole = await TimeOfARunAsync(site);
        for (var round = 0; round < rounds; round++)
        {
            await RunAndKillAsync(site, whole * random.NextDouble());
        }

        var last = await site.RunAsync("accounting", "publish");

        Assert.True(last.ExitCode is 0, last.StandardError);
        await AssertDeliveredAsync(site);
        Assert.Empty(Leftovers(site.Spool));
    }

    /// <summary>How long a run takes that nobody disturbs; its window is given by hand, so that it leaves no state.</summary>
    private static async Task<TimeSpan> TimeOfARunAsync(TestSite site)
    {
        var watch = Stopwatch.StartNew();
        var from = TimeProvider.System.GetUtcNow().AddDays(-1).ToString("O", CultureInfo.InvariantCulture);
        var run = await site.RunAsync("accounting", "publish", "--from", from);
        Assert.True(run.ExitCode is 0, run.StandardError);
        return watch.Elapsed;
    }

    private static Task<TimeSpan> RunAndKillAsync(TestSite site, TimeSpan after) =>
        KillableProgram.RunAsync(
            ["accounting", "publish", "--quiet", "--config", site.ConfigFile],
            after,
            TestContext.Current.CancellationToken
        );

    /// <summary>
    /// The repository keeps the record of a machine and month that came last: that must be the one with the longest
    /// wall time, and there must be one for every machine that a run on a new site reports.
    /// </summary>
    private static async Task AssertDeliveredAsync(TestSite site)
    {
        var texts = await SignedDelivery.ReadAsync(site.Ams.Delivered, site.TrustFolder);
        var longest = new Dictionary<string, long>(StringComparer.Ordinal);
        var newest = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            foreach (var (key, fields) in SignedDelivery.CloudRecords([text]))
            {
                var wall = long.Parse(fields["WallDuration"], CultureInfo.InvariantCulture);
                newest[key] = wall;
                longest[key] = Math.Max(wall, longest.GetValueOrDefault(key));
            }
        }

        Assert.Equal(longest, newest);
        var (fresh, _) = await site.RunJsonAsync("accounting", "show", "--kind", "cloud");
        Assert.NotEmpty(newest);
        Assert.All(
            fresh.EnumerateArray().Select(r => r.GetProperty("VMUUID").GetString()!),
            id => Assert.Contains(newest.Keys, key => key.StartsWith(id, StringComparison.Ordinal))
        );
    }

    private static IEnumerable<string> Leftovers(string spool) =>
        Directory
            .EnumerateFiles(spool, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(spool, f))
            .Where(f => !f.StartsWith("sent/", StringComparison.Ordinal));
}
