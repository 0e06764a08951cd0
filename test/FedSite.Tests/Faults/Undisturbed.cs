namespace FedSite.Tests.Faults;

/// <summary>The same site without any fault.</summary>
/// <param name="First">What the repository holds after the run that others disturb.</param>
/// <param name="Second">What it holds after the run that follows.</param>
internal sealed record Undisturbed(Repository First, Repository Second)
{
    private static readonly Lazy<Task<Undisturbed>> Once = new(RunAsync);

    public static Task<Undisturbed> GetAsync() => Once.Value;

    private static async Task<Undisturbed> RunAsync()
    {
        await using var site = await FaultSite.StartAsync();
        await site.GoodRunAsync();
        site.LiveOn(1);
        await site.GoodRunAsync();
        var first = Repository.Load(site.Messaging.DeliveredTexts);
        site.LiveOn(2);
        await site.GoodRunAsync();
        return new Undisturbed(first, Repository.Load(site.Messaging.DeliveredTexts));
    }
}
