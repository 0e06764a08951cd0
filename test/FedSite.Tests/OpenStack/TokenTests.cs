using System.Text;
using FedSite.OpenStack;
using FedSite.Sandbox;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace FedSite.Tests.OpenStack;

public sealed class TokenTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_that_a_service_no_longer_takes_is_renewed_once()
    {
        await using var cloud = await TestCloud.StartAsync();
        var client = cloud.Connect();
        await cloud.ServersAsync(client);
        cloud.Sandbox.RevokeTokens();

        Assert.NotEmpty(await cloud.ServersAsync(client));
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_ends()
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-01T00:00:00Z"));
        await using var cloud = await TestCloud.StartAsync(new SandboxOptions { TimeProvider = time }, time);
        var client = cloud.Connect();
        var first = await client.Identity.GetTokenInfoAsync(TokenScope.Unscoped, Ct);
        time.Advance(TimeSpan.FromMinutes(54));
        var same = await client.Identity.GetTokenInfoAsync(TokenScope.Unscoped, Ct);
        time.Advance(TimeSpan.FromMinutes(2));
        var renewed = await client.Identity.GetTokenInfoAsync(TokenScope.Unscoped, Ct);

        Assert.Equal(first.ExpiresAt, same.ExpiresAt);
        Assert.True(renewed.ExpiresAt > first.ExpiresAt);
    }

    [Fact]
    public async Task Many_that_ask_at_once_make_one_request()
    {
        await using var cloud = await TestCloud.StartAsync();
        var client = cloud.Connect();

        await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => client.Identity.GetTokenInfoAsync(TokenScope.Unscoped, Ct))
        );

        Assert.Equal(1, cloud.Sandbox.Traffic.Requests(SandboxService.Keystone));
    }

    [Fact]
    public async Task A_token_for_the_configured_project_serves_that_project()
    {
        await using var cloud = await TestCloud.StartAsync();
        var client = cloud.Connect(cloud.Credentials with { ProjectId = cloud.ProjectId });
        await client.Identity.GetTokenInfoAsync(TokenScope.Configured, Ct);
        await client.Identity.GetTokenInfoAsync(TokenScope.Project(cloud.ProjectId), Ct);

        Assert.Equal(1, client.Requests);
    }

    [Fact]
    public async Task A_given_token_is_made_into_one_of_a_project()
    {
        await using var cloud = await TestCloud.StartAsync();
        using var raw = new TestKit.Contracts.RawCloud(TestKit.Contracts.ContractCloud.Of(cloud.Sandbox));
        var token = await raw.TokenAsync(raw.Cloud.Accounting, "\"unscoped\"", Ct);
        var client = cloud.Connect(cloud.Credentials with { AuthType = AuthType.Token, Token = token });

        Assert.NotEmpty(await cloud.ServersAsync(client));
    }

    [Fact]
    public async Task An_access_token_of_openid_connect_logs_in()
    {
        await using var cloud = await TestCloud.StartAsync();
        var client = cloud.Connect(
            cloud.Credentials with
            {
                AuthType = AuthType.OidcAccessToken,
                IdentityProvider = "egi.eu",
                Protocol = "openid",
                AccessToken = FederationSandbox.AccessToken,
            }
        );

        Assert.NotEmpty(await cloud.ServersAsync(client));
    }

    [Fact]
    public async Task A_refused_access_token_is_told_without_showing_it()
    {
        await using var cloud = await TestCloud.StartAsync();
        var client = cloud.Connect(
            cloud.Credentials with
            {
                AuthType = AuthType.OidcAccessToken,
                IdentityProvider = "egi.eu",
                Protocol = "openid",
                AccessToken = "stale-access-token",
            }
        );

        var refused = await Assert.ThrowsAsync<OpenStackException>(() => client.Identity.ListMyProjectsAsync(Ct));

        Assert.Equal(401, refused.Status);
        Assert.DoesNotContain("stale-access-token", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"token": null}""")]
    [InlineData(
        """{"token": {"user": null, "issued_at": "2026-01-01T00:00:00Z", "expires_at": "2026-01-01T01:00:00Z"}}"""
    )]
    public async Task An_answer_that_is_no_token_is_told(string body)
    {
        await using var cloud = await TestCloud.StartAsync();
        AnswerTokens(cloud, body);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() =>
            cloud.Connect().Identity.GetTokenInfoAsync(TokenScope.Unscoped, Ct)
        );

        Assert.Contains("not understood", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_never_ends_and_a_catalog_with_nulls_do_no_harm()
    {
        await using var cloud = await TestCloud.StartAsync();
        AnswerTokens(
            cloud,
            """
            {"token": {"user": {"id": "u"}, "issued_at": "0001-01-01T00:00:00Z", "expires_at": "9999-12-31T23:59:59Z",
             "roles": [null], "catalog": [null, {"type": "compute", "endpoints": [null]}]}}
            """
        );
        var client = cloud.Connect();

        await client.Identity.GetTokenInfoAsync(TokenScope.Unscoped, Ct);

        Assert.Empty(Assert.Single((await client.GetCatalogAsync(TokenScope.Unscoped, Ct)).Services).Endpoints);
    }

    private static void AnswerTokens(TestCloud cloud, string body) =>
        cloud.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Keystone,
                When = request => HttpMethods.IsPost(request.Method),
                Rewrite = _ => Encoding.UTF8.GetBytes(body),
            }
        );
}
