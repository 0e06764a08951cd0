using System.Text.Json;
using FedSite.TestKit;
using static FedSite.Tests.Messages.SomeMessage;

namespace FedSite.Tests.App;

public sealed class AccountingShowCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("show").FullName;
    private readonly TestTerminal _terminal = new();

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _terminal.Dispose();
    }

    [Fact]
    public async Task All_kinds_of_records_are_shown_as_recorded()
    {
        WriteAllKinds();

        Assert.Equal(ExitCode.Done, await _terminal.RunAsync($"accounting show {_folder}"));
        Golden.Check(_terminal.Out, "Contract/accounting-show.txt");
    }

    [Fact]
    public async Task One_kind_as_JSON_is_a_list_of_records_with_the_names_of_the_wire()
    {
        WriteAllKinds();

        await _terminal.RunAsync($"accounting show {_folder} --kind storage --output json");

        var record = Assert.Single(JsonDocument.Parse(_terminal.Out).RootElement.EnumerateArray());
        Assert.Equal("someone", record.GetProperty("UserIdentity").GetString());
    }

    [Fact]
    public async Task A_record_that_is_cut_off_is_named_and_the_exit_code_says_so()
    {
        var file = Write("cut", CloudMessage(Cloud("a"), Cloud("b")[..^20]));

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
        var file = Write("other", text);

        Assert.Equal(ExitCode.Failed, await _terminal.RunAsync($"accounting show {file}"));
        Assert.Contains($"{file} is no usage message {seen}", _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_does_not_exist_is_wrong_usage() =>
        Assert.Equal(ExitCode.Usage, await _terminal.RunAsync($"accounting show {_folder}/nothing"));

    private void WriteAllKinds()
    {
        Write("1", CloudMessage(Cloud("vm-1"), Cloud("vm-2", 3600)));
        Write("2", AcceleratorMessage(Accelerator("vm-1", "0.5")));
        Write("3", IpMessage(Ip("someone-with-a-name-of-71-characters@egi.eu", 3)));
        Write("4", StorageMessage(Storage("volume", 1610612736)));
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}
