using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace FedSite.Scenarios.Accounting;

/// <summary>
/// What a cloud's usage records must say, worked out from the answers of its own APIs to the administrator: other calls
/// than the product makes, and none of its code.
/// </summary>
internal sealed class ExpectedUsage : IDisposable
{
    // Keystone turns `:` into `_` in properties that come with the creation of a project.
    private static readonly string[] VoProperties = ["egi.VO", "egi.eu:VO", "egi.eu_VO", "accounting:VO", "VO"];

    private readonly HttpClient _http = new(new SocketsHttpHandler());
    private readonly string _keystone;
    private readonly Dictionary<string, string> _endpoints = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _images = new(StringComparer.Ordinal);

    private ExpectedUsage(string keystone) => _keystone = keystone;

    /// <summary>Servers with their project, as Nova shows them to the administrator, deleted ones included.</summary>
    public List<(JsonObject Server, JsonObject Project, string Vo)> Servers { get; } = [];

    public static async Task<ExpectedUsage> ReadAsync(
        string keystone,
        string password,
        IReadOnlyCollection<string> projects
    )
    {
        var usage = new ExpectedUsage(keystone);
        await usage.SignInAsync(password);
        var known = (await usage.GetAsync($"{keystone}/projects"))["projects"]!
            .AsArray()
            .ToDictionary(p => p!["id"]!.ToString(), p => p!.AsObject());
        var url =
            $"{usage._endpoints["compute"]}/servers/detail?all_tenants=1&changes-since=2000-01-01T00:00:00Z&limit=1000";
        foreach (var server in (await usage.GetAsync(url))["servers"]!.AsArray())
        {
            // Nova lists servers of projects that were deleted for ever.
            var id = server!["tenant_id"]!.ToString();
            if (projects.Contains(id) && known.TryGetValue(id, out var project))
            {
                usage.Servers.Add((server.AsObject(), project, Vo(project)));
            }
        }

        return usage;
    }

    /// <summary>The cloud record of a server for the month that ends, for this window, at <paramref name="to"/>.</summary>
    public async Task<SortedDictionary<string, string>> CloudRecordAsync(JsonObject server, string vo, long to)
    {
        var flavor = server["flavor"]!;
        var (start, end) = Life(server);
        var ended = end <= to;
        var wall = Math.Max(1, (ended ? end!.Value : to) - start);
        var vcpus = (long)flavor["vcpus"]!;
        var specs = flavor["extra_specs"]?.AsObject();
        var record = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["CloudComputeService"] = "cloud.example.org",
            ["CloudType"] = $"FedSite/{ProductInfo.Version} (OpenStack)",
            ["CpuCount"] = Text(vcpus),
            ["CpuDuration"] = Text(Math.Max(1, wall * vcpus)),
            ["Disk"] = Text((long)flavor["disk"]! + (long)flavor["ephemeral"]!),
            ["EndTime"] = Text(ended ? end!.Value : 0),
            ["FQAN"] = vo,
            ["LocalGroupId"] = server["tenant_id"]!.ToString(),
            ["LocalUserId"] = server["user_id"]!.ToString(),
            ["MachineName"] = Name(server["name"]!.ToString()),
            ["Memory"] = Text((long)flavor["ram"]!),
            ["PublicIPCount"] = Text(Floating(server)),
            ["SiteName"] = "TEST-SITE",
            ["StartTime"] = Text(start),
            ["Status"] = Status(server["status"]!.ToString(), ended),
            ["VMUUID"] = server["id"]!.ToString(),
            ["WallDuration"] = Text(wall),
        };
        Add(record, "Benchmark", specs?["accounting:benchmark_value"]?.ToString());
        Add(record, "BenchmarkType", specs?["accounting:benchmark_type"]?.ToString());
        Add(record, "GlobalUserName", await UserAsync(server["user_id"]!.ToString()));
        Add(record, "ImageId", await ImageAsync(server["image"]!));
        return record;
    }

    /// <summary>Seconds that a server existed between two moments.</summary>
    public static long Seconds(JsonObject server, long from, long to)
    {
        var (start, end) = Life(server);
        return Math.Max(0, Math.Min(end ?? to, to) - Math.Max(start, from));
    }

    public static (long Start, long? End) Life(JsonObject server)
    {
        var start = Epoch(server["created"]!.ToString());
        var terminated = server["OS-SRV-USG:terminated_at"]?.ToString();
        return terminated is not null ? (start, Epoch(terminated))
            : server["OS-SRV-USG:launched_at"] is null ? (start, start)
            : server["status"]!.ToString() == "DELETED" ? (start, Epoch(server["updated"]!.ToString()))
            : (start, null);
    }

    public async Task<string?> UserAsync(string id)
    {
        if (!_users.TryGetValue(id, out var name))
        {
            using var answer = await _http.GetAsync($"{_keystone}/users/{id}");
            name = answer.IsSuccessStatusCode
                ? JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["user"]!["name"]!.ToString()
                : null;
            _users[id] = name;
        }

        return name;
    }

    public void Dispose() => _http.Dispose();

    private static string Vo(JsonObject project)
    {
        var property = VoProperties.First(project.ContainsKey);
        return project[property] is JsonArray several ? several[0]!.ToString() : project[property]!.ToString();
    }

    private static string Status(string nova, bool ended) =>
        nova switch
        {
            "SUSPENDED" or "SHELVED" or "SHELVED_OFFLOADED" => "suspended",
            "PAUSED" => "paused",
            "ERROR" => "error",
            "DELETED" => ended ? "completed" : "started",
            _ => "started",
        };

    private static int Floating(JsonObject server) =>
        server["addresses"]!
            .AsObject()
            .SelectMany(n => n.Value!.AsArray())
            .Count(a => a!["OS-EXT-IPS:type"]?.ToString() == "floating");

    /// <summary>The two names in the test cloud that the format can't hold.</summary>
    private static string Name(string name) =>
        name switch
        {
            "Zürich 東京 αβγ" => "Zuerich  avg",
            "100%%done: yes" => "100%done: yes",
            _ => name,
        };

    private async Task<string?> ImageAsync(JsonNode image)
    {
        if (image is not JsonObject)
        {
            return null;
        }

        var id = image["id"]!.ToString();
        if (!_images.TryGetValue(id, out var shown))
        {
            var properties = await GetAsync($"{_endpoints["image"]}/v2/images/{id}");
            _images[id] = shown = properties["vmcatcher_event_ad_mpuri"]?.ToString() ?? id;
        }

        return shown;
    }

    private async Task SignInAsync(string password)
    {
        var body = """
            {"auth": {"identity": {"methods": ["password"], "password": {"user":
              {"name": "admin", "domain": {"id": "default"}, "password": "PASSWORD"}}},
              "scope": {"project": {"name": "admin", "domain": {"id": "default"}}}}}
            """.Replace("PASSWORD", password, StringComparison.Ordinal);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync($"{_keystone}/auth/tokens", content);
        answer.EnsureSuccessStatusCode();
        _http.DefaultRequestHeaders.Add("X-Auth-Token", answer.Headers.GetValues("X-Subject-Token").Single());
        _http.DefaultRequestHeaders.Add("OpenStack-API-Version", "compute 2.93");
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        foreach (
            var service in JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["token"]!["catalog"]!.AsArray()
        )
        {
            var endpoint = service!["endpoints"]!.AsArray().First(e => e!["interface"]!.ToString() == "public");
            _endpoints[service["type"]!.ToString()] = endpoint!["url"]!.ToString();
        }
    }

    private async Task<JsonNode> GetAsync(string url) => JsonNode.Parse(await _http.GetStringAsync(url))!;

    private static void Add(SortedDictionary<string, string> record, string key, string? value)
    {
        if (value is not null)
        {
            record[key] = value;
        }
    }

    private static long Epoch(string time) =>
        DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeSeconds();

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
