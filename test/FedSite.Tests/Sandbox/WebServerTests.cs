using System.Net;
using System.Net.Http.Headers;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Sandbox;

/// <summary>The sandbox's mod_auth_openidc; measured at Debian's 2.4.12.</summary>
public sealed class WebServerTests : IAsyncLifetime
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private FederationSandbox _sandbox = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await FederationSandbox.StartAsync(new SandboxOptions { Servers = 0 }, Ct);
        _sandbox.World.Federation.WebLogins =
        [
            new SandboxWebLogin("egi.eu", "openid", new Uri("https://issuer/auth"), "client"),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _sandbox.DisposeAsync();
    }

    [Theory]
    [InlineData(null, "invalid_request")]
    [InlineData("Bearer nonsense", "invalid_token")]
    public async Task A_login_without_a_good_token_is_refused_before_keystone(string? header, string error)
    {
        using var response = await GetAsync("OS-FEDERATION/identity_providers/egi.eu/protocols/openid/auth", header);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains(error, response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_with_a_good_token_reaches_keystone()
    {
        using var response = await GetAsync(
            "OS-FEDERATION/identity_providers/egi.eu/protocols/openid/auth",
            $"Bearer {FederationSandbox.AccessToken}"
        );

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Theory]
    [InlineData("auth/OS-FEDERATION/websso/openid?origin=https://dashboard")]
    [InlineData("auth/OS-FEDERATION/identity_providers/egi.eu/protocols/openid/websso?origin=https://dashboard")]
    public async Task A_browser_is_sent_to_the_provider(string path)
    {
        using var response = await GetAsync(path, header: null);

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.StartsWith(
            "https://issuer/auth?response_type=code&scope=openid%20profile%20email",
            response.Headers.Location!.AbsoluteUri,
            StringComparison.Ordinal
        );
        Assert.Contains(
            Uri.EscapeDataString($"{_sandbox.KeystoneUrl}/auth/OS-FEDERATION/websso/openid/redirect"),
            response.Headers.Location.AbsoluteUri,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("OIDC-sub")]
    [InlineData("oidc_anything")]
    public async Task A_header_that_looks_like_a_claim_is_refused(string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _sandbox.KeystoneUrl);
        request.Headers.Add(header, "x");
        using var response = await _http.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task What_the_web_server_does_not_know_is_keystones()
    {
        using var response = await GetAsync("auth/OS-FEDERATION/websso/saml2", header: null);

        Assert.StartsWith("Keystone", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{_sandbox.KeystoneUrl}/{path}");
        request.Headers.Authorization = header is null ? null : AuthenticationHeaderValue.Parse(header);
        return await _http.SendAsync(request, Ct);
    }
}
