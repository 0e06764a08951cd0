using System.Text;
using System.Text.Json;
using FedSite.Tests.Grid;

namespace FedSite.Tests.App;

public sealed class MessagesVerifyCommandTests(GridSite site) : IClassFixture<GridSite>
{
    private const string Text = "APEL-cloud-message: v0.4\nVMUUID: 1\n%%\n";

    [Fact]
    public async Task A_good_message_is_accepted_and_its_signer_named()
    {
        using var terminal = new TestTerminal();

        var exit = await terminal.RunAsync($"messages verify {Message()} --trust {site.TrustPath}");

        Assert.Equal(ExitCode.Done, exit);
        Assert.Contains("accepted", terminal.Out, StringComparison.Ordinal);
        Assert.Contains(GridSite.HostDn, terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_signed_text_from_standard_input()
    {
        using var terminal = new TestTerminal { In = site.Sign(Text) };

        await terminal.RunAsync($"messages verify - --trust {site.TrustPath} --output json");

        var document = JsonDocument.Parse(terminal.Out).RootElement;
        Assert.True(document.GetProperty("valid").GetBoolean());
        Assert.Equal(GridSite.HostDn, document.GetProperty("signer").GetString());
        Assert.Equal(Text, document.GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_changed_message_is_refused_with_exit_1_and_says_why()
    {
        var changed = Encoding
            .ASCII.GetString(site.Sign(Text))
            .Replace("VMUUID: 1", "VMUUID: 2", StringComparison.Ordinal);
        using var terminal = new TestTerminal { In = Encoding.ASCII.GetBytes(changed) };

        var exit = await terminal.RunAsync($"messages verify - --trust {site.TrustPath}");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("was changed after signing", terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(GridSite.HostDn, terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_wrong_usage()
    {
        using var terminal = new TestTerminal();

        var exit = await terminal.RunAsync($"messages verify /nowhere/message --trust {site.TrustPath}");

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains("/nowhere/message cannot be read", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_trust_folder_is_wrong_usage()
    {
        using var terminal = new TestTerminal();

        var exit = await terminal.RunAsync($"messages verify {Message()} --trust /nowhere");

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains("/nowhere does not exist", terminal.Error, StringComparison.Ordinal);
    }

    private string Message() => site.Write("message.eml", site.Sign(Text));
}
