using System.Buffers;
using System.Text;
using CsCheck;
using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.OpenStack.Compute;
using static FedSite.Tests.Accounting.SomeServer;

namespace FedSite.Tests.Accounting;

public sealed class CloudRecordTests
{
    private static readonly RecordBuilder Builder = new("EXAMPLE-SITE", "keystone.example.org", new AccountingConfig());
    private static readonly UsageWindow November = new(At("2026-11-01T00:00:00Z"), At("2026-11-23T12:00:00Z"));

    [Fact]
    public void A_running_machine_is_written_in_the_repositorys_format()
    {
        var server = Active with
        {
            Flavor = Active.Flavor! with
            {
                ExtraSpecs = new Dictionary<string, string>
                {
                    ["accounting:benchmark_type"] = "HEPscore23",
                    ["accounting:benchmark_value"] = "99",
                },
            },
        };

        Assert.Equal(
            $"""
            Benchmark: 99.0
            BenchmarkType: HEPscore23
            CloudComputeService: keystone.example.org
            CloudType: FedSite/{ProductInfo.Version} (OpenStack)
            CpuCount: 2
            CpuDuration: 5904000
            Disk: 50
            EndTime: 0
            FQAN: vo.example.eu
            GlobalUserName: someone@egi.eu
            ImageId: http://images.example.org/1
            LocalGroupId: 11111111111111111111111111111111
            LocalUserId: 22222222222222222222222222222222
            MachineName: web-1
            Memory: 4096
            PublicIPCount: 1
            SiteName: EXAMPLE-SITE
            StartTime: 1792483200
            Status: started
            VMUUID: 0b5d9c8e-6a2f-4f55-9d1c-2f6f9a3f1c01
            WallDuration: 2952000

            """,
            Text(server, November)
        );
    }

    [Fact]
    public void What_is_not_known_is_left_out()
    {
        var text = Text(
            Active with
            {
                ImageId = null,
                Name = "機械",
            },
            November,
            new Owner("vo.example.eu", null, null)
        );

        Assert.DoesNotContain("GlobalUserName", text, StringComparison.Ordinal);
        Assert.DoesNotContain("ImageId", text, StringComparison.Ordinal);
        Assert.DoesNotContain("MachineName", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deleted_machine_is_completed_and_ends()
    {
        var record = Record(Deleted("2026-11-05T08:00:00.123Z"), November);

        Assert.Equal(
            ("completed", At("2026-11-05T08:00:00Z").ToUnixTimeSeconds(), 16 * 86_400L),
            (record.Status, record.EndTime, record.WallDuration)
        );
    }

    [Fact]
    public void What_ended_after_the_window_has_not_ended()
    {
        var record = Record(Deleted("2026-11-24T08:00:00Z"), November);

        Assert.Equal(("started", 0L), (record.Status, record.EndTime));
    }

    [Fact]
    public void A_deleted_machine_without_a_time_of_termination_ended_at_its_last_change() =>
        Assert.Equal(
            At("2026-11-02T00:00:00Z").ToUnixTimeSeconds(),
            Record(Deleted("2026-11-02T00:00:00Z") with { TerminatedAt = null }, November).EndTime
        );

    [Fact]
    public void A_machine_that_was_never_launched_has_used_one_second()
    {
        var record = Record(
            Active with
            {
                Status = "ERROR",
                LaunchedAt = null,
                Created = At("2026-11-02T00:00:00Z"),
            },
            November
        );

        Assert.Equal(("error", 1L, record.StartTime), (record.Status, record.WallDuration, record.EndTime));
    }

    [Theory]
    [InlineData("SHUTOFF", "started")]
    [InlineData("SHELVED", "suspended")]
    [InlineData("SHELVED_OFFLOADED", "suspended")]
    [InlineData("SUSPENDED", "suspended")]
    [InlineData("PAUSED", "paused")]
    [InlineData("VERIFY_RESIZE", "started")]
    [InlineData("ERROR", "error")]
    [InlineData("A_NEW_STATE", "unknown")]
    public void Live_machines_have_the_repositorys_status_words(string status, string expected) =>
        Assert.Equal(expected, Record(Active with { Status = status }, November).Status);

    [Fact]
    public void Wall_time_is_never_longer_than_from_creation_to_the_windows_end() =>
        Gen.Select(Any, Gen.Long[1_733_000_000, 1_800_000_000])
            .Where((server, to) => server.Created.ToUnixTimeSeconds() < to)
            .Sample((server, to) => Record(server, Until(to)).WallDuration <= to - server.Created.ToUnixTimeSeconds());

    [Fact]
    public void Wall_and_cpu_time_never_fall_over_successive_windows() =>
        Gen.Select(Any, Gen.Long[1_733_000_000, 1_800_000_000], Gen.Long[1, 10_000_000])
            .Where((server, to, _) => server.Created.ToUnixTimeSeconds() < to)
            .Sample(
                (server, to, later) =>
                {
                    var (first, second) = (Record(server, Until(to)), Record(server, Until(to + later)));
                    return second.WallDuration >= first.WallDuration && second.CpuDuration >= first.CpuDuration;
                }
            );

    [Fact]
    public void Completed_stands_only_together_with_an_end() =>
        Gen.Select(Any, Gen.Long[1_733_000_000, 1_800_000_000])
            .Sample((server, to) => Record(server, Until(to)) is { Status: not "completed" } or { EndTime: > 0 });

    [Fact]
    public void Whatever_texts_a_server_has_the_repository_takes_its_record() =>
        Gen.Select(AnyText, AnyText, AnyText)
            .Sample(
                (name, vo, user) =>
                    RepositoryRules.CheckCloudRecord(
                        Encoding.ASCII.GetBytes(
                            Text(Active with { Name = name, UserId = user }, November, new Owner(vo, user, name))
                        )
                    )
                        is null
            );

    private static UsageWindow Until(long to) =>
        new(DateTimeOffset.FromUnixTimeSeconds(to - 1), DateTimeOffset.FromUnixTimeSeconds(to));

    private static CloudRecord Record(Server server, UsageWindow window, Owner? owner = null) =>
        Builder.Cloud(
            server,
            ServerUsage.Of(server),
            window,
            owner ?? new Owner("vo.example.eu", "someone@egi.eu", "http://images.example.org/1")
        );

    private static string Text(Server server, UsageWindow window, Owner? owner = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Record(server, window, owner).WriteTo(buffer);
        return Encoding.ASCII.GetString(buffer.WrittenSpan);
    }
}
