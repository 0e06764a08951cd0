using System.Globalization;
using System.Text.Json.Nodes;
using FedSite.Scenarios.Support;
using FedSite.TestKit;

namespace FedSite.Scenarios.Accounting;

/// <summary>From a real OpenStack to the messaging service: what arrives is what the cloud's own APIs say.</summary>
public sealed class PublishFromOpenStackTests
{
    private static readonly string[] Accounted = ["alpha", "gpu", "spelled", "underscored", "several"];

    [Theory]
    [InlineData("accounting", "")]
    [InlineData("systemReader", "system_scope: all")]
    public async Task Every_field_of_every_cloud_record_is_what_the_cloud_says(string account, string scope)
    {
        var (texts, to, expected, from) = await PublishAsync(account, scope);
        using var _ = expected;
        var records = SignedDelivery.CloudRecords(texts);

        var wanted = new Dictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var (server, _, vo) in expected.Servers)
        {
            foreach (var (start, end) in Months(from, to))
            {
                var (created, ended) = ExpectedUsage.Life(server);
                if (created < end && (ended is null || ended >= start))
                {
                    var record = await expected.CloudRecordAsync(server, vo, end);
                    wanted[$"{record["VMUUID"]} {Month(record)}"] = record;
                }
            }
        }

        Assert.Equal(wanted.Keys.Order(StringComparer.Ordinal), records.Keys.Order(StringComparer.Ordinal));
        Assert.All(wanted, pair => Assert.Equal(pair.Value, records[pair.Key]));
    }

    [Fact]
    public async Task Every_field_of_every_accelerator_record_is_what_the_cloud_says()
    {
        var (texts, to, expected, from) = await PublishAsync("accounting", "");
        using var _ = expected;
        var records = texts
            .Where(t => t.StartsWith('{'))
            .SelectMany(t => JsonNode.Parse(t)!["UsageRecords"]!.AsArray())
            .ToDictionary(
                r => $"{r!["AssociatedRecord"]} {r["MeasurementYear"]}-{r["MeasurementMonth"]}",
                r => r!.ToJsonString()
            );

        var wanted = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (server, _, vo) in expected.Servers)
        {
            var specs = server["flavor"]!["extra_specs"]?.AsObject();
            foreach (var (start, _) in Months(from, to))
            {
                var month = DateTimeOffset.FromUnixTimeSeconds(start);
                var first = new DateTimeOffset(month.Year, month.Month, 1, 0, 0, 0, TimeSpan.Zero);
                var last = Math.Min(first.AddMonths(1).ToUnixTimeSeconds(), to);
                var seconds = ExpectedUsage.Seconds(server, first.ToUnixTimeSeconds(), last);
                if (specs?["Accelerator:Type"] is null || seconds == 0)
                {
                    continue;
                }

                var record = new JsonObject
                {
                    ["SiteName"] = "TEST-SITE",
                    ["CloudType"] = $"FedSite/{ProductInfo.Version} (OpenStack)",
                    ["CloudComputeService"] = "cloud.example.org",
                    ["AssociatedRecord"] = server["id"]!.ToString(),
                    ["GlobalUserName"] = await expected.UserAsync(server["user_id"]!.ToString()),
                    ["FQAN"] = vo,
                    ["Count"] = decimal.Parse(specs["Accelerator:Number"]!.ToString(), CultureInfo.InvariantCulture),
                    ["AvailableDuration"] = seconds,
                    ["MeasurementMonth"] = month.Month,
                    ["MeasurementYear"] = month.Year,
                    ["AssociatedRecordType"] = "cloud",
                    ["Type"] = "GPU",
                    ["Model"] = "NVIDIA A100",
                    ["ActiveDuration"] = seconds,
                };
                wanted[$"{server["id"]} {month.Year}-{month.Month}"] = record.ToJsonString();
            }
        }

        Assert.NotEmpty(wanted);
        Assert.Equal(
            wanted.OrderBy(w => w.Key, StringComparer.Ordinal),
            records.OrderBy(w => w.Key, StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_project_without_a_vo_costs_the_others_nothing_and_the_exit_code_says_it()
    {
        await using var site = await TestSite.StartAsync(CloudYaml.Of(Require.Cloud(), "accounting"));

        var (answer, run) = await site.RunJsonAsync("accounting", "publish");

        Assert.Equal(3, run.ExitCode);
        Assert.Equal(
            "tagged",
            Assert
                .Single(answer.GetProperty("extraction").GetProperty("notAccounted").EnumerateArray())
                .GetProperty("name")
                .GetString()
        );
        Assert.NotEmpty(site.Ams.Delivered);
    }

    [Fact]
    public async Task The_second_run_begins_where_the_first_ended()
    {
        await using var site = await TestSite.StartAsync(CloudYaml.Of(Require.Cloud(), "accounting"));

        var (first, _) = await site.RunJsonAsync("accounting", "extract", "--project", "alpha");
        var second = first;
        // Within the same second there is nothing to account yet.
        for (var tries = 0; tries < 20 && (tries == 0 || second.GetProperty("projects").GetArrayLength() == 0); tries++)
        {
            (second, _) = await site.RunJsonAsync("accounting", "extract", "--project", "alpha");
        }

        Assert.Equal(
            first.GetProperty("projects")[0].GetProperty("to").GetDateTimeOffset(),
            second.GetProperty("projects")[0].GetProperty("from").GetDateTimeOffset()
        );
    }

    private static async Task<(IReadOnlyList<string> Texts, long To, ExpectedUsage Expected, long From)> PublishAsync(
        string account,
        string scope
    )
    {
        var cloud = Require.Cloud();
        await using var site = await TestSite.StartAsync(CloudYaml.Of(cloud, account, scope));
        var from = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).AddDays(-60);

        var (answer, run) = await site.RunJsonAsync("accounting", "publish", "--from", from.ToString("O"));

        Assert.True(run.ExitCode is 3, run.StandardError);
        var to = answer
            .GetProperty("extraction")
            .GetProperty("projects")[0]
            .GetProperty("to")
            .GetDateTimeOffset()
            .ToUnixTimeSeconds();
        return (
            await SignedDelivery.ReadAsync(site.Ams.Delivered, site.TrustFolder),
            to,
            await ExpectedUsage.ReadAsync(
                cloud.Keystone.ToString(),
                cloud.Accounts["admin"].Password,
                [.. Accounted.Select(key => cloud.Projects[key].Id)]
            ),
            from.ToUnixTimeSeconds()
        );
    }

    /// <summary>The window's months, each up to its last second.</summary>
    private static IEnumerable<(long From, long To)> Months(long from, long to)
    {
        for (var start = from; start < to; )
        {
            var at = DateTimeOffset.FromUnixTimeSeconds(start);
            var next = new DateTimeOffset(at.Year, at.Month, 1, 0, 0, 0, TimeSpan.Zero)
                .AddMonths(1)
                .ToUnixTimeSeconds();
            yield return (start, Math.Min(next - 1, to));
            start = next;
        }
    }

    private static string Month(SortedDictionary<string, string> record)
    {
        var measured =
            record["Status"] == "completed"
                ? long.Parse(record["EndTime"], CultureInfo.InvariantCulture)
                : long.Parse(record["StartTime"], CultureInfo.InvariantCulture)
                    + long.Parse(record["WallDuration"], CultureInfo.InvariantCulture);
        return DateTimeOffset.FromUnixTimeSeconds(measured).ToString("yyyy-MM", CultureInfo.InvariantCulture);
    }
}
