using FedSite.Checks;
using FedSite.Federation.Plans;
using FedSite.Sandbox;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Tests.Federation.Plans;

/// <summary>Services that fail while quotas, networks and flavors are read.</summary>
public sealed class UnreadTermsTests
{
    private static readonly PlanScope Prune = PlanScope.Everything with { Prune = true };

    public static TheoryData<SandboxService, string> Faults
    {
        get
        {
            var faults = new TheoryData<SandboxService, string>();
            foreach (
                var service in (SandboxService[])
                    [SandboxService.Nova, SandboxService.Cinder, SandboxService.Neutron, SandboxService.Glance]
            )
            {
                foreach (var fault in (string[])["403", "503", "a login page", "refused", "reset"])
                    faults.Add(service, fault);
            }

            return faults;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_service_that_fails_is_one_finding_and_all_else_is_planned_and_applied(
        SandboxService service,
        string fault
    )
    {
        await using var site = await MovedAsync();
        var all = FederationSite.Lines(await site.PlanAsync()).ToList();
        site.Sandbox.Traffic.Fail(FaultOf(service, fault));

        var plan = await site.ApplyAsync();

        Assert.StartsWith(service.ToString(), Assert.Single(plan.Findings).Message, StringComparison.Ordinal);
        Assert.Empty(plan.Problems);
        Assert.Equal(all.Where(line => !IsOf(service, line)), FederationSite.Lines(plan));
        await site.Sandbox.Traffic.StopFailingAsync();
        Assert.Equal(all.Where(line => IsOf(service, line)), FederationSite.Lines(await site.PlanAsync()));
    }

    [Fact]
    public async Task The_finding_has_address_status_and_request_and_names_what_was_not_compared()
    {
        await using var site = await MovedAsync();
        site.Sandbox.Traffic.Fail(FaultOf(SandboxService.Nova, "503"));

        var finding = Assert.Single((await site.PlanAsync()).Findings);

        Assert.Matches(
            @"^Nova answered 503 to GET http://\S+ \(request req-\S+\): .+\. Not compared, and left as they are: "
                + @"access to the flavors g1\.xlarge; metadata of the flavors g1\.xlarge; "
                + @"quotas of the projects access@Default, biomed-here@Default\.$",
            finding.Message
        );
        Assert.Contains("run again later", finding.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_says_which_role_is_missing()
    {
        await using var site = await MovedAsync();
        site.Sandbox.Traffic.Fail(FaultOf(SandboxService.Cinder, "403"));

        Assert.Contains(
            "role admin",
            Assert.Single((await site.PlanAsync()).Findings).NextStep,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task A_quota_of_one_project_that_cannot_be_read_keeps_no_other_from_being_planned(int status)
    {
        await using var site = await MovedAsync();
        var id = site.World.Projects.Single(project => project.Name == "biomed-here").Id;
        var all = FederationSite.Lines(await site.PlanAsync());
        site.Sandbox.Traffic.Fail(
            FaultOf(SandboxService.Nova, "403") with
            {
                When = request => IsAbout(request, $"os-quota-sets/{id}/"),
                Status = status,
            }
        );

        var plan = await site.PlanAsync();

        Assert.Equal(
            all.Where(line => line != "Change quota nova of project biomed-here@Default"),
            FederationSite.Lines(plan)
        );
        Assert.EndsWith(
            "left as they are: quotas of the projects biomed-here@Default.",
            Assert.Single(plan.Findings).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Access_to_one_flavor_that_cannot_be_read_keeps_no_metadata_from_being_planned()
    {
        await using var site = await MovedAsync();
        site.Sandbox.Traffic.Fail(
            FaultOf(SandboxService.Nova, "403") with
            {
                When = request => IsAbout(request, "os-flavor-access"),
            }
        );

        var plan = await site.PlanAsync();

        Assert.Contains("Change flavor g1.xlarge", FederationSite.Lines(plan));
        Assert.DoesNotContain(plan.Changes, change => change.Kind == "flavor access");
    }

    [Theory]
    [InlineData("/flavors/detail")]
    [InlineData("os-flavor-access")]
    public async Task Access_that_cannot_be_read_is_neither_pruned_nor_forgotten(string path)
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();
        var project = site.World.Projects.Single(project => project.Name == "access").Id;
        site.Replace("{name: access, domain: Default", $"{{id: {project}");
        site.Sandbox.Traffic.Fail(
            FaultOf(SandboxService.Nova, "503") with
            {
                When = request => IsAbout(request, path),
            }
        );

        var plan = await site.ApplyAsync(Prune);

        Assert.DoesNotContain(plan.Changes, change => change.Kind == "flavor access");
        Assert.Equal([project], site.World.FindFlavor("g1")!.Access);
        Assert.Contains(site.Plans.Store.ReadObjects(), thing => thing.Kind == "flavor access");
        Assert.Contains(plan.Notes, note => note.Contains("Nova can't be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_network_that_cannot_be_read_is_not_taken_for_one_that_the_file_names_no_more()
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();
        site.Sandbox.Traffic.Fail(FaultOf(SandboxService.Neutron, "503"));

        Assert.Empty((await site.PlanAsync()).Unnamed);
    }

    [Fact]
    public async Task A_new_project_gets_nothing_from_a_service_that_does_not_answer()
    {
        await using var site = await StartAsync();
        site.Replace(
            "quota: {cores: 60, volumes: 7}",
            "quota: {cores: 60, volumes: 7}, network: {cidrs: [10.1.0.0/24]}"
        );
        await site.ApplyAsync(PlanScope.Everything with { Vo = "vo.access.egi.eu" });
        site.Sandbox.Traffic.Fail(FaultOf(SandboxService.Neutron, "503"));
        site.Sandbox.Traffic.Fail(FaultOf(SandboxService.Cinder, "503"));

        var plan = await site.ApplyAsync();

        Assert.Contains("Create quota nova of project biomed-here@Default", FederationSite.Lines(plan));
        Assert.DoesNotContain(
            FederationSite.Lines(plan),
            line => IsOf(SandboxService.Neutron, line) || IsOf(SandboxService.Cinder, line)
        );
        Assert.All(
            plan.Findings,
            finding => Assert.Contains("biomed-here@Default", finding.Message, StringComparison.Ordinal)
        );
        Assert.Equal(2, plan.Findings.Count);
    }

    [Fact]
    public async Task Without_the_list_of_external_networks_those_that_need_none_are_planned()
    {
        await using var site = await MovedAsync();
        site.Replace(
            "quota: {cores: 60, volumes: 7}",
            "quota: {cores: 60, volumes: 7}, network: {cidrs: [10.1.0.0/24]}"
        );
        site.Sandbox.Traffic.Fail(
            FaultOf(SandboxService.Neutron, "403") with
            {
                When = request =>
                    IsAbout(request, "router:external")
                    || request.QueryString.Value!.Contains("external=true", StringComparison.Ordinal),
            }
        );

        var plan = await site.PlanAsync();

        Assert.Contains("Create network private of project biomed-here@Default", FederationSite.Lines(plan));
        Assert.DoesNotContain("Create network private of project access@Default", FederationSite.Lines(plan));
    }

    [Theory]
    [InlineData(403, "role admin")]
    [InlineData(503, "run again later")]
    public async Task Without_Keystone_there_is_no_plan(int status, string nextStep)
    {
        await using var site = await MovedAsync();
        site.Sandbox.Traffic.Fail(
            FaultOf(SandboxService.Keystone, "403") with
            {
                When = request => IsAbout(request, "registered_limits"),
                Status = status,
            }
        );

        var failure = await Assert.ThrowsAnyAsync<FedSiteException>(() => site.PlanAsync());

        Assert.Contains(nextStep, failure.NextStep, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("403", Severity.Info)]
    [InlineData("503", Severity.Error)]
    public async Task Check_takes_what_its_account_may_not_read_for_no_error(string fault, Severity severity)
    {
        await using var site = await StartAsync();
        await site.ApplyAsync();
        site.Sandbox.Traffic.Fail(FaultOf(SandboxService.Nova, fault));
        var subject = new CheckSubject
        {
            Site = site.Config,
            SiteFile = "/site.yaml",
            StateFolder = site.State.Folder,
            Time = TimeProvider.System,
            ConfigurationWarnings = [],
            ConnectCloud = () => site.Connect(),
            ConnectAs = _ => site.Connect(),
        };

        var findings = new List<Finding>();
        await foreach (var one in FederationChecks.ObjectsAsync(subject, TestContext.Current.CancellationToken))
            findings.Add(one);

        Assert.Equal(
            severity,
            Assert
                .Single(findings, one => one.Seen.Contains($"Nova answered {fault}", StringComparison.Ordinal))
                .Severity
        );
    }

    /// <summary>A site with quotas, a network and a flavor, that all differ from the file by now.</summary>
    private static async Task<FederationSite> MovedAsync()
    {
        var site = await StartAsync();
        await site.ApplyAsync();
        foreach (var name in (string[])["access", "biomed-here"])
        {
            var project = site.World.Projects.Single(project => project.Name == name);
            site.World.SetQuotas(
                project.Id,
                new Dictionary<string, long>
                {
                    ["cores"] = 1,
                    ["volumes"] = 1,
                    ["network"] = 1,
                }
            );
            foreach (var limit in site.World.Limits.Where(limit => limit.ProjectId == project.Id).ToList())
                site.World.Put(limit with { Limit = 1 });
            foreach (var network in site.World.Networks.Of(project.Id).ToList())
                site.World.Networks.Remove(network.Id);
            site.World.Put(site.World.Projects.Single(one => one.Id == project.Id) with { Enabled = false });
        }

        site.PutFlavor();
        return site;
    }

    private static async Task<FederationSite> StartAsync()
    {
        var site = await FederationSite.StartAsync();
        site.GiveFlavor(
            """
            flavors:
              - {name: g1.xlarge, accelerator: {type: GPU, number: 1}, alias: "a100:1"}

            """
        );
        site.Replace(
            "{name: access, domain: Default",
            "{name: access, domain: Default, quota: {cores: 200, volumes: 5, networks: 5, images: 20}, network: {cidrs: [192.168.0.0/24], external: public}"
        );
        site.Replace(
            "{name: biomed-here, domain: Default",
            "{name: biomed-here, domain: Default, quota: {cores: 60, volumes: 7}"
        );
        return site;
    }

    private static bool IsOf(SandboxService service, string line)
    {
        var kind = line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        return service switch
        {
            SandboxService.Nova => kind.StartsWith("quota nova ", StringComparison.Ordinal)
                || kind.StartsWith("flavor ", StringComparison.Ordinal),
            SandboxService.Neutron => kind.Split(' ')[0] is "network" or "subnet" or "router"
                || kind.StartsWith("quota neutron ", StringComparison.Ordinal),
            _ => kind.StartsWith($"quota {service.ToString().ToLowerInvariant()} ", StringComparison.Ordinal),
        };
    }

    private static bool IsAbout(HttpRequest request, string text) =>
        request.Path.Value!.Contains(text, StringComparison.Ordinal);

    private static SandboxFault FaultOf(SandboxService service, string fault) =>
        new()
        {
            Service = service,
            Times = int.MaxValue,
            Kind = fault switch
            {
                "refused" => FaultKind.Refuse,
                "reset" => FaultKind.Reset,
                _ => FaultKind.Answer,
            },
            Status = fault switch
            {
                "403" => 403,
                "503" => 503,
                _ => 200,
            },
            Body = fault == "a login page" ? "<html><body>Log in</body></html>" : "{}",
        };
}
