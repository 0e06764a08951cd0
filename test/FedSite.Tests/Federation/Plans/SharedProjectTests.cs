using FedSite.Federation.Plans;

namespace FedSite.Tests.Federation.Plans;

/// <summary>VOs with names that are paths, and projects of several VOs.</summary>
public sealed class SharedProjectTests
{
    private const string Shared = """
        site: {name: TEST}
        federation:
          provider: checkin-demo
          keystone: https://keystone.example.org:5000/v3
          accounting_user: {name: accounting}
        vos:
          - name: med
            entitlements: ["urn:mace:egi.eu:group:med:role=vm_operator#aai.egi.eu"]
            projects: [{name: med, domain: Default}]
          - name: /med/imaging
            entitlements: ["urn:mace:egi.eu:group:med:imaging:role=vm_operator#aai.egi.eu"]
            projects: [{name: med, domain: Default, roles: [reader]}, {name: /med/imaging, domain: Default}]

        """;

    [Fact]
    public async Task It_is_made_once_for_the_first_VO_and_every_group_gets_its_role()
    {
        await using var site = await StartAsync();

        await site.ApplyAsync();

        var project = Assert.Single(site.World.Projects, project => project.Name == "med");
        Assert.Equal(["med"], project.Properties["egi.VO"]);
        var rolesOf = (string name) =>
            site.World.GrantsOf(site.World.Groups.Single(group => group.Name == name).Id, project.Id).Count;
        Assert.Equal((1, 1), (rolesOf("med"), rolesOf("/med/imaging")));
    }

    [Fact]
    public async Task Applied_once_nothing_is_left_to_do()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();

        Assert.Empty(FederationSite.Lines(await site.PlanAsync(PlanScope.Everything with { Prune = true })));
    }

    [Fact]
    public async Task Planned_for_the_second_VO_alone_it_still_counts_for_the_first()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();

        Assert.Empty(FederationSite.Lines(await site.PlanAsync(PlanScope.Everything with { Vo = "/med/imaging" })));
    }

    [Fact]
    public async Task A_first_VO_that_only_names_it_by_id_has_its_usage()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();
        var id = site.World.Projects.Single(project => project.Name == "med").Id;
        site.Replace("[{name: med, domain: Default}]", $"[{id}]");
        site.Replace("entitlements: [\"urn:mace:egi.eu:group:med:role=vm_operator#aai.egi.eu\"]\n    ", "");

        Assert.Empty(FederationSite.Lines(await site.PlanAsync(PlanScope.Everything with { Vo = "/med/imaging" })));
    }

    [Fact]
    public async Task Taken_out_of_the_first_VO_it_counts_for_the_second()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();
        site.Replace("    projects: [{name: med, domain: Default}]\n", "");

        var plan = await site.PlanAsync();

        var change = Assert.Single(plan.Changes, change => change.Kind == "project");
        Assert.Equal([("med", "/med/imaging")], change.Fields.Select(field => (field.Old!, field.New!)));
    }

    [Fact]
    public async Task VOs_that_share_group_and_project_get_one_role()
    {
        await using var site = await StartAsync();
        site.Replace(
            "    projects: [{name: med, domain: Default, roles: [reader]}",
            "    group: med\n    projects: [{name: med, domain: Default}"
        );

        await site.ApplyAsync();

        Assert.Empty(FederationSite.Lines(await site.PlanAsync()));
    }

    [Theory]
    [InlineData("quota: {cores: 5}", "quota: {cores: 6}", "quotas")]
    [InlineData("network: {cidrs: [10.1.0.0/24]}", "network: {cidrs: [10.2.0.0/24]}", "networks")]
    public async Task Written_twice_by_one_VO_with_different_terms_it_is_a_problem(
        string first,
        string second,
        string different
    )
    {
        await using var site = await TwiceAsync(first, second);

        var problem = Assert.Single((await site.PlanAsync()).Problems);

        Assert.Contains("med@Default and ", problem.Message, StringComparison.Ordinal);
        Assert.Contains($"have different {different}", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("quota: {cores: 5, ram: 8GiB}", "quota: {ram: 8192MiB, volumes: 5}")]
    [InlineData("quota: {cores: 5}", "network: {cidrs: [10.2.0.0/24]}")]
    public async Task Written_twice_by_one_VO_with_terms_that_agree_it_is_settled_by_one_apply(
        string first,
        string second
    )
    {
        await using var site = await TwiceAsync(first, second);

        await site.ApplyAsync();

        Assert.Empty(FederationSite.Lines(await site.PlanAsync()));
    }

    private static async Task<FederationSite> TwiceAsync(string first, string second)
    {
        var site = await StartAsync();
        await site.ApplyAsync();
        var id = site.World.Projects.Single(project => project.Name == "med").Id;
        site.Replace(
            "projects: [{name: med, domain: Default}]",
            $"projects: [{{name: med, domain: Default, {first}}}, {{id: {id}, {second}}}]"
        );
        return site;
    }

    private static async Task<FederationSite> StartAsync()
    {
        var site = await FederationSite.StartAsync();
        site.Text = Shared;
        return site;
    }
}
