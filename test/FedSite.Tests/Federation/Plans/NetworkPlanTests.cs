using System.Text;
using System.Text.Json.Nodes;
using FedSite.Federation.Plans;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.Federation.Plans;

public sealed class NetworkPlanTests
{
    private const string Project = "projects: [{name: access, domain: Default}]";
    private const string Network = "cidrs: [192.168.0.0/24, \"fd00:1::/64\"], external: public";

    [Fact]
    public async Task A_project_gets_network_subnets_and_a_router_that_joins_them_to_the_world()
    {
        await using var site = await StartAsync();

        var plan = await site.PlanAsync();

        Assert.Equal(
            [
                "Create network private of project access@Default",
                "Create subnet 192.168.0.0/24 of network private of project access@Default",
                "Create subnet fd00:1::/64 of network private of project access@Default",
                "Create router private of project access@Default",
                "Create router interface 192.168.0.0/24 of network private of project access@Default",
                "Create router interface fd00:1::/64 of network private of project access@Default",
            ],
            Lines(plan)
        );
    }

    [Fact]
    public async Task After_an_apply_the_plan_is_empty_and_adopts_nothing()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();

        var plan = await site.PlanAsync();

        Assert.Empty(FederationSite.Lines(plan));
        Assert.Empty(plan.Adopted);
        Assert.Empty(plan.Unnamed);
        Assert.Empty(plan.Findings);
    }

    [Fact]
    public async Task Apply_makes_them_for_the_project_as_the_file_says()
    {
        await using var site = await StartAsync($"{Network}, dns: [192.0.2.53, \"2001:db8::53\"]");

        await site.ApplyAsync();

        var id = ProjectId(site);
        var network = Assert.Single(site.World.Networks.Of(id));
        Assert.Equal("private", network.Name);
        var subnets = site.World.Subnets.Of(id).OrderBy(subnet => subnet.Cidr, StringComparer.Ordinal).ToList();
        Assert.Equal(["192.168.0.0/24", "fd00:1::/64"], subnets.Select(subnet => subnet.Cidr));
        Assert.Equal([null, "slaac"], subnets.Select(subnet => subnet.Ipv6Mode));
        Assert.Equal(["192.0.2.53", "2001:db8::53"], subnets.SelectMany(subnet => subnet.NameServers));
        var router = Assert.Single(site.World.Routers.Of(id));
        Assert.Equal(External(site).Id, router.ExternalNetworkId);
        Assert.All(site.World.Ports.Of(id), port => Assert.Equal(router.Id, port.DeviceId));
        Assert.Equal(2, site.World.Ports.Of(id).Count());
    }

    [Fact]
    public async Task Without_external_there_is_no_router()
    {
        await using var site = await StartAsync("cidrs: [192.168.0.0/24]");

        await site.ApplyAsync();

        Assert.Empty(site.World.Routers.Of(ProjectId(site)));
        Assert.Empty((await site.PlanAsync()).Changes);
    }

    [Fact]
    public async Task A_range_of_IPv6_of_another_length_is_given_out_by_DHCP()
    {
        await using var site = await StartAsync("cidrs: [\"fd00:1::/80\"]");

        await site.ApplyAsync();

        Assert.Equal("dhcpv6-stateful", Assert.Single(site.World.Subnets.Of(ProjectId(site))).Ipv6Mode);
    }

    [Fact]
    public async Task A_range_is_the_same_however_it_is_written()
    {
        await using var site = await StartAsync("cidrs: [\"FD00:0001:0::/64\"]");
        await site.ApplyAsync();

        Assert.Empty((await site.PlanAsync()).Changes);
    }

    [Fact]
    public async Task A_network_of_the_name_is_adopted_and_gets_what_it_lacks()
    {
        await using var site = await WithProjectAsync();
        site.World.Networks.Put(Made(site, "PRIVATE"));

        var plan = await site.ApplyAsync();

        Assert.Equal(5, Lines(plan).Count);
        Assert.DoesNotContain(Lines(plan), line => line.StartsWith("Create network", StringComparison.Ordinal));
        Assert.Contains(plan.Adopted, thing => thing.Kind == "network");
        Assert.Single(site.World.Networks.Of(ProjectId(site)));
        Assert.Empty((await site.PlanAsync()).Changes);
    }

    [Fact]
    public async Task Another_range_is_told_and_left_as_it_is()
    {
        await using var site = await WithProjectAsync();
        await site.ApplyAsync();
        site.Replace("192.168.0.0/24", "10.1.0.0/16");

        var plan = await site.PlanAsync();

        Assert.Empty(plan.Changes);
        Assert.Contains(
            "network private of project access@Default has the range 192.168.0.0/24 where the file has 10.1.0.0/16; it is left as it is",
            plan.Notes
        );
    }

    [Fact]
    public async Task Other_name_servers_are_told_and_left_as_they_are()
    {
        await using var site = await StartAsync($"{Network}, dns: [192.0.2.53, \"2001:db8::53\"]");
        await site.ApplyAsync();
        Assert.Empty((await site.PlanAsync()).Notes);
        site.Replace("192.0.2.53, \"2001:db8::53\"", "192.0.2.54, \"2001:DB8:0::53\"");

        var plan = await site.PlanAsync();

        Assert.Empty(plan.Changes);
        Assert.Equal(
            "subnet 192.168.0.0/24 of network private of project access@Default has the name servers 192.0.2.53 where the file has 192.0.2.54; it is left as it is",
            Assert.Single(plan.Notes)
        );
    }

    [Fact]
    public async Task Another_name_in_the_file_is_told_to_make_a_second_network()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();
        site.Replace($"network: {{{Network}}}", $"network: {{name: lab, {Network}}}");

        var plan = await site.ApplyAsync();

        Assert.Equal(
            "project access@Default has the network private already, which was its first one; it stays, and lab is made beside it",
            Assert.Single(plan.Notes)
        );
        Assert.Equal(2, site.World.Networks.Of(ProjectId(site)).Count());
        Assert.Empty((await site.PlanAsync()).Notes);
    }

    [Fact]
    public async Task A_range_that_is_added_to_the_file_is_made()
    {
        await using var site = await StartAsync("cidrs: [192.168.0.0/24], external: public");
        await site.ApplyAsync();
        site.Replace("192.168.0.0/24]", "192.168.0.0/24, \"fd00:1::/64\"]");

        var plan = await site.ApplyAsync();

        Assert.Equal(
            [
                "Create subnet fd00:1::/64 of network private of project access@Default",
                "Create router interface fd00:1::/64 of network private of project access@Default",
            ],
            FederationSite.Lines(plan)
        );
    }

    [Fact]
    public async Task A_renamed_network_is_found_and_no_second_one_made()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();
        var network = Assert.Single(site.World.Networks.Of(ProjectId(site)));
        site.World.Networks.Put(network with { Name = "lab" });

        var plan = await site.PlanAsync();

        Assert.Empty(plan.Changes);
        Assert.Contains("network private of project access@Default is called lab now; it is left as it is", plan.Notes);
    }

    [Fact]
    public async Task A_network_that_somebody_removed_is_made_again()
    {
        await using var site = await StartAsync("cidrs: [192.168.0.0/24]");
        await site.ApplyAsync();
        site.World.Networks.Remove(Assert.Single(site.World.Networks.Of(ProjectId(site))).Id);

        var plan = await site.ApplyAsync();

        Assert.Equal(2, plan.Changes.Count);
        Assert.Empty((await site.PlanAsync()).Changes);
    }

    [Fact]
    public async Task A_router_that_is_plugged_in_is_taken_whatever_its_name()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();
        var router = Assert.Single(site.World.Routers.Of(ProjectId(site)));
        site.World.Routers.Put(router with { Name = "uplink", ExternalNetworkId = null });

        var plan = await site.PlanAsync();

        Assert.Empty(plan.Changes);
        Assert.Contains(plan.Notes, note => note.Contains("leads nowhere", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_two_networks_of_the_name_always_the_same_is_taken()
    {
        await using var site = await WithProjectAsync();
        site.World.Networks.Put(Made(site, "private") with { Id = "bbbbbbbb-1111-4111-8111-111111111111" });
        site.World.Networks.Put(Made(site, "private"));

        var plan = await site.ApplyAsync();

        Assert.Contains(
            "there are 2 networks private of project access@Default; the one with the id aaaaaaaa-1111-4111-8111-111111111111 is taken",
            plan.Notes
        );
        Assert.Empty((await site.PlanAsync()).Changes);
    }

    [Fact]
    public async Task An_external_network_that_is_not_there_is_a_finding_and_all_else_is_made()
    {
        await using var site = await StartAsync("cidrs: [192.168.0.0/24], external: internet");

        var plan = await site.ApplyAsync();

        var finding = Assert.Single(plan.Findings);
        Assert.Contains("no network internet", finding.Message, StringComparison.Ordinal);
        Assert.Contains("public", finding.NextStep, StringComparison.Ordinal);
        Assert.Single(site.World.Subnets.Of(ProjectId(site)));
        Assert.Empty(site.World.Routers.Of(ProjectId(site)));
    }

    [Fact]
    public async Task An_external_network_may_be_named_by_its_id()
    {
        await using var site = await StartAsync();
        site.Replace("external: public", $"external: {External(site).Id}");

        await site.ApplyAsync();

        Assert.Equal(External(site).Id, Assert.Single(site.World.Routers.Of(ProjectId(site))).ExternalNetworkId);
    }

    [Fact]
    public async Task A_subnet_without_a_gateway_is_told_and_gets_no_router()
    {
        await using var site = await StartAsync("cidrs: [192.168.0.0/24]");
        await site.ApplyAsync();
        site.Replace("cidrs: [192.168.0.0/24]", "cidrs: [192.168.0.0/24], external: public");
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Neutron,
                When = request => request.Path.Value!.EndsWith("/subnets", StringComparison.Ordinal),
                Times = int.MaxValue,
                Rewrite = body => Gatewayless(body),
                Status = 200,
            }
        );

        var plan = await site.PlanAsync();

        Assert.DoesNotContain(plan.Changes, change => change.Kind == "router interface");
        Assert.Contains(plan.Notes, note => note.Contains("has no gateway", StringComparison.Ordinal));
    }

    private static byte[] Gatewayless(byte[] body)
    {
        var answer = JsonNode.Parse(body)!;
        foreach (var subnet in answer["subnets"]!.AsArray())
            subnet!["gateway_ip"] = null;
        return Encoding.UTF8.GetBytes(answer.ToJsonString());
    }

    [Fact]
    public async Task Networks_that_the_file_names_no_more_are_kept_even_with_prune()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();
        site.Text = FederationSite.Yaml;

        var plan = await site.ApplyAsync(PlanScope.Everything with { Prune = true });

        Assert.Empty(plan.Changes);
        Assert.Equal(2, plan.Notes.Count(note => note.Contains("is kept", StringComparison.Ordinal)));
        Assert.Single(site.World.Networks.Of(ProjectId(site)));
    }

    private static Task<FederationSite> StartAsync() => StartAsync(Network);

    private static async Task<FederationSite> StartAsync(string network)
    {
        var site = await FederationSite.StartAsync();
        site.Replace(Project, $"projects: [{{name: access, domain: Default, network: {{{network}}}}}]");
        return site;
    }

    /// <summary>The project is there, without a network.</summary>
    private static async Task<FederationSite> WithProjectAsync()
    {
        var site = await FederationSite.StartAsync();
        await site.ApplyAsync();
        site.Replace(Project, $"projects: [{{name: access, domain: Default, network: {{{Network}}}}}]");
        return site;
    }

    private static string ProjectId(FederationSite site) =>
        site.World.Projects.Single(project => project.Name == "access").Id;

    private static SandboxNetwork External(FederationSite site) =>
        site.World.Networks.Of(site.World.AdminProject.Id).Single(network => network.External);

    private static SandboxNetwork Made(FederationSite site, string name) =>
        new()
        {
            Id = "aaaaaaaa-1111-4111-8111-111111111111",
            ProjectId = ProjectId(site),
            Name = name,
            Created = site.World.Start,
        };

    private static List<string> Lines(Plan plan) =>
        [.. FederationSite.Lines(plan).Where(line => line.Split(' ')[1] is "network" or "subnet" or "router")];
}
