using FedSite.Configuration;
using FedSite.Images.Inspection;
using FedSite.Images.Transfers;
using FedSite.TestKit;
using FedSite.Tests.Images.Inspection;

namespace FedSite.Tests.Images.Transfers;

/// <summary>Around the sandbox, whose programs are scripts here; the real ones are in the scenarios.</summary>
public sealed class ImageConverterTests : IDisposable
{
    private static readonly ImageInspection Safe = new()
    {
        Format = "qcow2",
        VirtualSize = 1 << 20,
        Size = 4096,
        Findings = [],
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-").FullName;

    private string Record => Path.Combine(_folder, "started");

    [Fact]
    public async Task No_file_that_is_not_safe_comes_near_qemu_img()
    {
        Programs($"echo \"$@\" >>{Record}");
        foreach (var hostile in HostileFiles.All)
        {
            var input = In("hostile");
            await File.WriteAllBytesAsync(input, hostile.Bytes, TestContext.Current.CancellationToken);
            await using var file = File.OpenRead(input);
            var inspection = await ImageInspector.InspectAsync(
                file,
                hostile.Terms,
                TestContext.Current.CancellationToken
            );

            await Assert.ThrowsAsync<ArgumentException>(() => ConvertAsync(inspection));
        }

        await Assert.ThrowsAsync<ArgumentException>(() => ConvertAsync(Safe with { IsUndecided = true }));
        await Assert.ThrowsAsync<ArgumentException>(() => ConvertAsync(Safe with { Format = "vmdk" }));
        Assert.False(File.Exists(Record));
    }

    [Fact]
    public async Task A_safe_file_is_looked_at_and_converted_with_formats_that_are_named()
    {
        Programs($"echo \"$@\" >>{Record}; {Says("qcow2", 1 << 20)}");

        await ConvertAsync(Safe);

        var started = await File.ReadAllLinesAsync(Record, TestContext.Current.CancellationToken);
        Assert.EndsWith("qemu-img info --output=json -f qcow2 /input", started[0], StringComparison.Ordinal);
        Assert.EndsWith("qemu-img convert -f qcow2 -O raw /input /output", started[1], StringComparison.Ordinal);
        Assert.All(
            (string[])["--unshare-all", "--die-with-parent", "--cap-drop ALL", "--clearenv", "--core=0"],
            word => Assert.Contains(word, started[1], StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("raw", 1 << 20, "", "its format is raw")]
    [InlineData("qcow2", 2 << 20, "", "its disk has 2097152 bytes, not 1048576")]
    [InlineData("qcow2", 1 << 20, ",\"backing-filename\":\"/etc/shadow\"", "it has a backing file")]
    [InlineData("qcow2", 1 << 20, ",\"encrypted\":true", "it is encrypted")]
    [InlineData("qcow2", 1 << 20, ",\"format-specific\":{\"data\":{\"data-file\":\"x\"}}", "it has a data file")]
    [InlineData("qcow2", 1 << 20, "]", "what it says can't be read")]
    public async Task An_image_that_qemu_img_sees_otherwise_is_not_converted(
        string format,
        int size,
        string more,
        string difference
    )
    {
        Programs($"echo \"$@\" >>{Record}; {Says(format, size, more)}");

        var failure = await Assert.ThrowsAsync<FedSiteException>(() => ConvertAsync(Safe));

        Assert.Contains(difference, failure.Message, StringComparison.Ordinal);
        Assert.Single(await File.ReadAllLinesAsync(Record, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("bwrap")]
    [InlineData("prlimit")]
    [InlineData("qemu-img")]
    public async Task A_program_that_is_missing_is_named_with_what_to_install(string program)
    {
        Programs("exit 0");
        File.Delete(In(program));

        var failure = await Assert.ThrowsAsync<FedSiteException>(() => ConvertAsync(Safe));

        Assert.Contains($"the program {program} is not installed", failure.Message, StringComparison.Ordinal);
        Assert.Contains("apt install qemu-utils bubblewrap", failure.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kernel_that_allows_no_sandbox_is_told_with_what_to_do()
    {
        Programs("echo 'bwrap: No permissions to create new namespace' >&2; exit 1");

        var failure = await Assert.ThrowsAsync<FedSiteException>(() => ConvertAsync(Safe));

        Assert.Contains("No permissions to create new namespace", failure.Message, StringComparison.Ordinal);
        Assert.Contains("images.formats", failure.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_program_prints_is_cut_and_can_not_steer_a_terminal()
    {
        Programs("printf 'bad\\033[31m news\\n' >&2; yes | head -c 300000 >&2; exit 3");

        var failure = await Assert.ThrowsAsync<FedSiteException>(() => ConvertAsync(Safe));

        Assert.Contains("bad[31m news", failure.Message, StringComparison.Ordinal);
        Assert.InRange(failure.Message.Length, 10, 70_000);
    }

    [Theory]
    [InlineData(152, "too much processor time")]
    [InlineData(153, "wrote more than")]
    [InlineData(137, "signal 9")]
    public async Task What_ended_the_program_is_told_in_words(int code, string words)
    {
        Programs($"exit {code}");

        var failure = await Assert.ThrowsAsync<FedSiteException>(() => ConvertAsync(Safe));

        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_takes_too_long_is_stopped()
    {
        Programs("exec sleep 3600");
        var time = new HurriedTime(TimeSpan.FromSeconds(1), limits: TimeSpan.FromMilliseconds(200));

        var failure = await Assert.ThrowsAsync<FedSiteException>(() => ConvertAsync(Safe, time));

        Assert.Contains("was stopped: it took more than", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wish_to_stop_ends_the_program()
    {
        Programs($"echo >{Record}; exec sleep 3600");
        using var wish = new CancellationTokenSource();

        var conversion = ConvertAsync(Safe, ct: wish.Token);
        while (!File.Exists(Record))
        {
            await Task.Yield();
        }

        await wish.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => conversion);
    }

    [Fact]
    public async Task An_output_that_takes_more_than_there_is_room_for_ends_the_program()
    {
        Programs($"case \"$*\" in *' info '*) {Says("qcow2", 1 << 20)};; *) sleep 3600;; esac");
        await File.WriteAllBytesAsync(In("output"), new byte[100_000], TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<FedSiteException>(() => ConvertAsync(Safe, maxBytes: 50_000));

        Assert.Contains("more than the 50000 bytes that there is room for", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Says(string format, int size, string more = "") =>
        $"echo '{{\"format\":\"{format}\",\"virtual-size\":{size}{more}}}'";

    private string In(string name) => Path.Combine(_folder, name);

    /// <summary>All of the sandbox is one script.</summary>
    private void Programs(string script)
    {
        foreach (var name in (string[])["bwrap", "prlimit", "qemu-img"])
        {
            File.WriteAllText(In(name), $"#!/bin/sh\n{script}\n");
            File.SetUnixFileMode(In(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private Task ConvertAsync(
        ImageInspection inspection,
        TimeProvider? time = null,
        long maxBytes = 1 << 30,
        CancellationToken? ct = null
    ) =>
        new ImageConverter(
            new HostEnvironment(name => name == "PATH" ? _folder : null, _folder),
            time ?? TimeProvider.System
        ).ConvertAsync(
            In("hostile"),
            inspection,
            In("output"),
            "raw",
            maxBytes,
            ct ?? TestContext.Current.CancellationToken
        );
}
