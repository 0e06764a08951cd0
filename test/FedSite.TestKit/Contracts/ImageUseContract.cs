using System.Text.Json.Nodes;
using FedSite.OpenStack;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>Whether servers use an image, as Nova tells.</summary>
public abstract class ImageUseContract(ContractCloud cloud) : ServiceContract(cloud, "compute")
{
    private TokenScope Project => TokenScope.Project(Cloud.ProjectId);

    [Fact]
    public async Task An_image_is_used_as_long_as_a_server_was_made_from_it_in_whatever_state()
    {
        using var client = Connect(Cloud.Credentials(Cloud.Plain));
        var servers = (await GetPageAsync($"{Url}/servers/detail", Token))["servers"]!.AsArray();
        var used = servers
            .Select(server => server!["image"])
            .OfType<JsonObject>()
            .Select(image => (string)image["id"]!);

        Assert.NotEmpty(used);
        foreach (var image in used.Distinct(StringComparer.Ordinal))
        {
            Assert.True(await client.Compute.IsImageUsedAsync(Project, image, allProjects: false, Ct));
        }
    }

    [Fact]
    public async Task An_image_that_no_server_was_made_from_is_not_used()
    {
        using var client = Connect(Cloud.Credentials(Cloud.Plain));

        Assert.False(await client.Compute.IsImageUsedAsync(Project, Guid.CreateVersion7().ToString(), false, Ct));
    }

    [Fact]
    public async Task Servers_of_all_projects_are_for_admins()
    {
        using var plain = Connect(Cloud.Credentials(Cloud.Plain));
        using var admin = ConnectAdmin();
        var servers = (await GetPageAsync($"{Url}/servers/detail", Token))["servers"]!.AsArray();
        var image = servers
            .Select(server => server!["image"])
            .OfType<JsonObject>()
            .Select(i => (string)i["id"]!)
            .First();

        var failure = await Assert.ThrowsAsync<OpenStackException>(() =>
            plain.Compute.IsImageUsedAsync(Project, image, allProjects: true, Ct)
        );

        Assert.Equal(403, failure.Status);
        Assert.True(await admin.Compute.IsImageUsedAsync(TokenScope.Configured, image, allProjects: true, Ct));
        Assert.False(
            await admin.Compute.IsImageUsedAsync(TokenScope.Configured, Guid.CreateVersion7().ToString(), true, Ct)
        );
    }

    private OpenStackCloud ConnectAdmin() =>
        Connect(Cloud.Credentials(Cloud.Admin) with { ProjectName = "admin", ProjectDomainName = "Default" });

    private static OpenStackCloud Connect(CloudCredentials credentials) =>
        OpenStackCloud.Connect(credentials, TimeProvider.System, NullLoggerFactory.Instance);
}
