using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace FedSite.Bench;

/// <summary>
/// The least that a program must do to see what a site offers: the same requests as <c>fedsite info show</c>, as many
/// projects and as many parts of each at a time, and their JSON parsed. It shares no code with the product and makes no
/// document.
/// </summary>
internal static class MinimalInformation
{
    private const int ProjectsAtATime = 4;
    private const string Microversion = "2.93";
    private static readonly HttpClient Http = new(new SocketsHttpHandler());
    private static long _requests;
    private static long _bytes;

    public static async Task RunAsync(Uri keystone, Uri gocdb, string user, string password)
    {
        var registry = Task.WhenAll(
            FetchAsync($"{gocdb}?method=get_service&service_type=org.openstack.nova", token: null),
            FetchAsync($"{gocdb}?method=get_downtime&topentity=SANDBOX-SITE&ongoing_only=yes", token: null)
        );
        var login = await LogInAsync(keystone, user, password, project: null);
        using var list = JsonDocument.Parse(await FetchAsync($"{keystone}/auth/projects", login.Secret));
        var once = 1;
        var details = new TaskCompletionSource();
        await Parallel.ForEachAsync(
            list.RootElement.GetProperty("projects").EnumerateArray().Select(p => p.GetProperty("id").GetString()!),
            new ParallelOptions { MaxDegreeOfParallelism = ProjectsAtATime },
            async (project, _) =>
            {
                var (token, url) = await LogInAsync(keystone, user, password, project);
                var isFirst = Interlocked.Exchange(ref once, 0) == 1;
                List<Task> parts =
                [
                    ReadAsync($"{url("image")}/v2/images?limit=1000&status=active&owner={project}", token),
                    ReadAsync($"{url("image")}/v2/images?limit=1000&status=active&visibility=shared", token),
                    FlavorsAsync(url("compute"), token, isFirst, details),
                    ReadAsync($"{url("compute")}/servers/detail?limit=1000", token),
                    ReadAsync($"{url("compute")}/os-quota-sets/{project}/detail", token),
                    ReadAsync($"{url("volumev3")}/os-quota-sets/{project}?usage=True", token),
                    ReadAsync($"{url("network")}/v2.0/quotas/{project}/details.json", token),
                ];
                if (isFirst)
                {
                    parts.Add(ReadAsync($"{url("image")}/v2/images?limit=1000&status=active&visibility=public", token));
                    parts.Add(
                        ReadAsync($"{url("image")}/v2/images?limit=1000&visibility=public&os_hidden=true", token)
                    );
                    parts.Add(ReadAsync($"{url("network")}/v2.0/networks?router:external=true", token));
                    parts.Add(ReadAsync($"{url("volumev3")}/types", token));
                    parts.Add(ReadAsync($"{url("compute")}/", token));
                }

                await Task.WhenAll(parts);
            }
        );
        await registry;
        Console.WriteLine($$"""{"requests": {{_requests}}, "bytes": {{_bytes}}}""");
    }

    private static async Task FlavorsAsync(string nova, string token, bool isFirst, TaskCompletionSource details)
    {
        if (isFirst)
        {
            await ReadAsync($"{nova}/flavors/detail?limit=1000&is_public=None", token);
            details.SetResult();
        }

        await details.Task;
        await ReadAsync($"{nova}/flavors?limit=1000", token);
    }

    private static async Task ReadAsync(string url, string token)
    {
        using var document = JsonDocument.Parse(await FetchAsync(url, token));
    }

    private static async Task<byte[]> FetchAsync(string url, string? token)
    {
        Interlocked.Increment(ref _requests);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (token is not null)
        {
            request.Headers.Add("X-Auth-Token", token);
            request.Headers.Add("OpenStack-API-Version", $"compute {Microversion}");
        }

        using var answer = await Http.SendAsync(request);
        var body = await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
        Interlocked.Add(ref _bytes, body.Length);
        return body;
    }

    private static async Task<(string Secret, Func<string, string> Url)> LogInAsync(
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
        var token = JsonSerializer.Deserialize(
            await answer.Content.ReadAsByteArrayAsync(),
            BenchJson.Default.TokenBody
        )!;
        return (answer.Headers.GetValues("X-Subject-Token").Single(), Url);

        string Url(string type) =>
            token
                .Token.Catalog!.Find(service => service.Type == type)!
                .Endpoints.Find(endpoint => endpoint.Interface == "public")!
                .Url.TrimEnd('/');
    }
}
