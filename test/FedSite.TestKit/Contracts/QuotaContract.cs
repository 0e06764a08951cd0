using System.Text.Json.Nodes;
using FedSite.OpenStack;
using FedSite.OpenStack.BlockStorage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>Quotas of Nova, Cinder and Neutron, types of volumes, and external networks.</summary>
public abstract class QuotaContract(ContractCloud cloud) : ServiceContract(cloud, "compute")
{
    private static readonly string[] ComputeOrder =
    [
        "instances",
        "cores",
        "ram",
        "floating_ips",
        "fixed_ips",
        "metadata_items",
        "injected_files",
        "injected_file_content_bytes",
        "injected_file_path_bytes",
        "key_pairs",
        "security_groups",
        "security_group_rules",
        "server_groups",
        "server_group_members",
    ];

    [Fact]
    public async Task Nova_counts_each_server_that_is_not_deleted()
    {
        using var client = Connect(Cloud.Plain);
        var servers = await client.Compute.ListServersAsync(Cloud.ProjectId, changesSince: null, Ct).ToListAsync(Ct);
        var quota = await client.Compute.GetQuotaAsync(Cloud.ProjectId, Ct);

        Assert.Equal(ComputeOrder, quota.Keys);
        Assert.Equal(servers.Count, quota["instances"].Used);
        Assert.Equal(servers.Sum(server => (long)server.Item!.Flavor!.Vcpus), quota["cores"].Used);
        Assert.Equal(servers.Sum(server => server.Item!.Flavor!.RamMiB), quota["ram"].Used);
        Assert.True(quota["instances"].Limit > 0);
        Assert.Equal(new QuotaUse(-1, 0), quota["floating_ips"]);
    }

    [Theory]
    [InlineData("2.1", true, true)]
    [InlineData("2.36", false, true)]
    [InlineData("2.57", false, false)]
    public async Task Nova_leaves_out_quotas_of_others_from_2_36_on_and_of_injected_files_from_2_57_on(
        string microversion,
        bool hasAddresses,
        bool hasFiles
    )
    {
        var answer = await Raw.GetAsync(
            $"{Url}/os-quota-sets/{Cloud.ProjectId}/detail",
            Token,
            Ct,
            ("OpenStack-API-Version", $"compute {microversion}")
        );
        var quotas = answer.Json["quota_set"]!.AsObject();

        Assert.Equal(Cloud.ProjectId, (string?)quotas["id"]);
        Assert.Equal(hasAddresses, quotas.ContainsKey("floating_ips"));
        Assert.Equal(hasFiles, quotas.ContainsKey("injected_files"));
    }

    [Fact]
    public async Task Cinder_counts_volumes_and_their_sizes_by_type_too()
    {
        using var client = Connect(Cloud.Accounting);
        var volumes = await client.BlockStorage.ListVolumesAsync(Cloud.OtherProjectId, Ct).ToListAsync(Ct);
        var quota = await client.BlockStorage.GetQuotaAsync(Cloud.OtherProjectId, Ct);

        Assert.Equal(["volumes", "gigabytes", "snapshots"], quota.Keys.Take(3));
        Assert.Equal(volumes.Count, quota["volumes"].Used);
        Assert.Equal(volumes.Sum(volume => volume.Item!.SizeGiB), quota["gigabytes"].Used);
        Assert.Equal(
            volumes.Count(volume => volume.Item!.VolumeType == "__DEFAULT__"),
            quota["volumes___DEFAULT__"].Used
        );
        Assert.True(quota["gigabytes"].Limit > 0);
    }

    [Fact]
    public async Task Cinder_names_private_types_of_others_among_the_quotas()
    {
        using var client = Connect(Cloud.Plain);

        Assert.Contains(
            $"volumes_{Cloud.Content.ForeignVolumeType}",
            (await client.BlockStorage.GetQuotaAsync(Cloud.ProjectId, Ct)).Keys
        );
    }

    [Fact]
    public async Task Neutron_counts_what_a_project_has()
    {
        using var client = Connect(Cloud.Plain);
        var addresses = await client.Network.ListFloatingIpsAsync(Cloud.ProjectId, Ct).ToListAsync(Ct);
        var ports = await client.Network.ListPortsAsync(Cloud.ProjectId, Ct).ToListAsync(Ct);
        var networks = await client.Network.ListNetworksAsync(Cloud.ProjectId, Ct).ToListAsync(Ct);
        var quota = await client.Network.GetQuotaAsync(Cloud.ProjectId, Ct);

        Assert.Equal(addresses.Count, quota["floatingip"].Used);
        Assert.Equal(ports.Count, quota["port"].Used);
        Assert.Equal(networks.Count(network => network.Item!.ProjectId == Cloud.ProjectId), quota["network"].Used);
        Assert.Equal(1, quota["router"].Used);
        Assert.True(quota["floatingip"].Limit > 0);
        Assert.All(["subnet", "security_group", "security_group_rule"], name => Assert.True(quota[name].Used > 0));
    }

    [Theory]
    [InlineData("compute", "/os-quota-sets/{0}/detail", "forbidden")]
    [InlineData("volumev3", "/os-quota-sets/{0}?usage=True", "forbidden")]
    [InlineData("network", "/v2.0/quotas/{0}/details.json", "NeutronError")]
    public async Task Quotas_of_other_projects_are_for_admins(string service, string path, string error)
    {
        var url = await Raw.EndpointAsync(service, Ct);
        var target = path.Replace("{0}", Cloud.OtherProjectId, StringComparison.Ordinal);
        var refused = await Raw.GetAsync($"{url}{target}", Token, Ct);

        Assert.Equal(403, refused.Status);
        Assert.NotEmpty((string)refused.Json[error]!["message"]!);
    }

    [Fact]
    public async Task An_admin_sees_quotas_of_other_projects()
    {
        var token = await AdminTokenAsync();
        var network = await Raw.EndpointAsync("network", Ct);
        var nova = await GetPageAsync($"{Url}/os-quota-sets/{Cloud.ProjectId}/detail", token);
        var neutron = await GetPageAsync($"{network}/v2.0/quotas/{Cloud.ProjectId}/details.json", token);

        Assert.NotEqual(0, (int)nova["quota_set"]!["instances"]!["in_use"]!);
        Assert.NotEqual(0, (int)neutron["quota"]!["port"]!["used"]!);
        Assert.Equal(
            400,
            (await Raw.GetAsync($"{Url}/os-quota-sets/00000000000000000000000000000000/detail", token, Ct)).Status
        );
    }

    [Fact]
    public async Task A_project_sees_public_types_of_volumes_and_private_ones_that_it_has_access_to()
    {
        using var plain = Connect(Cloud.Plain);
        using var admin = Connect(Cloud.Admin);
        var types = await plain.BlockStorage.ListVolumeTypesAsync(Cloud.ProjectId, Ct);
        var ofAdmin = await admin.BlockStorage.ListVolumeTypesAsync(await AdminProjectAsync(), Ct);

        Assert.Contains(new VolumeType("__DEFAULT__"), types);
        Assert.Contains(new VolumeType(Cloud.Content.ReservedVolumeType, IsPublic: false), types);
        Assert.DoesNotContain(types, type => type.Name == Cloud.Content.ForeignVolumeType);
        Assert.DoesNotContain(ofAdmin, type => type.Name == Cloud.Content.ReservedVolumeType);
    }

    [Fact]
    public async Task Pages_of_types_of_volumes_follow_each_other_by_a_link_with_a_name_of_its_own()
    {
        var url = await Raw.EndpointAsync("volumev3", Ct);
        var whole = (await GetPageAsync($"{url}/types", Token))["volume_types"]!.AsArray();
        var paged = new List<JsonNode>();
        for (var next = $"{url}/types?limit=1"; next is not null; )
        {
            var page = await GetPageAsync(next, Token);
            paged.AddRange(page["volume_types"]!.AsArray().Select(type => type!));
            next = (string?)page["volume_type_links"]?[0]!["href"];
        }

        Assert.Equal(whole.Select(type => (string?)type!["id"]), paged.Select(type => (string?)type["id"]));
    }

    [Fact]
    public async Task External_networks_are_seen_with_their_names_by_each_project()
    {
        using var client = Connect(Cloud.Plain);
        var all = await client.Network.ListNetworksAsync(Cloud.ProjectId, Ct).ToListAsync(Ct);
        var external = await client.Network.ListExternalNetworksAsync(Cloud.ProjectId, Ct).ToListAsync(Ct);

        Assert.NotEmpty(external);
        Assert.All(external, network => Assert.True(network.Item is { External: true, Name.Length: > 0 }));
        Assert.Equal(
            all.Where(network => network.Item!.External).Select(network => network.Item!.Id),
            external.Select(network => network.Item!.Id)
        );
    }

    private OpenStackCloud Connect(ContractAccount account) =>
        OpenStackCloud.Connect(Cloud.Credentials(account), TimeProvider.System, NullLoggerFactory.Instance);
}
