using System.Text.Json.Nodes;
using FedSite.Federation.Audit;
using FedSite.OpenStack.Network;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.People;

public sealed class OpenPortsTests
{
    [Theory]
    [InlineData("tcp", 22, 22, "0.0.0.0/0", "tcp 22", "Low")]
    [InlineData("6", 443, 443, "::/0", "tcp 443", "Low")]
    [InlineData("tcp", 80, 443, "0.0.0.0/0", "tcp 80-443", "High")]
    [InlineData("tcp", 3306, 3306, null, "tcp 3306", "High")]
    [InlineData("tcp", null, null, "0.0.0.0/0", "tcp all", "High")]
    [InlineData("udp", 443, 443, "0.0.0.0/0", "udp 443", "High")]
    [InlineData(null, null, null, null, "all", "High")]
    [InlineData("any", null, null, "::/0", "all", "High")]
    [InlineData("47", null, null, "0.0.0.0/0", "protocol 47", "High")]
    public void What_is_open_to_the_world_has_a_grade(
        string? protocol,
        int? from,
        int? to,
        string? prefix,
        string words,
        string grade
    )
    {
        var ports = OpenPorts.Of(Group(Rule(protocol, from, to, prefix)));

        Assert.Equal([words], ports);
        Assert.Equal(grade, OpenPorts.GradeOf(ports).ToString());
    }

    [Theory]
    [InlineData("icmp", "0.0.0.0/0")]
    [InlineData("58", "::/0")]
    [InlineData("tcp", "10.0.0.0/8")]
    [InlineData("tcp", "2001:db8::/32")]
    public void What_is_for_some_or_has_no_port_is_not_open(string protocol, string prefix) =>
        Assert.Empty(OpenPorts.Of(Group(Rule(protocol, null, null, prefix))));

    [Fact]
    public void What_goes_out_or_comes_from_a_group_is_not_open() =>
        Assert.Empty(
            OpenPorts.Of(
                Group(
                    Rule("tcp", 22, 22, null) with
                    {
                        Direction = "egress",
                    },
                    Rule("tcp", 22, 22, null) with
                    {
                        RemoteGroupId = "g",
                    },
                    Rule("tcp", 22, 22, null) with
                    {
                        RemoteAddressGroupId = "a",
                    }
                )
            )
        );

    [Fact]
    public async Task An_open_group_is_told_with_the_machines_that_have_it_worst_first()
    {
        await using var site = await PeopleSite.StartAsync();
        var web = site.PutServer("web");
        site.Guard(web, "ssh", Ssh);
        site.Guard(site.PutServer("db"), "everything", new SandboxSecurityRule());
        site.Guard(null, "nobody has it", Ssh with { RemotePrefix = "::/0", EtherType = "IPv6" });
        site.Guard(site.PutServer("home"), "home", Ssh with { RemotePrefix = "192.0.2.0/24" });

        var (exit, output, _) = await site.RunAsync("audit --output json");

        Assert.Equal(ExitCode.Differences, exit);
        Assert.Equal(
            ["high everything all db", "low nobody has it tcp 22 ", "low ssh tcp 22 web"],
            JsonNode.Parse(output)!["open_groups"]!
                .AsArray()
                .Select(group =>
                    $"{group!["grade"]} {group["name"]} {string.Join(',', group["ports"]!.AsArray())} "
                    + string.Join(',', group["machines"]!.AsArray().Select(machine => machine!["name"]))
                )
        );
    }

    [Fact]
    public async Task A_group_that_another_project_shares_is_told_where_a_VOs_machine_has_it()
    {
        await using var site = await PeopleSite.StartAsync();
        var web = site.PutServer("web");
        var group = site.Guard(web, "shared", Ssh);
        site.World.SecurityGroups.Put(group with { ProjectId = site.World.AdminProject.Id });

        var (_, output, _) = await site.RunAsync("audit --vo vo.access.egi.eu --output csv");

        Assert.Contains(
            $"open_ports,low,vo.access.egi.eu,{site.Access.Name},{web.Id},web",
            output,
            StringComparison.Ordinal
        );
    }

    private static SandboxSecurityRule Ssh =>
        new()
        {
            Protocol = "tcp",
            From = 22,
            To = 22,
            RemotePrefix = "0.0.0.0/0",
        };

    private static SecurityGroup Group(params SecurityGroupRule[] rules) =>
        new()
        {
            Id = "g",
            Name = "g",
            Rules = rules,
        };

    private static SecurityGroupRule Rule(string? protocol, int? from, int? to, string? prefix) =>
        new()
        {
            Direction = "ingress",
            ProtocolKey = System.Text.Json.JsonSerializer.SerializeToElement(protocol),
            PortFrom = from,
            PortTo = to,
            RemotePrefix = prefix,
        };
}
