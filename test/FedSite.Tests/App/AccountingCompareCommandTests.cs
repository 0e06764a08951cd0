using System.Text.Json;
using FedSite.App;
using FedSite.Configuration;
using FedSite.TestKit;
using FedSite.Tests.Messages;
using static FedSite.Tests.Messages.SomeMessage;

namespace FedSite.Tests.App;

public sealed class AccountingCompareCommandTests : IDisposable
{
    private readonly MessageFolder _a = new();
    private readonly MessageFolder _b = new();
    private readonly TestTerminal _terminal = new();

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
        _terminal.Dispose();
    }

    [Fact]
    public async Task Two_empty_folders_are_not_called_equal()
    {
        var folder = Directory.CreateTempSubdirectory("fedsite-").FullName;
        using var terminal = new TestTerminal();

        var exit = await terminal.RunAsync($"accounting compare {folder} {folder}");

        Directory.Delete(folder);
        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains("holds a message", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Differences_are_shown_as_recorded()
    {
        WriteDifferences();

        Assert.Equal(ExitCode.Differences, await CompareAsync());
        Golden.Check(_terminal.Out, "Contract/accounting-compare.txt");
    }

    [Fact]
    public async Task The_JSON_document_is_as_recorded()
    {
        WriteDifferences();

        Assert.Equal(ExitCode.Differences, await CompareAsync("--limit 2 --output json"));
        Golden.Check(_terminal.Out, "Contract/accounting-compare.json");
    }

    [Fact]
    public async Task More_differences_than_the_limit_are_counted()
    {
        _a.Write("1", Of(RecordKind.Cloud, [.. Enumerable.Range(0, 25).Select(i => $"vm-{i}")]));

        await CompareAsync();

        Assert.Contains("5 more records differ; --limit 0 shows all.", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_limit_0_all_differences_are_in_the_document()
    {
        _a.Write("1", Of(RecordKind.Cloud, [.. Enumerable.Range(0, 500).Select(i => $"vm-{i}")]));

        await CompareAsync("--limit 0 --output json");

        Assert.Equal(500, JsonDocument.Parse(_terminal.Out).RootElement.GetProperty("differences").GetArrayLength());
    }

    [Fact]
    public async Task Another_kind_and_an_ignored_field_may_differ()
    {
        WriteDifferences();

        Assert.Equal(ExitCode.Done, await CompareAsync("--kind storage"));
        Assert.Equal(ExitCode.Done, await CompareAsync("--kind ip --ignore IPCount"));
    }

    [Fact]
    public async Task An_ignored_field_that_does_not_occur_gives_a_warning()
    {
        WriteDifferences();

        await CompareAsync("--ignore cloudtype");

        Assert.Contains("--ignore cloudtype: no record has this field", _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_spool_stands_for_what_waits_in_it()
    {
        var message = Of(RecordKind.Cloud, "vm");
        var other = Of(RecordKind.Cloud, "other");
        _a.Write("message", message);
        _b.Write("6a5b1c40/6a5b1c6d0f2a31", message);
        _b.Write("6a5b1c40/6a5b1c6d0f2a31.lck", other);
        _b.Write("6a5b1c40/6a5b1c6d0f2a32.tmp", other);
        _b.Write("sent/6a5b1c40/6a5b1c6d0f2a30", other);
        _b.Write("set-aside/6a5b1c40/6a5b1c6d0f2a33", other);

        Assert.Equal(ExitCode.Done, await CompareAsync());
        Assert.Equal(ExitCode.Done, await _terminal.RunAsync($"accounting compare {_a.Path}/message {_b.Path}"));
        Assert.Equal(ExitCode.Differences, await _terminal.RunAsync($"accounting compare {_a.Path} {_b.Path}/sent"));
    }

    [Fact]
    public async Task A_file_that_is_no_message_leaves_an_equal_comparison_in_part_open()
    {
        _a.Write("1", Of(RecordKind.Cloud, "vm"));
        _b.Write("1", Of(RecordKind.Cloud, "vm"));
        var other = _b.Write("2", "{\"Type\": \"APEL Public IP mess");

        Assert.Equal(ExitCode.Partly, await CompareAsync());
        Assert.Contains($"{other} is no usage message (broken JSON)", _terminal.Error, StringComparison.Ordinal);
        _b.Write("3", Of(RecordKind.Cloud, "another"));
        Assert.Equal(ExitCode.Differences, await CompareAsync());
    }

    [Theory]
    [InlineData("accounting compare FOLDER FOLDER/missing", "does not exist")]
    [InlineData("accounting compare FOLDER FOLDER --limit -1", "-1 is no number from 0 on")]
    [InlineData("accounting compare FOLDER FOLDER --limit many", "many is no number from 0 on")]
    [InlineData("accounting compare FOLDER FOLDER --kind vm", "Must be one of")]
    [InlineData("accounting compare FOLDER", "argument missing")]
    public async Task A_wrong_command_line_ends_with_2(string commandLine, string hint)
    {
        var words = commandLine.Replace("FOLDER", _a.Path, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Usage, await _terminal.RunAsync(words));
        Assert.Contains(hint, _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_comparison_ends_with_130()
    {
        WriteDifferences();
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();

        Assert.Equal(
            ExitCode.Interrupted,
            await _terminal.RunUntilAsync(
                CommandLine.CreateRoot(),
                $"accounting compare {_a.Path} {_b.Path}",
                stopped.Token
            )
        );
    }

    private Task<ExitCode> CompareAsync(string options = "") =>
        _terminal.RunAsync($"accounting compare {_a.Path} {_b.Path} {options}");

    private void WriteDifferences()
    {
        _a.Write("1", CloudMessage(Cloud("vm-1"), Cloud("vm-2"), Cloud("vm-3")));
        _b.Write("1", CloudMessage(Cloud("vm-1"), Cloud("vm-2", 3600), Cloud("vm-4")));
        _a.Write("2", IpMessage(Ip("someone", 3)));
        _b.Write("2", IpMessage(Ip("someone", 4)));
        _a.Write("3", StorageMessage(Storage("volume")));
        _b.Write("3", StorageMessage(Storage("volume")));
    }
}
