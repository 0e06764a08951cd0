using System.Globalization;
using System.Net;
using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.Messages;
using FedSite.Sandbox;
using FedSite.Sandbox.World;
using Microsoft.Extensions.Time.Testing;

namespace FedSite.Tests.Accounting;

/// <summary>Public addresses on the sandbox: one project without generated servers, which each test fills.</summary>
public sealed class PublicIpTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(SomeServer.At("2026-11-23T12:00:00Z"));
    private ExtractionSite _site = null!;
    private SandboxProject _project = null!;

    private CloudWorld World => _site.Sandbox.World;

    public async ValueTask InitializeAsync()
    {
        _site = await ExtractionSite.StartAsync(
            new SandboxOptions
            {
                Servers = 0,
                Projects = 2,
                TimeProvider = _time,
            }
        );
        _project = World.SeededProjects.First();
        foreach (var project in World.SeededProjects)
        {
            foreach (var free in World.FloatingIps.Of(project.Id).ToList())
            {
                World.FloatingIps.Remove(free.Id);
            }
        }

        Count(PublicIpConfig.Floating, PublicIpConfig.External);
    }

    public async ValueTask DisposeAsync() => await _site.DisposeAsync();

    [Fact]
    public async Task An_address_belongs_to_the_user_of_its_server()
    {
        var server = Serve(World.Member.Id);
        Float("203.0.113.7", PortOf(server));

        var record = Assert.Single(await ExtractAsync());

        Assert.Equal(
            (World.Member.Id, World.Member.Name, "4", "1"),
            (record["LocalUser"], record["GlobalUserName"], record["IPVersion"], record["IPCount"])
        );
    }

    [Fact]
    public async Task A_free_address_belongs_to_its_project()
    {
        Float("203.0.113.7", null);

        var record = Assert.Single(await ExtractAsync());

        Assert.Equal((_project.Id, _project.Name), (record["LocalUser"], record["GlobalUserName"]));
    }

    [Fact]
    public async Task Both_versions_are_counted_each_for_itself()
    {
        Float("203.0.113.7", null);
        Float("203.0.113.8", null);
        Float("2001:db8::7", null);

        var records = await ExtractAsync();

        Assert.Equal(
            [("4", "2"), ("6", "1")],
            records.Select(r => (r["IPVersion"], r["IPCount"])).OrderBy(r => r.Item1, StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Addresses_of_other_projects_are_not_counted_even_for_an_admin()
    {
        var other = World.SeededProjects.Last();
        World.Grant(World.Accounting.Id, _project.Id, "admin", "reader");
        Float("203.0.113.7", null);
        Float("203.0.113.8", null, other.Id);

        var records = await ExtractAsync();

        Assert.Equal("1", Assert.Single(records, r => r["LocalGroup"] == _project.Id)["IPCount"]);
    }

    [Theory]
    [InlineData(ServerNetwork.External, "external", "4:1 6:1")]
    [InlineData(ServerNetwork.External, "floating", "")]
    [InlineData(ServerNetwork.External, "global-ipv6", "6:1")]
    [InlineData(ServerNetwork.External, "external global-ipv6", "4:1 6:1")]
    [InlineData(ServerNetwork.Provider, "provider", "4:1")]
    [InlineData(ServerNetwork.Provider, "external", "")]
    [InlineData(ServerNetwork.PrivateWithIpv6, "external provider", "")]
    [InlineData(ServerNetwork.PrivateWithIpv6, "global-ipv6", "6:1")]
    [InlineData(ServerNetwork.Private, "floating external provider global-ipv6", "")]
    public async Task Configuration_says_which_addresses_of_ports_count(
        ServerNetwork network,
        string counted,
        string expected
    )
    {
        Count(counted.Split(' '));
        Serve(World.Member.Id, network);

        var records = await ExtractAsync();

        Assert.Equal(expected, string.Join(' ', records.Select(r => $"{r["IPVersion"]}:{r["IPCount"]}")));
    }

    [Fact]
    public async Task A_moved_address_counts_for_its_new_user_and_is_none_once_for_the_old_one()
    {
        var (first, second) = (Serve(World.Member.Id), Serve(World.Admin.Id));
        var address = Float("203.0.113.7", PortOf(first));
        await ExtractAsync();
        World.FloatingIps.Put(address with { PortId = PortOf(second) });

        var (moved, later) = (await NextAsync(), await NextAsync());

        Assert.Equal(
            [(World.Admin.Name, "1"), (World.Member.Name, "0")],
            moved.Select(r => (r["GlobalUserName"], r["IPCount"])).Order()
        );
        Assert.Equal([(World.Admin.Name, "1")], later.Select(r => (r["GlobalUserName"], r["IPCount"])));
    }

    [Fact]
    public async Task A_zero_that_did_not_reach_the_spool_is_made_again()
    {
        var address = Float("203.0.113.7", null);
        await ExtractAsync();
        World.FloatingIps.Remove(address.Id);
        _time.Advance(TimeSpan.FromHours(1));
        var spool = _site.Config.Messaging.Queues.Cloud.Spool;
        Directory.Move(spool, spool + "-away");
        await File.WriteAllTextAsync(spool, "in the way", TestContext.Current.CancellationToken);
        await _site.ExtractAsync(Only());
        File.Delete(spool);
        Directory.Move(spool + "-away", spool);

        Assert.Equal("0", Assert.Single(await NextAsync())["IPCount"]);
    }

    [Fact]
    public async Task A_month_that_is_over_is_reported_again_as_it_was_measured_then()
    {
        Float("203.0.113.7", null);
        await ExtractAsync();
        _time.SetUtcNow(SomeServer.At("2027-01-10T00:00:00Z"));
        Float("203.0.113.8", null);

        var records = await ExtractAsync(
            Only() with
            {
                From = SomeServer.At("2026-11-01T00:00:00Z"),
                To = SomeServer.At("2026-11-30T23:59:59Z"),
            }
        );

        var record = Assert.Single(records);
        Assert.Equal("1", record["IPCount"]);
        Assert.Equal(
            SomeServer.At("2026-11-23T12:00:00Z").ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            record["MeasurementTime"]
        );
    }

    [Fact]
    public async Task An_address_that_is_released_between_two_pages_counts_no_other_twice()
    {
        var addresses = Enumerable
            .Range(0, 1002)
            .Select(i => Float($"198.51.{100 + (i / 250)}.{i % 250}", null))
            .ToList();
        _site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Neutron,
                When = request =>
                {
                    if (request.Query.TryGetValue("marker", out var marker))
                    {
                        World.FloatingIps.Remove(marker.ToString());
                    }

                    return false;
                },
            }
        );

        var record = Assert.Single(await ExtractAsync());

        Assert.InRange(int.Parse(record["IPCount"], CultureInfo.InvariantCulture), 1001, addresses.Count);
    }

    [Fact]
    public async Task An_address_that_is_none_costs_itself_alone()
    {
        Float("nonsense", null);
        Float("203.0.113.8", null);

        var result = await _site.ExtractAsync(Only());

        Assert.Equal(1, result.Projects.Sum(p => p.Quarantined));
        Assert.Equal("1", Assert.Single(_site.Queued(RecordKind.Ip)).Fields["IPCount"]);
    }

    [Fact]
    public async Task Neutron_that_fails_costs_no_server_its_record()
    {
        Serve(World.Member.Id);
        _site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Neutron,
                Status = 404,
                Times = 100,
            }
        );

        var result = await _site.ExtractAsync(new ExtractionRequest { Kinds = [RecordKind.Cloud, RecordKind.Ip] });

        Assert.Single(_site.Queued());
        Assert.All(result.Projects, p => Assert.Equal(p.Kind is RecordKind.Ip, p.Error is not null));
    }

    [Fact]
    public async Task A_user_whose_name_could_not_be_read_once_is_not_counted_twice()
    {
        Float("203.0.113.7", PortOf(Serve(World.Member.Id)));
        _site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Keystone,
                When = request => request.Path.Value!.Contains("/users/", StringComparison.Ordinal),
                Status = 404,
            }
        );
        await ExtractAsync();

        var later = await NextAsync();

        Assert.Equal(
            [(World.Member.Id, "0"), (World.Member.Name, "1")],
            later.Select(r => (r["GlobalUserName"], r["IPCount"])).OrderBy(r => r.Item2, StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("100.128.0.1", true)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.1.1", false)]
    [InlineData("198.51.100.4", true)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("2a00:1450::1", true)]
    public void Addresses_that_stay_within_a_site_are_told_from_those_that_do_not(string address, bool routable)
    {
        Assert.Equal(routable, PublicAddresses.IsRoutable(IPAddress.Parse(address)));
    }

    private static ExtractionRequest Only() => new() { Kinds = [RecordKind.Ip] };

    private void Count(params string[] words) =>
        _site.Config = _site.Config with
        {
            Accounting = _site.Config.Accounting with { PublicIp = new PublicIpConfig { Count = words } },
        };

    private SandboxServer Serve(string user, ServerNetwork network = ServerNetwork.Private)
    {
        var server = SomeServer.InSandbox(World, _project.Id, user) with { Network = network };
        World.Put(server);
        return server;
    }

    private string PortOf(SandboxServer server) =>
        World.Ports.Of(_project.Id).Single(p => p.DeviceId == server.Id.ToString()).Id;

    private SandboxFloatingIp Float(string address, string? port, string? project = null)
    {
        var floating = new SandboxFloatingIp
        {
            Id = Guid.CreateVersion7().ToString(),
            ProjectId = project ?? _project.Id,
            Address = address,
            PortId = port,
            Created = SomeServer.At("2026-11-01T00:00:00Z"),
        };
        World.FloatingIps.Put(floating);
        return floating;
    }

    private Task<List<IReadOnlyDictionary<string, string>>> NextAsync()
    {
        _time.Advance(TimeSpan.FromHours(1));
        return ExtractAsync();
    }

    /// <summary>The records that one more run adds.</summary>
    private async Task<List<IReadOnlyDictionary<string, string>>> ExtractAsync(ExtractionRequest? request = null)
    {
        var before = _site.Queued(RecordKind.Ip).Count;
        await _site.ExtractAsync(request ?? Only());
        return [.. _site.Queued(RecordKind.Ip).Skip(before).Select(r => r.Fields)];
    }
}
