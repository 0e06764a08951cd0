using CliWrap;
using CliWrap.Buffered;
using FedSite.Scenarios.Support;
using FedSite.TestKit;

namespace FedSite.Scenarios;

/// <summary>The spool, shared with the library that SSM uses: the real one, Debian's python3-dirq.</summary>
public sealed class DirqContractTests : IAsyncLifetime
{
    private readonly string _python = Require.Dirq();
    private MessagingSite _site = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _site = await MessagingSite.StartAsync(Stop);

    public ValueTask DisposeAsync() => _site?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task It_finds_our_messages_in_order_and_removes_them()
    {
        var names = new[] { await AddAsync(1), await AddAsync(2), await AddAsync(3) };

        var read = await DirqAsync(
            """
            for name in queue:
                assert queue.lock(name)
                print(name, queue.get(name).decode().split()[-1])
                queue.remove(name)
            """
        );

        Assert.Equal($"{names[0]} 1\n{names[1]} 2\n{names[2]} 3\n", read);
        Assert.Empty(Directory.GetFiles(_site.SpoolPath, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_it_adds_is_sent_in_order_with_what_we_add()
    {
        await DirqAsync("queue.add(text % 1)");
        await AddAsync(2);
        await DirqAsync("queue.add(text % 3)");

        await _site.SendAsync(Stop);

        Assert.Equal([Text(1), Text(2), Text(3)], _site.DeliveredTexts);
        Assert.Equal("0", await DirqAsync("print(queue.count(), end='')"));
    }

    [Fact]
    public async Task A_message_that_it_holds_is_neither_sent_nor_overtaken()
    {
        await AddAsync(1);
        await AddAsync(2);
        await DirqAsync("assert queue.lock(queue.first())");

        var report = await _site.SendAsync(Stop);

        Assert.Empty(_site.Ams.Delivered);
        Assert.Equal((ExitCode.Failed, 2), (report.ExitCode, report.Left));
    }

    [Fact]
    public async Task What_was_sent_or_set_aside_is_invisible_to_it_and_survives_its_purge()
    {
        await AddAsync(1);
        await _site.SendAsync(Stop);
        _site.Ams.Trouble(new Sandbox.Ams.AmsTrouble { Status = 400 });
        await AddAsync(2);
        await _site.SendAsync(Stop);

        var count = await DirqAsync("queue.purge(); print(queue.count(), end='')");

        Assert.Equal("0", count);
        Assert.Equal(
            2,
            Directory
                .GetFiles(_site.SpoolPath, "*", SearchOption.AllDirectories)
                .Count(f => !f.EndsWith(".json", StringComparison.Ordinal))
        );
    }

    private static string Text(int number) => $"APEL-cloud-message: v0.4\nVMUUID: {number}\n";

    private Task<string> AddAsync(int number) => _site.EnqueueAsync(Text(number), Stop);

    private async Task<string> DirqAsync(string script)
    {
        var program = $"""
            from dirq.QueueSimple import QueueSimple
            queue = QueueSimple({"'" + _site.SpoolPath + "'"})
            text = "APEL-cloud-message: v0.4\nVMUUID: %d\n"
            {script}
            """;
        var run = await Cli.Wrap(_python).WithArguments(["-c", program]).ExecuteBufferedAsync(Stop);
        return run.StandardOutput;
    }
}
