using FedSite.Oci;
using FedSite.Sandbox;
using FedSite.Sandbox.Oci;
using FedSite.Sandbox.Pki;
using Microsoft.AspNetCore.Http;

namespace FedSite.Tests.Oci;

/// <summary>Who gets the password, and who does not.</summary>
public sealed class RegistryAccessTests : IAsyncLifetime
{
    private ClientSite _site = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _site = await ClientSite.StartAsync();
        _site.Push();
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData(RegistryLogins.None)]
    [InlineData(RegistryLogins.Password)]
    [InlineData(RegistryLogins.Token)]
    public async Task The_client_logs_in_as_the_registry_asks(RegistryLogins logins)
    {
        _site.Registry.Logins = logins;
        using var client = _site.Open();

        Assert.Equal(["1"], await client.ListTagsAsync(ClientSite.Repository, Ct));
    }

    [Theory]
    [InlineData(RegistryLogins.Password, 3)]
    [InlineData(RegistryLogins.Token, 4)]
    public async Task Only_the_first_request_is_sent_twice(RegistryLogins logins, int expected)
    {
        _site.Registry.Logins = logins;
        using var client = _site.Open();

        await client.ListTagsAsync(ClientSite.Repository, Ct);
        await client.HeadManifestAsync(ClientSite.Repository, "1", Ct);

        Assert.Equal(expected, _site.Requests);
        Assert.Equal(_site.Requests, client.Requests);
    }

    [Fact]
    public async Task A_token_is_for_one_repository_and_kept_until_it_expires()
    {
        _site.Registry.Logins = RegistryLogins.Token;
        _site.Registry.PushImage("vo/other", "1", [1]);
        using var client = _site.Open();

        await client.ListTagsAsync(ClientSite.Repository, Ct);
        await client.ListTagsAsync(ClientSite.Repository, Ct);
        Assert.Equal(1, _site.Registry.Tokens);
        await client.ListTagsAsync("vo/other", Ct);
        Assert.Equal(2, _site.Registry.Tokens);
        _site.Time.MoveTo(_site.Time.GetUtcNow() + _site.Registry.TokenLifetime);
        await client.ListTagsAsync(ClientSite.Repository, Ct);
        Assert.Equal(3, _site.Registry.Tokens);
    }

    [Fact]
    public async Task A_token_that_is_refused_is_replaced()
    {
        _site.Registry.Logins = RegistryLogins.Token;
        using var client = _site.Open();
        await client.ListTagsAsync(ClientSite.Repository, Ct);
        _site.Registry.RevokeTokens();

        await client.ListTagsAsync(ClientSite.Repository, Ct);

        Assert.Equal(1, _site.Registry.Tokens);
    }

    [Theory]
    [InlineData(RegistryLogins.Password)]
    [InlineData(RegistryLogins.Token)]
    public async Task A_wrong_password_is_said_and_not_shown(RegistryLogins logins)
    {
        _site.Registry.Logins = logins;
        using var client = _site.Open("somebody", "hunter2");

        var error = await Assert.ThrowsAsync<RegistryException>(() => client.ListTagsAsync(ClientSite.Repository, Ct));

        Assert.Equal(401, error.Status);
        Assert.Contains("401: UNAUTHORIZED", error.Message, StringComparison.Ordinal);
        Assert.Equal("Check username and password in site.yaml, and that the account has not expired.", error.NextStep);
        Assert.DoesNotContain("hunter2", error + string.Concat(_site.Log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:{0}/service/token", "localhost")]
    [InlineData("http://127.0.0.1.nip.example:{0}/token", "127.0.0.1.nip.example")]
    [InlineData("http://127.0.0.1@evil.example:{0}/token", "evil.example")]
    public async Task The_password_is_not_given_to_another_host_for_a_token(string realm, string host)
    {
        _site.Registry.Logins = RegistryLogins.Token;
        _site.Registry.Realm = string.Format(null, realm, _site.Sandbox.RegistryUrl.Port);
        using var client = _site.Open();

        var error = await ClientSite.FailAsync(() => client.ListTagsAsync(ClientSite.Repository, Ct));

        Assert.Contains(
            $"wants the password of {SandboxRegistry.Username} to be sent to {host}:",
            error,
            StringComparison.Ordinal
        );
        Assert.Equal(1, _site.Requests);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ldap://127.0.0.1/")]
    [InlineData("/service/token")]
    [InlineData("")]
    public async Task A_realm_that_is_no_URL_of_the_web_is_refused(string realm)
    {
        _site.Registry.Logins = RegistryLogins.Token;
        _site.Registry.Realm = realm;
        using var client = _site.Open();

        var error = await ClientSite.FailAsync(() => client.ListTagsAsync(ClientSite.Repository, Ct));

        Assert.Contains("names no URL where tokens are to be had", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_anonymous_user_may_be_sent_to_another_server_for_a_token()
    {
        using var client = await _site.OpenAsync(async context =>
        {
            var isAdmitted = context.Request.Headers.Authorization == "Bearer anonymous";
            if (context.Request.Path == "/token")
            {
                await context.Response.WriteAsync("""{"access_token":"anonymous"}""", Ct);
            }
            else if (!isAdmitted)
            {
                var realm = $"http://localhost:{context.Request.Host.Port}/token";
                context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{realm}\"";
                context.Response.StatusCode = 401;
            }
            else
            {
                await context.Response.WriteAsync("""{"tags":["1"]}""", Ct);
            }
        });

        Assert.Equal(["1"], await client.ListTagsAsync(ClientSite.Repository, Ct));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("<html>")]
    [InlineData("""{"token":""}""")]
    [InlineData("""{"token":"a\nb"}""")]
    public async Task An_answer_without_a_usable_token_is_said(string answer)
    {
        _site.Registry.Logins = RegistryLogins.Token;
        _site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Registry,
                When = request => request.Path == "/service/token",
                Status = 200,
                Body = answer,
            }
        );
        using var client = _site.Open();

        var error = await ClientSite.FailAsync(() => client.ListTagsAsync(ClientSite.Repository, Ct));

        Assert.Contains("/service/token was answered with 200, but no token", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_challenge_that_the_registry_repeats_is_not_answered_for_ever()
    {
        _site.Registry.Logins = RegistryLogins.Token;
        _site.Registry.TokenLifetime = TimeSpan.Zero;
        using var client = _site.Open();

        Assert.Contains(
            "401",
            await ClientSite.FailAsync(() => client.ListTagsAsync(ClientSite.Repository, Ct)),
            StringComparison.Ordinal
        );
        Assert.Equal(3, _site.Requests);
    }

    [Theory]
    [InlineData("realm", "wants tokens to be fetched from http://")]
    [InlineData("redirect", "without TLS: refused")]
    public async Task From_TLS_nothing_leads_to_plain_HTTP(string what, string expected)
    {
        var folder = Directory.CreateTempSubdirectory("fedsite-").FullName;
        using var authority = TestAuthority.Create(folder, TimeProvider.System);
        using var server = authority.IssueServer();
        await using var sandbox = await FederationSandbox.StartAsync(
            new SandboxOptions { Servers = 0, Certificate = server.Certificate },
            Ct
        );
        var pushed = sandbox.Registry.PushImage(ClientSite.Repository, "1", [1]);
        sandbox.Registry.Logins = what == "realm" ? RegistryLogins.Token : RegistryLogins.Password;
        sandbox.Registry.Realm = $"http://127.0.0.1:{sandbox.RegistryUrl.Port}/service/token";
        sandbox.Registry.BlobRedirect = _ => _site.Sandbox.StoreUrl.ToString();
        var ca = Path.Combine(folder, "ca.pem");
        await File.WriteAllTextAsync(ca, authority.Certificate.ExportCertificatePem(), Ct);
        using var client = _site.Open(sandbox.RegistryUrl, SandboxRegistry.Username, SandboxRegistry.Password, ca);

        var error = await ClientSite.FailAsync(async () =>
            await client.OpenBlobAsync(ClientSite.Repository, pushed.Content, 0, Ct)
        );

        Assert.Contains(expected, error, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_token_with_half_a_character_is_none()
    {
        using var client = await _site.OpenAsync(async context =>
        {
            if (context.Request.Path == "/token")
            {
                await context.Response.WriteAsync("""{"token": "\ud800"}""", Ct);
                return;
            }
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"http://{context.Request.Host}/token\"";
        });

        var error = await ClientSite.FailAsync(() => client.ListTagsAsync(ClientSite.Repository, Ct));

        Assert.Contains("no token", error, StringComparison.Ordinal);
    }
}
