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
        LetLoginsLeaveGroups();
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
        LetLoginsLeaveGroups();

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
        Assert.Equal("id,name,email,groups,projects,servers,account", lines[0]);
        Assert.Matches("^[0-9a-f]{32},[0-9a-f]{64}@egi.eu,,,biomed,0,enabled$", lines[1]);
    }

    [Theory]
    [InlineData("=HYPERLINK(1)")]
    [InlineData("@ada")]
    [InlineData("+1")]
    public async Task An_address_is_no_formula_in_a_spreadsheet(string email)
    {
        _site.World.Put(_site.Ada with { Email = email });

        var (_, csv, _) = await _site.RunAsync("federation users --output csv");

        Assert.Contains($"{_site.Ada.Name},\"'{email}\",", csv, StringComparison.Ordinal);
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

    [Fact]
    public async Task An_account_that_may_not_log_in_is_marked()
    {
        _site.World.Put(_site.Ada with { Enabled = false });
        _site.PutServer("hers", days: 100);

        var ada = (await JsonAsync("")).Users.Single(user => (string)user["id"]! == _site.Ada.Id);
        var (_, csv, _) = await _site.RunAsync("federation users --output csv");
        var (_, table, _) = await _site.RunAsync("federation users");
        var (_, audit, _) = await _site.RunAsync("audit");

        Assert.True((bool)ada["disabled"]!);
        Assert.Matches($"\n{_site.Ada.Id},.*,disabled\r", csv);
        Assert.Matches($"{_site.Ada.Id}.* disabled", table);
        Assert.Contains($"{_site.Ada.Name} (disabled)", audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_the_projects_of_a_domain_inherit_counts_in_each_of_them()
    {
        var group = PutGroup("staff", _site.Ada.DomainId);
        _site.World.Join(_site.Ada.Id, group.Id);
        _site.World.Inherit(group.Id, "default", "reader");

        var ada = (await JsonAsync("--vo biomed")).Users.Single(user => (string)user["id"]! == _site.Ada.Id);

        Assert.Equal(
            _site
                .World.Projects.Where(project => project.DomainId == "default")
                .Select(project => project.Name)
                .Order(StringComparer.Ordinal),
            ada["projects"]!.AsArray().Select(name => (string?)name)
        );
    }

    [Fact]
    public async Task A_role_on_a_domain_itself_counts_in_no_project()
    {
        _site.World.Grant(_site.Ada.Id, "default", "reader");

        var ada = (await JsonAsync("")).Users.Single(user => (string)user["id"]! == _site.Ada.Id);

        Assert.Equal(_site.Access.Name, (string?)Assert.Single(ada["projects"]!.AsArray()));
    }

    [Theory]
    [InlineData(false, 30, 45)]
    [InlineData(true, 1000, 1040)]
    public async Task Groups_are_asked_for_by_group_unless_those_of_logins_outlive_them(
        bool loginsLeaveGroups,
        int atLeast,
        int atMost
    )
    {
        if (loginsLeaveGroups)
            LetLoginsLeaveGroups();
        for (var i = 0; i < 30; i++)
            PutGroup($"vo{i}", _site.Ada.DomainId);
        var foreign = PutGroup("vo of another domain", "default");
        _site.World.Grant(foreign.Id, _site.Biomed.Id, "member");
        _site.World.Join(_site.Ada.Id, foreign.Id);
        for (var i = 0; i < 1000; i++)
            PutUser($"user{i}@egi.eu", i);

        var (exit, users) = await JsonAsync("");

        Assert.Equal(ExitCode.Done, exit);
        var ada = users.Single(user => (string)user["id"]! == _site.Ada.Id);
        Assert.Equal("vo of another domain", (string?)Assert.Single(ada["groups"]!.AsArray()));
        Assert.Equal(
            "vo7",
            (string?)Assert.Single(users.Single(user => (string?)user["name"] == "user37@egi.eu")["groups"]!.AsArray())
        );
        var more = users.Count - 1000;
        Assert.InRange(
            _site.Sandbox.Traffic.Requests(SandboxService.Keystone) - (loginsLeaveGroups ? more : 0),
            atLeast,
            atMost
        );
    }

    [Fact]
    public async Task Groups_that_can_not_be_listed_are_asked_for_by_user()
    {
        var group = PutGroup("biomed", _site.Ada.DomainId);
        _site.World.Join(_site.Ada.Id, group.Id);
        _site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Keystone,
                Times = int.MaxValue,
                Status = 403,
                When = request => request.Path.Value!.EndsWith("v3/groups", StringComparison.Ordinal),
            }
        );

        var ada = (await JsonAsync("")).Users.Single(user => (string)user["id"]! == _site.Ada.Id);

        Assert.Equal("biomed", (string?)Assert.Single(ada["groups"]!.AsArray()));
    }

    private SandboxGroup PutGroup(string name, string domain)
    {
        var group = new SandboxGroup
        {
            Id = Guid.CreateVersion7().ToString("N"),
            Name = name,
            DomainId = domain,
        };
        _site.World.Put(group);
        return group;
    }

    private void PutUser(string name, int number)
    {
        var user = new SandboxUser
        {
            Id = Guid.CreateVersion7().ToString("N"),
            Name = name,
            DomainId = _site.Ada.DomainId,
        };
        _site.World.Put(user);
        _site.World.Join(user.Id, _site.World.Groups.Single(group => group.Name == $"vo{number % 30}").Id);
    }

    private void LetLoginsLeaveGroups() =>
        _site.World.Federation.Put(
            new SandboxIdentityProvider
            {
                Id = "egi.eu",
                DomainId = _site.Ada.DomainId,
                AuthorizationTtl = 480,
            }
        );

    private async Task<(ExitCode Exit, IReadOnlyList<JsonNode> Users)> JsonAsync(string options)
    {
        var (exit, output, _) = await _site.RunAsync($"federation users {options} --output json");
        return (exit, [.. JsonNode.Parse(output)!["users"]!.AsArray().Select(user => user!)]);
    }
}
