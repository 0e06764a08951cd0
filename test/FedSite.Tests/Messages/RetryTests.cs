using FedSite.Configuration;
using FedSite.Messages;
using FedSite.Sandbox.Ams;
using FedSite.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Tests.Messages;

public sealed class RetryTests : IAsyncLifetime
{
    private MessagingSite _site = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _site = await MessagingSite.StartAsync(Stop);

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task A_message_put_back_is_sent_from_its_old_place()
    {
        var name = await SetAsideAsync(Cloud("a", 10));

        var outcome = Outbox().Retry(name);

        Assert.Equal(new RetryOutcome(name, 1, 0), outcome);
        Assert.Equal(name, Assert.Single(_site.Queue.Spool.List()));
        Assert.Equal(ExitCode.Done, (await _site.SendAsync(Stop)).ExitCode);
        Assert.Equal([Cloud("a", 10)], _site.DeliveredTexts);
    }

    [Fact]
    public async Task Records_that_a_younger_message_has_replaced_are_left_out()
    {
        var name = await SetAsideAsync(Cloud("a", 10, "b", 10, "c", 10));
        await SendAsync(Cloud("b", 20));

        var outcome = Outbox().Retry(name);
        await _site.SendAsync(Stop);

        Assert.Equal((2, 1), (outcome.Records, outcome.Superseded));
        Assert.Equal(Cloud("a", 10, "c", 10), _site.DeliveredTexts[^1]);
        var repository = RepositoryView.Load(_site.DeliveredTexts);
        Assert.Equal("20", repository["b 2026-09"].Fields["WallDuration"]);
    }

    [Fact]
    public async Task A_message_whose_records_were_all_replaced_stays_set_aside()
    {
        var name = await SetAsideAsync(Cloud("a", 10));
        await SendAsync(Cloud("a", 20));

        var failure = Assert.Throws<FedSiteException>(() => Outbox().Retry(name));

        Assert.Contains("drop", failure.NextStep, StringComparison.Ordinal);
        Assert.Equal(name, Assert.Single(_site.Queue.Spool.ListSetAside()));
    }

    [Fact]
    public async Task The_same_machine_in_another_month_is_another_record()
    {
        var name = await SetAsideAsync(Cloud("a", 10));
        await SendAsync(Cloud("a", 31 * 86400));

        Assert.Equal(0, Outbox().Retry(name).Superseded);
    }

    [Fact]
    public async Task Accelerator_records_are_left_out_by_their_own_key()
    {
        var name = await SetAsideAsync(Accelerator("a", "b"));
        await SendAsync(Accelerator("a"));

        Outbox().Retry(name);
        await _site.SendAsync(Stop);

        Assert.Equal(Accelerator("b"), _site.DeliveredTexts[^1]);
    }

    [Fact]
    public async Task A_message_of_an_unknown_kind_is_not_put_back_behind_younger_ones()
    {
        var name = await SetAsideAsync("APEL-individual-job-message: v0.3\nSite: x\n");
        await SendAsync(Cloud("a", 20));

        Assert.Throws<FedSiteException>(() => Outbox().Retry(name));
    }

    [Fact]
    public async Task A_dropped_message_is_gone_from_spool_and_archive_and_known_to_the_journal()
    {
        var name = await SetAsideAsync(Cloud("a", 10));

        Outbox().Drop(name);

        Assert.Empty(_site.Queue.Spool.ListSetAside());
        Assert.Equal(MessageState.Dropped, _site.Queue.Journal.Find(name)!.State);
    }

    [Fact]
    public async Task What_waits_and_what_was_set_aside_is_listed_with_its_reason()
    {
        var aside = await SetAsideAsync(Cloud("a", 10));
        var waits = await _site.EnqueueAsync(Cloud("b", 10), Stop);

        var entries = Outbox().List(state: null);

        Assert.Equal(
            [(aside, MessageState.SetAside), (waits, MessageState.Queued)],
            entries.Select(e => (e.Name, e.State))
        );
        Assert.Contains("400", entries[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sent_messages_younger_than_one_that_is_set_aside_are_kept_beyond_their_time()
    {
        var older = await _site.EnqueueAsync(Cloud("a", 10), Stop);
        await _site.SendAsync(Stop);
        await SetAsideAsync(Cloud("b", 10));
        await SendAsync(Cloud("c", 10));
        foreach (var name in _site.Queue.Spool.ListSent())
        {
            File.SetLastWriteTimeUtc(
                _site.Queue.Spool.PathOfSent(name),
                new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc)
            );
        }

        await _site.SendAsync(Stop);

        Assert.DoesNotContain(older, _site.Queue.Spool.ListSent());
        Assert.Single(_site.Queue.Spool.ListSent());
    }

    [Fact]
    public async Task A_message_whose_name_another_queue_has_too_is_found_where_it_was_set_aside()
    {
        var name = await _site.EnqueueAsync(Cloud("a", 10), Stop);
        var aside = Path.Combine(StorageSpool, "set-aside", name);
        Directory.CreateDirectory(Path.GetDirectoryName(aside)!);
        await File.WriteAllTextAsync(aside, Cloud("b", 10), Stop);

        Outbox().Retry(name);

        Assert.True(File.Exists(Path.Combine(StorageSpool, name)));
    }

    private string StorageSpool => Path.Combine(_site.Folder, "spool-storage");

    private Outbox Outbox() =>
        FedSite.Messages.Outbox.Open(
            new SiteConfig
            {
                Site = new SiteIdentity { Name = "EXAMPLE" },
                State = _site.StatePath,
                Messaging = new MessagingConfig
                {
                    Certificate = _site.Host.CertificateFile,
                    Key = _site.Host.KeyFile,
                    Trust = _site.TrustPath,
                    Ams = _site.AmsConfig,
                    Queues = new QueuesConfig
                    {
                        Cloud = _site.Queue.Config,
                        Storage = new QueueConfig { Spool = StorageSpool, Topic = "eu-egi-storage-accounting" },
                    },
                },
            },
            _site.Time,
            NullLoggerFactory.Instance
        );

    private async Task<string> SetAsideAsync(string text)
    {
        var name = await _site.EnqueueAsync(text, Stop);
        _site.Ams.Trouble(new AmsTrouble { Status = 400 });
        Assert.Single((await _site.SendAsync(Stop)).SetAside);
        return name;
    }

    private async Task SendAsync(string text)
    {
        await _site.EnqueueAsync(text, Stop);
        Assert.Equal(1, (await _site.SendAsync(Stop)).Sent);
    }

    // September 2026, so many seconds after its start.
    private static string Cloud(params object[] machines) =>
        "APEL-cloud-message: v0.4\n"
        + string.Join(
            "\n%%\n",
            machines
                .Chunk(2)
                .Select(m =>
                    $"SiteName: EXAMPLE\nStartTime: 1788220800\nStatus: started\nVMUUID: {m[0]}\nWallDuration: {m[1]}"
                )
        )
        + "\n";

    private static string Accelerator(params string[] machines) =>
        "{\"Type\": \"APEL-accelerator-message\", \"Version\": \"0.1\", \"UsageRecords\": ["
        + string.Join(
            ", ",
            machines.Select(m =>
                $"{{\"SiteName\": \"EXAMPLE\", \"AssociatedRecord\": \"{m}\", \"MeasurementMonth\": 9, "
                + "\"MeasurementYear\": 2026, \"AssociatedRecordType\": \"cloud\", \"Model\": \"NVIDIA A100\"}"
            )
        )
        + "]}";
}
