using System.Text.Json.Nodes;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on in Keystone.</summary>
public abstract class KeystoneContract(ContractCloud cloud) : IDisposable
{
    private const string Unscoped = "\"unscoped\"";

    private readonly RawCloud _raw = new(cloud);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _raw.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_explicitly_unscoped_token_has_neither_project_nor_catalog()
    {
        var token = await LogInAsync(RawCloud.Password(cloud.Accounting, Unscoped));

        Assert.Null(token["project"]);
        Assert.True(token["catalog"] is not JsonArray { Count: > 0 });
    }

    [Fact]
    public async Task A_token_scoped_to_a_project_by_name_has_the_id_the_roles_and_the_catalog()
    {
        var scope = $$$$"""{"project":{"name":"{{{{cloud.ProjectName}}}}","domain":{"name":"Default"}}}""";
        var token = await LogInAsync(RawCloud.Password(cloud.Accounting, scope));

        Assert.Equal(cloud.ProjectId, (string?)token["project"]!["id"]);
        Assert.Contains(token["roles"]!.AsArray(), role => (string?)role!["name"] == "accounting");
        Assert.Contains(token["catalog"]!.AsArray(), service => (string?)service!["type"] == "compute");
    }

    [Fact]
    public async Task A_system_token_says_so_and_has_the_catalog()
    {
        var token = await LogInAsync(RawCloud.Password(cloud.Admin, """{"system":{"all":true}}"""));

        Assert.True((bool)token["system"]!["all"]!);
        Assert.Contains(token["catalog"]!.AsArray(), service => (string?)service!["type"] == "identity");
    }

    [Fact]
    public async Task A_wrong_password_is_401_with_a_message()
    {
        var account = cloud.Accounting with { Password = "wrong" };
        var answer = await _raw.LogInAsync(RawCloud.Password(account, Unscoped), Ct);

        Assert.Equal(401, answer.Status);
        Assert.NotEmpty((string)answer.Json["error"]!["message"]!);
    }

    [Fact]
    public async Task A_project_without_a_role_is_401()
    {
        var body = RawCloud.Password(cloud.Plain, RawCloud.ProjectScope(cloud.OtherProjectId));

        Assert.Equal(401, (await _raw.LogInAsync(body, Ct)).Status);
    }

    [Fact]
    public async Task A_chunked_body_is_refused()
    {
        var body = RawCloud.Password(cloud.Accounting, Unscoped);
        var answer = await _raw.PostAsync($"{cloud.KeystoneUrl}/auth/tokens", body, chunked: true, Ct);

        Assert.True(answer.Status is 400 or 411, $"{answer.Status}: {answer.Text}");
    }

    [Fact]
    public async Task A_token_can_be_made_from_a_token_and_ends_with_it()
    {
        var first = await _raw.LogInAsync(RawCloud.Password(cloud.Accounting, Unscoped), Ct);
        var identity = $$$""" "methods":["token"],"token":{"id":"{{{first.Header("X-Subject-Token")}}}"} """;
        var second = await LogInAsync(RawCloud.Auth(identity, RawCloud.ProjectScope(cloud.ProjectId)));

        Assert.Equal(cloud.ProjectId, (string?)second["project"]!["id"]);
        Assert.Equal((string?)first.Json["token"]!["expires_at"], (string?)second["expires_at"]);
    }

    [Fact]
    public async Task An_application_credential_has_its_own_project_and_takes_no_scope()
    {
        var identity = $$$"""
            "methods":["application_credential"],"application_credential":
            {"id":"{{{cloud.ApplicationCredentialId}}}","secret":"{{{cloud.ApplicationCredentialSecret}}}"}
            """;
        var token = await LogInAsync(RawCloud.Auth(identity, scope: null));
        var scoped = RawCloud.Auth(identity, RawCloud.ProjectScope(cloud.ProjectId));

        Assert.Equal(cloud.ProjectId, (string?)token["project"]!["id"]);
        Assert.Equal(401, (await _raw.LogInAsync(scoped, Ct)).Status);
    }

    [Fact]
    public async Task One_sees_ones_own_projects_without_any_right()
    {
        var answer = await GetAsync("auth/projects", cloud.Plain, Unscoped);

        var own = Assert.Single(answer.Json["projects"]!.AsArray());
        Assert.Equal(cloud.ProjectId, (string?)own!["id"]);
        Assert.Equal(cloud.Vo, (string?)own["egi.VO"]);
    }

    [Fact]
    public async Task A_plain_account_lists_no_projects()
    {
        var answer = await GetAsync("projects", cloud.Plain, RawCloud.ProjectScope(cloud.ProjectId));

        Assert.Equal(403, answer.Status);
        Assert.NotEmpty((string)answer.Json["error"]!["message"]!);
    }

    [Fact]
    public async Task Projects_are_filtered_by_tag()
    {
        var answer = await GetAsync("projects?tags=caso", cloud.Accounting, RawCloud.ProjectScope(cloud.ProjectId));

        var projects = answer.Json["projects"]!.AsArray();
        Assert.Contains(projects, project => (string?)project!["id"] == cloud.ProjectId);
        Assert.All(
            projects,
            project => Assert.Contains("caso", project!["tags"]!.AsArray().Select(tag => (string?)tag))
        );
    }

    [Fact]
    public async Task An_unknown_project_is_404_to_whoever_may_read_projects()
    {
        var scope = RawCloud.ProjectScope(cloud.ProjectId);

        Assert.Equal(404, (await GetAsync("projects/nonsense", cloud.Accounting, scope)).Status);
    }

    [Fact]
    public async Task The_accounting_role_reads_users()
    {
        var answer = await GetAsync($"users/{cloud.UserId}", cloud.Accounting, RawCloud.ProjectScope(cloud.ProjectId));

        Assert.Equal(cloud.UserName, (string?)answer.Json["user"]!["name"]);
    }

    [Fact]
    public async Task An_unknown_user_is_404_to_whoever_may_read_users()
    {
        var scope = RawCloud.ProjectScope(cloud.ProjectId);

        Assert.Equal(404, (await GetAsync("users/nonsense", cloud.Accounting, scope)).Status);
    }

    [Fact]
    public async Task A_plain_account_reads_no_other_user()
    {
        var answer = await GetAsync($"users/{cloud.UserId}", cloud.Plain, RawCloud.ProjectScope(cloud.ProjectId));

        Assert.Equal(403, answer.Status);
    }

    [Fact]
    public async Task Without_a_token_the_answer_is_401()
    {
        Assert.Equal(401, (await _raw.GetAsync($"{cloud.KeystoneUrl}/auth/projects", token: null, Ct)).Status);
    }

    [Fact]
    public async Task An_unknown_method_of_authentication_is_answered_with_those_that_there_are()
    {
        var answer = await _raw.LogInAsync(RawCloud.Auth("\"methods\":[\"nonsense\"],\"nonsense\":{}", null), Ct);

        Assert.Equal(401, answer.Status);
        var methods = answer.Json["error"]!["identity"]!["methods"]!.AsArray().Select(method => (string?)method);
        Assert.Empty(((string?[])["password", "token", "mapped"]).Except(methods));
    }

    [Fact]
    public async Task The_method_of_federated_logins_asks_for_an_identity_provider_that_exists()
    {
        const string unknown = """
            "methods":["mapped"],"mapped":{"identity_provider":"nonsense","protocol":"openid"}
            """;
        var bare = await _raw.LogInAsync(RawCloud.Auth("\"methods\":[\"mapped\"],\"mapped\":{}", null), Ct);
        var foreign = await _raw.LogInAsync(RawCloud.Auth(unknown, null), Ct);

        Assert.Equal((400, 404), (bare.Status, foreign.Status));
    }

    [Fact]
    public async Task Keystone_alone_refuses_the_urls_of_logins_by_browser()
    {
        var url = $"{cloud.KeystoneUrl}/auth/OS-FEDERATION/websso/openid?origin=https://dashboard";
        var answer = await _raw.GetAsync(url, token: null, Ct);

        Assert.Equal(401, answer.Status);
        Assert.StartsWith("Keystone uri=", answer.Header("WWW-Authenticate"), StringComparison.Ordinal);
    }

    private async Task<JsonNode> LogInAsync(string body)
    {
        var answer = await _raw.LogInAsync(body, Ct);
        Assert.True(answer.Status == 201, $"{answer.Status}: {answer.Text}");
        return answer.Json["token"]!;
    }

    private async Task<RawAnswer> GetAsync(string path, ContractAccount account, string scope) =>
        await _raw.GetAsync($"{cloud.KeystoneUrl}/{path}", await _raw.TokenAsync(account, scope, Ct), Ct);
}
