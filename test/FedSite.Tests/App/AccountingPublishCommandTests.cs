using System.Text.Json;
using FedSite.Sandbox;
using FedSite.TestKit;

namespace FedSite.Tests.App;

public sealed class AccountingPublishCommandTests
{
    private const string Text =
        "APEL-cloud-message: v0.4\nSiteName: EXAMPLE\nStartTime: 1790000000\nVMUUID: vm-1\nWallDuration: 1\n";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_queued_is_sent_even_when_the_cloud_refuses_the_account()
    {
        await using var site = await MessagingSite.StartAsync(Stop);
        await site.EnqueueAsync(Text, Stop);

        var (exit, _) = await PublishWithWrongPasswordAsync(site);

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Equal([Text], site.DeliveredTexts);
    }

    [Fact]
    public async Task The_JSON_document_holds_the_failure_and_what_was_sent()
    {
        await using var site = await MessagingSite.StartAsync(Stop);
        await site.EnqueueAsync(Text, Stop);

        var (_, output) = await PublishWithWrongPasswordAsync(site);

        using var document = JsonDocument.Parse(output);
        Assert.Equal(1, document.RootElement.GetProperty("sending")[0].GetProperty("sent").GetInt32());
        Assert.Equal(1, document.RootElement.GetProperty("errors").GetArrayLength());
    }

    private static async Task<(ExitCode Exit, string Out)> PublishWithWrongPasswordAsync(MessagingSite site)
    {
        await using var cloud = await FederationSandbox.StartAsync(new SandboxOptions { Servers = 0 }, Stop);
        using var terminal = new TestTerminal
        {
            Environment =
            {
                ["OS_AUTH_URL"] = cloud.KeystoneUrl.ToString(),
                ["OS_USERNAME"] = "accounting",
                ["OS_PASSWORD"] = "wrong",
                ["OS_USER_DOMAIN_NAME"] = "Default",
            },
        };
        var exit = await terminal.RunAsync($"accounting publish --output json --config {site.WriteSiteFile()}");
        return (exit, terminal.Out);
    }
}
