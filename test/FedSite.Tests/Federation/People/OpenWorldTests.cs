using System.Text.Json.Nodes;
using FedSite.Federation.Audit;
using FedSite.OpenStack.Network;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.People;

/// <summary>Ways into a machine that no rule for <c>0.0.0.0/0</c> shows, and addresses that only seem to be in use.</summary>
public sealed class OpenWorldTests : IAsyncLifetime
{
    private PeopleSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await PeopleSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("192.0.2.1/0")]
    [InlineData("0.0.0.0/1")]
    [InlineData("128.0.0.0/1")]
    [InlineData("::/0")]
    [InlineData("8000::/1")]
    [InlineData("2000::/3")]
    public void A_range_as_wide_as_the_world_is_the_world(string prefix) =>
        Assert.Equal(["tcp 22"], OpenPorts.Of(Group("tcp", prefix)));

    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData("192.0.2.0/24")]
    [InlineData("192.0.2.1")]
    [InlineData("fc00::/7")]
    [InlineData("fe80::/10")]
    [InlineData("2001:db8::/32")]
    [InlineData("nonsense")]
    public void A_range_of_some_is_not(string prefix) => Assert.Empty(OpenPorts.Of(Group("tcp", prefix)));

    [Theory]
    [InlineData("132", "sctp 22")]
    [InlineData("33", "dccp 22")]
    [InlineData("136", "udplite 22")]
    public void A_protocol_by_number_has_its_ports_too(string protocol, string words) =>
        Assert.Equal([words], OpenPorts.Of(Group(protocol, "0.0.0.0/0")));

    [Fact]
    public async Task An_address_group_that_everybody_is_in_is_open_to_the_world()
    {
        _site.World.AddressGroups.Put(Addresses("00000000-0000-4000-8000-000000000001", "192.0.2.0/24", "0.0.0.0/0"));
        _site.World.AddressGroups.Put(Addresses("00000000-0000-4000-8000-000000000002", "192.0.2.0/24"));
        _site.Guard(
            _site.PutServer("web"),
            "all",
            new SandboxSecurityRule { RemoteAddressGroup = "00000000-0000-4000-8000-000000000001" }
        );
        _site.Guard(
            _site.PutServer("home"),
            "some",
            new SandboxSecurityRule { RemoteAddressGroup = "00000000-0000-4000-8000-000000000002" }
        );

        Assert.Equal("all", (string?)Assert.Single((await AuditAsync()).Report["open_groups"]!.AsArray())!["name"]);
    }

    [Fact]
    public async Task A_machine_without_port_security_is_open_to_the_world()
    {
        _site.PutServer("guarded");
        var port = PortOf(_site.PutServer("naked"));
        _site.World.Ports.Put(port with { PortSecurity = false, SecurityGroups = [] });

        var (exit, report) = await AuditAsync();

        Assert.Equal(ExitCode.Differences, exit);
        var open = Assert.Single(report["open_groups"]!.AsArray())!;
        Assert.Equal(
            (null, "no port security", _site.Access.Name, "high", "all", "naked"),
            (
                (string?)open["id"],
                (string?)open["name"],
                (string?)open["project"],
                (string?)open["grade"],
                (string?)Assert.Single(open["ports"]!.AsArray()),
                (string?)Assert.Single(open["machines"]!.AsArray())!["name"]
            )
        );
    }

    [Fact]
    public async Task An_address_at_a_port_that_a_deleted_machine_left_is_idle()
    {
        PutAddress(Left());

        var (exit, report) = await AuditAsync();

        Assert.Equal(ExitCode.Differences, exit);
        var idle = Assert.Single(report["idle_addresses"]!.AsArray())!;
        Assert.Equal("203.0.113.9", (string?)idle["address"]);
        Assert.Equal(Left().Id, (string?)idle["port_id"]);
        Assert.Null(idle["days"]);
    }

    [Theory]
    [InlineData("10.0.0.99")]
    [InlineData("10.0.0.0/24")]
    public async Task An_address_that_machines_hand_to_each_other_is_in_use(string pair)
    {
        PutAddress(Left());
        var port = PortOf(_site.PutServer("keepalived"));
        _site.World.Ports.Put(port with { AllowedPairs = [pair] });

        Assert.Empty((await AuditAsync()).Report["idle_addresses"]!.AsArray());
    }

    [Fact]
    public async Task An_address_at_a_port_is_not_called_idle_where_ports_can_not_be_read()
    {
        PutAddress(Left());
        _site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Neutron,
                Times = int.MaxValue,
                Status = 403,
                When = request => request.Path.Value!.EndsWith("/ports", StringComparison.Ordinal),
            }
        );

        var (exit, report) = await AuditAsync();

        Assert.Equal(ExitCode.Partly, exit);
        Assert.Empty(report["idle_addresses"]!.AsArray());
    }

    [Theory]
    [InlineData("999999d", ExitCode.Done)]
    [InlineData("90d\n", ExitCode.Usage)]
    public async Task An_age_without_sense_does_no_harm(string age, ExitCode expected)
    {
        _site.PutServer("old", days: 400);

        var (exit, _, _) = await _site.RunAsync($"audit --older-than {age}");

        Assert.Equal(expected, exit);
    }

    [Fact]
    public async Task A_VO_without_a_project_is_told_by_name()
    {
        _site.Write("vos: [{name: vo.empty.example}]\n");

        var (exit, _, error) = await _site.RunAsync("audit --vo vo.empty.example");

        Assert.Equal(ExitCode.Partly, exit);
        Assert.Contains("no project belongs to the VO vo.empty.example: see vos", error, StringComparison.Ordinal);
    }

    private SandboxPort PortOf(SandboxServer server) =>
        _site.World.Ports.Of(server.ProjectId).Single(port => port.DeviceId == server.Id.ToString());

    private SandboxPort Left() =>
        new()
        {
            Id = "22222222-2222-4333-8444-555555555555",
            ProjectId = _site.Access.Id,
            NetworkId = _site.World.Networks.Of(_site.Access.Id).First().Id,
            Addresses = ["10.0.0.99"],
            Created = _site.World.Start,
        };

    private void PutAddress(SandboxPort port)
    {
        _site.World.Ports.Put(port);
        _site.World.FloatingIps.Put(
            new SandboxFloatingIp
            {
                Id = "11111111-2222-4333-8444-555555555555",
                ProjectId = _site.Access.Id,
                Address = "203.0.113.9",
                PortId = port.Id,
                Created = _site.World.Start - TimeSpan.FromDays(10),
            }
        );
    }

    private SandboxAddressGroup Addresses(string id, params string[] addresses) =>
        new()
        {
            Id = id,
            ProjectId = _site.World.AdminProject.Id,
            Name = "addresses",
            Addresses = addresses,
            Created = _site.World.Start,
        };

    private static SecurityGroup Group(string protocol, string prefix) =>
        new()
        {
            Id = "g",
            Name = "g",
            Rules =
            [
                new()
                {
                    Direction = "ingress",
                    ProtocolKey = System.Text.Json.JsonSerializer.SerializeToElement(protocol),
                    PortFrom = 22,
                    PortTo = 22,
                    RemotePrefix = prefix,
                },
            ],
        };

    private async Task<(ExitCode Exit, JsonNode Report)> AuditAsync()
    {
        var (exit, output, _) = await _site.RunAsync("audit --output json");
        return (exit, JsonNode.Parse(output)!);
    }
}
