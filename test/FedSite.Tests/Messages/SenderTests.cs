using FedSite.Messages;
using FedSite.Sandbox.Ams;
using FedSite.State;
using FedSite.TestKit;

namespace FedSite.Tests.Messages;

public sealed class SenderTests : IAsyncLifetime
{
    private MessagingSite _site = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _site = await MessagingSite.StartAsync(Stop);

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Messages_arrive_signed_and_in_order()
    {
        var texts = await QueueAsync(5);

        var report = await _site.SendAsync(Stop);

        Assert.Equal(texts, _site.DeliveredTexts);
        Assert.Equal((ExitCode.Done, 5, 0), (report.ExitCode, report.Sent, report.Left));
    }

    [Fact]
    public async Task Small_messages_travel_together()
    {
        await QueueAsync(150);

        await _site.SendAsync(Stop);

        Assert.Equal([100, 50], _site.Ams.PublishRequests);
    }

    [Fact]
    public async Task A_sent_message_lies_in_the_archive_and_its_fate_in_the_journal()
    {
        var name = await _site.EnqueueAsync(Text(1), Stop);

        await _site.SendAsync(Stop);

        Assert.Empty(_site.Queue.Spool.List());
        Assert.Equal(Text(1), await File.ReadAllTextAsync(Path.Combine(_site.SpoolPath, "sent", name), Stop));
        var entry = _site.Queue.Journal.Find(name)!;
        Assert.Equal((MessageState.Sent, "0", 1), (entry.State, entry.AmsId, entry.Attempts));
        AssertSpoolIsClean();
    }

    [Fact]
    public async Task Messages_of_other_programs_in_the_spool_are_sent_as_well()
    {
        Directory.CreateDirectory(Path.Combine(_site.SpoolPath, "12345678"));
        await File.WriteAllTextAsync(Path.Combine(_site.SpoolPath, "12345678", "1234567890abcd"), Text(7), Stop);

        await _site.SendAsync(Stop);

        Assert.Equal(["12345678/1234567890abcd"], _site.Ams.Delivered.Select(message => message.EmpaId));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public async Task After_a_lost_answer_everything_goes_again_one_by_one_in_order(int stored)
    {
        var texts = await QueueAsync(5);
        _site.Ams.Trouble(new AmsTrouble { Stored = stored });

        var report = await _site.SendAsync(Stop);

        Assert.Equal([5, 1, 1, 1, 1, 1], _site.Ams.PublishRequests);
        Assert.Equal(texts.Take(stored).Concat(texts), _site.DeliveredTexts);
        Assert.Equal(ExitCode.Done, report.ExitCode);
    }

    [Fact]
    public async Task A_message_of_unknown_fate_stops_the_queue_and_is_the_first_of_the_next_run()
    {
        var texts = await QueueAsync(3);
        _site.Ams.Trouble(new AmsTrouble { Status = 502, Stored = 1 });
        for (var i = 0; i < 4; i++)
        {
            _site.Ams.Trouble(new AmsTrouble { Status = 502, Body = "<html>Bad Gateway</html>" });
        }

        var report = await _site.SendAsync(Stop);

        Assert.Equal((ExitCode.Failed, 0, 3), (report.ExitCode, report.Sent, report.Left));
        Assert.Contains("502", report.Stopped, StringComparison.Ordinal);
        Assert.Equal(MessageState.Unknown, _site.Queue.Journal.Find(_site.Queue.Spool.List().First())!.State);
        AssertNoLocks();
        Assert.Equal(ExitCode.Done, (await _site.SendAsync(Stop)).ExitCode);
        Assert.Equal(texts.Take(1).Concat(texts), _site.DeliveredTexts);
    }

    [Fact]
    public async Task When_AMS_is_busy_the_batch_is_sent_again_whole()
    {
        var texts = await QueueAsync(3);
        _site.Ams.Trouble(new AmsTrouble { Status = 429, RetryAfter = 7 });

        await _site.SendAsync(Stop);

        Assert.Equal([3, 3], _site.Ams.PublishRequests);
        Assert.Equal(texts, _site.DeliveredTexts);
    }

    [Theory]
    [InlineData(true, "413")]
    [InlineData(false, "500")]
    public async Task A_message_too_large_for_AMS_is_set_aside_and_the_rest_is_sent(bool says, string status)
    {
        await using var site = await MessagingSite.StartAsync(
            Stop,
            options: o => o with { SaysTooLarge = says, MaxStoredBytes = 1_000_000 }
        );
        await site.EnqueueAsync(Text(1), Stop);
        var large = await site.EnqueueAsync(Text(2) + new string('x', 800_000), Stop);
        await site.EnqueueAsync(Text(3), Stop);

        var report = await site.SendAsync(Stop);

        Assert.Equal([Text(1), Text(3)], site.DeliveredTexts);
        Assert.Equal((ExitCode.Partly, 0), (report.ExitCode, report.Left));
        var note = Assert.Single(report.SetAside);
        Assert.Equal(large, note.Name);
        Assert.Contains(status, note.Reason, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(site.SpoolPath, "set-aside", large)));
    }

    [Fact]
    public async Task A_message_that_AMS_calls_invalid_is_set_aside()
    {
        await QueueAsync(1);
        _site.Ams.Trouble(new AmsTrouble { Status = 400 });

        var report = await _site.SendAsync(Stop);

        Assert.Single(report.SetAside);
        Assert.Equal(0, report.Left);
    }

    [Fact]
    public async Task A_message_with_more_than_1000_records_is_set_aside()
    {
        var text = "APEL-cloud-message: v0.4\n" + string.Join("\n%%\n", Enumerable.Repeat("VMUUID: x", 1001)) + "\n";
        await _site.EnqueueAsync(text, Stop, records: 1001);

        var report = await _site.SendAsync(Stop);

        Assert.Contains("1001 records", Assert.Single(report.SetAside).Reason, StringComparison.Ordinal);
        Assert.Empty(_site.Ams.Delivered);
    }

    [Fact]
    public async Task A_message_that_is_not_ASCII_is_set_aside_with_a_note_beside_it()
    {
        Directory.CreateDirectory(Path.Combine(_site.SpoolPath, "12345678"));
        await File.WriteAllTextAsync(Path.Combine(_site.SpoolPath, "12345678", "1234567890abcd"), "K\u00e4se\n", Stop);

        await _site.SendAsync(Stop);

        var note = Path.Combine(_site.SpoolPath, "set-aside", "12345678", "1234567890abcd.json");
        Assert.Contains("ASCII", await File.ReadAllTextAsync(note, Stop), StringComparison.Ordinal);
        AssertNoLocks();
    }

    [Fact]
    public async Task A_fresh_lock_of_another_program_stops_the_queue_there()
    {
        await QueueAsync(3);
        var held = Path.Combine(_site.SpoolPath, _site.Queue.Spool.List().ElementAt(1)) + ".lck";
        await File.WriteAllTextAsync(held, "", Stop);

        var report = await _site.SendAsync(Stop);

        Assert.Equal([Text(0)], _site.DeliveredTexts);
        Assert.Equal((ExitCode.Partly, 2), (report.ExitCode, report.Left));
        Assert.Contains("Another program holds", report.Stopped, StringComparison.Ordinal);
        Assert.True(File.Exists(held));
    }

    [Fact]
    public async Task A_lock_older_than_ten_minutes_is_a_dead_programs()
    {
        await QueueAsync(1);
        var held = Path.Combine(_site.SpoolPath, _site.Queue.Spool.List().Single()) + ".lck";
        await File.WriteAllTextAsync(held, "", Stop);
        File.SetLastWriteTimeUtc(held, _site.Time.GetUtcNow().UtcDateTime.AddSeconds(-601));

        var report = await _site.SendAsync(Stop);

        Assert.Equal(1, report.Sent);
        AssertSpoolIsClean();
    }

    [Fact]
    public async Task A_second_sender_says_who_is_at_work()
    {
        using var first = RunLock.Acquire(_site.StatePath, "messages", _site.Time);

        var failure = await Assert.ThrowsAsync<FedSiteException>(() => _site.SendAsync(Stop));

        Assert.Contains($"process {Environment.ProcessId}", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, failure.ExitCode);
    }

    [Fact]
    public async Task A_refused_topic_stops_the_queue_with_nothing_lost()
    {
        _site.Ams.Register(_site.Host.Certificate, "another-topic");
        await QueueAsync(2);

        var report = await _site.SendAsync(Stop);

        Assert.Contains("eu.egi.cloud.accounting", report.NextStep, StringComparison.Ordinal);
        Assert.Equal(2, report.Left);
        Assert.All(_site.Queue.Journal.List(null), entry => Assert.Equal(MessageState.Queued, entry.State));
        AssertNoLocks();
    }

    [Fact]
    public async Task An_empty_queue_is_no_failure_and_needs_no_AMS()
    {
        var report = await _site.SendAsync(Stop, _site.AmsConfig with { Port = 1, AuthPort = 1 });

        Assert.Equal(ExitCode.Done, report.ExitCode);
    }

    [Fact]
    public async Task A_message_that_another_program_took_is_noted_in_the_journal()
    {
        var name = await _site.EnqueueAsync(Text(1), Stop);
        File.Delete(Path.Combine(_site.SpoolPath, name));

        await _site.SendAsync(Stop);

        Assert.Equal(MessageState.Dropped, _site.Queue.Journal.Find(name)!.State);
    }

    internal static string Text(int number) =>
        $"APEL-cloud-message: v0.4\nSiteName: EXAMPLE\nStartTime: 1790000000\nVMUUID: vm-{number}\nWallDuration: {number + 1}\n";

    private async Task<List<string>> QueueAsync(int count)
    {
        var texts = Enumerable.Range(0, count).Select(Text).ToList();
        foreach (var text in texts)
        {
            await _site.EnqueueAsync(text, Stop);
        }

        return texts;
    }

    private void AssertNoLocks() =>
        Assert.Empty(Directory.GetFiles(_site.SpoolPath, "*.lck", SearchOption.AllDirectories));

    private void AssertSpoolIsClean()
    {
        AssertNoLocks();
        Assert.Empty(Directory.GetFiles(_site.SpoolPath, "*.tmp", SearchOption.AllDirectories));
    }
}
