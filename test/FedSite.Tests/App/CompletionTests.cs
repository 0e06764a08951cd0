using CliWrap;
using CliWrap.Buffered;
using FedSite.App;
using FedSite.App.Commands;

namespace FedSite.Tests.App;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("comp", "completion")]
    [InlineData("completion|", "bash fish zsh")]
    [InlineData("completion|z", "zsh")]
    [InlineData("--output|js", "json")]
    [InlineData("--config|", "")]
    [InlineData("--config|x|completion|f", "fish")]
    [InlineData("completion|--os", "--os-cloud")]
    public void Candidates_fit_the_place(string words, string expected) =>
        Assert.Equal(
            expected,
            string.Join(' ', CompletionCommand.Candidates(CommandLine.CreateRoot(), words.Split('|')))
        );

    [Fact]
    public async Task Bash_completes_with_the_script()
    {
        // The program stands beside the tests: their project refers to it.
        var program = Path.Combine(AppContext.BaseDirectory, "FedSite.App");
        var script = $$"""
            fedsite() { "{{program}}" "$@"; }
            source <(fedsite completion bash)
            COMP_WORDS=(fedsite completion b) COMP_CWORD=2
            _fedsite
            echo "${COMPREPLY[*]}"
            """;
        var result = await Cli.Wrap("bash")
            .WithArguments(["-c", script])
            .WithEnvironmentVariables(e => e.Set("BASH_ENV", null))
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.Equal("bash\n", result.StandardOutput);
    }
}
