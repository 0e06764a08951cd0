using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Federation;

/// <summary>
/// A person with a program: gets access tokens from an OpenID provider and tokens from Keystone, by bare HTTP.
/// </summary>
internal sealed class KeystoneVisitor : IDisposable
{
    private const string Scope = "openid profile email eduperson_entitlement entitlements";

    private readonly TestFederation _federation;
    private readonly HttpClient _http;

    public KeystoneVisitor(TestFederation federation)
    {
        _federation = federation;
        var trust = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        trust.CustomTrustStore.ImportFromPemFile(federation.Ca);
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust },
            },
            disposeHandler: true
        );
    }

    /// <summary>What a command line does that asks the provider first.</summary>
    public async Task<string> AccessTokenAsync(TestOpenIdProvider provider, string user)
    {
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["grant_type"] = "password",
                ["client_id"] = _federation.PersonClient,
                ["username"] = user,
                ["password"] = _federation.Password,
                ["scope"] = Scope,
            }
        );
        using var response = await _http.PostAsync(
            new Uri($"{provider.Issuer}/protocol/openid-connect/token"),
            form,
            TestContext.Current.CancellationToken
        );
        var answer = await BodyAsync(response);
        Assert.True(response.IsSuccessStatusCode, $"{user} at {provider.Issuer}: {answer}");
        return (string)answer!["access_token"]!;
    }

    /// <summary>A token without scope; null with the status when Keystone refuses.</summary>
    public async Task<(HttpStatusCode Status, string? Token)> LogInAsync(
        TestOpenIdProvider provider,
        string idp,
        string user
    ) => await LogInWithAsync(await AccessTokenAsync(provider, user), idp);

    public async Task<(HttpStatusCode Status, string? Token)> LogInWithAsync(string accessToken, string idp)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"{_federation.Keystone}/OS-FEDERATION/identity_providers/{idp}/protocols/openid/auth"
        );
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return await TokenAsync(request);
    }

    /// <summary>Any request that may be answered with a token.</summary>
    public async Task<(HttpStatusCode Status, string? Token)> TokenAsync(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return (
            response.StatusCode,
            response.Headers.TryGetValues("X-Subject-Token", out var token) ? token.Single() : null
        );
    }

    public async Task<string> TextAsync(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>What the token opens, as <c>project: role, role</c> and <c>domain NAME: role</c>, sorted.</summary>
    public async Task<IReadOnlyList<string>> RightsAsync(string token)
    {
        var rights = new List<string>();
        foreach (var kind in new[] { "project", "domain" })
        {
            foreach (var scope in (await GetAsync($"/auth/{kind}s", token))[$"{kind}s"]!.AsArray())
            {
                var scoped = await ScopeAsync(token, kind, (string)scope!["id"]!);
                var roles = scoped["roles"]!.AsArray().Select(r => (string)r!["name"]!).Order(StringComparer.Ordinal);
                rights.Add(
                    $"{(kind == "domain" ? "domain " : "")}{(string)scope["name"]!}: {string.Join(", ", roles)}"
                );
            }
        }
        return [.. rights.Order(StringComparer.Ordinal)];
    }

    /// <summary>The user that a token is for: <c>id</c>, <c>name</c>, <c>domain</c>.</summary>
    public async Task<JsonNode> UserAsync(string token) => (await GetAsync("/auth/tokens", token))["token"]!["user"]!;

    private async Task<JsonNode> ScopeAsync(string token, string kind, string id)
    {
        using var body = new StringContent(
            $$$"""
            {"auth":{"identity":{"methods":["token"],"token":{"id":"{{{token}}}"} },"scope":{"{{{kind}}}":{"id":"{{{id}}}"} } } }
            """,
            Encoding.UTF8,
            new MediaTypeHeaderValue("application/json")
        );
        using var response = await _http.PostAsync(
            new Uri($"{_federation.Keystone}/auth/tokens"),
            body,
            TestContext.Current.CancellationToken
        );
        var answer = await BodyAsync(response);
        Assert.True(response.StatusCode == HttpStatusCode.Created, $"scope {kind} {id}: {answer}");
        return answer!["token"]!;
    }

    private async Task<JsonNode> GetAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _federation.Keystone + path);
        request.Headers.Add("X-Auth-Token", token);
        request.Headers.Add("X-Subject-Token", token);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = await BodyAsync(response);
        Assert.True(response.IsSuccessStatusCode, $"GET {path}: {answer}");
        return answer!;
    }

    private static async Task<JsonNode?> BodyAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return text.StartsWith('{') ? JsonNode.Parse(text) : text;
    }

    public void Dispose() => _http.Dispose();
}
