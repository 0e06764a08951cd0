using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CliWrap;
using CliWrap.Buffered;
using FedSite.Configuration;
using FedSite.Images.Transfers;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Images;

/// <summary>What a program can do in the sandbox of conversions: as little as possible.</summary>
public sealed class ProgramSandboxTests : IDisposable
{
    private static readonly SandboxLimits Limits = new(
        Memory: 1L << 30,
        ProcessorTime: TimeSpan.FromSeconds(20),
        FileSize: 1 << 20,
        WallTime: TimeSpan.FromMinutes(5)
    );

    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-").FullName;

    public ProgramSandboxTests()
    {
        Require.Program("/usr/bin/bwrap", "bubblewrap");
        File.WriteAllText(In("input"), "the image");
        File.WriteAllText(In("output"), "");
        File.WriteAllText(In("site.yaml"), "password: secret");
    }

    [Fact]
    public async Task It_sees_its_files_and_programs_and_nothing_else_of_the_host()
    {
        var outcome = await RunAsync(
            $"""
            cat /input; echo
            for file in /etc/shadow /etc/passwd /proc/self/status /sys/kernel /home /root /var /tmp /run {In(
                "site.yaml"
            )}; do
              [ ! -e $file ] || echo "sees $file"
            done
            ls /dev; echo; env | grep -i secret; id -u
            """
        );

        Assert.Equal(["the image", "null", "", "65534"], outcome.Output.Split('\n'));
    }

    [Fact]
    public async Task It_changes_its_output_alone()
    {
        var outcome = await RunAsync(
            """
            echo changed >/input || echo "input stays"
            echo new >/usr/new || echo "programs stay"
            echo made >/output
            """
        );

        Assert.Equal(["input stays", "programs stay"], outcome.Output.Split('\n'));
        Assert.Equal("the image", await File.ReadAllTextAsync(In("input"), TestContext.Current.CancellationToken));
        Assert.Equal("made\n", await File.ReadAllTextAsync(In("output"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task It_reaches_no_network()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var outcome = await RunAsync($"(echo hello >/dev/tcp/127.0.0.1/{port}) && echo reached || echo alone");

        Assert.Equal("alone", outcome.Output);
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task It_may_do_nothing_that_needs_rights()
    {
        var outcome = await RunAsync(
            """
            mount -t tmpfs none /usr 2>/dev/null || echo "no mount"
            chown 0 /output 2>/dev/null || echo "no chown"
            """
        );

        Assert.Equal(["no mount", "no chown"], outcome.Output.Split('\n'));
    }

    [Fact]
    public async Task It_gets_no_more_memory_than_it_may()
    {
        var outcome = await RunAsync("printf -v much '%2000000000d' 1; echo got it");

        Assert.DoesNotContain("got it", outcome.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, outcome.ExitCode);
    }

    [Fact]
    public async Task It_gets_no_more_processor_time_than_it_may()
    {
        var outcome = await RunAsync("while :; do :; done", Limits with { ProcessorTime = TimeSpan.FromSeconds(1) });

        Assert.Equal(128 + 24, outcome.ExitCode);
    }

    [Fact]
    public async Task It_writes_no_larger_file_than_it_may()
    {
        var outcome = await RunAsync("exec head -c 3000000 /usr/bin/bash /usr/bin/bash /usr/bin/bash >/output");

        Assert.Equal(128 + 25, outcome.ExitCode);
        Assert.Equal(Limits.FileSize, new FileInfo(In("output")).Length);
    }

    [Fact]
    public async Task A_wish_to_stop_leaves_none_of_its_processes()
    {
        using var wish = new CancellationTokenSource();
        var marker = $"{Environment.ProcessId}0";

        var run = RunAsync($"sleep {marker} & echo ready >/output; sleep {marker}", ct: wish.Token);
        while (new FileInfo(In("output")).Length == 0)
        {
            await Task.Yield();
        }

        await wish.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.DoesNotContain(
            Directory.GetDirectories("/proc").Select(CommandLine),
            words => words.Contains(marker, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task An_account_without_any_rights_can_make_it()
    {
        Require.Root();
        var run = await Cli.Wrap("runuser")
            .WithArguments([
                "-u",
                "nobody",
                "--",
                Environment.ProcessPath!,
                "-noLogo",
                "-noColor",
                "-class",
                typeof(ConversionTests).FullName!,
            ])
            .WithEnvironmentVariables(new Dictionary<string, string?> { ["TMPDIR"] = "/tmp", ["HOME"] = "/tmp" })
            .WithWorkingDirectory("/tmp")
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);

        Assert.True(run.ExitCode == 0, run.StandardOutput);
        Assert.Contains("Failed: 0, Skipped: 0", run.StandardOutput, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private string In(string name) => Path.Combine(_folder, name);

    private Task<SandboxOutcome> RunAsync(string script, SandboxLimits? limits = null, CancellationToken? ct = null) =>
        new ProgramSandbox(HostEnvironment.OfProcess(), TimeProvider.System).RunAsync(
            "bash",
            ["-c", script],
            new SandboxFiles(In("input"), In("output")),
            limits ?? Limits,
            () => true,
            ct ?? TestContext.Current.CancellationToken
        );
}
