using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using FedSite.App.Commands;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Sandbox;

/// <summary>The sandbox with a federation as <c>fedsite apply</c> makes it, and logins there.</summary>
public sealed class FederatedLoginTests : IAsyncLifetime
{
    private const string AccessToken = "somebody's";

    private readonly HttpClient _http = new(new SocketsHttpHandler());
    private FederationSandbox _sandbox = null!;
    private SandboxProject _project = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private CloudWorld World => _sandbox.World;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await FederationSandbox.StartAsync(new SandboxOptions { Servers = 0 }, Ct);
        _project = World.SeededProjects.First();
        _sandbox.EvaluateMappings();
        World.Put(
            new SandboxGroup
            {
                Id = "group",
                Name = "vo",
                DomainId = EgiDomain,
            }
        );
        World.Grant("group", _project.Id, "member");
        World.Federation.Put(
            new SandboxIdentityProvider
            {
                Id = "egi.eu",
                DomainId = EgiDomain,
                RemoteIds = ["https://issuer"],
            }
        );
        World.Federation.Put(
            new SandboxProtocol
            {
                IdpId = "egi.eu",
                Id = "openid",
                MappingId = "mapping",
            }
        );
        PutMapping("""{"id": "group"}""");
        PutToken("urn:vo");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _sandbox.DisposeAsync();
    }

    [Fact]
    public async Task A_member_of_a_mapped_group_has_its_role()
    {
        var (_, user) = await LogInAsync();

        Assert.Equal(["member", "reader"], World.RolesIn((string)user!["id"]!, _project.Id));
        Assert.Equal("egi.eu", (string?)user["OS-FEDERATION"]!["identity_provider"]!["id"]);
        Assert.Equal("group", (string?)user["OS-FEDERATION"]!["groups"]![0]!["id"]);
    }

    [Fact]
    public async Task The_same_person_is_the_same_user_with_an_address()
    {
        var (_, first) = await LogInAsync();
        var (_, second) = await LogInAsync();
        var user = World.FindUser((string)first!["id"]!)!;

        Assert.Equal((string?)first["id"], (string?)second!["id"]);
        Assert.Equal(("person@egi.eu", "a@b", EgiDomain), (user.Name, user.Email, user.DomainId));
        Assert.Equal(new SandboxFederatedId("egi.eu", "openid", "person%40egi.eu"), Assert.Single(user.Federated));
    }

    [Fact]
    public async Task Whom_no_rule_admits_is_refused()
    {
        PutToken("urn:another");

        Assert.Equal(HttpStatusCode.Unauthorized, (await LogInAsync()).Status);
    }

    [Fact]
    public async Task A_role_goes_with_the_group_that_the_next_login_no_longer_gives()
    {
        var (_, user) = await LogInAsync();
        PutMapping("""{"name": "elsewhere", "domain": {"name": "egi.eu"}}""");
        var (status, _) = await LogInAsync();

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Empty(World.RolesIn((string)user!["id"]!, _project.Id));
    }

    [Theory]
    [InlineData("""{"id": "gone"}""", HttpStatusCode.InternalServerError)]
    [InlineData("""{"name": "gone", "domain": {"name": "egi.eu"}}""", HttpStatusCode.Created)]
    public async Task A_group_that_does_not_exist_locks_out_by_id_and_is_skipped_by_name(
        string group,
        HttpStatusCode status
    )
    {
        PutMapping(group);

        Assert.Equal(status, (await LogInAsync()).Status);
    }

    [Fact]
    public async Task An_issuer_that_is_not_the_identity_providers_is_forbidden()
    {
        World.Federation.Put(World.Federation.FindIdentityProvider("egi.eu")! with { RemoteIds = ["https://demo"] });

        Assert.Equal(HttpStatusCode.Forbidden, (await LogInAsync()).Status);
    }

    [Fact]
    public async Task Without_evaluation_the_sandboxs_own_token_is_let_in_where_a_protocol_is()
    {
        World.Federation.Evaluate = null;
        var known = await LogInAsync(FederationSandbox.AccessToken);
        World.Federation.RemoveProtocol("egi.eu", "openid");
        var unknown = await LogInAsync(FederationSandbox.AccessToken);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.NotFound), (known.Status, unknown.Status));
    }

    [Fact]
    public async Task Before_an_identity_provider_is_stored_the_sandboxs_own_token_is_let_in()
    {
        World.Federation.RemoveIdentityProvider("egi.eu");

        var (status, user) = await LogInAsync(FederationSandbox.AccessToken);

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(World.FederatedUser!.Id, (string?)user!["id"]);
    }

    private string EgiDomain => World.Domains.Single(d => d.Name == "egi.eu").Id;

    private void PutMapping(string group) =>
        World.Federation.Put(
            new SandboxMapping(
                "mapping",
                $$"""
                [{"local": [{"user": {"name": "{0}", "email": "{1}"}, "group": {{group}} }],
                  "remote": [{"type": "HTTP_OIDC_SUB"}, {"type": "HTTP_OIDC_EMAIL"},
                             {"type": "OIDC-entitlements", "any_one_of": ["urn:vo"]}]}]
                """
            )
        );

    private void PutToken(string entitlements) =>
        World.Federation.AccessTokens[AccessToken] = new Dictionary<string, string>
        {
            ["HTTP_OIDC_ISS"] = "https://issuer",
            ["HTTP_OIDC_SUB"] = "person@egi.eu",
            ["HTTP_OIDC_EMAIL"] = "a@b",
            ["OIDC-entitlements"] = $"urn:other;{entitlements}",
        };

    /// <returns>The user of the token.</returns>
    private async Task<(HttpStatusCode Status, JsonNode? User)> LogInAsync(string accessToken = AccessToken)
    {
        var url = $"{_sandbox.KeystoneUrl}/OS-FEDERATION/identity_providers/egi.eu/protocols/openid/auth";
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        using var response = await _http.SendAsync(request, Ct);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!;
        return (response.StatusCode, body["token"]?["user"]);
    }
}
