using System.Text.Json;
using FedSite.App;

namespace FedSite.Tests.App;

public sealed class CommandLineTests : IDisposable
{
    private readonly TestTerminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Theory]
    [InlineData("--version")]
    [InlineData("completion --version")]
    public async Task Version_is_told_at_every_level(string commandLine)
    {
        Assert.Equal(ExitCode.Done, await _terminal.RunAsync(commandLine));
        Assert.Equal($"fedsite {ProductInfo.Version}\n", _terminal.Out);
    }

    [Theory]
    [InlineData("completoin bash", "Did you mean completion?")]
    [InlineData("completion bash --ouput json", "Did you mean --output?")]
    [InlineData("completion bash --verbos", "Did you mean --verbose?")]
    [InlineData("completion bash extra", "no argument extra")]
    [InlineData("accounting show --knd cloud", "Did you mean --kind?")]
    [InlineData("accounting extract --prjct x", "Did you mean --project?")]
    [InlineData("completion tcsh", "Must be one of: 'bash', 'zsh', 'fish'")]
    [InlineData("completion bash --output xml", "Possible are: table.")]
    [InlineData("completion", "argument missing")]
    public async Task A_wrong_command_line_ends_with_2_and_a_hint(string commandLine, string hint)
    {
        Assert.Equal(ExitCode.Usage, await _terminal.RunAsync(commandLine));
        Assert.Contains(hint, _terminal.Error, StringComparison.Ordinal);
        Assert.Empty(_terminal.Out);
    }

    [Fact]
    public async Task Nothing_near_gives_no_suggestion()
    {
        await _terminal.RunAsync("completion bash --zzz");
        Assert.DoesNotContain("Did you mean", _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_without_a_command_prints_its_help_as_an_error()
    {
        Assert.Equal(ExitCode.Usage, await _terminal.RunAsync(""));
        Assert.Contains("Usage:", _terminal.Error, StringComparison.Ordinal);
        Assert.Empty(_terminal.Out);
    }

    [Fact]
    public async Task Help_is_a_result_even_beside_other_mistakes()
    {
        Assert.Equal(ExitCode.Done, await _terminal.RunAsync("completion --help"));
        Assert.Contains("Examples:", _terminal.Out, StringComparison.Ordinal);
        Assert.Empty(_terminal.Error);
    }

    [Fact]
    public async Task A_failure_says_what_to_do_and_has_its_exit_code()
    {
        var root = Root((_, _, _) => throw new FedSiteException("The disk is full.", "Make room.", ExitCode.Partly));
        Assert.Equal(ExitCode.Partly, await _terminal.RunAsync(root, "do"));
        Assert.Equal("error: The disk is full.\nwhat to do: Make room.\n", _terminal.Error);
        Assert.Empty(_terminal.Out);
    }

    [Fact]
    public async Task A_failure_is_the_one_json_document()
    {
        var root = Root((_, _, _) => throw new FedSiteException("The disk is full.", "Make room."));
        await _terminal.RunAsync(root, "do --output json");
        using var document = JsonDocument.Parse(_terminal.Out);
        var error = document.RootElement.GetProperty("error");
        Assert.Equal("The disk is full.", error.GetProperty("message").GetString());
        Assert.Equal(1, error.GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task An_unexpected_failure_shows_no_stack_trace()
    {
        var root = Root((_, _, _) => throw new InvalidOperationException("odd"));
        Assert.Equal(ExitCode.Failed, await _terminal.RunAsync(root, "do"));
        Assert.Equal(
            "error: Unexpected InvalidOperationException: odd\nwhat to do: Run it again with --verbose for details.\n",
            _terminal.Error
        );
    }

    [Fact]
    public async Task Verbose_shows_the_stack_trace()
    {
        var root = Root((_, _, _) => throw new InvalidOperationException("odd"));
        await _terminal.RunAsync(root, "do --verbose");
        Assert.Contains("   at ", _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_run_ends_with_130()
    {
        using var source = new CancellationTokenSource();
        var root = Root(
            async (_, _, cancellationToken) =>
            {
                await source.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
                return ExitCode.Done;
            }
        );
        Assert.Equal(ExitCode.Interrupted, await _terminal.RunUntilAsync(root, "do", source.Token));
    }

    [Fact]
    public async Task A_time_out_is_not_taken_for_an_interruption()
    {
        var root = Root((_, _, _) => throw new TaskCanceledException("The request timed out."));
        Assert.Equal(ExitCode.Failed, await _terminal.RunAsync(root, "do"));
    }

    private static AppCommand Root(CommandAction action)
    {
        var root = new AppCommand("fedsite", "A test.")
        {
            Subcommands = { new AppCommand("do", "It.") { Run = action } },
        };
        GlobalOptions.AddTo(root);
        return root;
    }
}
