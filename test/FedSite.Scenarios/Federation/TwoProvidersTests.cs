using System.Net;

namespace FedSite.Scenarios.Federation;

/// <summary>A site with two providers, and an introspection proxy that asks both.</summary>
[Collection(FederationCollection.Name)]
public sealed class TwoProvidersTests(TwoProvidersSite site, Browser browser)
    : IClassFixture<TwoProvidersSite>,
        IDisposable
{
    private readonly KeystoneVisitor _visitor = new(site.Federation);

    [Theory]
    [InlineData(0, "old")]
    [InlineData(0, "new")]
    [InlineData(0, "both")]
    [InlineData(1, "guest")]
    public async Task Members_of_the_VO_get_its_project_by_an_access_token_of_their_provider(int provider, string user)
    {
        var (status, token) = await LogInAsync(provider, provider, user);

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(["vo.access.egi.eu: member, reader"], await _visitor.RightsAsync(token!));
    }

    [Theory]
    [InlineData(0, "both")]
    [InlineData(1, "guest")]
    public async Task Members_of_the_VO_get_its_project_by_a_browser_that_asks_their_provider(int provider, string user)
    {
        var (status, token) = await browser.LogInAsync(site.Federation, WebSso(provider), user);

        Assert.Equal(200, status);
        Assert.Equal(["vo.access.egi.eu: member, reader"], await _visitor.RightsAsync(token!));
    }

    [Fact]
    public async Task The_same_subject_at_the_other_provider_is_not_taken_for_the_person_that_is_known()
    {
        await LogInAsync(0, 0, "twin");

        var (status, token) = await LogInAsync(1, 1, "twin");

        // Keystone makes the id of a user of domain and subject; both providers have the one domain.
        Assert.Equal((HttpStatusCode.Conflict, null), (status, token));
    }

    [Theory]
    [InlineData(0, "none")]
    [InlineData(0, "dot")]
    [InlineData(1, "stranger")]
    public async Task Who_has_no_entitlement_or_one_that_looks_alike_is_refused(int provider, string user)
    {
        var (status, token) = await LogInAsync(provider, provider, user);

        Assert.Equal((HttpStatusCode.Unauthorized, null), (status, token));
    }

    [Theory]
    [InlineData(0, "none")]
    [InlineData(1, "stranger")]
    public async Task A_browser_without_the_entitlement_is_refused(int provider, string user)
    {
        var (status, token) = await browser.LogInAsync(site.Federation, WebSso(provider), user);

        Assert.Equal((401, null), (status, token));
    }

    [Theory]
    [InlineData(0, 1, "both")]
    [InlineData(1, 0, "guest")]
    public async Task A_token_of_one_provider_is_refused_at_the_address_of_the_other(int provider, int idp, string user)
    {
        var (status, token) = await LogInAsync(provider, idp, user);

        Assert.Contains(status, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden });
        Assert.Null(token);
    }

    private Task<(HttpStatusCode Status, string? Token)> LogInAsync(int provider, int idp, string user) =>
        _visitor.LogInAsync(site.Federation.Providers[provider], JoiningSite.Idps[idp], user);

    private static string WebSso(int provider) =>
        $"/auth/OS-FEDERATION/identity_providers/{JoiningSite.Idps[provider]}/protocols/openid/websso";

    public void Dispose() => _visitor.Dispose();
}
