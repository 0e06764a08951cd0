using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace FedSite.TestKit.Contracts;

/// <summary>Plain HTTP, so that a contract judges the service and not the product's client.</summary>
public sealed class RawCloud(ContractCloud cloud) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public ContractCloud Cloud => cloud;

    /// <summary>A scope as JSON, for instance <c>"unscoped"</c> with its quotation marks.</summary>
    public static string ProjectScope(string id) => $$$"""{"project":{"id":"{{{id}}}"}}""";

    public static string Password(ContractAccount account, string scope) =>
        Auth(
            $$$"""
            "methods":["password"],"password":{"user":{"name":"{{{account.Name}}}","domain":{"name":"Default"},
            "password":"{{{account.Password}}}"}}
            """,
            scope
        );

    public static string Auth(string identity, string? scope) =>
        $$$"""{"auth":{"identity":{ {{{identity}}} }{{{(scope is null ? "" : $",\"scope\":{scope}")}}} }}""";

    public Task<RawAnswer> LogInAsync(string body, CancellationToken ct) =>
        PostAsync($"{cloud.KeystoneUrl}/auth/tokens", body, chunked: false, ct);

    public async Task<string> TokenAsync(ContractAccount account, string scope, CancellationToken ct)
    {
        var answer = await LogInAsync(Password(account, scope), ct);
        return answer.Header("X-Subject-Token")
            ?? throw new InvalidOperationException($"{answer.Status}: {answer.Text}");
    }

    /// <summary>Public endpoint of a service, without a trailing slash.</summary>
    public async Task<string> EndpointAsync(string type, CancellationToken ct)
    {
        var answer = await LogInAsync(Password(cloud.Plain, ProjectScope(cloud.ProjectId)), ct);
        var service = answer.Json["token"]!["catalog"]!.AsArray().Single(s => (string)s!["type"]! == type)!;
        var endpoint = service["endpoints"]!.AsArray().First(e => (string)e!["interface"]! == "public")!;
        return ((string)endpoint["url"]!).TrimEnd('/');
    }

    public async Task<RawAnswer> GetAsync(
        string url,
        string? token,
        CancellationToken ct,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (token is not null)
        {
            request.Headers.Add("X-Auth-Token", token);
        }
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }
        return await SendAsync(request, ct);
    }

    public async Task<RawAnswer> PostAsync(string url, string body, bool chunked, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TransferEncodingChunked = chunked;
        return await SendAsync(request, ct);
    }

    /// <param name="body">JSON; null for none.</param>
    public async Task<RawAnswer> SendAsync(
        string method,
        string url,
        string token,
        string? body,
        CancellationToken ct,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), url);
        request.Headers.Add("X-Auth-Token", token);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }
        return await SendAsync(request, ct);
    }

    /// <param name="type">Of the body.</param>
    public async Task<RawAnswer> SendAsync(
        string method,
        string url,
        string token,
        string body,
        string type,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), url);
        request.Headers.Add("X-Auth-Token", token);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await SendAsync(request, ct);
    }

    public void Dispose() => _http.Dispose();

    private async Task<RawAnswer> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        using var response = await _http.SendAsync(request, ct);
        return new RawAnswer(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(ct),
            response.Headers.ToDictionary(
                header => header.Key,
                header => header.Value.First(),
                StringComparer.OrdinalIgnoreCase
            )
        );
    }
}

public sealed record RawAnswer(int Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
