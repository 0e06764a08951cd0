using System.Text.Json.Nodes;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.People;

/// <summary>Machines that are reached by subports of a trunk too.</summary>
public sealed class TrunkTests : IAsyncLifetime
{
    private PeopleSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await PeopleSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData("audit", "", false)]
    [InlineData("audit", "trunk:subport", false)]
    [InlineData("audit --vo vo.access.egi.eu", "", false)]
    [InlineData("audit --vo vo.access.egi.eu", "", true)]
    public async Task A_machine_with_a_subport_open_to_the_world_is_told(
        string commandLine,
        string owner,
        bool isElsewhere
    )
    {
        var group = _site.Guard(null, "database", Database);
        Trunk(_site.PutServer("router"), Subport([group.Id], owner, isElsewhere ? _site.Biomed.Id : _site.Access.Id));

        var (exit, report) = await JsonAsync(commandLine);

        Assert.Equal(ExitCode.Differences, exit);
        var open = Assert.Single(report["open_groups"]!.AsArray())!;
        Assert.Equal("tcp 3306", (string?)Assert.Single(open["ports"]!.AsArray()));
        Assert.Equal("router", (string?)Assert.Single(open["machines"]!.AsArray())!["name"]);
    }

    [Fact]
    public async Task A_subport_without_port_security_is_open_to_the_world()
    {
        Trunk(_site.PutServer("router"), Subport([]) with { PortSecurity = false });

        var open = Assert.Single((await JsonAsync("audit")).Report["open_groups"]!.AsArray())!;

        Assert.Equal("no port security", (string?)open["name"]);
        Assert.Equal("router", (string?)Assert.Single(open["machines"]!.AsArray())!["name"]);
    }

    [Fact]
    public async Task A_port_that_is_no_subport_opens_no_machine()
    {
        _site.PutServer("router");
        _site.World.Ports.Put(Subport([]) with { PortSecurity = false });

        Assert.Empty((await JsonAsync("audit")).Report["open_groups"]!.AsArray());
    }

    [Fact]
    public async Task An_address_at_a_subport_is_in_use()
    {
        Trunk(_site.PutServer("router"), Subport([]));
        _site.World.FloatingIps.Put(
            new SandboxFloatingIp
            {
                Id = "11111111-2222-4333-8444-555555555555",
                ProjectId = _site.Access.Id,
                Address = "203.0.113.9",
                PortId = Subport([]).Id,
                Created = _site.World.Start,
            }
        );

        Assert.Empty((await JsonAsync("audit")).Report["idle_addresses"]!.AsArray());
    }

    [Fact]
    public async Task Subports_of_the_projects_that_were_read_cost_no_request()
    {
        _site.PutServer("plain");
        await JsonAsync("audit");
        var before = _site.Sandbox.Traffic.Requests(SandboxService.Neutron);
        Trunk(_site.PutServer("router"), Subport([_site.Guard(null, "database", Database).Id]));

        await JsonAsync("audit");

        Assert.Equal(2 * before, _site.Sandbox.Traffic.Requests(SandboxService.Neutron));
    }

    private static SandboxSecurityRule Database =>
        new()
        {
            Protocol = "tcp",
            From = 3306,
            To = 3306,
            RemotePrefix = "0.0.0.0/0",
        };

    private SandboxPort Subport(IReadOnlyList<string> groups, string owner = "", string? project = null) =>
        new()
        {
            Id = "22222222-2222-4333-8444-555555555555",
            ProjectId = project ?? _site.Access.Id,
            NetworkId = _site.World.Networks.Of(_site.Access.Id).First().Id,
            DeviceOwner = owner,
            Addresses = ["10.0.0.99"],
            SecurityGroups = groups,
            Created = _site.World.Start,
        };

    private void Trunk(SandboxServer server, SandboxPort subport)
    {
        _site.World.Ports.Put(subport);
        var parent = _site.World.Ports.Of(server.ProjectId).Single(port => port.DeviceId == server.Id.ToString());
        _site.World.Ports.Put(parent with { Subports = [subport.Id] });
    }

    private async Task<(ExitCode Exit, JsonNode Report)> JsonAsync(string commandLine)
    {
        var (exit, output, _) = await _site.RunAsync($"{commandLine} --output json");
        return (exit, JsonNode.Parse(output)!);
    }
}
