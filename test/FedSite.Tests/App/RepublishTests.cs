using System.Text.Json;
using FedSite.Accounting;
using FedSite.Sandbox;
using FedSite.State;
using FedSite.TestKit;

namespace FedSite.Tests.App;

public sealed class RepublishTests : IAsyncLifetime
{
    private readonly DateTimeOffset _month = UsageWindow.MonthStart(TimeProvider.System.GetUtcNow());
    private MessagingSite _site = null!;
    private FederationSandbox _cloud = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _site = await MessagingSite.StartAsync(Stop);
        _cloud = await FederationSandbox.StartAsync(new SandboxOptions { Projects = 1, Servers = 30 }, Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task Months_are_sent_the_oldest_first_each_up_to_its_last_second()
    {
        var (exit, document) = await RunAsync($"publish --month {Word(-2)}..{Word(-1)}");

        Assert.Equal(ExitCode.Done, exit);
        Assert.Equal(
            [(Word(-2), _month.AddMonths(-1).AddSeconds(-1)), (Word(-1), _month.AddSeconds(-1))],
            document
                .GetProperty("months")
                .EnumerateArray()
                .Select(m =>
                    (
                        m.GetProperty("month").GetString()!,
                        m.GetProperty("extraction").GetProperty("projects")[0].GetProperty("to").GetDateTimeOffset()
                    )
                )
        );
        var months = _site
            .DeliveredTexts.Where(t => t.StartsWith("APEL-cloud", StringComparison.Ordinal))
            .SelectMany(t => RepositoryView.Load([t]).Keys)
            .Select(key => key[^7..])
            .ToList();
        Assert.Equal(months.Order(StringComparer.Ordinal), months);
        Assert.Contains(Word(-2), months);
    }

    [Fact]
    public async Task The_normal_state_does_not_move()
    {
        await RunAsync("publish");
        var before = GoodUntil();

        await RunAsync($"publish --month {Word(-1)}");

        Assert.Equal(before, GoodUntil());
    }

    [Fact]
    public async Task The_summary_tells_records_messages_and_what_was_sent_of_each_month()
    {
        using var terminal = Terminal();

        await terminal.RunAsync($"accounting publish --month {Word(-1)} --config {_site.WriteSiteFile()}");

        var row = terminal.Out.Split('\n').Single(line => line.StartsWith(Word(-1), StringComparison.Ordinal));
        var messages = _site.DeliveredTexts.Count;
        Assert.Matches($@"^{Word(-1)}\s+\d+\s+\d+\s+0\s+0\s+{messages}\s+{messages}\s+0\s+sent\s*$", row);
    }

    [Fact]
    public async Task A_dry_run_queues_sends_and_remembers_nothing()
    {
        var (exit, document) = await RunAsync("publish --dry-run");

        Assert.Equal(ExitCode.Done, exit);
        Assert.True(document.GetProperty("wouldSend").GetProperty("new").GetInt32() > 0);
        Assert.Empty(_site.DeliveredTexts);
        Assert.Empty(GoodUntil());
    }

    [Fact]
    public async Task A_month_in_the_future_is_refused()
    {
        var (exit, document) = await RunAsync($"publish --month {Word(1)}");

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains("future", document.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_month_and_a_window_exclude_each_other()
    {
        var (exit, _) = await RunAsync($"publish --month {Word(-1)} --from 2026-01-01");

        Assert.Equal(ExitCode.Usage, exit);
    }

    [Fact]
    public async Task The_present_month_is_published_up_to_now()
    {
        var (exit, document) = await RunAsync($"publish --month {Word(0)}");

        Assert.Equal(ExitCode.Done, exit);
        var to = document
            .GetProperty("months")[0]
            .GetProperty("extraction")
            .GetProperty("projects")[0]
            .GetProperty("to");
        Assert.InRange(to.GetDateTimeOffset(), _month, TimeProvider.System.GetUtcNow());
    }

    private string Word(int months) => CalendarMonths.Word(_month.AddMonths(months));

    private List<long> GoodUntil()
    {
        using var connection = _site.Database.Connect();
        return connection.Query("select good_until from accounting_window", row => row.GetInt64(0));
    }

    private TestTerminal Terminal() =>
        new()
        {
            Environment =
            {
                ["OS_AUTH_URL"] = _cloud.KeystoneUrl.ToString(),
                ["OS_USERNAME"] = "accounting",
                ["OS_PASSWORD"] = "sandbox",
                ["OS_USER_DOMAIN_NAME"] = "Default",
            },
        };

    private async Task<(ExitCode Exit, JsonElement Document)> RunAsync(string command)
    {
        using var terminal = Terminal();
        var exit = await terminal.RunAsync($"accounting {command} --output json --config {_site.WriteSiteFile()}");
        return (exit, JsonElement.Parse(terminal.Out));
    }
}
