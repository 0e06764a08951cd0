using System.Text.Json.Nodes;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on in Keystone's roles and in who has them where.</summary>
public abstract class AssignmentContract(ContractCloud cloud) : IdentityContract(cloud)
{
    [Theory]
    [InlineData("projects", "groups")]
    [InlineData("projects", "users")]
    [InlineData("domains", "groups")]
    [InlineData("domains", "users")]
    public async Task A_role_is_there_from_its_first_grant_to_its_first_removal(string places, string actors)
    {
        var path = await GrantPathAsync(places, actors);
        await MustAsync(404, "HEAD", path);
        await MustAsync(204, "PUT", path);
        await MustAsync(204, "PUT", path);
        await MustAsync(204, "HEAD", path);
        await MustAsync(204, "GET", path);
        var roles = (await MustAsync(200, "GET", path[..path.LastIndexOf('/')]))["roles"]!.AsArray();
        await MustAsync(204, "DELETE", path);
        var again = await SendAsync("DELETE", path);

        Assert.Equal("member", (string?)Assert.Single(roles)!["name"]);
        Assert.Equal(404, again.Status);
        Assert.StartsWith("Could not find role assignment with role:", Message(again), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("projects", "groups")]
    [InlineData("projects", "users")]
    [InlineData("domains", "groups")]
    [InlineData("domains", "users")]
    public async Task An_assignment_is_listed_by_who_and_where_with_names_if_wanted(string places, string actors)
    {
        var path = await GrantPathAsync(places, actors);
        await MustAsync(204, "PUT", path);
        var (place, actor) = (places.TrimEnd('s'), actors.TrimEnd('s'));
        var (placeId, actorId) = (path.Split('/')[1], path.Split('/')[3]);
        var byPlace = Assert.Single(await ListAsync($"scope.{place}.id={placeId}"))!;
        var named = Assert.Single(await ListAsync($"{actor}.id={actorId}&include_names"))!;

        Assert.Equal(placeId, (string?)byPlace["scope"]![place]!["id"]);
        Assert.Equal(actorId, (string?)byPlace[actor]!["id"]);
        Assert.Null(byPlace["role"]!["name"]);
        Assert.Equal("member", (string?)named["role"]!["name"]);
        Assert.Equal(actor, (string?)named[actor]!["name"]);
        Assert.Equal(Mark, (string?)named[actor]!["domain"]!["name"]);
        Assert.Equal(place == "domain" ? Mark : "project", (string?)named["scope"]![place]!["name"]);
    }

    [Fact]
    public async Task Assignments_are_listed_by_role_and_direct_ones_alone()
    {
        var path = await GrantPathAsync("projects", "groups");
        await MustAsync(204, "PUT", path);
        var group = path.Split('/')[3];

        Assert.Single(await ListAsync($"group.id={group}&role.id={path.Split('/')[^1]}"));
        Assert.Empty(await ListAsync($"group.id={group}&role.id={await RoleAsync("reader")}"));
        Assert.Empty(await ListAsync("group.id=nonsense"));
        Assert.Empty(await ListAsync("scope.project.id=nonsense"));
    }

    [Fact]
    public async Task The_assignments_of_the_system_are_listed_alone()
    {
        var listed = await ListAsync("scope.system=all&include_names=true");

        Assert.All(listed, a => Assert.True((bool)a!["scope"]!["system"]!["all"]!));
        Assert.Contains(listed, a => (string?)a!["user"]!["name"] == Cloud.Admin.Name);
    }

    [Theory]
    [InlineData("scope.domain.id=x&scope.project.id=y", "Specify a domain or project, not both")]
    [InlineData("user.id=x&group.id=y", "Specify a user or group, not both")]
    public async Task Filters_that_exclude_each_other_are_400(string filter, string reason)
    {
        var answer = await SendAsync("GET", $"role_assignments?{filter}");

        Assert.Equal((400, reason), (answer.Status, Message(answer)));
    }

    [Fact]
    public async Task What_does_not_exist_gets_no_role()
    {
        var role = await RoleAsync("member");
        var group = await MakeGroupAsync("group");
        var project = await MakeProjectAsync("project");

        Assert.Equal("Could not find project: x.", await RefusedAsync($"projects/x/groups/{group}/roles/{role}"));
        Assert.Equal("Could not find group: x.", await RefusedAsync($"projects/{project}/groups/x/roles/{role}"));
        Assert.Equal("Could not find role: x.", await RefusedAsync($"projects/{project}/groups/{group}/roles/x"));
        Assert.Equal("Could not find domain: x.", await RefusedAsync($"domains/x/groups/{group}/roles/{role}"));

        async Task<string> RefusedAsync(string path)
        {
            var answer = await SendAsync("PUT", path);
            Assert.Equal(404, answer.Status);
            return Message(answer);
        }
    }

    [Fact]
    public async Task A_deleted_group_has_no_assignments()
    {
        var path = await GrantPathAsync("projects", "groups");
        await MustAsync(204, "PUT", path);
        var parts = path.Split('/');
        await MustAsync(204, "DELETE", $"groups/{parts[3]}");

        Assert.Empty(await ListAsync($"scope.project.id={parts[1]}"));
    }

    [Fact]
    public async Task A_member_of_a_group_has_its_roles_and_those_that_they_imply()
    {
        var path = await GrantPathAsync("projects", "groups");
        await MustAsync(204, "PUT", path);
        var parts = path.Split('/');
        var user = await MakeUserAsync("user", ",\"password\":\"contract\"");
        await MustAsync(204, "PUT", $"groups/{parts[3]}/users/{user}");
        var token = await LogInAsync(
            RawCloud.Auth(
                $$$""" "methods":["password"],"password":{"user":{"id":"{{{user}}}","password":"contract"}} """,
                RawCloud.ProjectScope(parts[1])
            )
        );

        Assert.Equal(201, token.Status);
        Assert.Equal(
            ["member", "reader"],
            token.Json["token"]!["roles"]!.AsArray().Select(r => (string?)r!["name"]).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_role_is_found_by_name_in_any_case()
    {
        var role = Assert.Single((await MustAsync(200, "GET", "roles?name=Member"))["roles"]!.AsArray())!;

        Assert.Equal("member", (string?)role["name"]);
        Assert.Equal("member", (string?)(await MustAsync(200, "GET", $"roles/{role["id"]}"))["role"]!["name"]);
        Assert.Equal("Could not find role: x.", Message(await SendAsync("GET", "roles/x")));
    }

    [Theory]
    [InlineData("roles", "list_roles")]
    [InlineData("role_assignments", "list_role_assignments")]
    public async Task A_plain_account_lists_nothing_and_a_reader_of_the_system_does(string path, string action)
    {
        var plain = await TokenAsync(Cloud.Plain, RawCloud.ProjectScope(Cloud.ProjectId));
        var reader = await TokenAsync(Cloud.SystemReader, """{"system":{"all":true}}""");
        var refused = await SendAsync("GET", path, null, plain);

        Assert.Equal(200, (await SendAsync("GET", path, null, reader)).Status);
        Assert.Equal(403, refused.Status);
        Assert.Contains($"identity:{action}", Message(refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_of_the_system_grants_nothing()
    {
        var path = await GrantPathAsync("projects", "groups");
        var reader = await TokenAsync(Cloud.SystemReader, """{"system":{"all":true}}""");
        var put = await SendAsync("PUT", path, null, reader);
        var delete = await SendAsync("DELETE", path, null, reader);

        Assert.Equal((403, 403), (put.Status, delete.Status));
        Assert.Contains("identity:create_grant", Message(put), StringComparison.Ordinal);
        Assert.Contains("identity:revoke_grant", Message(delete), StringComparison.Ordinal);
        Assert.Equal(404, (await SendAsync("GET", path, null, reader)).Status);
    }

    /// <summary>
    /// Of role <c>member</c>; makes the place (a project with this name, or the test's domain) and the actor, whose name
    /// is <c>group</c> or <c>user</c>.
    /// </summary>
    private async Task<string> GrantPathAsync(string places, string actors)
    {
        var place = places == "projects" ? await MakeProjectAsync("project") : DomainId;
        var actor = actors == "groups" ? await MakeGroupAsync("group") : await MakeUserAsync("user");
        return $"{places}/{place}/{actors}/{actor}/roles/{await RoleAsync("member")}";
    }

    private async Task<string> RoleAsync(string name) =>
        (string)(await MustAsync(200, "GET", $"roles?name={name}"))["roles"]![0]!["id"]!;

    private async Task<JsonArray> ListAsync(string filter) =>
        (await MustAsync(200, "GET", $"role_assignments?{filter}"))["role_assignments"]!.AsArray();
}
