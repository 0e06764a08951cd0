using System.Globalization;
using System.Text.Json.Nodes;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios;

/// <summary>Flavors, images and types of volumes of the seeded cloud are what its description says.</summary>
public sealed class CloudOfferTests
{
    private const string Microversion = "2.90";
    private readonly TestCloud _cloud = Require.Cloud();

    [Fact]
    public async Task Every_flavor_has_the_size_extra_specs_and_access_of_the_description()
    {
        using var admin = await AdminAsync();
        var page = await admin.GetAsync("compute", "/flavors/detail?is_public=None", Microversion);
        var flavors = page["flavors"]!.AsArray().ToDictionary(flavor => (string)flavor!["id"]!, flavor => flavor!);

        foreach (var expected in _cloud.Flavors.Values.Where(expected => !expected.Deleted))
        {
            var flavor = flavors[expected.Id!];
            Assert.Equal(
                (expected.Vcpus, expected.RamMiB, expected.DiskGiB, expected.EphemeralGiB),
                (
                    (int)flavor["vcpus"]!,
                    (int)flavor["ram"]!,
                    (int)flavor["disk"]!,
                    (int)flavor["OS-FLV-EXT-DATA:ephemeral"]!
                )
            );
            Assert.Equal(expected.Public, (bool)flavor["os-flavor-access:is_public"]!);
            Assert.Equal(
                expected.ExtraSpecs.OrderBy(spec => spec.Key, StringComparer.Ordinal),
                flavor["extra_specs"]!
                    .AsObject()
                    .Select(spec => KeyValuePair.Create(spec.Key, (string)spec.Value!))
                    .OrderBy(spec => spec.Key, StringComparer.Ordinal)
            );
            if (!expected.Public)
            {
                var access = await admin.GetAsync("compute", $"/flavors/{expected.Id}/os-flavor-access", Microversion);
                Assert.Equal(
                    expected.Access.Select(key => _cloud.Projects[key].Id),
                    access["flavor_access"]!.AsArray().Select(one => (string)one!["tenant_id"]!)
                );
            }
        }
    }

    [Fact]
    public async Task Every_image_has_the_owner_state_age_and_members_of_the_description()
    {
        using var admin = await AdminAsync();
        var project = (string)admin.TokenInfo["project"]!["id"]!;

        foreach (var expected in _cloud.Images.Values)
        {
            var image = await admin.GetAsync("image", $"/v2/images/{expected.Id}");
            Assert.Equal(expected.Name, (string?)image["name"]);
            Assert.Equal(
                expected.Project == "admin" ? project : _cloud.Projects[expected.Project].Id,
                (string?)image["owner"]
            );
            Assert.Equal(
                (expected.Visibility, expected.Status, expected.Hidden),
                ((string?)image["visibility"], (string?)image["status"], (bool)image["os_hidden"]!)
            );
            Assert.Equal(
                expected.Created,
                DateTimeOffset.Parse((string)image["created_at"]!, CultureInfo.InvariantCulture)
            );
            Assert.All(expected.Properties, property => Assert.Equal(property.Value, (string?)image[property.Key]));
            Assert.Equal(expected.Members.OrderBy(Key), (await MembersAsync(admin, expected)).OrderBy(Key));
        }

        static string Key(KeyValuePair<string, string> member) => member.Key;
    }

    [Fact]
    public async Task A_snapshot_names_its_server_and_has_the_properties_of_the_servers_image()
    {
        using var admin = await AdminAsync();
        var expected = _cloud.Images["snapshot"];
        var server = _cloud.Servers[expected.SnapshotOf!];
        var snapshot = await admin.GetAsync("image", $"/v2/images/{expected.Id}");

        Assert.Equal("snapshot", (string?)snapshot["image_type"]);
        Assert.Equal(server.Id, (string?)snapshot["instance_uuid"]);
        Assert.All(
            _cloud.Images[server.Image!].Properties,
            property => Assert.Equal(property.Value, (string?)snapshot[property.Key])
        );
    }

    [Fact]
    public async Task Two_versions_of_an_image_differ_in_their_tag_and_the_older_is_hidden()
    {
        using var admin = await AdminAsync();
        var now = await AttributesAsync(admin, "registry");
        var before = await AttributesAsync(admin, "registryBefore");

        Assert.Equal((string?)now["eu.egi.cloud.image_ref"], (string?)before["eu.egi.cloud.image_ref"]);
        Assert.NotEqual((string?)now["eu.egi.cloud.tag"], (string?)before["eu.egi.cloud.tag"]);
        Assert.True(_cloud.Images["registryBefore"].Created < _cloud.Images["registry"].Created);
    }

    [Fact]
    public async Task Every_type_of_volumes_is_for_those_of_the_description()
    {
        using var admin = await AdminAsync();
        var page = await admin.GetAsync("volumev3", "/types?is_public=None");
        var types = page["volume_types"]!.AsArray().ToDictionary(type => (string)type!["name"]!, type => type!);

        foreach (var (name, expected) in _cloud.VolumeTypes)
        {
            Assert.Equal(expected.Public, (bool)types[name]["is_public"]!);
            if (!expected.Public)
            {
                var path = $"/types/{(string?)types[name]["id"]}/os-volume-type-access";
                var access = await admin.GetAsync("volumev3", path);
                Assert.Equal(
                    expected.Access.Select(key => _cloud.Projects[key].Id),
                    access["volume_type_access"]!.AsArray().Select(one => (string)one!["project_id"]!)
                );
            }
        }
    }

    private Task<PlainApi> AdminAsync() => PlainApi.LoginToProjectAsync(_cloud, "admin", "");

    private async Task<Dictionary<string, string>> MembersAsync(PlainApi admin, SeededImage image)
    {
        if (image.Visibility != "shared")
        {
            return [];
        }
        var keys = _cloud.Projects.ToDictionary(project => project.Value.Id, project => project.Key);
        var page = await admin.GetAsync("image", $"/v2/images/{image.Id}/members");
        return page["members"]!
            .AsArray()
            .ToDictionary(member => keys[(string)member!["member_id"]!], member => (string)member!["status"]!);
    }

    private async Task<JsonNode> AttributesAsync(PlainApi admin, string key)
    {
        var image = await admin.GetAsync("image", $"/v2/images/{_cloud.Images[key].Id}");
        return JsonNode.Parse((string)image["APPLIANCE_ATTRIBUTES"]!)!;
    }
}
