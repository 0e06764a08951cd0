using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using FedSite.Configuration;

namespace FedSite.Images.Transfers;

/// <summary>What a program in the sandbox may take.</summary>
/// <param name="Memory">Bytes of address space.</param>
/// <param name="ProcessorTime">Of all its threads together.</param>
/// <param name="FileSize">Bytes that a file may reach.</param>
/// <param name="WallTime">From start to end.</param>
internal sealed record SandboxLimits(long Memory, TimeSpan ProcessorTime, long FileSize, TimeSpan WallTime);

/// <summary>Files that a program in the sandbox sees beside <c>/usr</c>.</summary>
/// <param name="Input">Seen as <see cref="ProgramSandbox.Input"/>, read-only.</param>
/// <param name="Output">Exists; seen as <see cref="ProgramSandbox.Output"/>, writable. Null: none.</param>
internal sealed record SandboxFiles(string? Input, string? Output);

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">128 and the number of a signal when one ended it.</param>
internal sealed record SandboxOutcome(int ExitCode, string Output, string Error);

/// <summary>
/// Runs a program where it can do little harm: <c>bwrap</c> gives it namespaces of its own, without network, capabilities
/// and files other than named ones; <c>prlimit</c> limits what it takes. No rights are needed for that.
/// </summary>
internal sealed class ProgramSandbox(HostEnvironment environment, TimeProvider time)
{
    public const string Input = "/input";
    public const string Output = "/output";

    // Nobody, on all systems.
    private const string Nobody = "65534";
    private const int FailedCode = 1;
    private const string Maker = "bwrap: ";

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>Runs it to its end.</summary>
    /// <param name="program">Name in PATH.</param>
    /// <param name="mayGoOn">Asked once a second; false ends the program.</param>
    /// <exception cref="FedSiteException">
    /// A program is missing, the kernel allows no sandbox, or the time was over. Whatever the program says is in the outcome.
    /// </exception>
    public async Task<SandboxOutcome> RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        SandboxFiles files,
        SandboxLimits limits,
        Func<bool> mayGoOn,
        CancellationToken ct
    )
    {
        var start = new ProcessStartInfo(Find("bwrap"), [.. Words(Find(program), files, limits), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        using var process = new Process { StartInfo = start };
        using var ended = new CancellationTokenSource();
        using var over = new CancellationTokenSource(limits.WallTime, time);
        using var ofUser = ct.UnsafeRegister(static p => Kill((Process)p!), process);
        using var ofTime = over.Token.UnsafeRegister(static p => Kill((Process)p!), process);
        var (started, ending) = Start(process);
        await started;
        // The wish to stop may have come before there was anything to stop.
        if (ct.IsCancellationRequested)
        {
            Kill(process);
        }

        process.StandardInput.Close();
        var output = PrintedText.ReadAsync(process.StandardOutput.BaseStream);
        var error = PrintedText.ReadAsync(process.StandardError.BaseStream);
        var watch = WatchAsync(process, mayGoOn, ended.Token);
        var code = await ending;
        await ended.CancelAsync();
        await watch;
        var outcome = new SandboxOutcome(code, await output, await error);
        ct.ThrowIfCancellationRequested();
        return over.IsCancellationRequested
            ? throw new FedSiteException(
                $"{program} was stopped: it took more than {limits.WallTime.TotalMinutes:F0} minutes.",
                "Run the command again when the machine has less to do."
            )
            : Checked(outcome);
    }

    private static SandboxOutcome Checked(SandboxOutcome outcome) =>
        outcome.ExitCode == FailedCode && outcome.Error.StartsWith(Maker, StringComparison.Ordinal)
            ? throw new FedSiteException(
                $"The sandbox for conversions can't be made: {outcome.Error}",
                "The kernel must allow user namespaces to this account (sysctl user.max_user_namespaces and "
                    + "kernel.unprivileged_userns_clone, or AppArmor's rules); or leave `images.formats` of site.yaml empty "
                    + "to offer images as they come."
            )
            : outcome;

    private string Find(string program)
    {
        var folders = (environment.NonEmpty("PATH") ?? "/usr/bin:/bin").Split(
            ':',
            StringSplitOptions.RemoveEmptyEntries
        );
        return folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
            ?? throw new FedSiteException(
                $"Images can't be converted: the program {program} is not installed.",
                "apt install qemu-utils bubblewrap; or leave `images.formats` of site.yaml empty to offer images as they come."
            );
    }

    private List<string> Words(string program, SandboxFiles files, SandboxLimits limits)
    {
        List<string> words =
        [
            "--unshare-all",
            "--unshare-user",
            .. (string[])["--uid", Nobody, "--gid", Nobody],
            "--die-with-parent",
            "--new-session",
            .. (string[])["--cap-drop", "ALL"],
            "--clearenv",
            .. (string[])["--setenv", "PATH", "/usr/bin"],
            .. (string[])["--setenv", "LC_ALL", "C"],
            // Each thread would take 64 MiB of address space for its own allocations.
            .. (string[])["--setenv", "MALLOC_ARENA_MAX", "2"],
            .. (string[])["--ro-bind", "/usr", "/usr"],
            .. (string[])["--dev-bind", "/dev/null", "/dev/null"],
        ];
        foreach (var folder in (string[])["/bin", "/lib", "/lib64"])
        {
            if (new DirectoryInfo(folder) is { Exists: true } found)
            {
                words.AddRange(
                    found.LinkTarget is { } target ? ["--symlink", target, folder] : ["--ro-bind", folder, folder]
                );
            }
        }

        if (!program.StartsWith("/usr/", StringComparison.Ordinal))
        {
            words.AddRange(["--ro-bind", program, program]);
        }

        words.AddRange(files.Input is { } input ? ["--ro-bind", input, Input] : []);
        words.AddRange(files.Output is { } output ? ["--bind", output, Output] : []);
        words.AddRange(["--chdir", "/", "--", Find("prlimit")]);
        words.Add(Limit("as", limits.Memory));
        // Asked to end first: that tells the reason.
        var seconds = (long)limits.ProcessorTime.TotalSeconds;
        words.Add(string.Create(CultureInfo.InvariantCulture, $"--cpu={seconds}:{seconds + 5}"));
        words.Add(Limit("fsize", limits.FileSize));
        words.Add(Limit("core", 0));
        words.Add(Limit("nofile", 64));
        // Older kernels count all processes of the account here.
        words.Add(Limit("nproc", 512));
        words.AddRange(["--", "nice", "-n", "10", program]);
        return words;
    }

    private static string Limit(string name, long value) =>
        string.Create(CultureInfo.InvariantCulture, $"--{name}={value}");

    /// <summary>
    /// On a thread that lives as long as the process: the kernel ends a child whose thread of birth is gone, and those of
    /// the pool come and go.
    /// </summary>
    private static (Task Started, Task<int> Ending) Start(Process process)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ending = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                process.Start();
                started.SetResult();
                process.WaitForExit();
                ending.SetResult(process.ExitCode);
            }
            catch (Exception e) when (!started.Task.IsCompleted)
            {
                started.SetException(
                    e is Win32Exception
                        ? new FedSiteException($"bwrap can't be started: {e.Message}", "Install it again.", inner: e)
                        : e
                );
            }
            catch (Exception e)
            {
                ending.SetException(e);
            }
        })
        {
            IsBackground = true,
            Name = "sandbox",
        };
        thread.Start();
        return (started.Task, ending.Task);
    }

    private async Task WatchAsync(Process process, Func<bool> mayGoOn, CancellationToken ended)
    {
        try
        {
            while (mayGoOn())
            {
                await Task.Delay(Poll, time, ended);
            }

            Kill(process);
        }
        catch (OperationCanceledException)
        {
            // It has ended by itself.
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            // What runs inside dies with the sandbox's own processes.
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // Not started yet, or over.
        }
    }
}
