using System.Globalization;
using CsCheck;
using FedSite.Accounting;
using FedSite.Tests.Messages;
using static FedSite.Tests.Accounting.SomeServer;
using static FedSite.Tests.Messages.SomeMessage;

namespace FedSite.Tests.Accounting;

public sealed class UsageSummaryTests
{
    private static readonly DateTimeOffset October = At("2026-10-01T00:00:00Z");

    private sealed record Machine(int Id, string Vo, string Start, long Wall, decimal Cpus = 2)
    {
        public long StartSeconds => At(Start).ToUnixTimeSeconds();

        public string Text =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"CpuCount: {Cpus}\nCpuDuration: {Wall * Cpus:0}\nDisk: 10\nFQAN: {Vo}\nGlobalUserName: user-of-{Vo}\n"
            )
            + $"LocalGroupId: project-of-{Vo}\nMemory: 1024\nSiteName: EXAMPLE\nStartTime: {StartSeconds}\n"
            + $"Status: started\nVMUUID: vm-{Id}\nWallDuration: {Wall}\n";
    }

    [Fact]
    public async Task A_machine_of_the_month_counts_as_it_is()
    {
        var summary = await SumUpAsync("2026-10", new Machine(1, "vo", "2026-10-10T00:00:00Z", 7200));

        Assert.Equal((1, 7200, 14400, 0), Seen(summary));
    }

    [Fact]
    public async Task Usage_is_the_last_record_of_the_month_less_the_last_one_before()
    {
        var start = new Machine(1, "vo", "2026-08-01T00:00:00Z", 86400);

        var summary = await SumUpAsync(
            "2026-10",
            start,
            start with
            {
                Wall = 30 * 86400,
            },
            start with
            {
                Wall = 70 * 86400,
            },
            start with
            {
                Wall = 75 * 86400,
            }
        );

        Assert.Equal((1, 45 * 86400, 90 * 86400, 0), Seen(summary));
    }

    [Fact]
    public async Task Without_an_earlier_record_only_what_lies_in_the_month_counts()
    {
        var summary = await SumUpAsync("2026-10", new Machine(1, "vo", "2026-09-01T00:00:00Z", 40 * 86400, 1.5m));

        Assert.Equal((1, 10 * 86400, 15 * 86400, 1), Seen(summary));
    }

    [Fact]
    public async Task Of_the_month_of_the_newest_record_is_told_unless_another_is_asked_for()
    {
        var start = new Machine(1, "vo", "2026-08-01T00:00:00Z", 86400);

        var summary = await SumUpAsync(month: null, start with { Wall = 70 * 86400 }, start);

        Assert.Equal("2026-10", summary!.Month);
    }

    [Fact]
    public async Task The_VO_is_read_as_the_repository_does()
    {
        var summary = await SumUpAsync(
            "2026-10",
            new Machine(1, "/vo.example.eu/group/Role=NULL;more", "2026-10-10T00:00:00Z", 60),
            new Machine(2, "vo.example.eu", "2026-10-10T00:00:00Z", 60)
        );

        Assert.Equal("vo.example.eu", Assert.Single(summary!.Groups).Name);
    }

    [Theory]
    [InlineData(UsageGrouping.Vo, "vo.example.eu")]
    [InlineData(UsageGrouping.Project, "project")]
    [InlineData(UsageGrouping.User, "someone")]
    public async Task All_kinds_meet_in_their_VO_project_or_user(UsageGrouping by, string name)
    {
        var machine = Cloud("vm", 60)
            .Replace("SiteName", "GlobalUserName: someone\nLocalGroupId: project\nSiteName", StringComparison.Ordinal);
        string[] messages =
        [
            CloudMessage(machine),
            AcceleratorMessage(Accelerator("vm", "0.5")),
            IpMessage(Ip("someone", 3, 1_788_300_000)),
            IpMessage(
                Ip("someone", 5, 1_788_400_000),
                Ip("someone", 2).Replace("\"IPVersion\": 4", "\"IPVersion\": 6")
            ),
            IpMessage(
                Ip("someone", 7, 1_788_300_000)
                    .Replace("\"IPVersion\": 4", "\"IPVersion\": 6", StringComparison.Ordinal)
            ),
            StorageMessage(Storage("volume", 1000, "2026-09-23")),
        ];

        var summary = await SumUpAsync("2026-09", by, messages);

        var (found, totals) = Assert.Single(summary!.Groups);
        Assert.Equal(name, found);
        Assert.Equal((1, 60, 1800), (totals.Machines, totals.WallSeconds, totals.AcceleratorSeconds));
        Assert.Equal((5, 7, 43_200_000), (totals.Ipv4, totals.Ipv6, totals.StorageByteSeconds));
    }

    [Fact]
    public async Task Storage_of_another_month_is_left_to_it()
    {
        var record = Storage("volume", 1000, "2026-09-23")
            .Replace(
                "2026-09-23T12:00:00Z</sr:EndTime>",
                "2026-10-02T00:00:00Z</sr:EndTime>",
                StringComparison.Ordinal
            );

        var summary = await SumUpAsync("2026-10", UsageGrouping.Vo, StorageMessage(record));

        Assert.Equal(86_400_000, summary!.Total.StorageByteSeconds);
    }

    [Fact]
    public async Task Values_that_no_repository_would_hold_count_as_nothing()
    {
        var text = new Machine(1, "vo", "2026-10-10T00:00:00Z", 60).Text;

        var summary = await SumUpAsync(
            "2026-10",
            UsageGrouping.Vo,
            CloudMessage(text.Replace("Memory: 1024", "Memory: 1e28", StringComparison.Ordinal))
        );

        Assert.Equal((60, 0), (summary!.Total.WallSeconds, summary.Total.MemoryBytes));
    }

    [Fact]
    public Task It_equals_a_simple_computation_in_memory() =>
        Gen.Select(
                Gen.Int[0, 8],
                Gen.Int[0, 2],
                Gen.Long[
                    At("2026-07-01T00:00:00Z").ToUnixTimeSeconds(),
                    At("2026-10-31T00:00:00Z").ToUnixTimeSeconds()
                ],
                Gen.Long[1, 10_000_000]
            )
            .Array[1, 40]
            .SampleAsync(
                async some =>
                {
                    Machine[] records =
                    [
                        .. some.Select(s => new Machine(
                            s.Item1,
                            $"vo-{s.Item2}",
                            DateTimeOffset
                                .FromUnixTimeSeconds(s.Item3)
                                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                            s.Item4
                        )),
                    ];

                    var summary = await SumUpAsync("2026-10", records);

                    var expected = InMemory(records);
                    return summary!
                        .Groups.Select(group =>
                            (group.Name, group.Totals.Machines, group.Totals.WallSeconds, group.Totals.CpuSeconds)
                        )
                        .OrderBy(group => group.Name, StringComparer.Ordinal)
                        .SequenceEqual(expected);
                },
                iter: 50
            );

    // All records at once, as one would do it on paper.
    private static List<(string Vo, long Machines, decimal Wall, decimal Cpu)> InMemory(Machine[] records)
    {
        static int MonthOf(Machine machine)
        {
            var at = DateTimeOffset.FromUnixTimeSeconds(machine.StartSeconds + machine.Wall);
            return (at.Year * 12) + at.Month;
        }

        const int Month = (2026 * 12) + 10;
        var last = records.GroupBy(r => (r.Id, Month: MonthOf(r))).ToDictionary(same => same.Key, same => same.Last());
        return
        [
            .. last.Where(record => record.Key.Month == Month)
                .Select(record =>
                {
                    var machine = record.Value;
                    var earlier = last.Where(other => other.Key.Id == machine.Id && other.Key.Month < Month)
                        .OrderBy(other => other.Key.Month)
                        .Select(other => other.Value)
                        .LastOrDefault();
                    var before = Math.Max(0, October.ToUnixTimeSeconds() - machine.StartSeconds);
                    var wall = machine.Wall - (earlier?.Wall ?? before);
                    return (machine.Vo, Wall: wall);
                })
                .GroupBy(machine => machine.Vo, StringComparer.Ordinal)
                .Select(vo => (vo.Key, vo.LongCount(), vo.Sum(m => (decimal)m.Wall), vo.Sum(m => m.Wall * 2m)))
                .OrderBy(vo => vo.Key, StringComparer.Ordinal),
        ];
    }

    private static (long Machines, decimal Wall, decimal Cpu, long Estimated) Seen(UsageSummary? summary) =>
        (summary!.Total.Machines, summary.Total.WallSeconds, summary.Total.CpuSeconds, summary.Estimated);

    private static Task<UsageSummary?> SumUpAsync(string? month, params Machine[] machines) =>
        SumUpAsync(month, UsageGrouping.Vo, [.. machines.Select(machine => CloudMessage(machine.Text))]);

    private static async Task<UsageSummary?> SumUpAsync(string? month, UsageGrouping by, params string[] messages)
    {
        using var folder = new MessageFolder();
        using var index = new RecordIndex();
        await folder.IndexAsync(index, 0, messages);
        return UsageSummary.Of(index, month, by, TestContext.Current.CancellationToken);
    }
}
