using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FedSite.Bench;

/// <summary>
/// The least that a program must do to see all servers of all projects: it logs in, asks for a token of each project,
/// reads the same two listings as <c>fedsite accounting extract</c>, as many projects at a time and one page ahead as
/// well, and deserialises each page. It shares no code with the product, makes no records and writes nothing.
/// </summary>
internal static class MinimalClient
{
    private const int ProjectsAtATime = 4;

    // Which that one negotiates with the sandbox.
    private const string Microversion = "2.93";

    private static readonly HttpClient Http = new(new SocketsHttpHandler());
    private static long _requests;
    private static long _servers;

    public static async Task RunAsync(Uri keystone, string user, string password)
    {
        var login = await LogInAsync(keystone, user, password, project: null);
        using var list = await GetAsync(new Uri($"{keystone}/auth/projects"), login.Secret);
        var projects = JsonSerializer.Deserialize(await list.ReadAsByteArrayAsync(), BenchJson.Default.ProjectList)!;
        var now = TimeProvider.System.GetUtcNow();
        var month = $"{now:yyyy-MM}-01T00:00:00Z";
        await Parallel.ForEachAsync(
            projects.Projects,
            new ParallelOptions { MaxDegreeOfParallelism = ProjectsAtATime },
            async (project, _) =>
            {
                var (token, nova) = await LogInAsync(keystone, user, password, project.Id);
                await ListAsync($"{nova}/servers/detail?limit=1000", token);
                await ListAsync($"{nova}/servers/detail?limit=1000&changes-since={month}", token);
            }
        );
        Console.WriteLine($$"""{"requests": {{_requests}}, "servers": {{_servers}}}""");
    }

    private static async Task ListAsync(string url, string token)
    {
        var coming = FetchAsync(url, token);
        while (coming is not null)
        {
            var page = await coming;
            coming = MarkerAfter(page) is { } marker ? FetchAsync($"{url}&marker={marker}", token) : null;
            var servers = JsonSerializer.Deserialize(page, BenchJson.Default.ServerList)!.Servers;
            Interlocked.Add(ref _servers, servers.Count);
        }
    }

    private static async Task<byte[]> FetchAsync(string url, string token)
    {
        using var page = await GetAsync(new Uri(url), token);
        return await page.ReadAsByteArrayAsync();
    }

    /// <summary>The link to the next page stands behind the servers; null: there is none.</summary>
    private static string? MarkerAfter(byte[] page)
    {
        var links = page.AsSpan().LastIndexOf("\"servers_links\""u8);
        var marker = links < 0 ? -1 : page.AsSpan(links).IndexOf("marker="u8);
        return marker < 0 ? null : Encoding.ASCII.GetString(page.AsSpan(links + marker + "marker=".Length, 36));
    }

    private static async Task<(string Secret, string? Nova)> LogInAsync(
        Uri keystone,
        string user,
        string password,
        string? project
    )
    {
        var scope = project is null ? "" : $$$""", "scope": {"project": {"id": "{{{project}}}"}}""";
        using var body = new StringContent(
            $$$"""
            {"auth": {"identity": {"methods": ["password"], "password": {"user":
              {"name": "{{{user}}}", "domain": {"name": "Default"}, "password": "{{{password}}}"} } }{{{scope}}} } }
            """,
            Encoding.UTF8,
            "application/json"
        );
        Interlocked.Increment(ref _requests);
        using var answer = await Http.PostAsync(new Uri($"{keystone}/auth/tokens"), body);
        answer.EnsureSuccessStatusCode();
        var catalog = JsonSerializer
            .Deserialize(await answer.Content.ReadAsByteArrayAsync(), BenchJson.Default.TokenBody)!
            .Token.Catalog;
        var nova = catalog?.Find(service => service.Type == "compute")?.Endpoints.Find(e => e.Interface == "public");
        return (answer.Headers.GetValues("X-Subject-Token").Single(), nova?.Url);
    }

    private static async Task<HttpContent> GetAsync(Uri url, string token)
    {
        Interlocked.Increment(ref _requests);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Add("X-Auth-Token", token);
        request.Headers.Add("OpenStack-API-Version", $"compute {Microversion}");
        var answer = await Http.SendAsync(request);
        return answer.EnsureSuccessStatusCode().Content;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProjectList))]
[JsonSerializable(typeof(ServerList))]
[JsonSerializable(typeof(TokenBody))]
internal sealed partial class BenchJson : JsonSerializerContext;

internal sealed record ProjectList(List<Project> Projects);

internal sealed record Project(string Id, string Name);

internal sealed record TokenBody(TokenDocument Token);

internal sealed record TokenDocument(List<Service>? Catalog);

internal sealed record Service(string Type, List<Endpoint> Endpoints);

internal sealed record Endpoint(string Interface, string Url);

internal sealed record ServerList(List<Server> Servers);

/// <summary>What a usage record is made of.</summary>
internal sealed record Server(
    string Id,
    string Name,
    string Status,
    string TenantId,
    string UserId,
    DateTime Created,
    DateTime Updated,
    [property: JsonPropertyName("OS-SRV-USG:launched_at")] DateTime? LaunchedAt,
    [property: JsonPropertyName("OS-SRV-USG:terminated_at")] DateTime? TerminatedAt,
    JsonElement Image,
    Flavor Flavor,
    Dictionary<string, List<Address>> Addresses
);

internal sealed record Flavor(
    int Vcpus,
    long Ram,
    long Disk,
    long Ephemeral,
    string OriginalName,
    Dictionary<string, string> ExtraSpecs
);

internal sealed record Address(string Addr, [property: JsonPropertyName("OS-EXT-IPS:type")] string Type);
