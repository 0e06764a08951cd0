namespace FedSite.Tests.Faults;

/// <summary>The same site without any fault: what the repository holds after each of its runs.</summary>
internal static class Undisturbed
{
    /// <summary>Runs after the first one.</summary>
    public const int Rounds = 5;

    private static readonly Task<IReadOnlyList<Repository>> Once = Task.Run(RunAsync);

    /// <summary>By the round; 0: after the first run.</summary>
    public static Task<IReadOnlyList<Repository>> GetAsync() => Once;

    private static async Task<IReadOnlyList<Repository>> RunAsync()
    {
        await using var site = await FaultSite.StartAsync();
        var held = new List<Repository>();
        for (var round = 0; round <= Rounds; round++)
        {
            if (round > 0)
            {
                site.LiveOn(round);
            }
            await site.GoodRunAsync();
            held.Add(Repository.Load(site.Messaging.DeliveredTexts));
        }
        return held;
    }
}
