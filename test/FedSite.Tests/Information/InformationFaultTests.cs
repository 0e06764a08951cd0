using System.Text.Json;
using FedSite.Information.Validation;
using FedSite.Sandbox;
using FedSite.TestKit;
using Microsoft.AspNetCore.Http;

namespace FedSite.Tests.Information;

/// <summary>Whatever fails, a document is made, its readers can use it, and it says what is missing.</summary>
public sealed class InformationFaultTests
{
    public static TheoryData<SandboxService, string> Cases
    {
        get
        {
            var data = new TheoryData<SandboxService, string>();
            SandboxService[] services =
            [
                SandboxService.Keystone,
                SandboxService.Nova,
                SandboxService.Glance,
                SandboxService.Neutron,
                SandboxService.Cinder,
            ];
            foreach (var service in services)
            {
                foreach (var fault in Faults.Keys)
                    data.Add(service, fault);
            }

            return data;
        }
    }

    private static readonly Dictionary<string, Func<SandboxService, SandboxFault>> Faults = new()
    {
        ["401"] = service => Answer(service, 401),
        ["403"] = service => Answer(service, 403),
        ["404"] = service => Answer(service, 404),
        ["500"] = service => Answer(service, 500),
        ["garbage"] = service => Answer(service, 200, "<html>Welcome</html>"),
        ["cut"] = service => Answer(service, 200) with { Kind = FaultKind.Cut, Rewrite = body => body },
        ["refused"] = service => Answer(service, 200) with { Kind = FaultKind.Refuse },
        ["stall"] = service => Answer(service, 200) with { Kind = FaultKind.Stall },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_service_that_fails_is_stated_in_a_document_that_readers_can_use(
        SandboxService service,
        string fault
    )
    {
        await using var site = await InformationSite.StartAsync(new SandboxOptions { Servers = 12 });
        site.Time = new HurriedTime(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1500));
        // What an earlier run learned about projects stays known.
        Assert.True((await site.MakeAsync()).IsComplete);
        site.Sandbox.Traffic.Fail(Faults[fault](service));

        var made = await site.MakeAsync();

        await site.Sandbox.Traffic.StopFailingAsync();
        var bytes = made.ToBytes();
        Assert.DoesNotContain(
            DocumentValidator.Check(bytes, site.Time.GetUtcNow()),
            finding => finding.Severity is DocumentSeverity.Error
        );
        var document = JsonElement.Parse(bytes);
        Assert.Equal(site.World.SeededProjects.Count(), document.Class("Share").Count);
        Assert.All(document.Class("Share"), share => Assert.NotEmpty(share.FailedParts()));
        Assert.Equal(
            service is SandboxService.Keystone ? "unknown" : "warning",
            document.Only("CloudComputingEndpoint").Text("HealthState")
        );
    }

    public static TheoryData<string> FaultsOfGocdb => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(FaultsOfGocdb))]
    public async Task A_gocdb_that_fails_is_stated_and_suppresses_nothing(string fault)
    {
        await using var site = await InformationSite.StartAsync(new SandboxOptions { Servers = 12, Projects = 1 });
        site.Time = new HurriedTime(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1500));
        site.Sandbox.Traffic.Fail(Faults[fault](SandboxService.Gocdb));

        var document = await site.ReadAsync();

        await site.Sandbox.Traffic.StopFailingAsync();
        Assert.Equal("ok", Assert.Single(document.Class("Share")).Health().Text("state"));
        var endpoint = document.Only("CloudComputingEndpoint");
        Assert.Equal("warning", endpoint.Text("HealthState"));
        Assert.Contains("GOCDB", endpoint.Text("HealthStateInfo"), StringComparison.Ordinal);
        Assert.Equal("unknown", endpoint.GetProperty("OtherInfo").GetProperty("gocdb").Text("state"));
    }

    [Fact]
    public async Task A_project_that_fails_costs_the_others_nothing()
    {
        await using var site = await InformationSite.StartAsync(new SandboxOptions { Servers = 12 });
        var broken = site.World.SeededProjects.First();
        var whole = await site.ReadAsync();
        site.Sandbox.Traffic.Fail(
            Answer(SandboxService.Glance, 403) with
            {
                When = request => site.Sandbox.ProjectOf(request) == broken.Id,
            }
        );

        var document = await site.ReadAsync();

        Assert.Equal(["images"], document.Share(broken.Name).FailedParts());
        Assert.Equal(whole.Class("CloudComputingImage").Count, document.Class("CloudComputingImage").Count);
        Assert.All(
            document.Class("Share").Where(share => share.Text("ProjectID") != broken.Id),
            share => Assert.Equal("ok", share.Health().Text("state"))
        );
    }

    [Fact]
    public async Task What_is_published_of_a_failure_names_no_internal_address()
    {
        await using var site = await InformationSite.StartAsync(new SandboxOptions { Servers = 12 });
        site.Sandbox.Traffic.Fail(Answer(SandboxService.Nova, 403, """{"forbidden": {"message": "secret words"}}"""));

        var made = await site.MakeAsync();

        Assert.NotEmpty(made.Failures);
        Assert.All(made.Failures, failure => Assert.EndsWith("Nova answered 403", failure));
    }

    [Fact]
    public async Task The_log_tells_of_a_failure_what_an_operator_needs()
    {
        await using var site = await InformationSite.StartAsync(new SandboxOptions { Servers = 12, Projects = 1 });
        site.Sandbox.Traffic.Fail(
            Answer(SandboxService.Neutron, 403) with
            {
                When = request => request.Path.Value!.Contains("quotas", StringComparison.Ordinal),
            }
        );

        await site.MakeAsync();

        var line = Assert.Single(site.Log.Lines, line => line.Contains("network-quota", StringComparison.Ordinal));
        Assert.Contains($"{site.Sandbox.NeutronUrl}", line, StringComparison.Ordinal);
        Assert.Contains("req-", line, StringComparison.Ordinal);
    }

    private static SandboxFault Answer(SandboxService service, int status, string body = "") =>
        new()
        {
            Service = service,
            Status = status,
            Body = body,
            Times = int.MaxValue,
        };
}
