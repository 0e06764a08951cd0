using System.Text.Json;
using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Information;

/// <summary>Which VOs have which projects.</summary>
public sealed class SharesTests
{
    private static SandboxOptions Small => new() { Servers = 12 };

    [Fact]
    public async Task Projects_that_a_property_gives_to_a_vo_are_its_shares()
    {
        await using var site = await InformationSite.StartAsync(Small);

        var document = await site.ReadAsync();

        Assert.Equal(
            site.World.SeededProjects.Select(project => project.Id).Order(),
            document.Class("Share").Select(share => share.Text("ProjectID")).Order()
        );
    }

    [Fact]
    public async Task A_project_of_several_vos_has_a_share_for_each_and_its_servers_count_once()
    {
        await using var site = await InformationSite.StartAsync(Small with { Projects = 1 });
        Give(site, site.World.SeededProjects.Single(), "vo.a.example, vo.b.example");

        var document = await site.ReadAsync();

        var a = document.Share("vo.a.example");
        Assert.Equal(a.Number("TotalVM"), document.Share("vo.b.example").Number("TotalVM"));
        Assert.True(a.Number("TotalVM") > 0);
        Assert.Equal(a.Number("TotalVM"), document.Only("CloudComputingService").Number("TotalVM"));
    }

    [Fact]
    public async Task A_project_that_the_file_gives_to_several_vos_one_of_them_a_path_has_a_share_for_each()
    {
        await using var site = await InformationSite.StartAsync(Small with { Projects = 1 });
        var shared = ProjectRef.Parse(site.World.SeededProjects.Single().Id);
        site.Config = site.Config with
        {
            Vos =
            [
                new VoConfig { Name = "med", Projects = [shared] },
                new VoConfig { Name = "/med/imaging", Projects = [shared] },
            ],
        };

        var document = await site.ReadAsync();

        var share = document.Share("/med/imaging");
        Assert.Equal(document.Share("med").Text("ProjectID"), share.Text("ProjectID"));
        Assert.NotEqual(document.Share("med").Text("ID"), share.Text("ID"));
    }

    [Fact]
    public async Task A_vo_of_several_projects_has_a_share_for_each()
    {
        await using var site = await InformationSite.StartAsync(Small);
        foreach (var project in site.World.SeededProjects.ToList())
            Give(site, project, "vo.a.example");

        var document = await site.ReadAsync();

        Assert.Equal(3, document.Class("Share").Count);
        Assert.All(
            document.Class("MappingPolicy"),
            policy => Assert.Equal(["vo.a.example"], policy.GetProperty("Associations").Texts("PolicyUserDomain"))
        );
    }

    [Fact]
    public async Task A_list_as_property_counts_as_names_separated_by_commas_do()
    {
        await using var site = await InformationSite.StartAsync(Small with { Projects = 1 });
        Give(site, site.World.SeededProjects.Single(), "vo.a.example", "vo.b.example");

        Assert.Equal(2, (await site.ReadAsync()).Class("Share").Count);
    }

    [Fact]
    public async Task A_project_that_is_disabled_is_no_share()
    {
        await using var site = await InformationSite.StartAsync(Small);
        var off = site.World.SeededProjects.First();
        site.World.Put(off with { Enabled = false });

        var document = await site.ReadAsync();

        Assert.DoesNotContain(document.Class("Share"), share => share.Text("ProjectID") == off.Id);
    }

    [Fact]
    public async Task What_the_file_and_a_property_say_differently_is_told_and_both_count()
    {
        await using var site = await InformationSite.StartAsync(Small with { Projects = 1 });
        var project = site.World.SeededProjects.Single();
        site.Config = site.Config with
        {
            Vos = [new VoConfig { Name = "vo.file.example", Projects = [Named(project)] }],
        };

        var document = await site.ReadAsync();

        Assert.Equal(["vo.file.example", project.Name], Vos(document));
        Assert.Contains(site.Log.Lines, line => line.Contains(project.Name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Vos_of_the_file_come_first_and_in_its_order()
    {
        await using var site = await InformationSite.StartAsync(Small);
        var projects = site.World.SeededProjects.ToList();
        site.Config = site.Config with
        {
            Vos =
            [
                new VoConfig { Name = projects[2].Name, Projects = [Named(projects[2])] },
                new VoConfig { Name = projects[0].Name, Projects = [Named(projects[0])] },
            ],
        };

        Assert.Equal([projects[2].Name, projects[0].Name, projects[1].Name], Vos(await site.ReadAsync()));
    }

    [Fact]
    public async Task A_vo_may_be_a_path()
    {
        await using var site = await InformationSite.StartAsync(Small with { Projects = 1 });
        var project = site.World.SeededProjects.Single();
        site.Information = site.Information with
        {
            Vos = [new InformationVoConfig { Name = "/biomed/vip", Projects = [Named(project)] }],
        };

        var share = (await site.ReadAsync()).Share("/biomed/vip");

        Assert.EndsWith($"_OpenStack_v3_share_/biomed/vip_{project.Id}", share.Text("ID"));
    }

    [Fact]
    public async Task A_vo_whose_project_is_closed_to_the_account_keeps_its_share()
    {
        await using var site = await InformationSite.StartAsync(Small);
        site.Config = site.Config with
        {
            Vos =
            [
                new VoConfig { Name = "vo.closed.example", Projects = [new ProjectRef { Id = new string('a', 32) }] },
            ],
        };

        var document = await site.ReadAsync();

        var share = document.Share("vo.closed.example");
        Assert.Equal("critical", share.Health().Text("state"));
        Assert.Equal(["token"], share.FailedParts());
        Assert.Equal("warning", document.Only("CloudComputingEndpoint").Text("HealthState"));
    }

    [Fact]
    public async Task A_vo_of_whose_project_nothing_is_known_is_named_in_the_health_of_the_endpoint()
    {
        await using var site = await InformationSite.StartAsync(Small);
        site.Config = site.Config with
        {
            Vos = [new VoConfig { Name = "vo.gone.example", Projects = [new ProjectRef { Name = "gone" }] }],
        };

        var endpoint = (await site.ReadAsync()).Only("CloudComputingEndpoint");

        Assert.Equal("warning", endpoint.Text("HealthState"));
        Assert.Contains("vo.gone.example", endpoint.Text("HealthStateInfo"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_vo_that_was_asked_for_is_read()
    {
        await using var site = await InformationSite.StartAsync(Small);
        var wanted = site.World.SeededProjects.Last();

        Assert.Equal([wanted.Name], Vos(await site.ReadAsync(wanted.Name)));
    }

    [Fact]
    public async Task A_vo_that_the_site_does_not_have_is_an_error_that_lists_those_it_has()
    {
        await using var site = await InformationSite.StartAsync(Small);

        var error = await Assert.ThrowsAsync<FedSiteException>(() => site.MakeAsync("vo.typo.example"));

        Assert.Equal(ExitCode.Usage, error.ExitCode);
        Assert.Contains(site.World.SeededProjects.First().Name, error.NextStep!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Projects_of_an_earlier_run_count_when_keystone_does_not_list_them()
    {
        await using var site = await InformationSite.StartAsync(Small);
        await site.MakeAsync();
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Keystone,
                When = request => request.Path.Value == "/v3/auth/projects",
                Status = 403,
                Times = int.MaxValue,
            }
        );

        var document = await site.ReadAsync();

        Assert.Equal(3, document.Class("Share").Count);
        Assert.All(document.Class("Share"), share => Assert.Equal("ok", share.Health().Text("state")));
    }

    [Fact]
    public async Task A_vo_of_the_file_whose_project_has_gone_keeps_its_share_of_an_earlier_run()
    {
        await using var site = await InformationSite.StartAsync(Small with { Projects = 1 });
        var project = site.World.SeededProjects.Single();
        site.Config = site.Config with
        {
            Vos = [new VoConfig { Name = "vo.file.example", Projects = [Named(project)] }],
        };
        await site.MakeAsync();
        site.World.Put(project with { Name = "renamed" });

        Assert.Equal(project.Id, (await site.ReadAsync()).Share("vo.file.example").Text("ProjectID"));
    }

    [Fact]
    public async Task Terms_of_a_share_come_from_the_file()
    {
        await using var site = await InformationSite.StartAsync(Small with { Projects = 2 });
        var projects = site.World.SeededProjects.ToList();
        site.Information = site.Information with
        {
            Share = new ShareConfig
            {
                Sla = "https://example.org/sla",
                Networks = new ShareNetworksConfig { Info = "infiniband", DefaultType = "private" },
            },
            Vos = [new InformationVoConfig { Name = projects[0].Name, Sla = "https://example.org/special" }],
        };

        var document = await site.ReadAsync();

        Assert.Equal("https://example.org/special", document.Share(projects[0].Name).Text("SLA"));
        Assert.Equal("https://example.org/sla", document.Share(projects[1].Name).Text("SLA"));
        Assert.Equal("private", document.Share(projects[0].Name).Text("DefaultNetworkType"));
        Assert.Equal("infiniband", document.Share(projects[0].Name).Text("NetworkInfo"));
        Assert.Equal("public", document.Share(projects[0].Name).Text("PublicNetworkName"));
    }

    private static ProjectRef Named(SandboxProject project) => new() { Name = project.Name, Domain = "Default" };

    private static IEnumerable<string> Vos(JsonElement document) =>
        document
            .Class("MappingPolicy")
            .Select(policy => policy.GetProperty("Associations").Texts("PolicyUserDomain").Single());

    private static void Give(InformationSite site, SandboxProject project, params string[] vos) =>
        site.World.Put(
            project with
            {
                Properties = new Dictionary<string, IReadOnlyList<string>> { ["egi.VO"] = vos },
            }
        );
}
