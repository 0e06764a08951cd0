using CliWrap;
using CliWrap.Buffered;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios;

public sealed class ReleaseBinaryTests
{
    private readonly string _binary = Require.ReleaseBinary();

    [Fact]
    public async Task It_prints_its_version()
    {
        var run = await RunAsync("--version");

        Assert.Equal($"fedsite {ProductInfo.Version}", run.StandardOutput.Trim());
    }

    [Fact]
    public async Task Help_names_the_commands()
    {
        var run = await RunAsync("--help");

        Assert.Contains("completion", run.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tarball_runs_where_it_is_unpacked()
    {
        var folder = Directory.CreateTempSubdirectory("fedsite-tarball");
        try
        {
            var tarball = Path.Combine(Repository.Root, "artifacts", $"fedsite-{ProductInfo.Version}-linux-x64.tar.gz");
            await Cli.Wrap("tar")
                .WithArguments(["-xzf", tarball, "-C", folder.FullName, "--strip-components=1"])
                .ExecuteAsync(TestContext.Current.CancellationToken);
            var unpacked = await Cli.Wrap(Path.Combine(folder.FullName, "fedsite"))
                .WithArguments("--version")
                .ExecuteBufferedAsync(TestContext.Current.CancellationToken);

            Assert.Equal($"fedsite {ProductInfo.Version}", unpacked.StandardOutput.Trim());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private Task<BufferedCommandResult> RunAsync(params string[] arguments) =>
        Cli.Wrap(_binary).WithArguments(arguments).ExecuteBufferedAsync(TestContext.Current.CancellationToken).Task;
}
