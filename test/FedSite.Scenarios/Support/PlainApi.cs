using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace FedSite.Scenarios.Support;

/// <summary>
/// Bare HTTP to the real cloud, as an independent source of what is expected: it shares no code with the product's client.
/// </summary>
internal sealed class PlainApi : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler(), disposeHandler: true);
    private readonly Dictionary<string, string> _urls = new(StringComparer.Ordinal);
    private string _token = "";

    /// <summary>The answer to the login: <c>user</c>, <c>roles</c>, <c>project</c>, <c>catalog</c>.</summary>
    public JsonNode TokenInfo { get; private set; } = new JsonObject();

    public string Token => _token;

    /// <param name="scope">The JSON of Keystone's <c>scope</c>; null logs in without a scope.</param>
    public static async Task<PlainApi> LoginAsync(TestCloud cloud, string account, string? scope)
    {
        var api = new PlainApi();
        var who = cloud.Accounts[account];
        var identity = $$"""
            {"methods":["password"],"password":{"user":{"id":"{{who.Id}}","password":"{{who.Password}}"} } }
            """;
        await api.AuthenticateAsync(cloud, identity, scope ?? "\"unscoped\"");
        return api;
    }

    /// <summary>Logs in to one project, by its key.</summary>
    public static Task<PlainApi> LoginToProjectAsync(TestCloud cloud, string account, string project)
    {
        var id = account == "admin" ? null : cloud.Projects[project].Id;
        return LoginAsync(
            cloud,
            account,
            id is null
                ? """{"project":{"name":"admin","domain":{"id":"default"}}}"""
                : $$$"""{"project":{"id":"{{{id}}}"}}"""
        );
    }

    /// <summary>Logs in to one project, by its id.</summary>
    public static async Task<PlainApi> LoginAsync(TestCloud cloud, SeededAccount who, string projectId)
    {
        var api = new PlainApi();
        var identity = $$"""
            {"methods":["password"],"password":{"user":{"id":"{{who.Id}}","password":"{{who.Password}}"} } }
            """;
        await api.AuthenticateAsync(cloud, identity, $$$"""{"project":{"id":"{{{projectId}}}"}}""");
        return api;
    }

    public static async Task<PlainApi> LoginWithApplicationCredentialAsync(TestCloud cloud)
    {
        var api = new PlainApi();
        var credential = cloud.ApplicationCredential;
        await api.AuthenticateAsync(
            cloud,
            $$"""
            {"methods":["application_credential"],
             "application_credential":{"id":"{{credential.Id}}","secret":"{{credential.Secret}}"} }
            """,
            scope: null
        );
        return api;
    }

    /// <param name="service">Service type of the catalog, for instance <c>compute</c>.</param>
    /// <param name="path">From the service's URL on, beginning with a slash.</param>
    /// <param name="computeVersion">Microversion for Nova.</param>
    public async Task<JsonNode> GetAsync(string service, string path, string? computeVersion = null)
    {
        var (status, body) = await TryGetAsync(service, path, computeVersion);
        Assert.True(status == HttpStatusCode.OK, $"GET {service} {path}: {(int)status} {body}");
        return body!;
    }

    public async Task<(HttpStatusCode Status, JsonNode? Body)> TryGetAsync(
        string service,
        string path,
        string? computeVersion = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _urls[service] + path);
        request.Headers.Add("X-Auth-Token", _token);
        if (computeVersion is not null)
        {
            request.Headers.Add("OpenStack-API-Version", $"compute {computeVersion}");
        }
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : null);
    }

    /// <summary>Changes something, and fails the test when that is refused.</summary>
    /// <param name="json">The body; null: none.</param>
    /// <param name="computeVersion">Microversion for Nova.</param>
    public async Task<JsonNode?> SendAsync(
        HttpMethod method,
        string service,
        string path,
        string? json = null,
        string? computeVersion = null
    )
    {
        using var request = new HttpRequestMessage(method, _urls[service] + path);
        request.Headers.Add("X-Auth-Token", _token);
        if (computeVersion is not null)
        {
            request.Headers.Add("OpenStack-API-Version", $"compute {computeVersion}");
        }
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{method} {service} {path}: {(int)response.StatusCode} {text}");
        return text.StartsWith('{') ? JsonNode.Parse(text) : null;
    }

    private async Task AuthenticateAsync(TestCloud cloud, string identity, string? scope)
    {
        var body = scope is null
            ? $$$"""{"auth":{"identity":{{{identity}}}}}"""
            : $$$"""{"auth":{"identity":{{{identity}}},"scope":{{{scope}}}}}""";
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var response = await _http.PostAsync(
            new Uri($"{cloud.Keystone}/auth/tokens"),
            content,
            TestContext.Current.CancellationToken
        );
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.Created, $"login: {(int)response.StatusCode} {text}");
        _token = response.Headers.GetValues("X-Subject-Token").Single();
        TokenInfo = JsonNode.Parse(text)!["token"]!;
        _urls["identity"] = cloud.Keystone.ToString();
        foreach (var service in TokenInfo["catalog"]?.AsArray() ?? [])
        {
            // Without a project a service whose URL needs its id has no endpoints.
            var endpoint = service!["endpoints"]!
                .AsArray()
                .FirstOrDefault(endpoint => (string?)endpoint!["interface"] == "public");
            if (endpoint is not null)
            {
                _urls[(string)service["type"]!] = (string)endpoint["url"]!;
            }
        }
    }

    public void Dispose() => _http.Dispose();
}
