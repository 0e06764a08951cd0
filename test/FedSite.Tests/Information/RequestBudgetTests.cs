using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.Sandbox;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Tests.Information;

/// <summary>At most 12 requests, and 8 a VO, whatever the site offers.</summary>
public sealed class RequestBudgetTests
{
    private const int Vos = 14;

    private static SandboxOptions Large =>
        new()
        {
            Projects = Vos,
            Servers = 140,
            Flavors = 40,
            Images = 200,
        };

    [Fact]
    public async Task A_large_site_costs_no_more_than_allowed()
    {
        await using var site = await InformationSite.StartAsync(Large);

        await site.MakeAsync();

        Assert.InRange(site.Sandbox.Traffic.AllRequests, 1, 12 + (8 * Vos));
    }

    [Fact]
    public async Task Flavors_and_public_images_are_listed_in_full_once()
    {
        await using var site = await InformationSite.StartAsync(Large);
        var details = Count(site, request => request.Path.Value!.EndsWith("/flavors/detail", StringComparison.Ordinal));
        var images = Count(
            site,
            request =>
                request.Path.Value!.EndsWith("/images", StringComparison.Ordinal)
                && request.Query["visibility"] == "public"
                && request.Query["os_hidden"] != "true"
        );

        await site.MakeAsync();

        Assert.Equal((1, 1), (details(), images()));
    }

    [Fact]
    public async Task Private_flavors_of_every_vo_stay_within_what_is_allowed()
    {
        await using var site = await InformationSite.StartAsync(Large);
        foreach (var (i, project) in site.World.SeededProjects.ToList().Index())
        {
            site.World.Put(
                new SandboxFlavor
                {
                    Id = $"private-{i}",
                    Name = $"private.{i}",
                    Vcpus = 1,
                    Ram = 512,
                    Disk = 1,
                    IsPublic = false,
                    Access = [project.Id],
                }
            );
        }

        var document = await site.ReadAsync();

        Assert.InRange(site.Sandbox.Traffic.AllRequests, 1, 12 + (8 * Vos));
        foreach (var (i, project) in site.World.SeededProjects.Index())
        {
            var flavor = Assert.Single(
                document.Class("CloudComputingInstanceType"),
                flavor => flavor.Text("ID") == $"private-{i}"
            );
            var share = Assert.Single(flavor.GetProperty("Associations").Texts("Share"));
            Assert.EndsWith(project.Id, share, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Accounts_of_their_own_cost_the_vos_no_more()
    {
        await using var site = await InformationSite.StartAsync(Large);
        site.Account = null;
        site.Information = site.Information with
        {
            Endpoint = site.Sandbox.KeystoneUrl.AbsoluteUri,
            Vos =
            [
                .. site.World.SeededProjects.Select(project => new InformationVoConfig
                {
                    Name = project.Name,
                    OpenStack = new OpenStackConfig
                    {
                        Auth = new AuthConfig
                        {
                            AuthUrl = site.Sandbox.KeystoneUrl.AbsoluteUri,
                            Username = "accounting",
                            Password = CloudWorld.Password,
                            UserDomainName = "Default",
                            ProjectId = project.Id,
                        },
                    },
                }),
            ],
        };

        var document = await site.ReadAsync();

        Assert.All(document.Class("Share"), share => Assert.Equal("ok", share.Health().Text("state")));
        Assert.InRange(site.Sandbox.Traffic.AllRequests, 1, 12 + (8 * Vos));
    }

    [Fact]
    public async Task A_login_by_openid_connect_costs_one_request_a_vo_more_at_most()
    {
        await using var site = await InformationSite.StartAsync(Large with { Projects = 1 });
        site.Account = new CloudCredentials
        {
            AuthType = AuthType.OidcAccessToken,
            AuthUrl = site.Sandbox.KeystoneUrl,
            IdentityProvider = "egi.eu",
            Protocol = "openid",
            AccessToken = FederationSandbox.AccessToken,
            Origin = "test",
        };

        Assert.True((await site.MakeAsync()).IsComplete);

        Assert.InRange(site.Sandbox.Traffic.AllRequests, 1, 12 + 8 + 1);
    }

    [Fact]
    public async Task Servers_beyond_a_page_cost_a_request_a_page_and_all_count()
    {
        await using var site = await InformationSite.StartAsync(Large with { Projects = 1, Servers = 1500 });
        var living = site.World.Servers(site.World.SeededProjects.Single().Id).Count(s => s.Status != "DELETED");

        var document = await site.ReadAsync();

        Assert.InRange(living, 1001, 2000);
        Assert.Equal(living, document.Only("CloudComputingService").Number("TotalVM"));
        Assert.InRange(site.Sandbox.Traffic.AllRequests, 1, 12 + 8 + 1);
    }

    private static Func<int> Count(InformationSite site, Func<HttpRequest, bool> which)
    {
        var count = 0;
        // A fault that spoils nothing: it only looks.
        foreach (var service in (SandboxService[])[SandboxService.Nova, SandboxService.Glance])
        {
            site.Sandbox.Traffic.Fail(
                new SandboxFault
                {
                    Service = service,
                    When = request =>
                    {
                        if (which(request))
                            Interlocked.Increment(ref count);
                        return false;
                    },
                }
            );
        }

        return () => count;
    }
}
