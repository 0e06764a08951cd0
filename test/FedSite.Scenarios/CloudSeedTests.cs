using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios;

/// <summary>The other scenarios rest on the seeded cloud being what its description says.</summary>
public sealed class CloudSeedTests
{
    private const string Microversion = "2.90";
    private readonly TestCloud _cloud = Require.Cloud();

    [Fact]
    public async Task Every_server_has_the_state_and_flavor_of_the_description()
    {
        var servers = await EveryServerAsync();

        Assert.All(
            _cloud.Servers.Values,
            expected =>
            {
                var server = servers[expected.Id];
                Assert.Equal(expected.Status, (string?)server["status"]);
                Assert.Equal(expected.Name, (string?)server["name"]);
                Assert.Equal(expected.Flavor, (string?)server["flavor"]!["original_name"]);
                Assert.Equal(_cloud.Projects[expected.Project].Id, (string?)server["tenant_id"]);
                Assert.Equal(_cloud.Users[expected.User].Id, (string?)server["user_id"]);
            }
        );
    }

    [Fact]
    public async Task Every_server_has_the_age_of_the_description()
    {
        var servers = await EveryServerAsync();

        Assert.All(
            _cloud.Servers.Values,
            expected =>
            {
                var server = servers[expected.Id];
                Assert.Equal(expected.Created, Moment(server["created"]));
                Assert.Equal(expected.Updated, Moment(server["updated"]));
                Assert.Equal(expected.Launched, Moment(server["OS-SRV-USG:launched_at"]));
                Assert.Equal(expected.Terminated, Moment(server["OS-SRV-USG:terminated_at"]));
            }
        );
    }

    [Fact]
    public async Task Floating_addresses_are_where_the_description_says()
    {
        var servers = await EveryServerAsync();

        Assert.All(
            _cloud.Servers.Values,
            expected => Assert.Equal(expected.FloatingAddresses, FloatingAddresses(servers[expected.Id]))
        );
    }

    [Fact]
    public async Task The_volume_booted_server_alone_has_no_image()
    {
        var servers = await EveryServerAsync();

        var without = _cloud.Servers.Where(server => servers[server.Value.Id]["image"] is not JsonObject);
        Assert.Equal("fromVolume", Assert.Single(without).Key);
    }

    [Fact]
    public async Task Every_volume_is_as_old_and_attached_as_the_description_says()
    {
        using var admin = await AdminAsync();
        var page = await admin.GetAsync("volumev3", "/volumes/detail?all_tenants=1");
        var volumes = page["volumes"]!.AsArray().ToDictionary(volume => (string)volume!["id"]!, volume => volume!);

        Assert.All(
            _cloud.Volumes.Values.Where(expected => expected.Deleted is null),
            expected =>
            {
                var volume = volumes[expected.Id];
                Assert.Equal(expected.Name, (string?)volume["name"]);
                Assert.Equal(_cloud.Projects[expected.Project].Id, (string?)volume["os-vol-tenant-attr:tenant_id"]);
                Assert.Equal(_cloud.Users[expected.User].Id, (string?)volume["user_id"]);
                Assert.Equal(expected.SizeGiB, (long)volume["size"]!);
                Assert.Equal(expected.Type, (string?)volume["volume_type"]);
                Assert.Equal(expected.Created, Moment(volume["created_at"]));
                Assert.Equal(
                    expected.Servers.Select(key => _cloud.Servers[key].Id).Order(StringComparer.Ordinal),
                    volume["attachments"]!.AsArray().Select(a => (string)a!["server_id"]!).Order(StringComparer.Ordinal)
                );
            }
        );
        Assert.DoesNotContain(_cloud.Volumes["deleted"].Id, volumes.Keys);
    }

    [Fact]
    public async Task Every_floating_address_is_at_the_port_of_the_server_of_the_description()
    {
        using var admin = await AdminAsync();
        var page = await admin.GetAsync("network", "/v2.0/floatingips");
        var addresses = page["floatingips"]!.AsArray().ToDictionary(a => (string)a!["id"]!, address => address!);

        Assert.All(
            _cloud.FloatingIps.Values,
            expected =>
            {
                var address = addresses[expected.Id];
                Assert.Equal(expected.Address, (string?)address["floating_ip_address"]);
                Assert.Equal(_cloud.Projects[expected.Project].Id, (string?)address["project_id"]);
                Assert.Equal(
                    expected.Server is null ? null : _cloud.Ports[expected.Server].Id,
                    (string?)address["port_id"]
                );
                Assert.Equal(expected.Created, Moment(address["created_at"]));
            }
        );
    }

    [Fact]
    public async Task Every_port_is_on_the_network_of_the_description_and_of_its_servers_project()
    {
        using var admin = await AdminAsync();
        var page = await admin.GetAsync("network", "/v2.0/ports?device_owner=compute:nova");
        var ports = page["ports"]!.AsArray().ToDictionary(port => (string)port!["id"]!, port => port!);

        Assert.All(
            _cloud.Ports,
            expected =>
            {
                var port = ports[expected.Value.Id];
                var server = _cloud.Servers[expected.Key];
                Assert.Equal(server.Id, (string?)port["device_id"]);
                Assert.Equal(_cloud.Projects[server.Project].Id, (string?)port["project_id"]);
                Assert.Equal(_cloud.Networks[expected.Value.Network].Id, (string?)port["network_id"]);
                Assert.Equal(
                    expected.Value.Addresses,
                    port["fixed_ips"]!.AsArray().Select(address => (string)address!["ip_address"]!)
                );
            }
        );
    }

    [Fact]
    public async Task A_server_failed_because_no_host_would_take_it()
    {
        using var admin = await AdminAsync();

        var failed = await admin.GetAsync("compute", $"/servers/{_cloud.Servers["failed"].Id}");

        Assert.StartsWith("No valid host", (string?)failed["server"]!["fault"]?["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_flavor_is_still_described_by_its_servers()
    {
        using var admin = await AdminAsync();
        var flavors = await admin.GetAsync("compute", "/flavors?is_public=None");
        var servers = await EveryServerAsync();

        Assert.DoesNotContain(flavors["flavors"]!.AsArray(), flavor => (string?)flavor!["name"] == "retired");
        Assert.Equal(
            _cloud.Flavors["retired"].Vcpus,
            (int)servers[_cloud.Servers["retiredFlavor"].Id]["flavor"]!["vcpus"]!
        );
    }

    [Fact]
    public async Task Accelerators_are_whole_and_fractional()
    {
        var servers = await EveryServerAsync();

        Assert.Equal("2", AcceleratorNumber(servers[_cloud.Servers["gpu"].Id]));
        Assert.Equal("0.5", AcceleratorNumber(servers[_cloud.Servers["gpuShare"].Id]));
    }

    [Fact]
    public async Task The_appliance_carries_the_address_of_its_published_image()
    {
        using var admin = await AdminAsync();
        var expected = _cloud.Images["appliance"];

        var image = await admin.GetAsync("image", $"/v2/images/{expected.Id}");

        Assert.Equal(expected.Properties["vmcatcher_event_ad_mpuri"], (string?)image["vmcatcher_event_ad_mpuri"]);
    }

    [Fact]
    public async Task Projects_have_the_properties_tags_and_state_of_the_description()
    {
        using var accounting = await PlainApi.LoginToProjectAsync(_cloud, "accounting", "alpha");

        foreach (var expected in _cloud.Projects.Values)
        {
            var project = (await accounting.GetAsync("identity", $"/projects/{expected.Id}"))["project"]!;
            Assert.Equal(expected.Enabled, (bool)project["enabled"]!);
            Assert.Equal(expected.Tags, project["tags"]!.AsArray().Select(tag => (string)tag!));
            Assert.All(
                expected.Properties,
                property =>
                    Assert.True(JsonNode.DeepEquals(JsonNode.Parse(property.Value.GetRawText()), project[property.Key]))
            );
        }
    }

    [Fact]
    public async Task The_accounting_role_reads_users_and_a_plain_reader_does_not()
    {
        using var accounting = await PlainApi.LoginToProjectAsync(_cloud, "accounting", "alpha");
        using var reader = await PlainApi.LoginToProjectAsync(_cloud, "plainReader", "alpha");
        var ada = $"/users/{_cloud.Users["ada"].Id}";

        Assert.Equal(HttpStatusCode.OK, (await accounting.TryGetAsync("identity", ada)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.TryGetAsync("identity", ada)).Status);
    }

    [Fact]
    public async Task The_system_reader_reads_users_with_system_scope()
    {
        using var reader = await PlainApi.LoginAsync(_cloud, "systemReader", """{"system":{"all":true}}""");

        var user = await reader.GetAsync("identity", $"/users/{_cloud.Users["ada"].Id}");

        Assert.Equal(_cloud.Users["ada"].Name, (string?)user["user"]!["name"]);
    }

    [Fact]
    public async Task The_owner_of_a_server_may_be_deleted()
    {
        using var accounting = await PlainApi.LoginToProjectAsync(_cloud, "accounting", "alpha");

        var gone = await accounting.TryGetAsync("identity", $"/users/{_cloud.Users["gone"].Id}");

        Assert.Equal(HttpStatusCode.NotFound, gone.Status);
    }

    [Fact]
    public async Task The_account_without_projects_logs_in_and_sees_none()
    {
        using var homeless = await PlainApi.LoginAsync(_cloud, "homeless", scope: null);

        var projects = await homeless.GetAsync("identity", "/auth/projects");

        Assert.Empty(projects["projects"]!.AsArray());
    }

    [Fact]
    public async Task The_application_credential_is_scoped_to_its_project()
    {
        using var api = await PlainApi.LoginWithApplicationCredentialAsync(_cloud);

        Assert.Equal(
            _cloud.Projects[_cloud.ApplicationCredential.Project].Id,
            (string?)api.TokenInfo["project"]!["id"]
        );
    }

    private Task<PlainApi> AdminAsync() => PlainApi.LoginToProjectAsync(_cloud, "admin", "");

    private async Task<Dictionary<string, JsonNode>> EveryServerAsync()
    {
        using var admin = await AdminAsync();
        var servers = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var deleted in new[] { "false", "true" })
        {
            var path = $"/servers/detail?all_tenants=1&deleted={deleted}&limit=1000";
            var page = await admin.GetAsync("compute", path, Microversion);
            foreach (var server in page["servers"]!.AsArray())
            {
                servers[(string)server!["id"]!] = server;
            }
        }
        return servers;
    }

    private static int FloatingAddresses(JsonNode server) =>
        server["addresses"]!
            .AsObject()
            .SelectMany(network => network.Value!.AsArray())
            .Count(address => (string?)address!["OS-EXT-IPS:type"] == "floating");

    private static string? AcceleratorNumber(JsonNode server) =>
        (string?)server["flavor"]!["extra_specs"]!["Accelerator:Number"];

    private static DateTimeOffset? Moment(JsonNode? text) =>
        text is null
            ? null
            : DateTimeOffset.Parse((string)text!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
