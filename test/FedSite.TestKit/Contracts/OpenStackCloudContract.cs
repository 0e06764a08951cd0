using FedSite.OpenStack;
using FedSite.OpenStack.Compute;
using FedSite.OpenStack.Image;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>The product's client against a whole cloud.</summary>
public abstract class OpenStackCloudContract(ContractCloud cloud)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Servers_come_without_faults_and_with_their_flavor()
    {
        using var client = Connect(cloud.Credentials(cloud.Accounting));
        var servers = await ServersAsync(client, DateTimeOffset.UnixEpoch);

        Assert.NotEmpty(servers);
        Assert.All(
            servers,
            listed =>
            {
                Assert.Null(listed.Fault);
                Assert.Equal(cloud.ProjectId, listed.Item!.TenantId);
                Assert.True(listed.Item.Flavor!.Vcpus > 0);
            }
        );
    }

    [Fact]
    public async Task An_account_without_scope_works_in_each_of_its_projects()
    {
        using var client = Connect(cloud.Credentials(cloud.Plain));
        var project = Assert.Single(await client.Identity.ListMyProjectsAsync(Ct));

        Assert.Equal(cloud.Vo, project.Properties["egi.VO"].GetString());
        Assert.NotEmpty(await ServersAsync(client, changesSince: null));
    }

    [Fact]
    public async Task A_system_token_serves_keystone_while_nova_gets_project_tokens()
    {
        using var client = Connect(cloud.Credentials(cloud.Admin) with { SystemScope = true });
        var token = await client.Identity.GetTokenInfoAsync(TokenScope.Configured, Ct);

        Assert.True(token.IsSystem);
        Assert.NotEmpty(
            await client.Identity.ListProjectsAsync(tag: null, cloud.ProjectName, domainId: null, odd: null, Ct)
        );
    }

    [Fact]
    public async Task Users_are_found_in_a_project_scope_by_the_accounting_role()
    {
        using var client = Connect(cloud.Credentials(cloud.Accounting));
        var scope = TokenScope.Project(cloud.ProjectId);

        Assert.Equal(cloud.UserName, (await client.Identity.GetUserAsync(cloud.UserId, scope, Ct))!.Name);
        Assert.Null(await client.Identity.GetUserAsync("nonsense", scope, Ct));
    }

    [Fact]
    public async Task What_is_forbidden_says_so_with_the_services_words_and_the_id_of_the_request()
    {
        using var client = Connect(cloud.Credentials(cloud.Plain));
        var refused = await Assert.ThrowsAsync<OpenStackException>(() =>
            client.Identity.GetUserAsync(cloud.UserId, TokenScope.Project(cloud.ProjectId), Ct)
        );

        Assert.Equal(403, refused.Status);
        Assert.Contains("identity:get_user", refused.Message, StringComparison.Ordinal);
        Assert.Contains(refused.RequestId!, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_told_without_showing_it()
    {
        var wrong = cloud.Accounting with { Password = "not-the-password" };
        using var client = Connect(cloud.Credentials(wrong));
        var refused = await Assert.ThrowsAsync<OpenStackException>(() => client.Identity.ListMyProjectsAsync(Ct));

        Assert.Equal(401, refused.Status);
        Assert.DoesNotContain(wrong.Password, refused.ToString(), StringComparison.Ordinal);
        Assert.Contains("password", refused.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_credential_serves_its_project_and_says_why_no_other()
    {
        using var client = Connect(
            cloud.Credentials(cloud.Accounting) with
            {
                AuthType = AuthType.ApplicationCredential,
                ApplicationCredentialId = cloud.ApplicationCredentialId,
                ApplicationCredentialSecret = cloud.ApplicationCredentialSecret,
            }
        );

        Assert.NotEmpty(await ServersAsync(client, changesSince: null));
        var refused = await Assert.ThrowsAsync<OpenStackException>(() =>
            client.Identity.GetTokenInfoAsync(TokenScope.Project(cloud.OtherProjectId), Ct)
        );
        Assert.Contains("application credential", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_token_a_scope_serves_many_requests()
    {
        using var client = Connect(cloud.Credentials(cloud.Accounting));
        await ServersAsync(client, changesSince: null);
        var before = client.Requests;
        await ServersAsync(client, changesSince: null);

        Assert.Equal(before + 1, client.Requests);
    }

    [Fact]
    public async Task A_region_that_does_not_exist_is_answered_with_those_that_do()
    {
        using var client = Connect(cloud.Credentials(cloud.Accounting) with { RegionName = "Nowhere" });
        var refused = await Assert.ThrowsAsync<OpenStackException>(() =>
            client.Compute.NegotiateAsync(cloud.ProjectId, Ct)
        );

        Assert.Contains("RegionOne", refused.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_and_floating_addresses_are_listed()
    {
        using var client = Connect(cloud.Credentials(cloud.Accounting));
        var images = 0;
        await foreach (
            var image in client.Image.ListImagesAsync(cloud.ProjectId, new ImageQuery { Visibility = "public" }, Ct)
        )
        {
            Assert.Equal("public", image.Visibility);
            images++;
        }
        await foreach (var address in client.Network.ListFloatingIpsAsync(cloud.ProjectId, Ct))
        {
            Assert.Equal(cloud.ProjectId, address.Item!.ProjectId);
        }

        Assert.NotEqual(0, images);
    }

    [Fact]
    public async Task Volumes_ports_and_networks_come_without_faults()
    {
        using var client = Connect(cloud.Credentials(cloud.Accounting));
        var volumes = await client.BlockStorage.ListVolumesAsync(cloud.ProjectId, Ct).ToListAsync(Ct);
        var ports = await client.Network.ListPortsAsync(cloud.ProjectId, Ct).ToListAsync(Ct);
        var networks = await client.Network.ListNetworksAsync(cloud.ProjectId, Ct).ToListAsync(Ct);

        Assert.All(
            volumes,
            volume => Assert.True(volume.Item is { SizeGiB: > 0, Status.Length: > 0, UserId.Length: > 0 })
        );
        Assert.All(ports, port => Assert.NotEmpty(port.Item!.FixedIps));
        Assert.All(networks, network => Assert.NotEmpty(network.Item!.ProjectId!));
        Assert.Contains(networks, network => network.Item!.External);
        Assert.NotEmpty(ports.IntersectBy(networks.Select(n => n.Item!.Id), port => port.Item!.NetworkId));
        Assert.NotEmpty(volumes);
    }

    private static OpenStackCloud Connect(CloudCredentials credentials) =>
        OpenStackCloud.Connect(credentials, TimeProvider.System, NullLoggerFactory.Instance);

    private async Task<List<Listed<Server>>> ServersAsync(OpenStackCloud client, DateTimeOffset? changesSince)
    {
        var servers = new List<Listed<Server>>();
        await foreach (var server in client.Compute.ListServersAsync(cloud.ProjectId, changesSince, Ct))
        {
            servers.Add(server);
        }
        return servers;
    }
}
