using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Sandbox;

/// <summary>Plain HTTP, so that these tests judge the sandbox and not the product's client.</summary>
internal sealed class SandboxClient(FederationSandbox sandbox) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler());

    public string? Token { get; set; }
    public string? Microversion { get; set; }

    public async Task<(HttpStatusCode Status, JsonNode? Body, HttpResponseHeaders Headers)> GetAsync(string url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (Token is not null)
        {
            request.Headers.Add("X-Auth-Token", Token);
        }
        if (Microversion is not null)
        {
            request.Headers.Add("OpenStack-API-Version", $"compute {Microversion}");
        }
        return await SendAsync(request);
    }

    public async Task<(HttpStatusCode Status, JsonNode? Body, HttpResponseHeaders Headers)> PostAsync(
        string url,
        HttpContent content
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        return await SendAsync(request);
    }

    public async Task<HttpStatusCode> SendAsync(HttpMethod method, string url, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, url) { Content = content };
        request.Headers.Add("X-Auth-Token", Token);
        return (await SendAsync(request)).Item1;
    }

    private async Task<(HttpStatusCode, JsonNode?, HttpResponseHeaders)> SendAsync(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var json = text.StartsWith('{') ? JsonNode.Parse(text) : null;
        return (response.StatusCode, json, response.Headers);
    }

    public static StringContent PasswordLogin(string user, string scope, string password = CloudWorld.Password) =>
        new(
            $$$$"""
            {"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"{{{{user}}}}",
            "domain":{"name":"Default"},"password":"{{{{password}}}}"}}},"scope": {{{{scope}}}} }}
            """,
            Encoding.UTF8,
            "application/json"
        );

    /// <summary>Logs in and keeps the token.</summary>
    public async Task<JsonNode> LoginAsync(string user, string scope)
    {
        var (status, body, headers) = await PostAsync($"{sandbox.KeystoneUrl}/auth/tokens", PasswordLogin(user, scope));
        Assert.Equal(HttpStatusCode.Created, status);
        Token = headers.GetValues("X-Subject-Token").Single();
        return body!["token"]!;
    }

    public Task<JsonNode> LoginAsync(string user, SandboxProject project) =>
        LoginAsync(user, $$$"""{"project":{"id":"{{{project.Id}}}"}}""");

    public void Dispose() => _http.Dispose();
}
