using System.Globalization;
using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.Sandbox;
using FedSite.Sandbox.World;
using FedSite.State;
using Microsoft.Extensions.Time.Testing;

namespace FedSite.Tests.Accounting;

public sealed class ExtractionTests
{
    private static readonly DateTimeOffset Now = SomeServer.At("2026-11-23T12:00:00Z");

    private static SandboxOptions Small => new() { Servers = 60, TimeProvider = new FakeTimeProvider(Now) };

    private static ExtractionRequest SinceAugust => new() { From = SomeServer.At("2026-08-01T00:00:00Z") };

    [Fact]
    public async Task Every_server_that_existed_in_the_window_gives_a_record()
    {
        await using var site = await ExtractionSite.StartAsync(Small);

        await site.ExtractAsync(SinceAugust);

        var all = site.Sandbox.World.SeededProjects.SelectMany(p => site.Sandbox.World.Servers(p.Id));
        Assert.Equal(
            all.Select(s => s.Id.ToString()).Order(StringComparer.Ordinal),
            site.Queued().Select(r => r.Fields["VMUUID"]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_running_server_gives_one_record_for_each_month_of_the_window()
    {
        await using var site = await ExtractionSite.StartAsync(Small);
        var server = site.Sandbox.World.SeededProjects.SelectMany(p => site.Sandbox.World.Servers(p.Id)).First();
        site.Sandbox.World.Put(
            server with
            {
                Status = "ACTIVE",
                Created = SomeServer.At("2026-09-10T00:00:00Z"),
                LaunchedAt = SomeServer.At("2026-09-10T00:00:30Z"),
                Updated = SomeServer.At("2026-09-10T00:00:30Z"),
                TerminatedAt = null,
            }
        );

        await site.ExtractAsync(SinceAugust);

        Assert.Equal(
            ["2026-09-30T23:59:59Z", "2026-10-31T23:59:59Z", "2026-11-23T12:00:00Z"],
            site.Queued()
                .Where(r => r.Fields["VMUUID"] == server.Id.ToString())
                .Select(r => MeasuredAt(r.Fields))
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task The_first_window_begins_with_the_month()
    {
        await using var site = await ExtractionSite.StartAsync(Small);

        var result = await site.ExtractAsync();

        Assert.All(result.Projects, p => Assert.Equal(SomeServer.At("2026-11-01T00:00:00Z"), p.From));
    }

    [Fact]
    public async Task The_next_window_begins_where_the_last_good_one_ended()
    {
        await using var site = await ExtractionSite.StartAsync(Small);
        await site.ExtractAsync();
        ((FakeTimeProvider)site.Time).Advance(TimeSpan.FromHours(5));

        var result = await site.ExtractAsync();

        Assert.All(result.Projects, p => Assert.Equal(Now, p.From));
    }

    [Fact]
    public async Task A_window_given_by_hand_does_not_move_the_state()
    {
        await using var site = await ExtractionSite.StartAsync(Small);

        await site.ExtractAsync(SinceAugust);

        Assert.All(
            (await site.ExtractAsync()).Projects,
            p => Assert.Equal(SomeServer.At("2026-11-01T00:00:00Z"), p.From)
        );
    }

    [Fact]
    public async Task Requests_stay_within_two_a_page_ten_a_project_and_sixty_and_one_for_each_user()
    {
        const int servers = 5000;
        const int projects = 20;
        await using var site = await ExtractionSite.StartAsync(
            Small with
            {
                Servers = servers,
                Projects = projects,
                UsersPerProject = 50,
            }
        );

        var result = await site.ExtractAsync(new ExtractionRequest { Kinds = [RecordKind.Cloud] });

        var users = site.Queued().Select(r => r.Fields["LocalUserId"]).Distinct(StringComparer.Ordinal).Count();
        Assert.InRange(result.Requests - users, 0, (2 * servers / 1000) + (10 * projects) + 60);
    }

    [Fact]
    public async Task A_dry_run_queues_nothing()
    {
        await using var site = await ExtractionSite.StartAsync(Small);

        var result = await site.ExtractAsync(new ExtractionRequest { DryRun = true });

        Assert.True(result.Messages > 0);
        Assert.Empty(site.Queued());
    }

    [Fact]
    public async Task A_dry_run_does_not_move_the_state()
    {
        await using var site = await ExtractionSite.StartAsync(Small);

        await site.ExtractAsync(new ExtractionRequest { DryRun = true });

        Assert.Null(site.Store.LastRun());
    }

    [Fact]
    public async Task A_project_that_fails_costs_the_others_nothing()
    {
        await using var site = await ExtractionSite.StartAsync(Small);
        var broken = BreakFirstProject(site);

        var result = await site.ExtractAsync();

        Assert.All(result.Projects, p => Assert.Equal(p.Project == broken, p.Error is not null));
        Assert.Equal(ExitCode.Partly, result.ExitCode);
    }

    [Fact]
    public async Task The_window_of_a_project_that_failed_stays_open()
    {
        await using var site = await ExtractionSite.StartAsync(Small);
        var broken = BreakFirstProject(site);
        await site.ExtractAsync();
        await site.Sandbox.Traffic.StopFailingAsync();
        ((FakeTimeProvider)site.Time).Advance(TimeSpan.FromHours(5));

        var result = await site.ExtractAsync();

        Assert.All(
            result.Projects,
            p => Assert.Equal(p.Project == broken ? SomeServer.At("2026-11-01T00:00:00Z") : Now, p.From)
        );
    }

    [Fact]
    public async Task A_server_that_gives_no_valid_record_is_quarantined_with_its_json()
    {
        await using var site = await ExtractionSite.StartAsync(Small);
        var server = WithFlavor(site, new() { ["Accelerator:Number"] = "many" });

        var result = await site.ExtractAsync(SinceAugust);

        Assert.Contains(
            site.Store.Quarantined(result.Run!.Value),
            q =>
                q.Object == server.ToString()
                && q.Reason.Contains("'many'", StringComparison.Ordinal)
                && q.Raw.Contains(server.ToString(), StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Its_cloud_record_is_delivered_all_the_same()
    {
        await using var site = await ExtractionSite.StartAsync(Small);
        var server = WithFlavor(site, new() { ["Accelerator:Number"] = "many" });

        await site.ExtractAsync(SinceAugust);

        Assert.Contains(site.Queued(), r => r.Fields["VMUUID"] == server.ToString());
    }

    [Fact]
    public async Task A_fraction_of_an_accelerator_is_accounted()
    {
        await using var site = await ExtractionSite.StartAsync(Small);
        var server = WithFlavor(site, new() { ["Accelerator:Number"] = "0.25" });

        await site.ExtractAsync(SinceAugust);

        Assert.Contains(
            site.Queued(RecordKind.Accelerator),
            r => r.Fields["AssociatedRecord"] == server.ToString() && r.Fields["Count"] == "0.25"
        );
    }

    [Fact]
    public async Task A_server_whose_end_became_known_late_gets_its_last_record()
    {
        await using var site = await ExtractionSite.StartAsync(Small);
        var server = site
            .Sandbox.World.SeededProjects.SelectMany(p => site.Sandbox.World.Servers(p.Id))
            .First(s => !s.Deleted);
        await site.ExtractAsync();
        ((FakeTimeProvider)site.Time).Advance(TimeSpan.FromHours(5));
        site.Sandbox.World.Put(
            server with
            {
                Status = "DELETED",
                TerminatedAt = Now.AddHours(-2),
                Updated = Now.AddHours(1),
            }
        );
        var before = site.Queued().Count;

        await site.ExtractAsync();

        Assert.Contains(
            site.Queued().Skip(before),
            r => r.Fields["VMUUID"] == server.Id.ToString() && r.Fields["Status"] == "completed"
        );
    }

    [Fact]
    public async Task A_project_without_a_vo_is_reported_and_makes_the_run_partly_done()
    {
        await using var site = await ExtractionSite.StartAsync(Small with { ProjectsWithoutVo = 1 });

        var result = await site.ExtractAsync();

        Assert.Contains("no VO", Assert.Single(result.Missing).Reason, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Partly, result.ExitCode);
    }

    [Fact]
    public async Task An_application_credential_accounts_its_own_project_and_blames_no_other()
    {
        await using var site = await ExtractionSite.StartAsync(Small);
        var credential = site.Sandbox.World.ApplicationCredentials.Single();
        site.Credentials = new CloudCredentials
        {
            AuthType = AuthType.ApplicationCredential,
            AuthUrl = site.Sandbox.KeystoneUrl,
            ApplicationCredentialId = credential.Id,
            ApplicationCredentialSecret = credential.Secret,
            Origin = "test",
        };

        var result = await site.ExtractAsync();

        Assert.All(result.Projects, p => Assert.Equal(credential.ProjectId, p.Project));
        Assert.Equal(ExitCode.Done, result.ExitCode);
    }

    [Fact]
    public async Task A_wrong_project_is_refused()
    {
        await using var site = await ExtractionSite.StartAsync(Small);

        var refusal = await Assert.ThrowsAsync<FedSiteException>(() =>
            site.ExtractAsync(new ExtractionRequest { Projects = ["no-such-project"] })
        );

        Assert.Equal(ExitCode.Usage, refusal.ExitCode);
    }

    [Fact]
    public async Task Users_are_asked_for_once_and_pages_cost_two_listings_of_servers_and_one_of_flavors_a_project()
    {
        await using var site = await ExtractionSite.StartAsync(Small with { AccountingReadsSystem = true });

        await site.ExtractAsync();

        // Three listings a project, and the version document.
        Assert.Equal((3 * 3) + 1, site.Sandbox.Traffic.Requests(SandboxService.Nova));
    }

    [Fact]
    public void A_second_run_at_the_same_time_is_told_who_holds_the_lock()
    {
        var folder = Directory.CreateTempSubdirectory("fedsite-").FullName;
        using var first = RunLock.Acquire(folder, "accounting", TimeProvider.System);

        var refusal = Assert.Throws<FedSiteException>(() => RunLock.Acquire(folder, "accounting", TimeProvider.System));

        Assert.Contains(
            Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            refusal.Message,
            StringComparison.Ordinal
        );
    }

    private static string BreakFirstProject(ExtractionSite site)
    {
        var project = site.Sandbox.World.SeededProjects.First();
        var token = project.Id;
        site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Nova,
                // Refused, not in trouble: nothing is repeated, so the test waits for nothing.
                When = request => site.Sandbox.ProjectOf(request) == token,
                Times = int.MaxValue,
                Status = 403,
            }
        );
        site.Sandbox.World.Grant(site.Sandbox.World.Accounting.Id, project.Id, "nothing");
        return project.Id;
    }

    /// <summary>Gives a live server a GPU flavor with some extra specs changed.</summary>
    private static Guid WithFlavor(ExtractionSite site, Dictionary<string, string> changed)
    {
        var world = site.Sandbox.World;
        var server = world.SeededProjects.SelectMany(p => world.Servers(p.Id)).First(s => s.Status == "ACTIVE");
        var specs = SomeServer.Gpu().ToDictionary();
        foreach (var (key, value) in changed)
        {
            specs[key] = value;
        }

        world.Put(
            new SandboxFlavor
            {
                Id = "odd",
                Name = "odd",
                Vcpus = 1,
                Ram = 1,
                Disk = 1,
                ExtraSpecs = specs,
            }
        );
        world.Put(server with { FlavorId = "odd" });
        return server.Id;
    }

    private static string MeasuredAt(IReadOnlyDictionary<string, string> fields) =>
        DateTimeOffset
            .FromUnixTimeSeconds(
                long.Parse(fields["StartTime"], CultureInfo.InvariantCulture)
                    + long.Parse(fields["WallDuration"], CultureInfo.InvariantCulture)
            )
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
