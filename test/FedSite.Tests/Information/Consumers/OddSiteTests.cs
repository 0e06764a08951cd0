using FedSite.Configuration;
using FedSite.Information.Validation;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Information.Consumers;

/// <summary>What consumers find in the documents that FedSite makes of odd sites.</summary>
public sealed class OddSiteTests
{
    private const string Name = "SANDBOX-SITE";
    private const string Attributes = "APPLIANCE_ATTRIBUTES";

    private static SandboxOptions Small => new() { Servers = 12, Images = 10 };

    [Fact]
    public async Task A_site_without_images_is_there_with_its_projects()
    {
        await using var site = await InformationSite.StartAsync(Small with { Images = 0 });
        foreach (var image in site.World.Images.ToList())
            site.World.Put(image with { Status = "deactivated" });

        var api = await PublishAsync(site);

        Assert.Equal(3, api.Site(Name)!.Projects.Count);
        Assert.Empty(api.Images(Name, onlyEgi: false)!);
    }

    [Fact]
    public async Task A_VO_that_fails_keeps_its_project_and_takes_nothing_from_the_others()
    {
        await using var site = await InformationSite.StartAsync(Small);
        var locked = site.World.SeededProjects.First();
        site.Information = site.Information with
        {
            Vos = [new InformationVoConfig { Name = "vo.locked", Projects = [new ProjectRef { Id = locked.Id }] }],
        };
        site.World.Grant(site.World.Accounting.Id, locked.Id);

        var api = await PublishAsync(site);

        Assert.Equal(locked.Id, api.Project(Name, "vo.locked")!.Id);
        Assert.Empty(api.Images(Name, "vo.locked", onlyEgi: false)!);
        Assert.All(
            api.Site(Name)!.Projects.Where(project => project.Name != "vo.locked"),
            project => Assert.NotEmpty(api.Images(Name, project.Name, onlyEgi: false)!)
        );
    }

    [Fact]
    public async Task A_site_that_GOCDB_does_not_tell_the_id_of_may_be_published_all_the_same()
    {
        await using var site = await InformationSite.StartAsync(Small);
        site.Sandbox.Traffic.Fail(new SandboxFault { Service = SandboxService.Gocdb, Times = int.MaxValue });
        var document = (await site.MakeAsync()).ToBytes();
        using var information = site.Open();

        Assert.Empty(information.Faults(document));
        Assert.Single(new QueryApi(document).Dropped);
    }

    [Fact]
    public async Task More_servers_than_Nova_lists_at_once_are_all_counted()
    {
        await using var site = await InformationSite.StartAsync(Small with { Servers = 1500, Projects = 1 });

        var document = (await site.ReadAsync()).Only("CloudComputingService");

        Assert.InRange(document.Number("TotalVM"), 1001, 1500);
        Assert.Single((await PublishAsync(site)).Site(Name)!.Projects);
    }

    [Fact]
    public async Task A_VO_whose_name_is_a_path_is_found_where_a_name_is_no_part_of_a_path()
    {
        await using var site = await InformationSite.StartAsync(Small with { Projects = 1 });
        var project = site.World.SeededProjects.Single();
        site.Information = site.Information with
        {
            Vos = [new InformationVoConfig { Name = "/biomed/vip", Projects = [new ProjectRef { Id = project.Id }] }],
        };

        var api = await PublishAsync(site);

        Assert.Equal(project.Id, FederationScripts.FindProject(api, Name, "/biomed/vip"));
        Assert.NotEmpty(api.ImagesOf("/biomed/vip", onlyEgi: false));
        Assert.Null(api.Project(Name, "/biomed/vip"));
    }

    [Fact]
    public async Task Parts_of_accelerators_and_other_processors_harm_nobody()
    {
        await using var site = await InformationSite.StartAsync(Small);
        Flavor(site, "gpu.half", ("Accelerator:Number", "0.5"), ("Accelerator:Type", "GPU"));
        Flavor(site, "arm.large", ("trait:HW_ARCH_AARCH64", "required"), ("hw:cpu_arch", "aarch64"));

        await PublishAsync(site);
    }

    [Theory]
    [InlineData("Žluťoučký \ud83d\udc27 12")]
    [InlineData("")]
    [InlineData("<script>\"\\\u0007")]
    public async Task Any_name_of_an_image_arrives(string name)
    {
        await using var site = await InformationSite.StartAsync(Small);
        Image(site, "odd", name, "{}");

        var api = await PublishAsync(site);

        Assert.Contains(api.Images(Name, onlyEgi: false)!, image => image.Id == "odd" && image.Name == name);
    }

    [Fact]
    public async Task VOs_that_share_a_project_both_have_it()
    {
        await using var site = await InformationSite.StartAsync(Small with { Projects = 1 });
        var project = site.World.SeededProjects.Single();
        Give(site, project, "vo.a.example, vo.b.example");

        var api = await PublishAsync(site);

        Assert.Equal(
            [project.Id, project.Id],
            ((string[])["vo.a.example", "vo.b.example"]).Select(vo => api.Project(Name, vo)!.Id)
        );
    }

    [Fact]
    public async Task An_image_of_the_registry_is_found_by_every_VO_in_its_newest_version()
    {
        await using var site = await InformationSite.StartAsync(Small);
        Registry(site, "old", "\"2026-09-01\"");
        Registry(site, "new", "\"2026-10-01\"");

        var api = await PublishAsync(site);

        Assert.All(
            api.Site(Name)!.Projects,
            project =>
                Assert.Equal(
                    "new",
                    InfrastructureManager.Resolve(api, $"egi://{Name}/egi_vm_images/debian:12?{project.Name}")?.Image
                )
        );
    }

    [Theory]
    [InlineData("12")]
    [InlineData("null")]
    [InlineData("[\"2026\"]")]
    [InlineData("\"\\ud800\"")]
    public async Task Strange_notes_about_one_image_do_not_cost_the_site(string tag)
    {
        await using var site = await InformationSite.StartAsync(Small);
        Registry(site, "odd", tag);

        var api = await PublishAsync(site);

        Assert.Contains(api.Images(Name)!, image => image.Id == "odd");
    }

    [Fact]
    public async Task A_document_in_the_form_of_1_2_serves_the_same()
    {
        await using var site = await InformationSite.StartAsync(Small);
        Registry(site, "new", "\"2026-10-01\"");
        var once = await PublishAsync(site);
        site.Information = site.Information with { Compat = "1.2" };

        var repeated = await PublishAsync(site);

        Assert.Equal(
            once.Images(Name, onlyEgi: false)!.Order(ById),
            repeated.Images(Name, onlyEgi: false)!.Order(ById)
        );
    }

    private static readonly Comparer<ApiImage> ById = Comparer<ApiImage>.Create(
        (a, b) => string.CompareOrdinal($"{a.Vo} {a.Id}", $"{b.Vo} {b.Id}")
    );

    /// <summary>The query API with the site's document, which is right in every respect.</summary>
    private static async Task<QueryApi> PublishAsync(InformationSite site)
    {
        var document = (await site.MakeAsync()).ToBytes();
        var errors = DocumentValidator
            .Check(document, site.Time.GetUtcNow())
            .Where(finding => finding.Severity is DocumentSeverity.Error);
        Assert.Empty(errors);
        var api = new QueryApi(document);
        Assert.Empty(api.Dropped);
        return api;
    }

    private static void Give(InformationSite site, SandboxProject project, string vos) =>
        site.World.Put(
            project with
            {
                Properties = new Dictionary<string, IReadOnlyList<string>> { ["egi.VO"] = [vos] },
            }
        );

    private static void Flavor(InformationSite site, string name, params (string Key, string Value)[] specs) =>
        site.World.Put(
            new SandboxFlavor
            {
                Id = name,
                Name = name,
                Vcpus = 4,
                Ram = 4096,
                Disk = 20,
                ExtraSpecs = specs.ToDictionary(spec => spec.Key, spec => spec.Value),
            }
        );

    private static void Image(InformationSite site, string id, string name, string attributes, string? url = null)
    {
        var properties = new Dictionary<string, string> { [Attributes] = attributes };
        if (url is not null)
            properties["marketplace"] = url;
        site.World.Put(
            new SandboxImage
            {
                Id = id,
                Name = name,
                OwnerId = site.World.AdminProject.Id,
                Properties = properties,
            }
        );
    }

    private static void Registry(InformationSite site, string id, string tag) =>
        Image(
            site,
            id,
            "debian",
            $$"""{"eu.egi.cloud.image_ref": "egi_vm_images/debian:12", "eu.egi.cloud.tag": {{tag}}}""",
            $"registry.egi.eu/egi_vm_images/debian:12-sha256:{id}"
        );
}
