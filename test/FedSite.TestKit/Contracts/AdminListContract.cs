using System.Text.Json.Nodes;
using FedSite.OpenStack;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>
/// What services show of another project's things to an account that is no administrator: some say no, some leave the
/// project out of the question without a word. Nothing of that may pass for the project's own, nor for none.
/// </summary>
public abstract class AdminListContract(ContractCloud cloud) : ServiceContract(cloud, "volumev3")
{
    [Fact]
    public async Task Cinder_ignores_the_project_that_a_plain_account_asks_for()
    {
        var query = $"all_tenants=1&project_id={Cloud.OtherProjectId}";
        var volumes = (await GetPageAsync($"{Url}/volumes/detail?{query}", Token))["volumes"]!.AsArray();
        var snapshots = (await GetPageAsync($"{Url}/snapshots/detail?{query}", Token))["snapshots"]!.AsArray();

        Assert.NotEmpty(volumes);
        Assert.All(volumes, volume => Assert.Equal(Cloud.ProjectId, Owner(volume, "os-vol-tenant-attr:tenant_id")));
        Assert.All(
            snapshots,
            one => Assert.Equal(Cloud.ProjectId, Owner(one, "os-extended-snapshot-attributes:project_id"))
        );
    }

    [Fact]
    public async Task Neutron_shows_a_plain_account_nothing_of_another_project_and_no_error()
    {
        var network = await Raw.EndpointAsync("network", Ct);
        var page = await GetPageAsync($"{network}/v2.0/ports?project_id={Cloud.OtherProjectId}", Token);

        Assert.Empty(page["ports"]!.AsArray());
    }

    [Theory]
    [InlineData("servers", "Nova")]
    [InlineData("volumes", "Cinder")]
    [InlineData("snapshots", "Cinder")]
    [InlineData("addresses", "Neutron")]
    [InlineData("addresses of all", "Neutron")]
    public async Task No_list_for_administrators_is_given_out_to_a_plain_account(string what, string service)
    {
        using var client = Connect(Cloud.Plain, Cloud.ProjectId);

        var refusal = await Assert.ThrowsAnyAsync<FedSiteException>(() =>
            ReadAsync(client, what, Cloud.OtherProjectId)
        );

        Assert.StartsWith(service, refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(refusal.NextStep);
    }

    [Theory]
    [InlineData("servers")]
    [InlineData("volumes")]
    [InlineData("snapshots")]
    [InlineData("addresses")]
    [InlineData("addresses of all")]
    public async Task An_administrator_gets_them_also_for_a_project_that_has_none(string what)
    {
        using var client = Connect(Cloud.Admin, await AdminProjectAsync());

        await ReadAsync(client, what, Cloud.ProjectId);
        // Cinder reads what looks like a number as one, and takes 0 for no filter.
        await ReadAsync(client, what, "ffffffffffffffffffffffffffffffff");
    }

    private static string? Owner(JsonNode? thing, string field) => (string?)thing![field];

    private static async Task<int> ReadAsync(OpenStackCloud client, string what, string project) =>
        what switch
        {
            "servers" => await client.Compute.ListServersAsAdminAsync(project, Ct).CountAsync(Ct),
            "volumes" => await client.BlockStorage.ListVolumesAsAdminAsync(project, Ct).CountAsync(Ct),
            "snapshots" => await client.BlockStorage.ListSnapshotsAsAdminAsync(project, Ct).CountAsync(Ct),
            "addresses" => await client.Network.ListFloatingIpsAsAdminAsync(project, Ct).CountAsync(Ct),
            _ => await client.Network.ListFloatingIpsAsAdminAsync(projectId: null, Ct).CountAsync(Ct),
        };

    private OpenStackCloud Connect(ContractAccount account, string project) =>
        OpenStackCloud.Connect(
            Cloud.Credentials(account) with
            {
                ProjectId = project,
            },
            TimeProvider.System,
            NullLoggerFactory.Instance
        );
}
