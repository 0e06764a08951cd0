using System.Net;
using System.Text;
using FedSite.Scenarios.Support;
using Microsoft.AspNetCore.WebUtilities;

namespace FedSite.Scenarios.Federation;

/// <summary>What is rendered for Apache, in a real Apache with mod_auth_openidc.</summary>
public sealed class RenderedApacheTests : IAsyncLifetime
{
    private readonly RenderedFolder _folder = new();
    private readonly RenderedApache _apache;
    private FarEnd _far = null!;

    public RenderedApacheTests() => _apache = new RenderedApache(_folder);

    private string One => $"{_far.Provider}/one";
    private string Two => $"{_far.Provider}/two";

    private static readonly string[] Spellings =
    [
        "OIDC-sub",
        "OIDC_sub",
        "oidc-iss",
        "Oidc_Iss",
        "OIDC-eduperson-entitlement",
        "OIDC_eduperson-entitlement",
        "OIDC-eduperson_entitlement",
        "OIDC_eduperson_entitlement",
        "OIDC-entitlements",
        "oIDC_entitlements",
    ];

    public async ValueTask InitializeAsync() => _far = await FarEnd.StartAsync(_folder.Server);

    public ValueTask DisposeAsync()
    {
        _apache.Dispose();
        _far.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("mod_wsgi", false)]
    [InlineData("mod_wsgi", true)]
    [InlineData("proxy_uwsgi", false)]
    [InlineData("proxy_http", true)]
    public async Task Apache_takes_the_files_once_the_secrets_are_there(string deployment, bool several)
    {
        await RenderAsync(deployment, several);

        var before = await _apache.CheckAsync();
        var setup = await _folder.SetUpAsync();
        var after = await _apache.CheckAsync();

        Assert.Equal(1, before.ExitCode);
        Assert.Contains("secrets.conf", before.StandardError, StringComparison.Ordinal);
        Assert.True(setup.ExitCode == 0, setup.StandardError);
        Assert.Contains("Syntax OK", after.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apache_refuses_an_empty_crypto_passphrase()
    {
        await RenderAsync("mod_wsgi", several: false);
        await _folder.SetUpAsync();
        File.Delete(_folder.In("crypto"));

        var run = await _apache.CheckAsync();

        Assert.Contains("crypto passphrase", run.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setup_takes_no_document_of_another_issuer()
    {
        _folder.TwoProviders(One, $"{_far.Provider}/lies", Keystone("mod_wsgi"));
        await _folder.RenderAsync("apache");

        var run = await _folder.SetUpAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("/truth', not of", run.StandardError, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.In("apache/secrets.conf")));
    }

    [Fact]
    public async Task What_setup_writes_is_for_root_and_Apache_alone()
    {
        await RenderAsync("mod_wsgi", several: true);

        await _folder.SetUpAsync();

        Assert.Equal("600", Mode("apache/secrets.conf"));
        Assert.All(Directory.GetFiles(_folder.In("apache/metadata")), file => Assert.Equal("640", Mode(file)));
        Assert.Equal(4, Directory.GetFiles(_folder.In("apache/metadata")).Length);
    }

    [Theory]
    [InlineData("mod_wsgi", false)]
    [InlineData("mod_wsgi", true)]
    [InlineData("proxy_http", false)]
    [InlineData("proxy_http", true)]
    public async Task No_claim_arrives_from_outside(string deployment, bool hidden)
    {
        await StartAsync(deployment, several: true);

        var arrived = new List<string>();
        foreach (var name in Spellings)
        {
            // SetEnvIf looks at the last header of a kind alone, and an empty one hides those before it.
            (string, string)[] headers = hidden ? [(name, "forged"), ("OIDC-zzz", "")] : [(name, "forged")];
            var open = await _apache.ClaimsAsync("v3/auth/tokens", headers);
            var login = await _apache.ClaimsAsync(
                "v3/OS-FEDERATION/identity_providers/one.eu/protocols/openid/auth",
                [.. headers, Token("someone", One)]
            );
            arrived.AddRange(
                open.Claims.Concat(login.Claims).Where(c => c.Value.Contains("forged")).Select(c => c.Key)
            );
        }

        Assert.Empty(arrived);
    }

    [Fact]
    public async Task A_header_of_no_known_claim_is_refused()
    {
        await StartAsync("mod_wsgi", several: false);

        Assert.Equal(HttpStatusCode.Forbidden, (await _apache.ClaimsAsync("v3/auth/tokens", ("oidc.x", "1"))).Status);
    }

    [Theory]
    [InlineData("mod_wsgi", "HTTP_OIDC_ISS", "OIDC-eduperson_entitlement", "HTTP_OIDC_ENTITLEMENTS")]
    [InlineData("proxy_http", "OIDC-iss", "OIDC-eduperson_entitlement", "OIDC-entitlements")]
    public async Task A_token_brings_the_claims_of_its_own_provider(
        string deployment,
        string iss,
        string old,
        string now
    )
    {
        await StartAsync(deployment, several: true);

        var (status, claims) = await _apache.ClaimsAsync(
            "v3/OS-FEDERATION/identity_providers/two/protocols/openid/auth",
            Token("someone", Two)
        );

        Assert.True(status == HttpStatusCode.OK, _apache.Log());
        Assert.Equal((Two, "urn:a;urn:b", "urn:c"), (claims[iss], claims[old], claims[now]));
    }

    [Fact]
    public async Task A_token_of_another_provider_is_refused()
    {
        await StartAsync("mod_wsgi", several: true);

        var (status, _) = await _apache.ClaimsAsync(
            "v3/OS-FEDERATION/identity_providers/two/protocols/openid/auth",
            Token("someone", One)
        );

        Assert.Equal(HttpStatusCode.Unauthorized, status);
    }

    [Theory]
    [InlineData("/more", HttpStatusCode.OK)]
    [InlineData("", HttpStatusCode.Unauthorized)]
    [InlineData("/", HttpStatusCode.Unauthorized)]
    public async Task The_address_of_tokens_alone_asks_for_one(string rest, HttpStatusCode expected)
    {
        await StartAsync("mod_wsgi", several: false);

        var (status, _) = await _apache.ClaimsAsync(
            $"v3/OS-FEDERATION/identity_providers/egi.eu/protocols/openid/auth{rest}"
        );

        Assert.Equal(expected, status);
    }

    [Fact]
    public async Task One_provider_is_asked_about_tokens_itself()
    {
        await StartAsync("mod_wsgi", several: false);

        var (status, claims) = await _apache.ClaimsAsync(
            "v3/OS-FEDERATION/identity_providers/egi.eu/protocols/openid/auth",
            ("Authorization", "Bearer any")
        );

        Assert.True(status == HttpStatusCode.OK, _apache.Log());
        Assert.Equal(("one", One), (claims["HTTP_OIDC_SUB"], claims["HTTP_OIDC_ISS"]));
    }

    [Theory]
    [InlineData(false, "v3/auth/OS-FEDERATION/websso/openid")]
    [InlineData(false, "v3/auth/OS-FEDERATION/identity_providers/egi.eu/protocols/openid/websso")]
    [InlineData(true, "v3/auth/OS-FEDERATION/identity_providers/one.eu/protocols/openid/websso")]
    public async Task A_browser_is_sent_to_the_provider(bool several, string path)
    {
        await StartAsync("mod_wsgi", several);

        var location = new Uri(new Uri($"http://127.0.0.1:{_apache.Port}"), path + "?origin=x");
        while (location.Port == _apache.Port)
        {
            using var response = await _apache.GetAsync(location);
            Assert.True(response.StatusCode == HttpStatusCode.Found, _apache.Log());
            location = response.Headers.Location!;
        }

        var query = QueryHelpers.ParseQuery(location.Query);
        Assert.Equal($"{One}/auth", location.GetLeftPart(UriPartial.Path));
        Assert.Equal("openid profile email eduperson_entitlement entitlements", query["scope"]);
        Assert.Equal(("key\"st$one", "S256"), ((string?)query["client_id"], (string?)query["code_challenge_method"]));
        Assert.Equal(
            $"http://127.0.0.1:{_apache.Port}/v3/auth/OS-FEDERATION/websso/openid/redirect",
            query["redirect_uri"]
        );
    }

    [Fact]
    public async Task Who_is_logged_in_by_one_provider_can_log_in_by_the_other()
    {
        Require.Keystone();
        await StartAsync("mod_wsgi", several: true);

        Assert.Equal(One, await IssuerOfLoginAsync("one.eu"));
        Assert.Equal(Two, await IssuerOfLoginAsync("two"));
    }

    /// <summary>What a browser would do at a provider's address, and the issuer that arrives in the end.</summary>
    private async Task<string> IssuerOfLoginAsync(string idp)
    {
        var url = new Uri(
            $"http://127.0.0.1:{_apache.Port}/v3/auth/OS-FEDERATION/identity_providers/{idp}/protocols/openid/websso"
        );
        for (var steps = 0; steps < 10; steps++)
        {
            using var response = await _apache.GetAsync(url);
            // A page that reloads itself carries the address in this header, too.
            if (response.Headers.Location is { } next)
            {
                url = next;
                continue;
            }

            Assert.True(response.IsSuccessStatusCode, _apache.Log());
            return (await RenderedApache.ClaimsOfAsync(response))["HTTP_OIDC_ISS"];
        }

        throw new InvalidOperationException($"{idp}: sent on and on");
    }

    private async Task StartAsync(string deployment, bool several)
    {
        await RenderAsync(deployment, several);
        var setup = await _folder.SetUpAsync();
        Assert.True(setup.ExitCode == 0, setup.StandardError);
        await _apache.StartAsync();
    }

    private async Task RenderAsync(string deployment, bool several)
    {
        if (several)
            _folder.TwoProviders(One, Two, $"{Keystone(deployment)}\nintrospection_proxy: {_far.Introspection}");
        else
            _folder.OneProvider(One, Keystone(deployment));
        await _folder.RenderAsync("apache");
        _apache.Configure(deployment == "mod_wsgi" ? null : _far.Echo);
    }

    private string Keystone(string deployment) =>
        $"keystone: http://127.0.0.1:{_apache.Port}/v3\ndeployment: {deployment}";

    private static (string, string) Token(string subject, string issuer) =>
        ("Authorization", $"Bearer {Base64UrlTextEncoder.Encode(Encoding.UTF8.GetBytes($"{subject} {issuer}"))}");

    private string Mode(string file) => Convert.ToString((int)File.GetUnixFileMode(_folder.In(file)), 8);
}
