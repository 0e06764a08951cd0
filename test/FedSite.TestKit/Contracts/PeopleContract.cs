using System.Text.Json.Nodes;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on where users, their groups and roles are listed.</summary>
public abstract class PeopleContract(ContractCloud cloud) : IdentityContract(cloud)
{
    [Fact]
    public async Task Users_are_listed_by_domain()
    {
        var user = await MakeUserAsync("someone");

        Assert.Equal(user, (string?)Assert.Single(await ListAsync("users", $"domain_id={DomainId}"))!["id"]);
        Assert.Empty(await ListAsync("users", "domain_id=nonsense"));
    }

    [Fact]
    public async Task The_groups_of_a_user_tell_when_a_membership_ends()
    {
        var (group, user) = (await MakeGroupAsync("group"), await MakeUserAsync("someone"));
        await MustAsync(204, "PUT", $"groups/{group}/users/{user}");

        var found = Assert.Single(await ListAsync($"users/{user}/groups"))!.AsObject();
        Assert.Equal((group, "group"), ((string?)found["id"], (string?)found["name"]));
        Assert.Null(found["membership_expires_at"]);
        await MustAsync(404, "GET", "users/nonsense/groups");
    }

    [Fact]
    public async Task All_assignments_are_listed_with_who_has_what_where()
    {
        var (group, project) = (await MakeGroupAsync("group"), await MakeProjectAsync("project"));
        var role = (string)(await ListAsync("roles", "name=member"))[0]!["id"]!;
        await MustAsync(204, "PUT", $"projects/{project}/groups/{group}/roles/{role}");

        var every = await ListAsync("role_assignments");
        var found = Assert.Single(every, one => (string?)one!["group"]?["id"] == group)!;
        Assert.Equal(project, (string?)found["scope"]!["project"]!["id"]);
        Assert.Equal(role, (string?)found["role"]!["id"]);
        Assert.Contains(every, one => one!["user"] is not null);
    }

    [Fact]
    public async Task The_members_of_a_group_are_listed()
    {
        var (group, user) = (await MakeGroupAsync("group"), await MakeUserAsync("someone"));
        await MakeUserAsync("another");
        await MustAsync(204, "PUT", $"groups/{group}/users/{user}");

        Assert.Equal(user, (string?)Assert.Single(await ListAsync($"groups/{group}/users"))!["id"]);
        await MustAsync(404, "GET", "groups/nonsense/users");
    }

    [Fact]
    public async Task A_role_that_projects_inherit_is_listed_at_the_domain()
    {
        var group = await MakeGroupAsync("group");
        var role = (string)(await ListAsync("roles", "name=member"))[0]!["id"]!;
        var path = $"OS-INHERIT/domains/{DomainId}/groups/{group}/roles/{role}/inherited_to_projects";
        await MustAsync(204, "PUT", path);

        var found = Assert.Single(await ListAsync("role_assignments", $"group.id={group}"))!;
        Assert.Equal(DomainId, (string?)found["scope"]!["domain"]!["id"]);
        Assert.Equal("projects", (string?)found["scope"]!["OS-INHERIT:inherited_to"]);
        await MustAsync(204, "DELETE", path);
        await MustAsync(404, "DELETE", path);
    }

    [Fact]
    public async Task A_project_names_the_one_above_it()
    {
        var project = await MakeProjectAsync("project");

        var found = Assert.Single(await ListAsync("projects", "name=project"), one => (string?)one!["id"] == project)!;

        Assert.Equal(DomainId, (string?)found["parent_id"]);
    }

    private async Task<JsonArray> ListAsync(string path, string filter = "") =>
        (await MustAsync(200, "GET", $"{path}?{filter}"))[path.Split('/')[^1]]!.AsArray();
}
