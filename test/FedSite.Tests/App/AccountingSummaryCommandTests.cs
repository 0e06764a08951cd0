using System.Globalization;
using System.Text.Json;
using FedSite.Sandbox.Ams;
using FedSite.TestKit;
using FedSite.Tests.Messages;
using static FedSite.Tests.Messages.SomeMessage;

namespace FedSite.Tests.App;

public sealed class AccountingSummaryCommandTests : IDisposable
{
    private readonly MessageFolder _folder = new();
    private readonly TestTerminal _terminal = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _terminal.Dispose();
    }

    [Fact]
    public async Task The_table_is_as_recorded()
    {
        WriteUsage();

        Assert.Equal(ExitCode.Done, await _terminal.RunAsync($"accounting summary {_folder.Path} --month 2026-10"));
        Golden.Check(_terminal.Out, "Contract/accounting-summary.txt");
    }

    [Fact]
    public async Task The_JSON_document_is_as_recorded()
    {
        WriteUsage();

        Assert.Equal(
            ExitCode.Done,
            await _terminal.RunAsync($"accounting summary {_folder.Path} --month 2026-10 --by project --output json")
        );
        Golden.Check(_terminal.Out, "Contract/accounting-summary.json");
    }

    [Fact]
    public async Task Without_files_what_waits_or_was_sent_counts_and_what_was_set_aside_does_not()
    {
        await using var site = await MessagingSite.StartAsync(Stop);
        await site.EnqueueAsync(CloudMessage(Cloud("refused", 60)), Stop);
        site.Ams.Trouble(new AmsTrouble { Status = 400 });
        await site.SendAsync(Stop);
        await site.EnqueueAsync(CloudMessage(Cloud("sent", 60)), Stop);
        await site.SendAsync(Stop);
        await site.EnqueueAsync(CloudMessage(Cloud("sent", 120), Cloud("waits", 60)), Stop);

        var exit = await _terminal.RunAsync($"accounting summary --output json --config {site.WriteSiteFile()}");

        Assert.Equal(ExitCode.Done, exit);
        var total = JsonDocument.Parse(_terminal.Out).RootElement.GetProperty("total");
        Assert.Equal(2, total.GetProperty("machines").GetInt32());
        Assert.Equal(180, total.GetProperty("wallSeconds").GetInt64());
    }

    [Fact]
    public async Task What_was_accounted_before_the_oldest_message_that_is_kept_is_said_to_be_missing()
    {
        await using var site = await MessagingSite.StartAsync(Stop);
        await site.EnqueueAsync(CloudMessage(Cloud("vm", 60)), Stop);

        await _terminal.RunAsync($"accounting summary --month 2020-01 --config {site.WriteSiteFile()}");

        Assert.Contains("are kept: what they alone accounted is missing", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_message_is_named_and_the_rest_summed_up()
    {
        WriteUsage();
        _folder.Write("9", "<html/>");

        Assert.Equal(ExitCode.Partly, await _terminal.RunAsync($"accounting summary {_folder.Path}"));
        Assert.Contains("is no usage message (XML, html)", _terminal.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-13")]
    [InlineData("10/2026")]
    [InlineData("2026-1")]
    public async Task A_wrong_month_is_wrong_usage_with_a_hint(string month)
    {
        Assert.Equal(ExitCode.Usage, await _terminal.RunAsync($"accounting summary {_folder.Path} --month {month}"));
        Assert.Contains("for instance 2026-10", _terminal.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--month 2026-10")]
    public async Task No_records_at_all_are_a_failure_that_says_what_to_do(string options)
    {
        Assert.Equal(ExitCode.Failed, await _terminal.RunAsync($"accounting summary {_folder.Path} {options}"));
        Assert.Contains("There are no records.", _terminal.Error, StringComparison.Ordinal);
    }

    private void WriteUsage()
    {
        _folder.Write(
            "1",
            CloudMessage(
                Machine("vm-1", "vo.example.eu", "2026-09-01T00:00:00Z", 720),
                Machine("vm-2", "vo.example.org", "2026-10-10T00:00:00Z", 48)
            )
        );
        _folder.Write(
            "2",
            CloudMessage(
                Machine("vm-1", "vo.example.eu", "2026-09-01T00:00:00Z", 1000),
                Machine("vm-3", "vo.example.eu", "2026-09-30T00:00:00Z", 34)
            )
        );
        _folder.Write(
            "3",
            AcceleratorMessage(
                Accelerator("vm-1", "0.5")
                    .Replace("\"MeasurementMonth\": 9", "\"MeasurementMonth\": 10", StringComparison.Ordinal)
            )
        );
        _folder.Write("4", IpMessage(Ip("someone", 3), Ip("other", 4)));
        _folder.Write("5", StorageMessage(Storage("volume", 1L << 42, "2026-10-23")));
    }

    private static string Machine(string vm, string vo, string start, int hours)
    {
        var from = DateTimeOffset.Parse(start, CultureInfo.InvariantCulture).ToUnixTimeSeconds();
        return $"CpuCount: 4\nCpuDuration: {hours * 3600 * 4}\nDisk: 40\nFQAN: {vo}\nLocalGroupId: project-of-{vo}\n"
            + $"Memory: 8192\nSiteName: EXAMPLE\nStartTime: {from}\nStatus: started\nVMUUID: {vm}\n"
            + $"WallDuration: {hours * 3600}\n";
    }
}
