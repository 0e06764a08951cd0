using System.Text.Json;
using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Information;

/// <summary>Which images, flavors and volume types are told, and to whom.</summary>
public sealed class OffersTests
{
    private static SandboxOptions Small => new() { Servers = 12, Images = 0 };

    [Theory]
    [InlineData("accounting")]
    [InlineData("admin")]
    public async Task An_image_is_told_to_those_projects_that_may_boot_it(string user)
    {
        await using var site = await InformationSite.StartAsync(Small);
        var projects = site.World.SeededProjects.ToList();
        site.World.Put(Image("all", "public", site.World.AdminProject.Id));
        site.World.Put(Image("own", "private", projects[0].Id));
        site.World.Put(Image("community", "community", projects[1].Id));
        site.World.Put(Image("mine", "shared", projects[1].Id));
        LogIn(site, user);

        var document = await site.ReadAsync();

        Assert.Equal(3, SharesOf(document, "all").Count);
        Assert.EndsWith(projects[0].Id, Assert.Single(SharesOf(document, "own")), StringComparison.Ordinal);
        Assert.EndsWith(projects[1].Id, Assert.Single(SharesOf(document, "community")), StringComparison.Ordinal);
        Assert.EndsWith(projects[1].Id, Assert.Single(SharesOf(document, "mine")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shared_image_is_told_to_those_who_accepted_it()
    {
        await using var site = await InformationSite.StartAsync(Small);
        var projects = site.World.SeededProjects.ToList();
        site.World.Put(
            Image("offered", "shared", site.World.AdminProject.Id) with
            {
                Members = new Dictionary<string, string>
                {
                    [projects[0].Id] = "accepted",
                    [projects[1].Id] = "pending",
                },
            }
        );

        var share = Assert.Single(SharesOf(await site.ReadAsync(), "offered"));

        Assert.EndsWith(projects[0].Id, share, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Versions_that_were_hidden_stand_with_the_image_that_followed_them()
    {
        await using var site = await InformationSite.StartAsync(Small);
        site.World.Put(Version("new", "2026-10-01"));
        site.World.Put(Version("old", "2026-09-01") with { Hidden = true });

        var image = (await site.ReadAsync()).Only("CloudComputingImage");

        var hidden = image.GetProperty("OtherInfo").GetProperty("image").GetProperty("hidden_versions");
        Assert.Equal("old", Assert.Single(hidden.EnumerateArray()).Text("id"));
    }

    [Fact]
    public async Task A_private_flavor_is_told_to_projects_with_access_though_an_administrator_sees_all()
    {
        await using var site = await InformationSite.StartAsync(Small);
        var project = site.World.SeededProjects.First();
        site.World.Put(Flavor("some", project.Id));
        site.World.Put(Flavor("nobody"));
        LogIn(site, "admin");

        var flavors = (await site.ReadAsync()).Class("CloudComputingInstanceType");

        var some = Assert.Single(flavors, flavor => flavor.Text("ID") == "some");
        Assert.EndsWith(
            project.Id,
            Assert.Single(some.GetProperty("Associations").Texts("Share")),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(flavors, flavor => flavor.Text("ID") == "nobody");
    }

    [Fact]
    public async Task A_flavor_that_is_disabled_is_not_told()
    {
        await using var site = await InformationSite.StartAsync(Small);
        site.World.Put(Flavor("off") with { IsPublic = true, Disabled = true });
        LogIn(site, "admin");

        Assert.DoesNotContain(
            (await site.ReadAsync()).Class("CloudComputingInstanceType"),
            flavor => flavor.Text("ID") == "off"
        );
    }

    [Fact]
    public async Task An_administrator_who_is_read_after_members_tells_no_private_flavors_of_theirs()
    {
        await using var site = await InformationSite.StartAsync(Small with { Projects = 4 });
        var projects = site.World.SeededProjects.ToList();
        foreach (var project in projects[1..3])
            site.World.Put(Flavor($"of-{project.Id}", project.Id));
        site.World.Grant(site.World.Admin.Id, projects[3].Id, "admin");
        site.Information = site.Information with
        {
            Parallel = 1,
            Vos =
            [
                .. projects.Select(project => new InformationVoConfig
                {
                    Name = $"vo.{project.Id}.example",
                    Projects = [new ProjectRef { Id = project.Id }],
                    OpenStack =
                        project == projects[3]
                            ? new OpenStackConfig { Auth = new AuthConfig { Username = "admin" } }
                            : null,
                }),
            ],
        };

        var told = (await site.ReadAsync())
            .Class("CloudComputingInstanceType")
            .Where(flavor => flavor.Text("ID").StartsWith("of-", StringComparison.Ordinal))
            .SelectMany(flavor => flavor.GetProperty("Associations").Texts("Share"))
            .Select(share => share[^32..])
            .Distinct();
        Assert.Equal(projects[1..3].Select(project => project.Id).Order(), told.Order());
    }

    /// <summary>The administrator gets a role in each project, as an account with rights everywhere has.</summary>
    private static void LogIn(InformationSite site, string user)
    {
        if (user == "admin")
        {
            foreach (var project in site.World.SeededProjects)
                site.World.Grant(site.World.Admin.Id, project.Id, "admin");
        }

        site.Account = site.Account! with { Username = user };
    }

    private static IReadOnlyList<string> SharesOf(JsonElement document, string image) =>
        Assert
            .Single(document.Class("CloudComputingImage"), one => one.Text("ID") == image)
            .GetProperty("Associations")
            .Texts("Share");

    private static SandboxImage Image(string id, string visibility, string owner) =>
        new()
        {
            Id = id,
            Name = id,
            Visibility = visibility,
            OwnerId = owner,
        };

    private static SandboxImage Version(string id, string tag) =>
        Image(id, "public", "somebody") with
        {
            Properties = new Dictionary<string, string>
            {
                ["APPLIANCE_ATTRIBUTES"] =
                    $$"""{"eu.egi.cloud.image_ref": "egi_vm_images/debian:12", "eu.egi.cloud.tag": "{{tag}}"}""",
            },
        };

    private static SandboxFlavor Flavor(string id, params string[] access) =>
        new()
        {
            Id = id,
            Name = id,
            Vcpus = 1,
            Ram = 512,
            Disk = 1,
            IsPublic = false,
            Access = access,
        };
}
