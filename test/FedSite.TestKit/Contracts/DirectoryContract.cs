using System.Text.Json.Nodes;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on in Keystone's domains, groups, projects and users.</summary>
public abstract class DirectoryContract(ContractCloud cloud) : IdentityContract(cloud)
{
    [Fact]
    public async Task A_domain_can_be_renamed_and_is_found_by_name_in_any_case()
    {
        await MustAsync(200, "PATCH", $"domains/{DomainId}", $$$"""{"domain":{"name":"{{{Mark}}}.EU"}}""");
        var found = await ListAsync("domains", $"name={Mark.ToUpperInvariant()}.eu");

        Assert.Equal($"{Mark}.EU", (string?)Assert.Single(found)!["name"]);
    }

    [Fact]
    public async Task Two_domains_have_no_name_in_common()
    {
        var other = await SendAsync("POST", "domains", $$$"""{"domain":{"name":"{{{Mark}}}"}}""");
        var renamed = await SendAsync("PATCH", $"domains/{DomainId}", """{"domain":{"name":"Default"}}""");

        Assert.Equal((409, 409), (other.Status, renamed.Status));
        Assert.Contains("two projects acting as domains", Message(renamed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domain_is_deleted_only_when_it_is_disabled()
    {
        var refused = await SendAsync("DELETE", $"domains/{DomainId}");
        await MustAsync(200, "PATCH", $"domains/{DomainId}", """{"domain":{"enabled":false}}""");
        Assert.Single(await ListAsync("domains", $"name={Mark}&enabled=false"));
        await MustAsync(204, "DELETE", $"domains/{DomainId}");

        Assert.Equal(403, refused.Status);
        Assert.Equal("Cannot delete a domain that is enabled, please disable it first.", Message(refused));
        Assert.Equal(404, (await SendAsync("DELETE", $"domains/{DomainId}")).Status);
    }

    [Fact]
    public async Task A_domain_takes_its_groups_projects_and_users_along()
    {
        var group = await MakeGroupAsync("g");
        var project = await MakeProjectAsync("p");
        var user = await MakeUserAsync("u");
        await MustAsync(200, "PATCH", $"domains/{DomainId}", """{"domain":{"enabled":false}}""");
        await MustAsync(204, "DELETE", $"domains/{DomainId}");

        await MustAsync(404, "GET", $"groups/{group}");
        await MustAsync(404, "GET", $"projects/{project}");
        await MustAsync(404, "GET", $"users/{user}");
    }

    [Fact]
    public async Task A_group_is_found_by_domain_and_name()
    {
        var id = await MakeGroupAsync("Vo.A");
        await MakeGroupAsync("vo.b");
        var found = Assert.Single(await ListAsync("groups", $"domain_id={DomainId}&name=vo.a"));

        Assert.Equal(id, (string?)found!["id"]);
        Assert.Equal("", (string?)found["description"]);
        Assert.Equal(2, (await ListAsync("groups", $"domain_id={DomainId}")).Count);
        Assert.Empty(await ListAsync("groups", "domain_id=nonsense"));
    }

    [Fact]
    public async Task Two_groups_of_a_domain_have_no_name_in_common_in_any_case()
    {
        await MakeGroupAsync("group");
        var other = await MakeGroupAsync("other");
        var made = await SendAsync("POST", "groups", $$$"""{"group":{"name":"GROUP","domain_id":"{{{DomainId}}}"}}""");
        var renamed = await SendAsync("PATCH", $"groups/{other}", """{"group":{"name":"group"}}""");

        Assert.Equal((409, 409), (made.Status, renamed.Status));
        Assert.Equal(
            "Conflict occurred attempting to store group - Duplicate entry found with name GROUP at domain ID "
                + $"{DomainId}.",
            Message(made)
        );
    }

    [Fact]
    public async Task A_group_stays_in_its_domain()
    {
        var id = await MakeGroupAsync("group");
        var moved = await SendAsync("PATCH", $"groups/{id}", """{"group":{"domain_id":"default"}}""");

        Assert.Equal((400, "Cannot change Domain ID"), (moved.Status, Message(moved)));
    }

    [Fact]
    public async Task A_group_needs_a_domain_that_exists()
    {
        var answer = await SendAsync("POST", "groups", """{"group":{"name":"x","domain_id":"nonsense"}}""");

        Assert.Equal((404, "Could not find domain: nonsense."), (answer.Status, Message(answer)));
    }

    [Fact]
    public async Task A_member_of_a_group_is_there_until_taken_out()
    {
        var group = await MakeGroupAsync("group");
        var user = await MakeUserAsync("user");
        var path = $"groups/{group}/users/{user}";
        await MustAsync(404, "HEAD", path);
        await MustAsync(204, "PUT", path);
        await MustAsync(204, "HEAD", path);

        Assert.Equal(user, (string?)Assert.Single(await ListAsync($"groups/{group}/users"))!["id"]);
        Assert.Equal(group, (string?)Assert.Single(await ListAsync($"users/{user}/groups"))!["id"]);
        await MustAsync(204, "DELETE", path);
        var again = await SendAsync("DELETE", path);
        Assert.Equal((404, $"User '{user}' not found in group '{group}'"), (again.Status, Message(again)));
    }

    [Fact]
    public async Task The_keys_of_a_new_project_lose_colons_and_hyphens_and_keep_dots()
    {
        var project = await MakeAsync(
            """
            "egi.VO":"a","egi:VO":"b","x-y":["c","d"],"one":["e"],"number":3,"tags":["t","caso"]
            """
        );

        Assert.Equal("a", (string?)project["egi.VO"]);
        Assert.Equal("b", (string?)project["egi_VO"]);
        Assert.Equal(2, project["x_y"]!.AsArray().Count);
        Assert.Equal("e", (string?)Assert.Single(project["one"]!.AsArray()));
        Assert.Equal(3, (int)project["number"]!);
        Assert.Equal(["caso", "t"], project["tags"]!.AsArray().Select(t => (string?)t).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_keys_of_a_changed_project_stay_as_they_are_written()
    {
        var id = (string)(await MakeAsync("\"egi.VO\":\"a\""))["id"]!;
        var changed = await ChangeAsync(id, """{"egi:VO":"b"}""");
        var project = await GetAsync(id);

        Assert.Equal(("a", "b"), ((string?)project["egi.VO"], (string?)project["egi:VO"]));
        Assert.Equal("b", (string?)changed["extra"]!["egi:VO"]);
    }

    [Fact]
    public async Task A_property_that_is_taken_away_stays_as_null()
    {
        var id = (string)(await MakeAsync("\"egi.VO\":\"a\""))["id"]!;
        await ChangeAsync(id, """{"egi.VO":null}""");
        var project = (await GetAsync(id)).AsObject();

        Assert.True(project.ContainsKey("egi.VO"));
        Assert.Null(project["egi.VO"]);
    }

    [Fact]
    public async Task A_project_can_be_renamed_disabled_and_described_and_keeps_the_rest()
    {
        var id = (string)(await MakeAsync("\"egi.VO\":\"a\",\"tags\":[\"caso\"]"))["id"]!;
        await ChangeAsync(id, """{"name":"renamed","enabled":false,"description":"words"}""");
        var project = Assert.Single(await ListAsync("projects", $"domain_id={DomainId}&enabled=0"))!;

        Assert.Equal("renamed", (string?)project["name"]);
        Assert.Equal("words", (string?)project["description"]);
        Assert.Equal("a", (string?)project["egi.VO"]);
        Assert.Equal("caso", (string?)Assert.Single(project["tags"]!.AsArray()));
    }

    [Theory]
    [InlineData("""{"domain_id":"default"}""", "Cannot change Domain ID")]
    [InlineData("""{"id":"other"}""", "Cannot change ID")]
    [InlineData("{}", "{} does not have enough properties")]
    [InlineData("""{"tags":["a,b"]}""", "'a,b' does not match")]
    [InlineData("""{"enabled":1}""", "1 is not of type 'boolean'")]
    public async Task A_faulty_change_of_a_project_is_refused_with_the_reason(string body, string reason)
    {
        var id = await MakeProjectAsync("project");
        var answer = await SendAsync("PATCH", $"projects/{id}", $$"""{"project":{{body}}}""");

        Assert.Equal(400, answer.Status);
        Assert.Contains(reason, Message(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_projects_of_a_domain_have_no_name_in_common()
    {
        await MakeProjectAsync("project");
        var body = $$$"""{"project":{"name":"project","domain_id":"{{{DomainId}}}"}}""";
        var answer = await SendAsync("POST", "projects", body);

        Assert.Equal(409, answer.Status);
        Assert.Contains("two projects with either the same name", Message(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_in_a_domain_that_does_not_exist_is_400()
    {
        var answer = await SendAsync("POST", "projects", """{"project":{"name":"x","domain_id":"nonsense"}}""");

        Assert.Equal((400, "Could not find domain: nonsense."), (answer.Status, Message(answer)));
    }

    [Fact]
    public async Task A_deleted_project_is_gone()
    {
        var id = await MakeProjectAsync("project");
        await MustAsync(204, "DELETE", $"projects/{id}");

        await MustAsync(404, "GET", $"projects/{id}");
        await MustAsync(404, "DELETE", $"projects/{id}");
    }

    [Fact]
    public async Task The_login_of_a_federated_user_shows_at_the_user_and_not_in_lists()
    {
        var id = await MakeFederatedAsync();
        var user = (await MustAsync(200, "GET", $"users/{id}"))["user"]!;
        var idp = Assert.Single(user["federated"]!.AsArray())!;
        var listed = Assert.Single(await ListAsync("users", $"domain_id={DomainId}"))!;

        Assert.Equal(Mark, (string?)idp["idp_id"]);
        Assert.Equal("openid", (string?)Assert.Single(idp["protocols"]!.AsArray())!["protocol_id"]);
        Assert.Equal("a%40b", (string?)idp["protocols"]![0]!["unique_id"]);
        Assert.Null(listed["federated"]);
    }

    [Fact]
    public async Task Federated_users_are_found_by_identity_provider_protocol_and_encoded_id()
    {
        var id = await MakeFederatedAsync();
        await MakeUserAsync("local");

        foreach (var filter in (string[])["", "&protocol_id=openid", "&unique_id=a%2540b", $"&domain_id={DomainId}"])
        {
            Assert.Equal(id, (string?)Assert.Single(await ListAsync("users", $"idp_id={Mark}{filter}"))!["id"]);
        }
        Assert.Empty(await ListAsync("users", $"idp_id={Mark}&unique_id=a%40b"));
        Assert.Empty(await ListAsync("users", "idp_id=nonsense"));
    }

    [Theory]
    [InlineData("GET", "domains", "list_domains")]
    [InlineData("POST", "domains", "create_domain")]
    [InlineData("PATCH", "domains/default", "update_domain")]
    [InlineData("DELETE", "domains/default", "delete_domain")]
    [InlineData("GET", "groups", "list_groups")]
    [InlineData("GET", "groups/x", "get_group")]
    [InlineData("POST", "groups", "create_group")]
    [InlineData("PATCH", "groups/x", "update_group")]
    [InlineData("GET", "groups/x/users", "list_users_in_group")]
    [InlineData("PUT", "groups/x/users/y", "add_user_to_group")]
    [InlineData("DELETE", "groups/x/users/y", "remove_user_from_group")]
    [InlineData("POST", "projects", "create_project")]
    [InlineData("PATCH", "projects/x", "update_project")]
    [InlineData("DELETE", "projects/x", "delete_project")]
    public async Task A_plain_account_may_nothing_and_a_reader_of_the_system_reads(
        string method,
        string path,
        string action
    )
    {
        var body = method is "POST" or "PATCH" ? "{}" : null;
        var plain = await TokenAsync(Cloud.Plain, RawCloud.ProjectScope(Cloud.ProjectId));
        var reader = await TokenAsync(Cloud.SystemReader, """{"system":{"all":true}}""");
        var refused = await SendAsync(method, path, body, plain);
        var read = await SendAsync(method, path, body, reader);

        Assert.Equal(403, refused.Status);
        Assert.Equal($"You are not authorized to perform the requested action: identity:{action}.", Message(refused));
        Assert.Equal(method == "GET", read.Status is 200 or 404);
    }

    private async Task<JsonArray> ListAsync(string path, string filter = "") =>
        (await MustAsync(200, "GET", $"{path}?{filter}"))[path.Split('/')[^1]]!.AsArray();

    /// <param name="members">Further members of the project.</param>
    private async Task<JsonNode> MakeAsync(string members)
    {
        var body = $$$"""{"project":{"name":"project","domain_id":"{{{DomainId}}}",{{{members}}} }}""";
        var project = (await MustAsync(201, "POST", "projects", body))["project"]!;
        Forget($"projects/{project["id"]}");
        return project;
    }

    private async Task<JsonNode> GetAsync(string id) => (await MustAsync(200, "GET", $"projects/{id}"))["project"]!;

    private async Task<JsonNode> ChangeAsync(string id, string body) =>
        (await MustAsync(200, "PATCH", $"projects/{id}", $$"""{"project":{{body}}}"""))["project"]!;

    private async Task<string> MakeFederatedAsync()
    {
        await MakeIdpAsync(Mark);
        const string rules = """[{"local":[],"remote":[{"type":"A"}]}]""";
        await PutAsync($"{Federation}/mappings/{Mark}", $$$"""{"mapping":{"rules":{{{rules}}} }}""");
        var path = $"{Federation}/identity_providers/{Mark}/protocols/openid";
        await PutAsync(path, $$$"""{"protocol":{"mapping_id":"{{{Mark}}}"}}""");
        const string login = """[{"protocol_id":"openid","unique_id":"a%40b"}]""";
        return await MakeUserAsync("person", $$$""","federated":[{"idp_id":"{{{Mark}}}","protocols":{{{login}}}}]""");
    }
}
