using System.Text.Json.Nodes;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.People;

public sealed class UsersTests : IAsyncLifetime
{
    private PeopleSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await PeopleSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task All_of_the_federations_domain_are_listed()
    {
        var (exit, users) = await JsonAsync("");

        Assert.Equal(ExitCode.Done, exit);
        Assert.Equal(
            _site.World.Users.Where(user => user.DomainId != "default").Select(user => user.Id),
            users.Select(user => (string)user["id"]!).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Somebody_is_told_with_address_groups_projects_and_servers()
    {
        var group = new SandboxGroup
        {
            Id = "99999999999999999999999999999999",
            Name = "biomed",
            DomainId = _site.Ada.DomainId,
        };
        _site.World.Put(group);
        _site.World.Grant(group.Id, _site.Biomed.Id, "member");
        _site.World.Join(_site.Ada.Id, group.Id, _site.World.Start.AddHours(1));
        _site.World.Put(_site.Ada with { Email = "ada@example.org" });
        _site.PutServer("one");
        _site.PutServer("two", project: _site.Biomed.Id);

        var ada = (await JsonAsync("")).Users.Single(user => (string)user["id"]! == _site.Ada.Id);

        Assert.Equal((_site.Ada.Name, "ada@example.org"), ((string?)ada["name"], (string?)ada["email"]));
        Assert.Equal("biomed", (string?)Assert.Single(ada["groups"]!.AsArray()));
        Assert.Equal(
            new[] { _site.Access.Name, _site.Biomed.Name }.Order(StringComparer.Ordinal),
            ada["projects"]!.AsArray().Select(name => (string?)name)
        );
        Assert.Equal(2, (int)ada["servers"]!);
    }

    [Fact]
    public async Task What_a_login_gave_is_over_when_it_expires()
    {
        var group = new SandboxGroup
        {
            Id = "99999999999999999999999999999999",
            Name = "biomed",
            DomainId = _site.Ada.DomainId,
        };
        _site.World.Put(group);
        _site.World.Join(_site.Ada.Id, group.Id, _site.World.Start.AddHours(-1));

        var ada = (await JsonAsync("")).Users.Single(user => (string)user["id"]! == _site.Ada.Id);

        Assert.Empty(ada["groups"]!.AsArray());
    }

    [Fact]
    public async Task Of_a_VO_those_with_a_role_or_servers_there_are_listed_with_their_servers_there()
    {
        _site.PutServer("elsewhere");
        _site.PutServer("here", project: _site.Biomed.Id);

        var users = (await JsonAsync("--vo biomed")).Users;

        Assert.Equal(5, users.Count);
        Assert.Equal(1, (int)users.Single(user => (string)user["id"]! == _site.Ada.Id)["servers"]!);
    }

    [Fact]
    public async Task Owners_who_are_deleted_or_of_the_clouds_own_are_listed_where_they_have_servers_of_a_VO()
    {
        _site.PutServer("orphan", user: "0123456789abcdef0123456789abcdef");
        _site.PutServer("own", user: _site.World.Member.Id);
        _site.PutServer("internal", user: _site.World.Admin.Id, project: _site.World.AdminProject.Id);

        var users = (await JsonAsync("")).Users;

        Assert.True((bool)users.Single(user => (string)user["id"]! == "0123456789abcdef0123456789abcdef")["deleted"]!);
        Assert.Contains(users, user => (string)user["id"]! == _site.World.Member.Id);
        Assert.DoesNotContain(users, user => (string)user["id"]! == _site.World.Admin.Id);
    }

    [Fact]
    public async Task More_than_a_page_of_servers_is_counted()
    {
        for (var i = 0; i < 1100; i++)
            _site.PutServer($"s{i}");

        var ada = (await JsonAsync("")).Users.Single(user => (string)user["id"]! == _site.Ada.Id);

        Assert.Equal(1100, (int)ada["servers"]!);
    }

    [Fact]
    public async Task Csv_has_a_line_a_user_and_an_empty_cell_without_an_address()
    {
        var (_, csv, _) = await _site.RunAsync("federation users --vo biomed --output csv");

        var lines = csv.Split("\r\n");
        Assert.Equal("id,name,email,groups,projects,servers", lines[0]);
        Assert.Matches("^[0-9a-f]{32},[0-9a-f]{64}@egi.eu,,,biomed,0$", lines[1]);
    }

    [Theory]
    [InlineData(SandboxService.Nova, "servers")]
    [InlineData(SandboxService.Keystone, "roles")]
    public async Task What_can_not_be_read_is_said_with_exit_3(SandboxService service, string what)
    {
        _site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = service,
                Times = int.MaxValue,
                Status = 403,
                When = request =>
                    service != SandboxService.Keystone
                    || request.Path.Value!.EndsWith("role_assignments", StringComparison.Ordinal),
            }
        );

        var (exit, output, error) = await _site.RunAsync("federation users");

        Assert.Equal(ExitCode.Partly, exit);
        Assert.Contains($"not read: {what}: ", error, StringComparison.Ordinal);
        Assert.Contains(_site.Ada.Id, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_Keystone_cuts_short_is_said_to_be()
    {
        _site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Keystone,
                Times = int.MaxValue,
                When = request => request.Path.Value!.EndsWith("/users", StringComparison.Ordinal),
                Rewrite = body =>
                {
                    var page = JsonNode.Parse(body)!;
                    page["truncated"] = true;
                    return System.Text.Encoding.UTF8.GetBytes(page.ToJsonString());
                },
            }
        );

        var (exit, output, error) = await _site.RunAsync("federation users");

        Assert.Equal(ExitCode.Partly, exit);
        Assert.Contains("list_limit", error, StringComparison.Ordinal);
        Assert.Contains(_site.Ada.Id, output, StringComparison.Ordinal);
    }

    private async Task<(ExitCode Exit, IReadOnlyList<JsonNode> Users)> JsonAsync(string options)
    {
        var (exit, output, _) = await _site.RunAsync($"federation users {options} --output json");
        return (exit, [.. JsonNode.Parse(output)!["users"]!.AsArray().Select(user => user!)]);
    }
}
