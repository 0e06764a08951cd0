using System.Globalization;
using System.Xml.Linq;
using FedSite.Scenarios.Support;
using FedSite.TestKit;

namespace FedSite.Scenarios.Accounting;

/// <summary>Volumes of a real OpenStack: what arrives is what Cinder's database holds.</summary>
public sealed class PublishVolumesTests
{
    private const string Kinds = "accounting:\n  kinds: [storage]\n";

    private static readonly XNamespace Star = "http://eu-emi.eu/namespaces/2011/02/storagerecord";
    private static readonly string[] Accounted = ["alpha", "gpu", "spelled", "underscored", "several"];

    [Theory]
    [InlineData("accounting", "")]
    [InlineData("systemReader", "system_scope: all")]
    public async Task Every_day_of_every_volume_is_what_the_database_says(string account, string scope)
    {
        var cloud = Require.Cloud();
        await using var site = await TestSite.StartAsync(CloudYaml.Of(cloud, account, scope), Kinds);

        await CheckAsync(cloud, site, [.. Accounted.Select(key => cloud.Projects[key].Id)], expectedExit: 3);
    }

    [Fact]
    public async Task An_admin_gets_the_same_volumes()
    {
        var cloud = Require.Cloud();
        await using var admin = await TemporaryAdmin.MakeAsync(cloud, "alpha");
        await using var site = await TestSite.StartAsync(
            CloudYaml.Of(cloud, admin.Name, TemporaryAdmin.Password, ""),
            Kinds + "  projects: [alpha]\n"
        );

        await CheckAsync(cloud, site, [cloud.Projects["alpha"].Id], expectedExit: 0);
    }

    [Fact]
    public async Task A_volume_that_was_deleted_between_two_runs_gets_its_last_record()
    {
        var cloud = Require.Cloud();
        await using var admin = await TemporaryAdmin.MakeAsync(cloud, "gpu");
        using var api = await PlainApi.LoginAsync(
            cloud with
            {
                Accounts = new Dictionary<string, SeededAccount>(cloud.Accounts)
                {
                    ["temporary"] = new(admin.Id, admin.Name, TemporaryAdmin.Password),
                },
            },
            "temporary",
            $$$"""{"project":{"id":"{{{cloud.Projects["gpu"].Id}}}"}}"""
        );
        var made = await api.SendAsync(HttpMethod.Post, "volumev3", "/volumes", """{"volume":{"size":7}}""");
        var id = (string)made!["volume"]!["id"]!;
        await UntilAsync(async () =>
            (string?)(await api.GetAsync("volumev3", $"/volumes/{id}"))["volume"]!["status"] == "available"
        );
        await using var site = await TestSite.StartAsync(CloudYaml.Of(cloud, "accounting"), Kinds);
        var first = await RunAsync(site, expectedExit: 3, "gpu");
        await api.SendAsync(HttpMethod.Delete, "volumev3", $"/volumes/{id}");
        await UntilAsync(async () => (int)(await api.TryGetAsync("volumev3", $"/volumes/{id}")).Status == 404);

        var second = await RunAsync(site, expectedExit: 3, "gpu");

        var last = (await RecordsAsync(site)).Last(r => r["RecordId"].StartsWith(id, StringComparison.Ordinal));
        var end = DateTimeOffset.Parse(last["EndTime"], CultureInfo.InvariantCulture).ToUnixTimeSeconds();
        var deleted = Epoch(
            (await CloudDatabase.QueryAsync(cloud, $"select deleted_at from cinder.volumes where id = '{id}'"))[0][0]!
        );
        Assert.InRange(deleted, first, second);
        Assert.Equal((first + second) / 2, end);
        Assert.Equal("7516192768", last["ResourceCapacityUsed"]);
    }

    private static async Task CheckAsync(TestCloud cloud, TestSite site, HashSet<string> projects, int expectedExit)
    {
        var from = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).AddDays(-45);
        var to = await RunAsync(site, expectedExit, null, "--from", from.ToString("O"));
        var records = await RecordsAsync(site);

        var expected = new List<string>();
        foreach (var volume in await VolumesAsync(cloud))
        {
            if (projects.Contains(volume[1]!))
            {
                expected.AddRange(Days(volume, from.ToUnixTimeSeconds(), to));
            }
        }

        Assert.NotEmpty(expected);
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            records.Select(r => string.Join(' ', Fields.Select(r.GetValueOrDefault))).Order(StringComparer.Ordinal)
        );
    }

    private static readonly string[] Fields =
    [
        "RecordId",
        "StartTime",
        "EndTime",
        "ResourceCapacityUsed",
        "LocalGroup",
        "LocalUser",
        "UserIdentity",
        "StorageClass",
        "StorageMedia",
        "StorageSystem",
        "Site",
    ];

    /// <summary>Live volumes, but not the copy that a migration makes: no account is to pay for that.</summary>
    private static Task<IReadOnlyList<IReadOnlyList<string?>>> VolumesAsync(TestCloud cloud) =>
        CloudDatabase.QueryAsync(
            cloud,
            """
            select v.id, v.project_id, v.user_id, v.size, v.created_at, t.name, u.name
            from cinder.volumes v
            left join cinder.volume_types t on t.id = v.volume_type_id
            left join keystone.local_user u on u.user_id = v.user_id
            where v.deleted = 0 and (v.migration_status is null or v.migration_status not like 'target:%')
            """
        );

    private static IEnumerable<string> Days(IReadOnlyList<string?> volume, long from, long to)
    {
        var created = Epoch(volume[4]!);
        for (var day = from - (from % 86400); day < to; day += 86400)
        {
            var (start, end) = (Math.Max(created, day), Math.Min(day + 86399, to));
            if (start < end)
            {
                var bytes = long.Parse(volume[3]!, CultureInfo.InvariantCulture) * 1024 * 1024 * 1024;
                var type = volume[5] is "__DEFAULT__" ? null : volume[5];
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{volume[0]}/{Iso(day)[..10]} {Iso(start)} {Iso(end)} {bytes} {volume[1]} {volume[2]} {volume[6]} {type} disk cloud.example.org TEST-SITE"
                );
            }
        }
    }

    /// <returns>End of the window, epoch seconds.</returns>
    private static async Task<long> RunAsync(TestSite site, int expectedExit, string? project, params string[] more)
    {
        string[] only = project is null ? [] : ["--project", project];
        var (answer, run) = await site.RunJsonAsync(["accounting", "publish", .. only, .. more]);
        Assert.True(run.ExitCode == (project is null ? expectedExit : 0), run.StandardError);
        var result = answer.GetProperty("extraction").GetProperty("projects").EnumerateArray().First();
        return result.GetProperty("to").GetDateTimeOffset().ToUnixTimeSeconds();
    }

    /// <summary>Records as the repository keeps them: the last one of each id.</summary>
    private static async Task<List<Dictionary<string, string>>> RecordsAsync(TestSite site)
    {
        var texts = await SignedDelivery.ReadAsync(
            site.Ams.Delivered.Where(m => m.Topic == "eu-egi-storage-accounting"),
            site.TrustFolder
        );
        return
        [
            .. texts
                .SelectMany(text => XDocument.Parse(text).Root!.Elements(Star + "StorageUsageRecord"))
                .Select(record =>
                    record
                        .Descendants()
                        .Where(e => !e.HasElements && e.Value.Length > 0)
                        .Select(e => (e.Name.LocalName, e.Value))
                        .Append(
                            ("RecordId", record.Element(Star + "RecordIdentity")!.Attribute(Star + "recordId")!.Value)
                        )
                        .ToDictionary(f => f.Item1, f => f.Item2, StringComparer.Ordinal)
                )
                .GroupBy(r => r["RecordId"], StringComparer.Ordinal)
                .Select(same => same.Last()),
        ];
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var tries = 0; !await condition(); tries++)
        {
            Assert.True(tries < 300, "Cinder took more than a minute");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    private static long Epoch(string time) =>
        DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeSeconds();

    private static string Iso(long time) =>
        DateTimeOffset.FromUnixTimeSeconds(time).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
