using System.Text.Json;
using FedSite.TestKit;
using FedSite.Tests.Information;

namespace FedSite.Tests.App;

public sealed class InfoValidateCommandTests
{
    private static readonly byte[] Dropped = (SomeSite.Ordinary with { GocdbId = null }).ToBytes();

    [Fact]
    public async Task A_valid_document_ends_with_exit_0()
    {
        using var terminal = Terminal(SomeSite.Ordinary.ToBytes());

        Assert.Equal(ExitCode.Done, await terminal.RunAsync("info validate -"));
        Assert.Equal("Standard input is valid: 0 errors, 0 warnings.\n", terminal.Out);
    }

    [Fact]
    public async Task A_document_with_warnings_alone_is_valid()
    {
        using var terminal = new TestTerminal
        {
            In = SomeSite.Ordinary.ToBytes(),
            Time = new StandingTime(SomeSite.Made.AddDays(1)),
        };

        Assert.Equal(ExitCode.Done, await terminal.RunAsync("info validate -"));
        Assert.EndsWith("is valid: 0 errors, 1 warning.\n", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_tells_where_it_is_whom_it_harms_and_what_to_do()
    {
        using var terminal = Terminal(Dropped);

        Assert.Equal(ExitCode.Failed, await terminal.RunAsync("info validate -"));
        Assert.Equal(
            """
            CloudComputingService[0].OtherInfo: ERROR: It is missing: the query API drops the whole site.
              ID: https://keystone.cloud.example.org:5000/v3_cloud.compute
              what to do: Register the endpoint's URL in GOCDB as a service of type org.openstack.nova, or give its id in `information.gocdb.id`.

            Standard input is not valid: 1 error, 0 warnings.

            """,
            terminal.Out
        );
    }

    [Fact]
    public async Task Json_has_the_findings_in_a_list()
    {
        using var terminal = Terminal(Dropped);

        await terminal.RunAsync("info validate - --output json");

        using var document = JsonDocument.Parse(terminal.Out);
        var finding = Assert.Single(document.RootElement.GetProperty("findings").EnumerateArray().ToList());
        Assert.False(document.RootElement.GetProperty("valid").GetBoolean());
        Assert.Equal(
            ["severity", "where", "object_id", "what", "next_step"],
            finding.EnumerateObject().Select(member => member.Name)
        );
        Assert.Equal("Error", finding.GetProperty("severity").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"CloudComputingService\": [")]
    [InlineData("<html>404</html>")]
    public async Task Garbage_is_not_valid(string text)
    {
        using var terminal = Terminal(System.Text.Encoding.UTF8.GetBytes(text));

        Assert.Equal(ExitCode.Failed, await terminal.RunAsync("info validate -"));
        Assert.StartsWith("document: ERROR: It is no JSON", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_wrong_usage()
    {
        using var terminal = Terminal([]);

        Assert.Equal(ExitCode.Usage, await terminal.RunAsync("info validate /nowhere/site.json"));
        Assert.Contains("/nowhere/site.json cannot be read", terminal.Error, StringComparison.Ordinal);
    }

    private static TestTerminal Terminal(byte[] input) => new() { In = input, Time = new StandingTime(SomeSite.Made) };
}
