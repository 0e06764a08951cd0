using System.Text.Json;
using FedSite.Sandbox.Ams;
using FedSite.TestKit;

namespace FedSite.Tests.App;

public sealed class MessagesCommandTests : IAsyncLifetime
{
    private MessagingSite _site = null!;
    private string _config = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _site = await MessagingSite.StartAsync(Stop);
        _config = _site.WriteSiteFile();
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Send_delivers_what_waits_and_says_how_much()
    {
        await _site.EnqueueAsync(Text(1), Stop);

        var (exit, output) = await RunAsync("messages send");

        Assert.Equal(ExitCode.Done, exit);
        Assert.Equal([Text(1)], _site.DeliveredTexts);
        Assert.Contains("1 messages with 1 records sent", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rehearsal_sends_nothing_and_tells_what_would_be_set_aside()
    {
        await _site.EnqueueAsync(Text(1), Stop);
        await _site.EnqueueAsync("application/pkcs7-mime", Stop);

        var (exit, output) = await RunAsync("messages send --dry-run");

        Assert.Equal(ExitCode.Partly, exit);
        Assert.Contains("set aside", output, StringComparison.Ordinal);
        Assert.Empty(_site.Ams.Delivered);
        Assert.Equal(2, _site.Queue.Spool.List().Count());
    }

    [Fact]
    public async Task List_shows_messages_as_one_JSON_document()
    {
        var name = await _site.EnqueueAsync(Text(1), Stop);

        var (_, output) = await RunAsync("messages list --output json");

        var message = Assert.Single(JsonDocument.Parse(output).RootElement.EnumerateArray());
        Assert.Equal(name, message.GetProperty("name").GetString());
        Assert.Equal("queued", message.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Show_finds_a_message_by_the_part_behind_the_slash_wherever_it_lies()
    {
        var name = await _site.EnqueueAsync(Text(1), Stop);
        await RunAsync("messages send");

        var (exit, output) = await RunAsync($"messages show {name[9..]}");

        Assert.Equal(ExitCode.Done, exit);
        Assert.Contains("VMUUID: vm-1", output, StringComparison.Ordinal);
        Assert.Contains("sent", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_puts_all_messages_back()
    {
        await _site.EnqueueAsync(Text(1), Stop);
        _site.Ams.Trouble(new AmsTrouble { Status = 400 });
        Assert.Equal(ExitCode.Failed, (await RunAsync("messages send")).Exit);

        Assert.Equal(ExitCode.Done, (await RunAsync("messages retry --all")).Exit);
        Assert.Equal(ExitCode.Done, (await RunAsync("messages send")).Exit);
        Assert.Equal([Text(1)], _site.DeliveredTexts);
    }

    [Fact]
    public async Task Drop_asks_for_yes_first()
    {
        var name = await _site.EnqueueAsync(Text(1), Stop);

        Assert.Equal(ExitCode.Usage, (await RunAsync($"messages drop {name}")).Exit);
        Assert.Single(_site.Queue.Spool.List());
        Assert.Equal(ExitCode.Done, (await RunAsync($"messages drop {name} --yes")).Exit);
        Assert.Empty(_site.Queue.Spool.List());
    }

    [Fact]
    public async Task An_unknown_message_is_wrong_usage()
    {
        Assert.Equal(ExitCode.Usage, (await RunAsync("messages show 00000000000000")).Exit);
    }

    private static string Text(int number) =>
        $"APEL-cloud-message: v0.4\nSiteName: EXAMPLE\nStartTime: 1790000000\nVMUUID: vm-{number}\nWallDuration: 1\n";

    private async Task<(ExitCode Exit, string Out)> RunAsync(string commandLine)
    {
        using var terminal = new TestTerminal();
        var exit = await terminal.RunAsync($"{commandLine} --config {_config}");
        return (exit, terminal.Out);
    }
}
