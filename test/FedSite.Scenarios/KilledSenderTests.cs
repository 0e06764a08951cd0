using FedSite.Scenarios.Support;
using FedSite.TestKit;

namespace FedSite.Scenarios;

/// <summary>The program, killed while it sends.</summary>
public sealed class KilledSenderTests
{
    private const int Rounds = 10;
    private const int MessagesARound = 30;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_message_arrives_whole_and_none_overwrites_a_younger_one()
    {
        await using var site = await MessagingSite.StartAsync(Stop);
        var config = site.WriteSiteFile();
        var texts = new List<string>();
        await QueueAsync(site, texts);
        var whole = await RunAsync(config, killAfter: null);
        for (var round = 0; round < Rounds; round++)
        {
            await QueueAsync(site, texts);
            // Nothing happens before the program has started up.
            await RunAsync(config, whole * (0.3 + (0.8 * Random.Shared.NextDouble())));
        }

        await RunAsync(config, killAfter: null);

        var delivered = site.DeliveredTexts;
        Assert.Equal(
            texts.Order(StringComparer.Ordinal),
            delivered.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        );
        Assert.Equal(Walls(texts), Walls(delivered));
        Assert.Empty(site.Queue.Spool.List());
        Assert.DoesNotContain(
            Directory.EnumerateFiles(site.SpoolPath, "*", SearchOption.AllDirectories),
            file => Path.GetExtension(file) is ".lck" or ".tmp"
        );
    }

    private static async Task QueueAsync(MessagingSite site, List<string> texts)
    {
        for (var i = 0; i < MessagesARound; i++)
        {
            texts.Add(Text(machine: i % 7, wall: texts.Count + 1));
            await site.EnqueueAsync(texts[^1], Stop);
        }
    }

    private static string Text(int machine, int wall) =>
        $"APEL-cloud-message: v0.4\nSiteName: EXAMPLE\nStartTime: 1790000000\nVMUUID: vm-{machine}\nWallDuration: {wall}\n";

    private static Dictionary<string, string> Walls(IEnumerable<string> texts) =>
        RepositoryView
            .Load(texts)
            .ToDictionary(pair => pair.Key, pair => pair.Value.Fields["WallDuration"], StringComparer.Ordinal);

    private static Task<TimeSpan> RunAsync(string config, TimeSpan? killAfter) =>
        KillableProgram.RunAsync(["messages", "send", "--quiet", "--config", config], killAfter, Stop);
}
