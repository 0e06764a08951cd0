using System.Text.Json;
using FedSite.TestKit;
using FedSite.Tests.Messages;
using static FedSite.Tests.Messages.SomeMessage;

namespace FedSite.Tests.App;

public sealed class AccountingShowCommandTests : IDisposable
{
    private readonly MessageFolder _folder = new();
    private readonly TestTerminal _terminal = new();

    public void Dispose()
    {
        _folder.Dispose();
        _terminal.Dispose();
    }

    [Fact]
    public async Task All_kinds_of_records_are_shown_as_recorded()
    {
        WriteAllKinds();

        Assert.Equal(ExitCode.Done, await _terminal.RunAsync($"accounting show {_folder.Path}"));
        Golden.Check(_terminal.Out, "Contract/accounting-show.txt");
    }

    [Fact]
    public async Task One_kind_as_JSON_is_a_list_of_records_with_the_names_of_the_wire()
    {
        WriteAllKinds();

        await _terminal.RunAsync($"accounting show {_folder.Path} --kind storage --output json");

        var record = Assert.Single(JsonDocument.Parse(_terminal.Out).RootElement.EnumerateArray());
        Assert.Equal("someone", record.GetProperty("UserIdentity").GetString());
    }

    [Fact]
    public async Task A_record_that_is_cut_off_is_named_and_the_exit_code_says_so()
    {
        var file = _folder.Write("cut", CloudMessage(Cloud("a"), Cloud("b")[..^20]));

        Assert.Equal(ExitCode.Partly, await _terminal.RunAsync($"accounting show {file}"));
        Assert.Contains($"record 2 of {file} is incomplete", _terminal.Error, StringComparison.Ordinal);
        Assert.Contains("2 cloud records.", _terminal.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MIME-Version: 1.0\nContent-Type: multipart/signed\n", "(MIME-Version: 1.0)")]
    [InlineData("{\"Type\": \"APEL Public IP message\", \"UsageRec", "(broken JSON)")]
    [InlineData("<html><body/></html>", "(XML, html)")]
    [InlineData("", "(empty)")]
    public async Task What_is_no_message_is_refused_with_what_it_seems_to_be(string text, string seen)
    {
        var file = _folder.Write("other", text);

        Assert.Equal(ExitCode.Failed, await _terminal.RunAsync($"accounting show {file}"));
        Assert.Contains($"{file} is no usage message {seen}", _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_does_not_exist_is_wrong_usage() =>
        Assert.Equal(ExitCode.Usage, await _terminal.RunAsync($"accounting show {_folder.Path}/nothing"));

    private void WriteAllKinds()
    {
        _folder.Write("1", CloudMessage(Cloud("vm-1"), Cloud("vm-2", 3600)));
        _folder.Write("2", AcceleratorMessage(Accelerator("vm-1", "0.5")));
        _folder.Write("3", IpMessage(Ip("someone-with-a-name-of-71-characters@egi.eu", 3)));
        _folder.Write("4", StorageMessage(Storage("volume", 1610612736)));
    }
}
