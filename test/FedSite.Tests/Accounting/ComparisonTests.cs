using CsCheck;
using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.Tests.Messages;
using static FedSite.Tests.Messages.SomeMessage;

namespace FedSite.Tests.Accounting;

public sealed class ComparisonTests
{
    // A part of a record, what it is changed to, and what is to be found.
    private static readonly (RecordKind Kind, string Part, string Other, string Field)[] Changes =
    [
        (RecordKind.Cloud, "FQAN: vo.example.eu", "FQAN: vo.example.org", "FQAN"),
        (RecordKind.Cloud, "WallDuration: 60", "WallDuration: 61", "WallDuration"),
        (RecordKind.Cloud, "Status: started\n", "", "Status"),
        (RecordKind.Cloud, "Status: started\n", "Status: started\nImageId: x\n", "ImageId"),
        (RecordKind.Accelerator, "\"Count\": 2", "\"Count\": 2.5", "Count"),
        (RecordKind.Accelerator, "\"Type\": \"GPU\"", "\"Type\": \"FPGA\"", "Type"),
        (RecordKind.Ip, "\"IPCount\": 3", "\"IPCount\": 4", "IPCount"),
        (RecordKind.Ip, "\"MeasurementTime\": 1792843339", "\"MeasurementTime\": 1792843340", "MeasurementTime"),
        (RecordKind.Storage, "<sr:Site>EXAMPLE<", "<sr:Site>OTHER<", "Site"),
        (RecordKind.Storage, "T12:00:00Z</sr:EndTime>", "T12:00:01Z</sr:EndTime>", "EndTime"),
        (RecordKind.Storage, ">someone<", "><", "UserIdentity"),
    ];

    private static readonly Gen<(RecordKind Kind, string Id)[]> SomeRecords = Gen.Select(
            Gen.Enum<RecordKind>(),
            Gen.Int[0, 20],
            (kind, id) => (kind, $"id-{id}")
        )
        .Array[1, 30]
        .Select(records => records.Distinct().ToArray());

    [Fact]
    public Task Neither_order_nor_chunks_matter() =>
        Gen.Select(SomeRecords, Gen.Int[1, 7], Gen.Int[1, 7], Gen.Int)
            .SampleAsync(
                async (records, chunk, otherChunk, seed) =>
                {
                    var shuffled = records.ToArray();
                    new Random(seed).Shuffle(shuffled);

                    var (counts, differences) = await CompareAsync(
                        Messages(records, chunk),
                        Messages(shuffled, otherChunk)
                    );

                    return differences.Count == 0 && counts.Sum(count => count.Equal) == records.Length;
                },
                iter: 30
            );

    [Fact]
    public Task One_changed_field_is_found_among_many_records() =>
        Gen.Select(SomeRecords, Gen.Int[0, Changes.Length - 1], Gen.Int[1, 7])
            .SampleAsync(
                async (records, number, chunk) =>
                {
                    var change = Changes[number];
                    var one = Record(change.Kind, "changed");
                    var other = one.Replace(change.Part, change.Other, StringComparison.Ordinal);

                    var (_, differences) = await CompareAsync(
                        [Message(change.Kind, one), .. Messages(records, chunk)],
                        [.. Messages(records, chunk), Message(change.Kind, other)]
                    );

                    return differences is [{ InA: true, InB: true } difference]
                        && difference.Kind == change.Kind
                        && difference.Fields is [var field]
                        && field.Field == change.Field;
                },
                iter: 50
            );

    [Fact]
    public async Task A_record_that_is_in_one_set_only_is_named()
    {
        var (counts, differences) = await CompareAsync(
            [Of(RecordKind.Cloud, "a", "b")],
            [Of(RecordKind.Cloud, "b", "c")]
        );

        Assert.Equal([new ComparedKind(RecordKind.Cloud, 1, 1, 0, 1)], counts);
        Assert.Equal(
            [("a 2026-09", true, false), ("c 2026-09", false, true)],
            differences.Select(difference => (difference.Key, difference.InA, difference.InB))
        );
    }

    [Fact]
    public async Task Of_a_repeated_record_the_last_one_counts()
    {
        var (_, differences) = await CompareAsync(
            [CloudMessage(Cloud("a", 1)), CloudMessage(Cloud("b"), Cloud("a", 3))],
            [CloudMessage(Cloud("a", 3), Cloud("b"))]
        );

        Assert.Empty(differences);
    }

    [Theory]
    [InlineData("Benchmark: 17.5", "Benchmark: 17.50")]
    [InlineData("Benchmark: 99", "Benchmark: 99.0")]
    [InlineData("StartTime: 1788220800", "StartTime: 2026-09-01T00:00:00Z")]
    [InlineData("MachineName: web", "MachineName:  web  ")]
    public async Task The_same_value_written_otherwise_is_no_difference(string one, string other)
    {
        var (_, differences) = await CompareAsync([WithLine(one)], [WithLine(other)]);

        Assert.Empty(differences);
    }

    [Theory]
    [InlineData("MachineName: 007", "MachineName: 7")]
    [InlineData("Benchmark: 17.5", "Benchmark: 17.51")]
    [InlineData("FQAN: vo", "FQAN: VO")]
    public async Task Another_value_is_one(string one, string other)
    {
        var (_, differences) = await CompareAsync([WithLine(one)], [WithLine(other)]);

        Assert.Single(differences);
    }

    [Fact]
    public async Task What_is_random_or_tells_the_time_of_the_run_is_left_out()
    {
        var ip = IpMessage(Ip("someone", 3));
        var storage = StorageMessage(Storage("volume"));

        var (_, differences) = await CompareAsync(
            [ip, storage],
            [
                ip.Replace("\"LocalUser\"", "\"uuid\": \"x\", \"LocalUser\"", StringComparison.Ordinal),
                storage.Replace(
                    "createTime=\"2026-11-23T12:02:19Z",
                    "createTime=\"2027-01-01T00:00:00Z",
                    StringComparison.Ordinal
                ),
            ]
        );

        Assert.Empty(differences);
    }

    private static string WithLine(string line) =>
        CloudMessage(Cloud("a").Replace("SiteName", $"{line}\nSiteName", StringComparison.Ordinal));

    private static IEnumerable<string> Messages(IEnumerable<(RecordKind Kind, string Id)> records, int chunk) =>
        records
            .GroupBy(record => record.Kind)
            .SelectMany(same => same.Chunk(chunk).Select(some => Of(same.Key, [.. some.Select(record => record.Id)])));

    private static async Task<(IReadOnlyList<ComparedKind> Counts, List<RecordDifference> Differences)> CompareAsync(
        IEnumerable<string> a,
        IEnumerable<string> b
    )
    {
        using var folder = new MessageFolder();
        using var index = new RecordIndex(Comparison.RunFields.ToHashSet(StringComparer.Ordinal));
        await folder.IndexAsync(index, 0, a);
        await folder.IndexAsync(index, 1, b);
        var comparison = new Comparison(index, only: null);
        var stop = TestContext.Current.CancellationToken;
        return (comparison.Count(stop), [.. comparison.Differences(stop)]);
    }
}
