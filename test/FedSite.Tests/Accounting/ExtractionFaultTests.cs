using System.Text;
using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.Sandbox;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FedSite.Tests.Accounting;

public sealed class ExtractionFaultTests
{
    private static readonly DateTimeOffset Now = SomeServer.At("2026-11-23T12:00:00Z");

    private static SandboxOptions Small => new() { Servers = 20, TimeProvider = new FakeTimeProvider(Now) };

    [Fact]
    public async Task A_project_named_twice_is_read_once()
    {
        await using var site = await ExtractionSite.StartAsync(Small);
        var project = site.Sandbox.World.SeededProjects.First();

        var result = await site.ExtractAsync(new ExtractionRequest { Projects = [project.Id, project.Name] });

        Assert.Single(result.Projects, p => p.Kind == RecordKind.Cloud);
    }

    [Fact]
    public async Task A_run_without_any_project_to_account_has_failed()
    {
        await using var site = await ExtractionSite.StartAsync(Small);
        site.Config = site.Config with { Accounting = site.Config.Accounting with { Projects = [] } };

        var result = await site.ExtractAsync();

        Assert.Equal(ExitCode.Failed, result.ExitCode);
    }

    [Fact]
    public async Task A_fault_is_quarantined_once_though_every_listing_shows_it()
    {
        await using var site = await ExtractionSite.StartAsync(Small);
        var project = site.Sandbox.World.SeededProjects.First();
        AnswerServers(site, """{"servers": [{"id": "odd", "created": "yesterday"}]}""", times: 2);

        var result = await site.ExtractAsync(new ExtractionRequest { Projects = [project.Id] });

        Assert.Single(site.Store.Quarantined(result.Run!.Value));
    }

    [Fact]
    public async Task Hidden_extra_specs_are_told_once_a_run()
    {
        await using var site = await ExtractionSite.StartAsync(Small);
        AnswerServers(
            site,
            """
            {"servers": [
              {"id": "a", "name": "a", "status": "ACTIVE", "tenant_id": "p", "user_id": "",
               "created": "2026-11-02T00:00:00Z", "updated": "2026-11-02T00:00:00Z", "image": "",
               "OS-SRV-USG:launched_at": "2026-11-02T00:00:00.000000", "OS-SRV-USG:terminated_at": null,
               "addresses": {},
               "flavor": {"original_name": "f", "vcpus": 1, "ram": 1, "disk": 1, "ephemeral": 0, "swap": 0}}]}
            """,
            times: int.MaxValue
        );

        await site.ExtractAsync();

        Assert.Single(site.Log.Lines, line => line.Contains("os-flavor-extra-specs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_window_that_ends_before_the_last_good_one_is_told()
    {
        await using var site = await ExtractionSite.StartAsync(Small);
        await site.ExtractAsync();

        await site.ExtractAsync(new ExtractionRequest { To = Now.AddDays(-2) });

        Assert.Single(site.Log.Lines, line => line.Contains("nothing is read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_that_one_project_may_not_read_is_asked_for_by_the_other()
    {
        await using var site = await ExtractionSite.StartAsync(Small with { Projects = 2 });
        var projects = site.Sandbox.World.SeededProjects.Select(p => p.Id).ToList();
        var user = site.Sandbox.World.Accounting;
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Keystone,
                When = request => request.Path.Value!.Contains("/users/", StringComparison.Ordinal),
                Status = 403,
            }
        );
        using var cloud = site.Connect();
        var users = new UserDirectory(cloud.Identity, scoped: false, NullLogger.Instance);

        var refused = users.NameAsync(user.Id, projects[0], CancellationToken.None);
        var allowed = users.NameAsync(user.Id, projects[1], CancellationToken.None);

        Assert.Equal([null, user.Name], [await refused, await allowed]);
    }

    [Fact]
    public async Task Where_one_user_may_not_be_read_no_other_is_asked_for()
    {
        await using var site = await ExtractionSite.StartAsync(Small with { AccountingRole = false });
        var world = site.Sandbox.World;
        var others = world.Users.Where(u => u.DomainId != "default").Select(u => u.Id).ToList();
        using var cloud = site.Connect();
        var users = new UserDirectory(cloud.Identity, scoped: false, NullLogger.Instance);

        await users.LearnAsync(others, world.SeededProjects.First().Id, CancellationToken.None);

        // The token, and one user.
        Assert.True(others.Count > 1);
        Assert.Equal(2, cloud.Requests);
    }

    [Fact]
    public async Task A_project_that_is_not_understood_is_told_and_costs_the_others_nothing()
    {
        await using var site = await ExtractionSite.StartAsync(Small);
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Keystone,
                When = request => request.Path.Value!.EndsWith("/auth/projects", StringComparison.Ordinal),
                Rewrite = body =>
                    Encoding.UTF8.GetBytes(
                        Encoding.UTF8.GetString(body).Replace("[{", """[{"id": null}, {""", StringComparison.Ordinal)
                    ),
            }
        );

        var result = await site.ExtractAsync();

        Assert.Contains("not understood", Assert.Single(result.Missing).Reason, StringComparison.Ordinal);
        Assert.All(result.Projects, p => Assert.Null(p.Error));
    }

    [Fact]
    public async Task That_other_projects_can_not_be_listed_costs_the_own_ones_nothing()
    {
        await using var site = await ExtractionSite.StartAsync(Small);
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Keystone,
                When = request => request.Path.Value!.EndsWith("/v3/projects", StringComparison.Ordinal),
                Status = 404,
            }
        );

        var result = await site.ExtractAsync();

        Assert.Equal(ExitCode.Done, result.ExitCode);
        Assert.Single(site.Log.Lines, line => line.Contains("not known this time", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_Glance_that_is_down_costs_cloud_records_alone()
    {
        await using var site = await ExtractionSite.StartAsync(Small);
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Glance,
                Status = 404,
                Times = int.MaxValue,
            }
        );
        var kinds = new ExtractionRequest { Kinds = [RecordKind.Cloud, RecordKind.Accelerator, RecordKind.Ip] };

        var result = await site.ExtractAsync(kinds);

        Assert.All(result.Projects, p => Assert.Equal(p.Kind is RecordKind.Cloud, p.Error is not null));
    }

    private static void AnswerServers(ExtractionSite site, string body, int times) =>
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Nova,
                When = request => request.Path.Value!.EndsWith("/servers/detail", StringComparison.Ordinal),
                Times = times,
                Status = 200,
                Body = body,
            }
        );
}
