using System.Text;

namespace FedSite.Tests.Faults;

/// <summary>Many faults at once, over several runs; then one good run makes all good.</summary>
public sealed class RandomFaultTests
{
    private static readonly string[] Commands = ["accounting publish", "accounting extract", "messages send"];
    private static readonly IReadOnlyList<FaultCall> Calls = [.. FaultCall.Cloud, .. FaultCall.Ams];
    private static readonly IReadOnlyList<FaultCase> Faults = [.. FaultCase.All];

    // Which of them may be missing from records when the account could not read them for a while.
    private static readonly string[] Names = ["GlobalUserName", "ImageId", "UserIdentity"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task After_many_faults_one_good_run_makes_all_good(int seed) => RunAsync(seed);

    [Fact]
    [Trait("Category", "Long")]
    public async Task After_many_faults_in_50_ways_one_good_run_makes_all_good()
    {
        for (var seed = 101; seed <= 150; seed++)
        {
            await RunAsync(seed);
        }
    }

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        var undisturbed = await Undisturbed.GetAsync();
        await using var site = await FaultSite.StartAsync(parallel: 4);
        var story = new StringBuilder($"Seed {seed}\n");
        try
        {
            await site.GoodRunAsync();
            for (var round = 1; round < Undisturbed.Rounds; round++)
            {
                site.LiveOn(round);
                await DisturbAsync(site, random, story);
                site.AssertStateIsTrue(undisturbed, round);
            }

            await site.StopFailingAsync();
            await site.TakeBackSetAsideAsync();
            site.LiveOn(Undisturbed.Rounds);
            await site.GoodRunAsync();
            AssertDelivered(site, undisturbed[^1], Names);
            await site.GoodRunAsync($"--from {site.At(0):O}");
            AssertDelivered(site, undisturbed[^1], []);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{story}\n{e.Message}", e);
        }
    }

    /// <summary>A run with up to three faults, of which some last into the next one.</summary>
    private static async Task DisturbAsync(FaultSite site, Random random, StringBuilder story)
    {
        if (random.Next(3) > 0)
        {
            await site.StopFailingAsync();
        }
        for (var number = random.Next(4); number > 0; number--)
        {
            var call = Calls[random.Next(Calls.Count)];
            var fault = Faults[random.Next(Faults.Count)];
            if (fault.Suits(call))
            {
                story.AppendLine($"{call} × {fault}");
                call.Prepare(site);
                site.Fail(fault.On(site, call));
            }
        }

        var command = Commands[
            random.Next(5) switch
            {
                0 => 1,
                1 => 2,
                _ => 0,
            }
        ];
        var run = await site.RunAsync(command);
        story.AppendLine($"{command}: {run.Exit}");
        site.AssertSound(run);
    }

    private static void AssertDelivered(FaultSite site, Repository expected, string[] without)
    {
        var held = Repository.Load(site.Messaging.DeliveredTexts);
        Assert.Empty(held.Outdated);
        Assert.Equal(expected.Texts(without), held.Texts(without));
        Assert.Empty(site.Leftovers);
        Assert.All(site.Windows, w => Assert.Equal(site.At(Undisturbed.Rounds), site.GoodUntil(w.Project.Id, w.Kind)));
    }
}
