using FedSite.Configuration;
using FedSite.Federation.Audit;
using FedSite.Federation.People;
using FedSite.OpenStack;
using FedSite.Scenarios.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Scenarios.Federation;

/// <summary>These make servers, addresses and users, which others would list.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PeopleCollection
{
    public const string Name = "people and machines of the real cloud";
}

/// <summary>Who and what is in a real OpenStack.</summary>
[Collection(PeopleCollection.Name)]
public sealed class PeopleAndMachinesTests : IAsyncDisposable
{
    private readonly string _mark = $"people-{Guid.CreateVersion7():N}";
    private readonly Stack<(string Service, string Path)> _made = [];
    private PlainApi? _admin;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        while (_made.TryPop(out var made))
        {
            if (made.Path.StartsWith("/domains/", StringComparison.Ordinal))
                await SendAsync(HttpMethod.Patch, "identity", made.Path, """{"domain":{"enabled":false}}""");
            await SendAsync(HttpMethod.Delete, made.Service, made.Path);
        }

        _admin?.Dispose();
    }

    [Fact]
    public async Task Machines_of_VOs_that_are_older_than_30_days_are_those_that_were_seeded_40_days_ago()
    {
        var cloud = Require.Cloud();
        using var client = Connect(cloud);
        var site = Site(cloud);

        var report = await new CloudAudit(site, client, TimeProvider.System).RunAsync(null, TimeSpan.FromDays(30), Ct);

        Assert.Empty(report.Unread);
        var limit = TimeProvider.System.GetUtcNow().AddDays(-30);
        var expected = cloud
            .Servers.Values.Where(server => server.Terminated is null && server.Status != "DELETED")
            .Where(server => server.Created < limit && cloud.Projects[server.Project].Properties.Count > 0)
            .ToList();
        Assert.NotEmpty(expected);
        Assert.Equal(
            expected.Select(server => server.Id).Order(StringComparer.Ordinal),
            report.OldServers.Select(server => server.Id).Order(StringComparer.Ordinal)
        );
        foreach (var server in expected)
        {
            var found = report.OldServers.Single(found => found.Id == server.Id);
            var owner = cloud.Users[server.User];
            Assert.Equal(
                (server.Name, owner.Id, owner.Deleted ? null : owner.Name, owner.Deleted),
                (found.Name, found.Owner!.Id, found.Owner.Name, found.Owner.IsGone)
            );
        }
    }

    [Fact]
    public async Task An_idle_address_is_found_where_it_belongs_to_a_VO()
    {
        var cloud = Require.Cloud();
        using var client = Connect(cloud);

        var report = await new CloudAudit(Site(cloud), client, TimeProvider.System).RunAsync(
            "vo.alpha.example",
            TimeSpan.FromDays(3650),
            Ct
        );

        Assert.Empty(report.OldServers);
        Assert.Contains(report.IdleAddresses, address => address.Id == cloud.FloatingIps["free"].Id);
        Assert.DoesNotContain(report.IdleAddresses, address => address.Id == cloud.FloatingIps["portal"].Id);
    }

    [Fact]
    public async Task Open_groups_are_found_with_the_machine_that_has_them_and_its_infrastructure()
    {
        var cloud = Require.Cloud();
        using var client = Connect(cloud);
        _admin = await PlainApi.LoginToProjectAsync(cloud, "admin", "admin");
        var project = cloud.Projects["internal"];
        var server = await MakeServerAsync(cloud);
        var ssh = await MakeGroupAsync(
            project.Id,
            "ssh",
            "\"protocol\":\"tcp\",\"port_range_min\":22,\"port_range_max\":22,\"remote_ip_prefix\":\"0.0.0.0/0\""
        );
        var all = await MakeGroupAsync(project.Id, "all", "\"ethertype\":\"IPv6\"");
        var home = await MakeGroupAsync(
            project.Id,
            "home",
            "\"protocol\":\"tcp\",\"remote_ip_prefix\":\"192.0.2.0/24\""
        );
        await MakeAsync(
            "network",
            "/v2.0/ports",
            "port",
            $$"""
            {"network_id":"{{cloud.Networks["provider"].Id}}","project_id":"{{project.Id}}","device_id":"{{server}}",
             "device_owner":"compute:nova","security_groups":["{{ssh}}","{{all}}","{{home}}"]}
            """
        );
        var site = Site(cloud) with
        {
            Vos = [new VoConfig { Name = "vo.people.example", Projects = [new ProjectRef { Id = project.Id }] }],
        };

        var report = await new CloudAudit(site, client, TimeProvider.System).RunAsync(
            "vo.people.example",
            TimeSpan.FromDays(3650),
            Ct
        );

        Assert.Empty(report.Unread);
        var groups = report.OpenGroups.Where(group => group.Name.StartsWith(_mark, StringComparison.Ordinal)).ToList();
        Assert.Equal(
            [$"High {_mark}-all all", $"Low {_mark}-ssh tcp 22"],
            groups.Select(group => $"{group.Grade} {group.Name} {string.Join(',', group.Ports)}")
        );
        Assert.All(groups, group => Assert.Equal(server, Assert.Single(group.Servers).Id));
        var machine = groups[0].Servers[0];
        Assert.Equal((_mark, cloud.Accounts["publisher"].Id), (machine.Name, machine.Owner!.Id));
        Assert.Null(machine.Owner.Email);
        Assert.Equal(new Infrastructure("infra-1", "es.upv.grycap.im"), machine.Infrastructure);
    }

    [Fact]
    public async Task Somebody_of_the_federation_is_told_with_the_group_of_the_last_login_until_it_expires()
    {
        var cloud = Require.Cloud();
        using var client = Connect(cloud);
        _admin = await PlainApi.LoginToProjectAsync(cloud, "admin", "admin");
        var project = cloud.Projects["internal"];
        var domain = await MakeAsync("identity", "/domains", "domain", $$"""{"name":"{{_mark}}"}""");
        var user = await MakeAsync(
            "identity",
            "/users",
            "user",
            $$"""{"name":"ada@egi.eu","domain_id":"{{domain}}","email":"ada@example.org"}"""
        );
        var stranger = await MakeAsync(
            "identity",
            "/users",
            "user",
            $$"""{"name":"Zoë 東京","domain_id":"{{domain}}"}"""
        );
        var group = await MakeAsync("identity", "/groups", "group", $$"""{"name":"vo","domain_id":"{{domain}}"}""");
        var role = (string)(await _admin.GetAsync("identity", "/roles?name=reader"))["roles"]![0]!["id"]!;
        await SendAsync(HttpMethod.Put, "identity", $"/projects/{project.Id}/groups/{group}/roles/{role}");
        await SendAsync(
            HttpMethod.Put,
            "identity",
            $"/OS-FEDERATION/identity_providers/{_mark}",
            $$$"""{"identity_provider":{"domain_id":"{{{domain}}}","authorization_ttl":60}}"""
        );
        _made.Push(("identity", $"/OS-FEDERATION/identity_providers/{_mark}"));
        await LogInAsync(cloud, user, group, minutesAgo: 10);
        var site = Site(cloud) with
        {
            Federation = new FederationConfig { Keystone = cloud.Keystone.ToString(), Domain = _mark },
            Vos = [new VoConfig { Name = "vo.people.example", Projects = [new ProjectRef { Id = project.Id }] }],
        };

        // Why users are asked for one by one there.
        Assert.Empty((await _admin.GetAsync("identity", $"/groups/{group}/users"))["users"]!.AsArray());
        var all = await new FederationPeople(site, client).ReadAsync(null, Ct);
        var ofVo = await new FederationPeople(site, client).ReadAsync("vo.people.example", Ct);
        await LogInAsync(cloud, user, group, minutesAgo: 70);
        var later = await new FederationPeople(site, client).ReadAsync("vo.people.example", Ct);

        Assert.Empty(all.Unread);
        Assert.Equal(
            ("Zoë 東京", (string?)null),
            Assert.Single(all.People, person => person.User.Id == stranger).User is { } zoe
                ? (zoe.Name, zoe.Email)
                : default
        );
        var ada = Assert.Single(ofVo.People, person => person.User.Id == user);
        Assert.Equal(("ada@egi.eu", "ada@example.org"), (ada.User.Name, ada.User.Email));
        Assert.Equal(["vo"], ada.Groups);
        Assert.Equal([project.Name], ada.Projects);
        Assert.DoesNotContain(ofVo.People, person => person.User.Id == stranger);
        Assert.DoesNotContain(later.People, person => person.User.Id == user);
    }

    [Fact]
    public async Task A_disabled_account_is_told_with_groups_that_last_and_roles_that_projects_inherit()
    {
        var cloud = Require.Cloud();
        using var client = Connect(cloud);
        _admin = await PlainApi.LoginToProjectAsync(cloud, "admin", "admin");
        var domain = await MakeAsync("identity", "/domains", "domain", $$"""{"name":"{{_mark}}"}""");
        var project = await MakeAsync(
            "identity",
            "/projects",
            "project",
            $$"""{"name":"p","domain_id":"{{domain}}"}"""
        );
        var group = await MakeAsync("identity", "/groups", "group", $$"""{"name":"vo","domain_id":"{{domain}}"}""");
        var user = await MakeAsync(
            "identity",
            "/users",
            "user",
            $$"""{"name":"ada@egi.eu","domain_id":"{{domain}}","enabled":false}"""
        );
        // So many that groups are asked for instead.
        for (var i = 0; i < 40; i++)
            await MakeAsync("identity", "/users", "user", $$"""{"name":"user{{i}}","domain_id":"{{domain}}"}""");
        await SendAsync(HttpMethod.Put, "identity", $"/groups/{group}/users/{user}");
        var role = (string)(await _admin.GetAsync("identity", "/roles?name=reader"))["roles"]![0]!["id"]!;
        await SendAsync(
            HttpMethod.Put,
            "identity",
            $"/OS-INHERIT/domains/{domain}/groups/{group}/roles/{role}/inherited_to_projects"
        );
        var site = Site(cloud) with
        {
            Federation = new FederationConfig { Keystone = cloud.Keystone.ToString(), Domain = _mark },
            Vos = [new VoConfig { Name = "vo.people.example", Projects = [new ProjectRef { Id = project }] }],
        };

        var report = await new FederationPeople(site, client).ReadAsync("vo.people.example", Ct);

        Assert.Empty(report.Unread);
        var ada = Assert.Single(report.People);
        Assert.Equal((user, true), (ada.User.Id, ada.User.IsDisabled));
        Assert.Equal(["vo"], ada.Groups);
        Assert.Equal(["p"], ada.Projects);
    }

    private static SiteConfig Site(TestCloud cloud) =>
        new()
        {
            Site = new SiteIdentity { Name = "TEST" },
            Vos =
            [
                new VoConfig
                {
                    Name = "vo.alpha.example",
                    Projects = [new ProjectRef { Id = cloud.Projects["alpha"].Id }],
                },
            ],
        };

    private static OpenStackCloud Connect(TestCloud cloud) =>
        OpenStackCloud.Connect(
            new CloudCredentials
            {
                AuthType = AuthType.Password,
                AuthUrl = cloud.Keystone,
                Username = cloud.Accounts["admin"].Username,
                Password = cloud.Accounts["admin"].Password,
                UserDomainName = "Default",
                ProjectName = "admin",
                ProjectDomainName = "Default",
                Origin = "test",
            },
            TimeProvider.System,
            NullLoggerFactory.Instance
        );

    /// <summary>What a login leaves in Keystone, which nothing but a login can make by the API.</summary>
    private async Task LogInAsync(TestCloud cloud, string user, string group, int minutesAgo) =>
        await CloudDatabase.QueryAsync(
            cloud,
            $"""
            replace into keystone.expiring_user_group_membership (user_id, group_id, idp_id, last_verified)
            values ('{user}', '{group}', '{_mark}', utc_timestamp() - interval {minutesAgo} minute)
            """
        );

    /// <summary>In a project that others do not look at, as Nova tells of a server for ever.</summary>
    private async Task<string> MakeServerAsync(TestCloud cloud)
    {
        using var owner = await PlainApi.LoginToProjectAsync(cloud, "publisher", "internal");
        var made = await owner.SendAsync(
            HttpMethod.Post,
            "compute",
            "/servers",
            $$$"""
            {"server":{"name":"{{{_mark}}}","flavorRef":"{{{cloud.Flavors["tiny"].Id}}}","networks":"none",
             "imageRef":"{{{cloud.Images["plain"].Id}}}",
             "metadata":{"eu.egi.cloud.orchestrator":"es.upv.grycap.im","eu.egi.cloud.orchestrator.id":"infra-1"} } }
            """,
            "2.93"
        );
        var id = (string)made!["server"]!["id"]!;
        _made.Push(("compute", $"/servers/{id}"));
        return id;
    }

    private async Task<string> MakeGroupAsync(string project, string name, string rule)
    {
        var id = await MakeAsync(
            "network",
            "/v2.0/security-groups",
            "security_group",
            $$"""{"name":"{{_mark}}-{{name}}","project_id":"{{project}}"}"""
        );
        await SendAsync(
            HttpMethod.Post,
            "network",
            "/v2.0/security-group-rules",
            $$$"""{"security_group_rule":{"security_group_id":"{{{id}}}","direction":"ingress",{{{rule}}} }}"""
        );
        return id;
    }

    private async Task<string> MakeAsync(string service, string path, string kind, string fields)
    {
        var made = await SendAsync(HttpMethod.Post, service, path, $$"""{"{{kind}}":{{fields}}}""");
        var id = (string)made![kind]!["id"]!;
        _made.Push((service, $"{path}/{id}"));
        return id;
    }

    private Task<System.Text.Json.Nodes.JsonNode?> SendAsync(
        HttpMethod method,
        string service,
        string path,
        string? body = null
    ) => _admin!.SendAsync(method, service, path, body);
}
