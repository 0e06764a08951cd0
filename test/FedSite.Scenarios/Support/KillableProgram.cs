using System.Diagnostics;
using FedSite.TestKit;

namespace FedSite.Scenarios.Support;

/// <summary>The program, run to its end or killed on the way.</summary>
internal static class KillableProgram
{
    /// <param name="arguments">Of the command line.</param>
    /// <param name="killAfter">Null: it must end by itself, with 0.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>How long it ran.</returns>
    public static async Task<TimeSpan> RunAsync(
        IReadOnlyCollection<string> arguments,
        TimeSpan? killAfter,
        CancellationToken ct
    )
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(
            new ProcessStartInfo(TestSite.Executable, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var error = process.StandardError.ReadToEndAsync(ct);
        if (killAfter is { } after)
        {
            await Task.WhenAny(process.WaitForExitAsync(ct), Task.Delay(after, TimeProvider.System, ct));
            process.Kill();
            await process.WaitForExitAsync(ct);
        }
        else
        {
            await process.WaitForExitAsync(ct);
            Assert.True(process.ExitCode == 0, $"exit {process.ExitCode}: {await output}{await error}");
        }

        return Stopwatch.GetElapsedTime(started);
    }
}
