using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FedSite.Sandbox.OpenId;

namespace FedSite.Tests.Sandbox;

public sealed class OpenIdSandboxTests : IAsyncLifetime
{
    private readonly HttpClient _http = new(new SocketsHttpHandler());
    private OpenIdSandbox _provider = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _provider = await OpenIdSandbox.StartAsync(new OpenIdSandboxOptions(), Ct);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task The_discovery_document_names_the_issuer_or_the_one_it_claims_to_be()
    {
        var honest = await DiscoverAsync();
        _provider.ClaimedIssuer = "https://other";
        var changed = await DiscoverAsync();

        Assert.Equal(_provider.Issuer, (string?)honest["issuer"]);
        Assert.Equal("https://other", (string?)changed["issuer"]);
    }

    [Fact]
    public async Task Client_credentials_give_a_token_that_introspection_knows()
    {
        var (status, answer) = await PostAsync("token_endpoint", "sandbox", ("grant_type", "client_credentials"));
        var (_, told) = await PostAsync(
            "introspection_endpoint",
            "sandbox",
            ("token", (string)answer["access_token"]!)
        );

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.True((bool)told["active"]!);
        Assert.Equal("keystone", (string?)told["sub"]);
        Assert.Equal(_provider.Issuer, (string?)told["iss"]);
    }

    [Theory]
    [InlineData("token_endpoint")]
    [InlineData("introspection_endpoint")]
    public async Task A_wrong_secret_is_401(string endpoint)
    {
        var (status, answer) = await PostAsync(endpoint, "wrong", ("grant_type", "client_credentials"), ("token", "x"));

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.NotEmpty((string)answer["error"]!);
    }

    [Fact]
    public async Task An_unknown_token_is_inactive_and_nothing_more_is_told()
    {
        var (status, told) = await PostAsync("introspection_endpoint", "sandbox", ("token", "nonsense"));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"active":false}""", told.ToJsonString());
    }

    [Fact]
    public async Task Claims_of_a_token_are_told_as_texts_and_lists()
    {
        var token = _provider.Issue(("sub", ["a@b"]), ("entitlements", ["urn:a", "urn:b"]));
        var (_, told) = await PostAsync("introspection_endpoint", "sandbox", ("token", token));

        Assert.Equal("a@b", (string?)told["sub"]);
        Assert.Equal(["urn:a", "urn:b"], told["entitlements"]!.AsArray().Select(value => (string?)value));
    }

    private async Task<JsonNode> DiscoverAsync() =>
        JsonNode.Parse(await _http.GetStringAsync(_provider.DiscoveryEndpoint, Ct))!;

    private async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(
        string endpoint,
        string secret,
        params (string Key, string Value)[] form
    )
    {
        var url = (string)(await DiscoverAsync())[endpoint]!;
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Key, f.Value))),
        };
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"keystone:{secret}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", basic);
        using var response = await _http.SendAsync(request, Ct);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!);
    }
}
