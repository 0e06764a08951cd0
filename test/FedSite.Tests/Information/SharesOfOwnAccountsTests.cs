using System.Text.Json;
using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Information;

/// <summary>VOs whose projects are read by accounts of their own.</summary>
public sealed class SharesOfOwnAccountsTests
{
    private static SandboxOptions Small => new() { Servers = 12 };

    [Fact]
    public async Task Vos_may_have_accounts_of_their_own()
    {
        await using var site = await InformationSite.StartAsync(Small);
        var projects = site.World.SeededProjects.Take(2).ToList();
        var credential = site.World.ApplicationCredentials.Single();
        site.Account = null;
        site.Information = site.Information with
        {
            Endpoint = site.Sandbox.KeystoneUrl.AbsoluteUri,
            Vos =
            [
                new InformationVoConfig
                {
                    Name = "vo.secret.example",
                    OpenStack = new OpenStackConfig
                    {
                        AuthType = "v3applicationcredential",
                        Auth = new AuthConfig
                        {
                            AuthUrl = site.Sandbox.KeystoneUrl.AbsoluteUri,
                            ApplicationCredentialId = credential.Id,
                            ApplicationCredentialSecret = credential.Secret,
                        },
                    },
                },
                new InformationVoConfig
                {
                    Name = "vo.password.example",
                    OpenStack = new OpenStackConfig
                    {
                        Auth = new AuthConfig
                        {
                            AuthUrl = site.Sandbox.KeystoneUrl.AbsoluteUri,
                            Username = "accounting",
                            Password = CloudWorld.Password,
                            UserDomainName = "Default",
                            ProjectId = projects[1].Id,
                        },
                    },
                },
            ],
        };

        var document = await site.ReadAsync();

        Assert.Equal(projects[0].Id, document.Share("vo.secret.example").Text("ProjectID"));
        Assert.Equal(projects[1].Id, document.Share("vo.password.example").Text("ProjectID"));
        Assert.All(document.Class("Share"), share => Assert.Equal("ok", share.Health().Text("state")));
    }

    [Fact]
    public async Task Keys_of_a_vo_replace_those_of_the_site_one_by_one()
    {
        await using var site = await InformationSite.StartAsync(Small with { Projects = 1 });
        var project = site.World.SeededProjects.Single();
        site.Information = site.Information with
        {
            Vos =
            [
                new InformationVoConfig
                {
                    Name = project.Name,
                    OpenStack = new OpenStackConfig { RegionName = "RegionTwo" },
                    Projects = [Named(project)],
                },
            ],
        };

        var document = await site.ReadAsync();

        // The account is the site's, for it gets in; the region has no service.
        var own = document
            .Class("Share")
            .First(share => share.Text("Name").StartsWith(project.Name, StringComparison.Ordinal));
        Assert.Equal("warning", own.Health().Text("state"));
        Assert.Contains("images", own.FailedParts());
    }

    [Fact]
    public async Task A_vo_whose_own_account_opens_the_project_that_a_property_gives_it_has_one_share()
    {
        await using var site = await InformationSite.StartAsync(Small with { Projects = 1 });
        var project = site.World.SeededProjects.Single();
        var credential = site.World.ApplicationCredentials.Single();
        site.Information = site.Information with
        {
            Vos =
            [
                new InformationVoConfig
                {
                    Name = project.Name,
                    OpenStack = new OpenStackConfig
                    {
                        AuthType = "v3applicationcredential",
                        Auth = new AuthConfig
                        {
                            ApplicationCredentialId = credential.Id,
                            ApplicationCredentialSecret = credential.Secret,
                        },
                    },
                },
            ],
        };

        var share = (await site.ReadAsync()).Only("Share");

        Assert.Equal(project.Id, share.Text("ProjectID"));
    }

    [Fact]
    public async Task An_account_that_names_the_only_region_reads_the_same_cloud()
    {
        await using var site = await InformationSite.StartAsync(Small);
        var project = site.World.SeededProjects.First();
        var before = await site.ReadAsync();
        site.Information = site.Information with
        {
            Vos =
            [
                new InformationVoConfig
                {
                    Name = project.Name,
                    OpenStack = new OpenStackConfig { RegionName = FederationSandbox.Region },
                    Projects = [new ProjectRef { Id = project.Id }],
                },
            ],
        };

        var after = await site.ReadAsync();

        Assert.Equal(
            before.Class("CloudComputingImage").Select(image => image.Text("ID")),
            after.Class("CloudComputingImage").Select(image => image.Text("ID"))
        );
        Assert.Equal(
            before.Only("CloudComputingService").Number("TotalVM"),
            after.Only("CloudComputingService").Number("TotalVM")
        );
    }

    [Fact]
    public async Task Projects_that_a_property_gives_to_a_vo_are_read_in_its_region()
    {
        await using var site = await InformationSite.StartAsync(Small with { Projects = 1 });
        var project = site.World.SeededProjects.Single();
        site.Information = site.Information with
        {
            Vos =
            [
                new InformationVoConfig
                {
                    Name = project.Name,
                    OpenStack = new OpenStackConfig { RegionName = "RegionTwo" },
                },
            ],
        };

        Assert.Contains("images", (await site.ReadAsync()).Share(project.Name).FailedParts());
    }

    [Fact]
    public async Task A_vo_whose_account_cannot_be_used_keeps_the_share_whose_project_the_file_names()
    {
        await using var site = await InformationSite.StartAsync(Small with { Projects = 1 });
        site.Information = site.Information with
        {
            Vos =
            [
                new InformationVoConfig
                {
                    Name = "vo.own.example",
                    Projects = [new ProjectRef { Id = new string('a', 32) }],
                    OpenStack = new OpenStackConfig { Cloud = "not-in-clouds-yaml" },
                },
            ],
        };

        var share = (await site.ReadAsync()).Share("vo.own.example");

        Assert.Equal("critical", share.Health().Text("state"));
    }

    private static ProjectRef Named(SandboxProject project) => new() { Name = project.Name, Domain = "Default" };
}
