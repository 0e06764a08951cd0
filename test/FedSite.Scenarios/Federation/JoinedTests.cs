using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FedSite.Scenarios.Information;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Federation;

/// <summary>One Keystone at a time is served: these tests wait for each other.</summary>
[CollectionDefinition(Name)]
public sealed class FederationCollection : ICollectionFixture<Browser>
{
    public const string Name = "federation";
}

/// <summary>Who gets in where a site has joined by <c>render</c> and <c>apply</c>, and with which rights.</summary>
[Collection(FederationCollection.Name)]
public abstract class JoinedTests(FederatedSite site, Browser browser) : IDisposable
{
    private const string WebSso = "/auth/OS-FEDERATION/websso/openid";

    private static readonly string[] AccessRights = ["vo.access.egi.eu: member, reader"];

    private readonly KeystoneVisitor _visitor = new(site.Federation);

    private TestFederation Federation => site.Federation;

    [Theory]
    [InlineData("old")]
    [InlineData("new")]
    [InlineData("both")]
    [InlineData("withoutEmail")]
    [InlineData("many")]
    public async Task A_member_of_the_VO_gets_its_project_by_an_access_token(string user)
    {
        var (status, token) = await LogInAsync(user);

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(AccessRights, await _visitor.RightsAsync(token!));
    }

    [Theory]
    [InlineData("old")]
    [InlineData("new")]
    [InlineData("both")]
    public async Task A_member_of_the_VO_gets_its_project_by_a_browser(string user)
    {
        var (status, token) = await browser.LogInAsync(Federation, WebSso, user);

        Assert.Equal(200, status);
        Assert.Equal(AccessRights, await _visitor.RightsAsync(token!));
    }

    [Fact]
    public async Task Token_and_browser_lead_to_the_same_user()
    {
        var (_, byToken) = await LogInAsync("both");
        var (_, byBrowser) = await browser.LogInAsync(Federation, WebSso, "both");

        Assert.Equal(
            (await _visitor.UserAsync(byToken!)).ToJsonString(),
            (await _visitor.UserAsync(byBrowser!)).ToJsonString()
        );
    }

    [Fact]
    public async Task A_member_of_two_VOs_gets_the_projects_of_both()
    {
        var (_, token) = await LogInAsync("twoVos");

        Assert.Equal(["biomed-project: reader", .. AccessRights], await _visitor.RightsAsync(token!));
    }

    [Fact]
    public async Task An_auditor_may_read_the_domain_of_the_federated_users()
    {
        var (_, token) = await LogInAsync("auditor");

        Assert.Equal(["domain egi.eu: reader"], await _visitor.RightsAsync(token!));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("empty")]
    [InlineData("otherRole")]
    [InlineData("dot")]
    [InlineData("prefix")]
    [InlineData("suffix")]
    [InlineData("subgroup")]
    [InlineData("capitals")]
    public async Task Who_has_no_entitlement_or_one_that_looks_alike_is_refused(string user)
    {
        var (status, token) = await LogInAsync(user);

        Assert.Equal((HttpStatusCode.Unauthorized, null), (status, token));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("dot")]
    public async Task A_browser_without_the_entitlement_is_refused(string user)
    {
        var (status, token) = await browser.LogInAsync(Federation, WebSso, user);

        Assert.Equal((401, null), (status, token));
    }

    [Fact]
    public async Task An_access_token_of_nobody_is_refused()
    {
        var (status, token) = await _visitor.LogInWithAsync("nobody", JoiningSite.Idps[0]);

        Assert.Equal((HttpStatusCode.Unauthorized, null), (status, token));
    }

    [Theory]
    [InlineData("OIDC-Iss", "OIDC-Sub", "OIDC-Email", "OIDC-Entitlements", "OIDC-Eduperson-Entitlement")]
    [InlineData("OIDC_iss", "OIDC_sub", "OIDC_email", "OIDC_entitlements", "OIDC_eduperson_entitlement")]
    public async Task Claims_that_a_client_makes_up_open_nothing(params string[] headers)
    {
        const string entitlement = "urn:mace:egi.eu:group:vo.access.egi.eu:role=vm_operator#aai.egi.eu";
        string[] claims = [Federation.Providers[0].Issuer, "forged@egi.eu", "forged@egi.eu", entitlement, entitlement];
        // At this address nobody is asked who they are before Keystone: its plug-in takes the claims as they are.
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Federation.Keystone}/auth/tokens");
        request.Content = new StringContent(
            """{"auth":{"identity":{"methods":["openid"],"openid":{"identity_provider":"egi.eu","protocol":"openid"}}}}""",
            Encoding.UTF8,
            "application/json"
        );
        foreach (var (header, claim) in headers.Zip(claims))
        {
            request.Headers.Add(header, claim);
        }

        var (status, token) = await _visitor.TokenAsync(request);

        Assert.Contains(status, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden });
        Assert.Null(token);
    }

    [Fact]
    public async Task After_apply_nothing_is_left_to_do()
    {
        var plan = await site.RunAsync("plan");

        Assert.True(plan.ExitCode == 0, plan.StandardOutput + plan.StandardError);
    }

    private Task<(HttpStatusCode Status, string? Token)> LogInAsync(string user) =>
        _visitor.LogInAsync(Federation.Providers[0], JoiningSite.Idps[0], user);

    public void Dispose()
    {
        _visitor.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed class ModWsgiTests(ModWsgiSite site, Browser browser)
    : JoinedTests(site, browser),
        IClassFixture<ModWsgiSite>
{
    [Fact]
    public async Task The_openstack_client_sees_exactly_what_the_plan_said()
    {
        var planned = JsonNode.Parse(site.Plan.StandardOutput)!["changes"]!.AsArray().SelectMany(Planned);

        var seen = await SeenKeystone.LinesAsync(site, JoiningSite.Idps[0]);

        Assert.Equal(planned.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_access_token_reads_what_the_site_offers_and_services_that_are_not_there_are_told()
    {
        var federation = site.Federation;
        using var visitor = new KeystoneVisitor(federation);
        await using var told = await SiteInGocdb.StartAsync(
            new Uri(federation.Keystone),
            $$"""
              auth_type: v3oidcaccesstoken
              auth:
                auth_url: {{federation.Keystone}}
                identity_provider: {{JoiningSite.Idps[0]}}
                protocol: openid
                access_token: {{await visitor.AccessTokenAsync(federation.Providers[0], "both")}}
              cacert: {{federation.Ca}}
            """,
            """
              vos: [{name: vo.access.egi.eu, projects: [vo.access.egi.eu]}]
            """
        );

        var (document, _) = await told.ShowAsync();

        var about = Assert.Single(document["Share"]!.AsArray())!["OtherInfo"]!;
        Assert.Equal(
            ("vo.access.egi.eu", "Default", "warning"),
            ((string)about["project_name"]!, (string)about["project_domain_name"]!, (string)about["health"]!["state"]!)
        );
        Assert.Equal(6, about["health"]!["failed"]!.AsArray().Count);
        var endpoint = document["CloudComputingEndpoint"]![0]!;
        Assert.Equal("v3oidcaccesstoken", (string)endpoint["Authentication"]!);
        Assert.StartsWith("/", (string)endpoint["IssuerCA"]!, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Planned(JsonNode? change)
    {
        var what = $"{change!["action"]} {change["kind"]} {change["name"]}";
        // Rules are told with a digest that only FedSite knows.
        var fields = change["fields"]!
            .AsArray()
            .Select(field => $"{what}: {field!["field"]} = {$"{field["new"]}".Split(" (")[0]}");
        return [what, .. fields];
    }
}

public sealed class ProxyUwsgiTests(ProxyUwsgiSite site, Browser browser)
    : JoinedTests(site, browser),
        IClassFixture<ProxyUwsgiSite>;

public sealed class ProxyHttpTests(ProxyHttpSite site, Browser browser)
    : JoinedTests(site, browser),
        IClassFixture<ProxyHttpSite>;
