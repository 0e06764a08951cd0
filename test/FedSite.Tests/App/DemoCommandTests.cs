namespace FedSite.Tests.App;

public sealed class DemoCommandTests
{
    [Fact]
    public async Task The_demonstration_joins_the_federation_and_publishes()
    {
        using var terminal = new TestTerminal();

        var exit = await terminal.RunAsync("demo");

        // Its commands have to end as they are meant to, or it fails itself.
        Assert.Equal((ExitCode.Done, ""), (exit, terminal.Error));
        string[] steps =
        [
            "11 to create",
            "changes made; the cloud is as site.yaml says.",
            "Nothing to do.",
            "Admitted.",
            "Refused: No rule that applies gives anything.",
            "member, reader in project vo.access.egi.eu",
            "The request you have made requires authentication.",
            "messages arrived.",
            "site.json is valid: 0 errors, 0 warnings.",
            "no differences",
            "OF THE CLOUD",
        ];
        Assert.Equal(steps, steps.Where(step => terminal.Out.Contains(step, StringComparison.Ordinal)));
    }
}
