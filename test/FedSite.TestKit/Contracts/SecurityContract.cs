using System.Text.Json.Nodes;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on in Neutron's security groups.</summary>
public abstract class SecurityContract(ContractCloud cloud) : ServiceContract(cloud, "network")
{
    private const string Fields = "fields=id&fields=name&fields=project_id&fields=security_group_rules";

    [Fact]
    public async Task A_plain_account_sees_the_groups_of_its_project_and_an_admin_those_of_all()
    {
        var own = await ListAsync("security-groups", Token);
        var every = await ListAsync("security-groups", await AdminTokenAsync());

        Assert.NotEmpty(own);
        Assert.All(own, group => Assert.Equal(Cloud.ProjectId, (string?)group["project_id"]));
        // A project has a group from the first look or port on.
        Assert.Contains(every, group => (string?)group["project_id"] != Cloud.ProjectId);
    }

    [Fact]
    public async Task Rules_come_with_their_group_where_fields_are_named()
    {
        var groups = await ListAsync($"security-groups?{Fields}", await AdminTokenAsync());

        Assert.All(
            groups,
            group =>
                Assert.Equal(
                    ["id", "name", "project_id", "security_group_rules"],
                    group.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal)
                )
        );
        Assert.Contains(groups, group => group["security_group_rules"]!.AsArray().Count > 0);
    }

    [Fact]
    public async Task A_default_group_lets_in_its_own_members_alone_and_everything_out()
    {
        var groups = await ListAsync("security-groups?name=default", Token);
        var group = Assert.Single(groups);
        var rules = group["security_group_rules"]!.AsArray().ToLookup(rule => (string)rule!["direction"]!);

        Assert.All(rules["ingress"], rule => Assert.Equal((string?)group["id"], (string?)rule!["remote_group_id"]));
        Assert.All(
            rules["egress"],
            rule => Assert.True(rule!["remote_group_id"] is null && rule["remote_ip_prefix"] is null)
        );
        Assert.Equal(["IPv4", "IPv6"], rules["ingress"].Select(rule => (string?)rule!["ethertype"]).Order());
        Assert.All(
            rules.SelectMany(rule => rule),
            rule => Assert.True(rule!["protocol"] is null && rule["port_range_min"] is null)
        );
    }

    [Fact]
    public async Task Pages_follow_each_other_by_the_last_id_as_marker()
    {
        var token = await AdminTokenAsync();
        var paged = new List<string>();
        for (string? next = $"{Url}/v2.0/security-groups?limit=2&{Fields}"; next is not null; )
        {
            var page = await GetPageAsync(next, token);
            paged.AddRange(page["security_groups"]!.AsArray().Select(group => (string)group!["id"]!));
            var links = page["security_groups_links"]?.AsArray() ?? [];
            next = (string?)links.SingleOrDefault(link => (string?)link!["rel"] == "next")?["href"];
        }

        var whole = await ListAsync("security-groups", token);
        Assert.Equal(
            whole.Select(group => (string)group["id"]!).Order(StringComparer.Ordinal),
            paged.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Ports_of_servers_name_the_groups_that_guard_them()
    {
        var known = (await ListAsync("security-groups", Token)).Select(group => (string)group["id"]!).ToList();
        var ports = await ListAsync("ports?fields=device_owner&fields=security_groups", Token);
        var servers = ports.Where(port => (string?)port["device_owner"] == "compute:nova").ToList();

        Assert.NotEmpty(servers);
        Assert.All(
            servers,
            port => Assert.Contains(port["security_groups"]!.AsArray(), group => known.Contains((string)group!))
        );
    }

    [Fact]
    public async Task Ports_tell_whether_anything_guards_them_and_which_addresses_they_share()
    {
        var ports = await ListAsync("ports?fields=port_security_enabled&fields=allowed_address_pairs", Token);

        Assert.NotEmpty(ports);
        Assert.All(
            ports,
            port =>
            {
                port["port_security_enabled"]!.GetValue<bool>();
                Assert.All(port["allowed_address_pairs"]!.AsArray(), pair => Assert.NotNull(pair!["ip_address"]));
            }
        );
    }

    [Fact]
    public async Task Address_groups_are_listed_and_a_floating_address_tells_its_port()
    {
        var token = await AdminTokenAsync();
        await ListAsync("address-groups?limit=1000&fields=id&fields=addresses", token);
        var used = (await ListAsync("floatingips", token)).Where(address => address["port_id"] is not null).ToList();

        Assert.NotEmpty(used);
        Assert.All(
            used,
            address =>
            {
                Assert.NotNull((string?)address["port_details"]!["device_id"]);
                Assert.NotNull((string?)address["fixed_ip_address"]);
            }
        );
    }

    private async Task<List<JsonNode>> ListAsync(string path, string token)
    {
        var page = await GetPageAsync($"{Url}/v2.0/{path}", token);
        return [.. page[path.Split('?')[0].Replace('-', '_')]!.AsArray().Select(thing => thing!)];
    }
}
