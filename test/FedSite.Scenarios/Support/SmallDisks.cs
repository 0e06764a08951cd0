using System.Diagnostics;
using System.Globalization;
using CliWrap;
using CliWrap.Buffered;

namespace FedSite.Scenarios.Support;

/// <summary>
/// File systems of any size, mounted where only the programs that are started with <see cref="Launcher"/> see them; all
/// is gone when this is disposed of.
/// </summary>
internal sealed class SmallDisks : IAsyncDisposable
{
    /// <summary>A file without meaning: a disk without any would have no least size.</summary>
    public const string Ballast = "ballast";

    private const string Large = "64m";

    private readonly Process _holder;

    private SmallDisks(Process holder) => _holder = holder;

    /// <summary>Words to put in front of a command.</summary>
    public IReadOnlyList<string> Launcher =>
        ["nsenter", "--target", _holder.Id.ToString(CultureInfo.InvariantCulture), "--mount", "--"];

    public static async Task<SmallDisks> StartAsync()
    {
        Require.Root();
        // It says so once it has left the mounts of everybody else.
        var start = new ProcessStartInfo(
            "unshare",
            ["--mount", "--propagation", "private", "sh", "-c", "echo ready; exec sleep 3600"]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        var disks = new SmallDisks(Process.Start(start)!);
        Assert.Equal("ready", await disks._holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        return disks;
    }

    /// <summary>Where the folder's content is to be seen from outside.</summary>
    public string Seen(string folder) => $"/proc/{_holder.Id}/root{folder}";

    public async Task MountAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        await DoAsync("mount", "-t", "tmpfs", "-o", $"size={Large},mode=0770", "tmpfs", folder);
        await File.WriteAllBytesAsync(Path.Combine(Seen(folder), Ballast), new byte[4096]);
    }

    /// <summary>Leaves so much space.</summary>
    public async Task LeaveAsync(string folder, int kilobytes)
    {
        var answer = await DoAsync("df", "--block-size=1024", "--output=used", folder);
        var used = int.Parse(answer.Split('\n')[1], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
        await RemountAsync(folder, $"size={used + kilobytes}k");
    }

    public Task MakeRoomAsync(string folder) => RemountAsync(folder, $"size={Large}");

    public Task MakeReadOnlyAsync(string folder) => RemountAsync(folder, "ro");

    public Task MakeWritableAsync(string folder) => RemountAsync(folder, "rw");

    public ValueTask DisposeAsync()
    {
        _holder.Kill();
        _holder.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<string> RemountAsync(string folder, string options) =>
        DoAsync("mount", "-o", $"remount,{options}", folder);

    private async Task<string> DoAsync(params string[] command)
    {
        var run = await Cli.Wrap(Launcher[0])
            .WithArguments([.. Launcher.Skip(1), .. command])
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        return run.StandardOutput;
    }
}
