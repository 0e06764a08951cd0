using FedSite.Messages;
using FedSite.Sandbox.Ams;
using FedSite.TestKit;

namespace FedSite.Tests.Messages;

/// <summary>What the next run makes of what a killed one has left behind, step by step.</summary>
public sealed class SenderRecoveryTests : IAsyncLifetime
{
    private MessagingSite _site = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _site = await MessagingSite.StartAsync(Stop);

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Killed_after_locking_the_message_is_sent_at_once()
    {
        var name = await _site.EnqueueAsync(SenderTests.Text(1), Stop);
        var at = _site.Time.GetUtcNow();
        _site.Queue.Journal.Attempting([OutboundOf(name)], at);
        _site.Queue.Spool.TryLock(name, at);

        var report = await _site.SendAsync(Stop);

        Assert.Equal(1, report.Sent);
        Assert.Equal(2, _site.Queue.Journal.Find(name)!.Attempts);
    }

    [Fact]
    public async Task Killed_between_answer_and_archive_the_message_is_not_sent_twice()
    {
        var name = await _site.EnqueueAsync(SenderTests.Text(1), Stop);
        var at = _site.Time.GetUtcNow();
        var message = OutboundOf(name);
        _site.Queue.Journal.Attempting([message], at);
        _site.Queue.Spool.TryLock(name, at);
        _site.Queue.Journal.Sent([message], ["17"]);

        var report = await _site.SendAsync(Stop);

        Assert.Empty(_site.Ams.Delivered);
        Assert.Equal((ExitCode.Done, 0, 0), (report.ExitCode, report.Sent, report.Left));
        Assert.Equal(name, Assert.Single(_site.Queue.Spool.ListSent()));
    }

    [Fact]
    public async Task Killed_between_move_and_unlocking_the_orphan_lock_goes()
    {
        var name = await _site.EnqueueAsync(SenderTests.Text(1), Stop);
        var at = _site.Time.GetUtcNow();
        var message = OutboundOf(name);
        _site.Queue.Journal.Attempting([message], at);
        _site.Queue.Spool.TryLock(name, at);
        _site.Queue.Journal.Sent([message], ["17"]);
        Directory.CreateDirectory(Path.GetDirectoryName(_site.Queue.Spool.PathOfSent(name))!);
        File.Move(_site.Queue.Spool.PathOf(name), _site.Queue.Spool.PathOfSent(name));

        await _site.SendAsync(Stop);

        Assert.Empty(Directory.GetFiles(_site.SpoolPath, "*.lck", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Killed_while_setting_aside_the_journal_catches_up()
    {
        var name = await _site.EnqueueAsync(SenderTests.Text(1), Stop);
        var at = _site.Time.GetUtcNow();
        _site.Queue.Journal.Attempting([OutboundOf(name)], at);
        _site.Queue.Spool.TryLock(name, at);
        _site.Queue.Spool.SetAside(
            name,
            new SetAsideNote
            {
                Name = name,
                Reason = "too large",
                At = at,
            }
        );

        await _site.SendAsync(Stop);

        var entry = _site.Queue.Journal.Find(name)!;
        Assert.Equal((MessageState.SetAside, "too large"), (entry.State, entry.Reason));
    }

    [Fact]
    public async Task An_older_message_of_unknown_fate_never_overtakes_a_younger_one()
    {
        // The first answer is lost for good; the run ends with both waiting, though the first may be stored.
        await _site.EnqueueAsync(Record(wall: 10), Stop);
        await _site.EnqueueAsync(Record(wall: 20), Stop);
        _site.Ams.Trouble(new AmsTrouble { Stored = int.MaxValue });
        for (var i = 0; i < 4; i++)
        {
            _site.Ams.Trouble(new AmsTrouble());
        }

        Assert.Equal(ExitCode.Failed, (await _site.SendAsync(Stop)).ExitCode);
        await _site.EnqueueAsync(Record(wall: 30), Stop);
        await _site.SendAsync(Stop);

        Assert.Equal("30", RepositoryView.Load(_site.DeliveredTexts).Single().Value.Fields["WallDuration"]);
    }

    private static Outbound OutboundOf(string name) =>
        new(name, null, null, null, 1, 1, Journal.Hash(System.Text.Encoding.ASCII.GetBytes(SenderTests.Text(1))));

    private static string Record(int wall) =>
        $"APEL-cloud-message: v0.4\nSiteName: EXAMPLE\nStartTime: 1790000000\nVMUUID: vm\nWallDuration: {wall}\n";
}
