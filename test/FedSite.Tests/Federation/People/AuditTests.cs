using System.Text.Json.Nodes;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.People;

public sealed class AuditTests : IAsyncLifetime
{
    private PeopleSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await PeopleSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task A_tidy_cloud_ends_with_0()
    {
        _site.PutServer("young", days: 89);

        var (exit, output, error) = await _site.RunAsync("audit");

        Assert.Equal((ExitCode.Done, "Nothing was found.\n", ""), (exit, output, error));
    }

    [Fact]
    public async Task A_forgotten_machine_is_told_with_its_owner_and_infrastructure()
    {
        _site.World.Put(_site.Ada with { Email = "ada@example.org" });
        var server = _site.PutServer("old", days: 91);
        _site.World.Put(
            server with
            {
                Metadata = new Dictionary<string, string>
                {
                    ["eu.egi.cloud.orchestrator"] = "es.upv.grycap.im",
                    ["eu.egi.cloud.orchestrator.id"] = "5a2c0c8e-0f9b-11ef-9f6d-0242ac110002",
                },
            }
        );

        var (exit, report) = await JsonAsync("audit");

        Assert.Equal(ExitCode.Differences, exit);
        var machine = Assert.Single(report["old_machines"]!.AsArray())!;
        Assert.Equal("old", (string?)machine["name"]);
        Assert.Equal("vo.access.egi.eu", (string?)Assert.Single(machine["vos"]!.AsArray()));
        Assert.Equal(_site.Access.Name, (string?)machine["project"]);
        Assert.Equal(91, (int)machine["days"]!);
        Assert.Equal(_site.Ada.Name, (string?)machine["owner"]!["name"]);
        Assert.Equal("ada@example.org", (string?)machine["owner"]!["email"]);
        Assert.Equal("5a2c0c8e-0f9b-11ef-9f6d-0242ac110002", (string?)machine["infrastructure"]!["id"]);
        Assert.NotEmpty(machine["addresses"]!.AsArray());
    }

    [Fact]
    public async Task An_owner_who_is_deleted_is_said_to_be()
    {
        _site.PutServer("orphan", days: 100, user: "0123456789abcdef0123456789abcdef");

        var (_, output, _) = await _site.RunAsync("audit");

        Assert.Contains("0123456789abcdef0123456789abcdef (deleted)", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("30d", 1)]
    [InlineData("1200h", 0)]
    [InlineData("0d", 1)]
    public async Task The_age_is_the_users(string age, int found)
    {
        _site.PutServer("month", days: 40);

        Assert.Equal(found, (await JsonAsync($"audit --older-than {age}")).Report["old_machines"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("audit --older-than soon", "is no age")]
    [InlineData("audit --vo biomet", "Did you mean biomed?")]
    public async Task What_nobody_understands_is_wrong_usage(string commandLine, string reason)
    {
        var (exit, _, error) = await _site.RunAsync(commandLine);

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Projects_of_no_VO_are_not_looked_at_and_one_VO_alone_may_be()
    {
        _site.PutServer("of nobody", days: 100, project: _site.World.AdminProject.Id);
        _site.PutServer("access", days: 100);
        _site.PutServer("biomed", days: 100, project: _site.Biomed.Id);

        Assert.Equal(["access", "biomed"], Names((await JsonAsync("audit")).Report));
        Assert.Equal(["biomed"], Names((await JsonAsync("audit --vo biomed")).Report));
    }

    [Fact]
    public async Task Site_yaml_says_whose_a_project_is_before_its_property_does()
    {
        _site.Write($"vos: [{{name: vo.own.example, projects: [{_site.Biomed.Name}@Default]}}]\n");
        _site.PutServer("own", days: 100, project: _site.Biomed.Id);

        Assert.Equal(["own"], Names((await JsonAsync("audit --vo vo.own.example")).Report));
    }

    [Fact]
    public async Task Servers_beyond_a_page_are_looked_at_too()
    {
        for (var i = 0; i < 1100; i++)
            _site.PutServer($"s{i}", days: i % 2 == 0 ? 100 : 1);

        var (_, report) = await JsonAsync("audit");

        Assert.Equal(550, report["old_machines"]!.AsArray().Count);
        Assert.InRange(_site.Sandbox.Traffic.Requests(SandboxService.Nova), 2, 4);
    }

    [Fact]
    public async Task An_idle_address_is_told_with_its_project()
    {
        _site.World.FloatingIps.Put(
            new SandboxFloatingIp
            {
                Id = "11111111-2222-4333-8444-555555555555",
                ProjectId = _site.Biomed.Id,
                Address = "203.0.113.9",
                Created = _site.World.Start - TimeSpan.FromDays(10),
            }
        );

        var (exit, report) = await JsonAsync("audit");

        Assert.Equal(ExitCode.Differences, exit);
        var address = Assert.Single(report["idle_addresses"]!.AsArray())!;
        Assert.Equal(
            ("203.0.113.9", 10, _site.Biomed.Id),
            ((string?)address["address"], (int)address["days"]!, (string?)address["project_id"])
        );
    }

    [Theory]
    [InlineData(SandboxService.Neutron, "security groups: ")]
    [InlineData(SandboxService.Nova, "servers: ")]
    public async Task A_service_that_refuses_costs_its_part_and_exit_3(SandboxService service, string what)
    {
        _site.PutServer("old", days: 100);
        _site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = service,
                Times = int.MaxValue,
                Status = 403,
            }
        );

        var (exit, output, error) = await _site.RunAsync("audit");

        Assert.Equal(ExitCode.Partly, exit);
        Assert.Contains($"not read: {what}", error, StringComparison.Ordinal);
        Assert.Equal(service == SandboxService.Neutron, output.Contains("old", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData("+cmd|' /C calc'!A0", "\"'+cmd|' /C calc'!A0\"")]
    [InlineData("-2", "\"'-2\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("\t=1", "\"' =1\"")]
    [InlineData("a\u001b[31m\nb", "\"a [31m b\"")]
    [InlineData("Übersicht 東京 \"x\", y", "\"Übersicht 東京 \"\"x\"\", y\"")]
    [InlineData("a;=1+1", "\"a;=1+1\"")]
    public async Task What_users_name_is_no_formula_in_a_spreadsheet_and_no_command_to_a_terminal(
        string name,
        string cell
    )
    {
        var server = _site.PutServer(name, days: 100);

        var (_, csv, _) = await _site.RunAsync("audit --output csv");
        var (_, table, _) = await _site.RunAsync("audit");

        Assert.Contains($"{server.Id},{cell},ACTIVE", csv, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', table);
        Assert.Equal(2, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task The_accounts_of_the_file_are_never_taken()
    {
        using var terminal = new App.TestTerminal();

        Assert.Equal(ExitCode.Usage, await terminal.RunAsync("audit"));
        Assert.Contains("--os-cloud", terminal.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string?> Names(JsonNode report) =>
        report["old_machines"]!.AsArray().Select(machine => (string?)machine!["name"]).Order();

    private async Task<(ExitCode Exit, JsonNode Report)> JsonAsync(string commandLine)
    {
        var (exit, output, _) = await _site.RunAsync($"{commandLine} --output json");
        return (exit, JsonNode.Parse(output)!);
    }
}
