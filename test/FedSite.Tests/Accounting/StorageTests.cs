using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.Sandbox;
using FedSite.Sandbox.World;
using Microsoft.Extensions.Time.Testing;

namespace FedSite.Tests.Accounting;

/// <summary>Volumes on the sandbox: projects without generated ones, which each test fills.</summary>
public sealed class StorageTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(SomeServer.At("2026-11-03T12:00:00Z"));
    private ExtractionSite _site = null!;
    private SandboxProject _project = null!;

    private CloudWorld World => _site.Sandbox.World;

    public async ValueTask InitializeAsync()
    {
        _site = await ExtractionSite.StartAsync(
            new SandboxOptions
            {
                Servers = 0,
                Projects = 2,
                VolumesPerProject = 0,
                TimeProvider = _time,
            }
        );
        _project = World.SeededProjects.First();
    }

    public async ValueTask DisposeAsync() => await _site.DisposeAsync();

    [Fact]
    public async Task Each_day_of_the_window_gives_a_record_from_its_first_second_to_its_last()
    {
        var volume = Put("2026-11-01T06:30:00Z");

        var records = await ExtractAsync();

        Assert.Equal(
            [
                ($"{volume.Id}/2026-11-01", "2026-11-01T06:30:00Z", "2026-11-01T23:59:59Z"),
                ($"{volume.Id}/2026-11-02", "2026-11-02T00:00:00Z", "2026-11-02T23:59:59Z"),
                ($"{volume.Id}/2026-11-03", "2026-11-03T00:00:00Z", "2026-11-03T12:00:00Z"),
            ],
            records.Select(r => (r["RecordId"], r["StartTime"], r["EndTime"]))
        );
    }

    [Fact]
    public async Task A_record_names_user_project_vo_size_and_type()
    {
        var volume = Put("2026-11-03T00:00:00Z") with { Name = null, VolumeType = "ssd", SizeGiB = 20 };
        World.Volumes.Put(volume);

        var record = Assert.Single(await ExtractAsync());

        Assert.Equal(
            [
                ("CreateTime", "2026-11-03T12:00:00Z"),
                ("EndTime", "2026-11-03T12:00:00Z"),
                ("Group", _project.Properties["egi.VO"][0]),
                ("LocalGroup", _project.Id),
                ("LocalUser", World.Member.Id),
                ("RecordId", $"{volume.Id}/2026-11-03"),
                ("ResourceCapacityUsed", "21474836480"),
                ("Site", "TEST-SITE"),
                ("StartTime", "2026-11-03T00:00:00Z"),
                ("StorageClass", "ssd"),
                ("StorageMedia", "disk"),
                ("StorageSystem", "127.0.0.1"),
                ("UserIdentity", World.Member.Name),
            ],
            record.Select(f => (f.Key, f.Value)).OrderBy(f => f.Key, StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_later_run_of_the_day_replaces_the_record_of_the_day()
    {
        Put("2026-11-03T00:00:00Z");
        var first = Assert.Single(await ExtractAsync());

        var second = Assert.Single(await NextAsync(TimeSpan.FromHours(5)));

        Assert.Equal((first["RecordId"], first["StartTime"]), (second["RecordId"], second["StartTime"]));
        Assert.Equal("2026-11-03T17:00:00Z", second["EndTime"]);
    }

    [Fact]
    public async Task A_volume_that_is_gone_is_recorded_up_to_the_middle_between_two_runs()
    {
        var volume = Put("2026-11-01T00:00:00Z");
        await ExtractAsync();
        World.Volumes.Remove(volume.Id);

        var (next, later) = (await NextAsync(TimeSpan.FromHours(2)), await NextAsync(TimeSpan.FromHours(2)));

        Assert.Equal(
            [($"{volume.Id}/2026-11-03", "2026-11-03T13:00:00Z")],
            next.Select(r => (r["RecordId"], r["EndTime"]))
        );
        Assert.Empty(later);
    }

    [Fact]
    public async Task A_listing_that_breaks_off_takes_no_volume_for_gone()
    {
        Put("2026-11-03T00:00:00Z");
        await ExtractAsync();
        _site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Cinder,
                Status = 404,
                Times = 2,
            }
        );
        await NextAsync(TimeSpan.FromHours(2));

        var record = Assert.Single(await NextAsync(TimeSpan.FromHours(2)));

        Assert.Equal("2026-11-03T16:00:00Z", record["EndTime"]);
    }

    [Fact]
    public async Task A_dry_run_notes_no_volume()
    {
        var volume = Put("2026-11-03T00:00:00Z");
        await _site.ExtractAsync(Only() with { DryRun = true });
        World.Volumes.Remove(volume.Id);

        Assert.Empty(await NextAsync(TimeSpan.FromHours(2)));
    }

    [Fact]
    public async Task A_volume_that_is_gone_is_in_the_month_that_is_published_again()
    {
        var volume = Put("2026-11-01T12:00:00Z");
        await ExtractAsync();
        World.Volumes.Remove(volume.Id);
        await NextAsync(TimeSpan.FromDays(2));
        _time.SetUtcNow(SomeServer.At("2027-01-10T00:00:00Z"));

        var again = await ExtractAsync(
            Only() with
            {
                From = SomeServer.At("2026-11-01T00:00:00Z"),
                To = SomeServer.At("2026-11-30T23:59:59Z"),
            }
        );

        Assert.Equal(
            [
                ("2026-11-01T12:00:00Z", "2026-11-01T23:59:59Z"),
                ("2026-11-02T00:00:00Z", "2026-11-02T23:59:59Z"),
                ("2026-11-03T00:00:00Z", "2026-11-03T23:59:59Z"),
                ("2026-11-04T00:00:00Z", "2026-11-04T12:00:00Z"),
            ],
            again.Select(r => (r["StartTime"], r["EndTime"]))
        );
    }

    [Fact]
    public async Task The_copy_that_cinder_makes_while_it_moves_a_volume_is_no_volume()
    {
        World.Grant(World.Accounting.Id, _project.Id, "admin", "reader");
        var volume = Put("2026-11-03T00:00:00Z");
        World.Volumes.Put(Put("2026-11-03T01:00:00Z") with { MigrationStatus = $"target:{volume.Id}" });

        var record = Assert.Single(await ExtractAsync());

        Assert.Equal($"{volume.Id}/2026-11-03", record["RecordId"]);
    }

    [Theory]
    [InlineData("reader")]
    [InlineData("admin")]
    public async Task Plain_accounts_and_admins_get_the_volumes_of_the_project(string role)
    {
        World.Grant(World.Accounting.Id, _project.Id, role);
        Put("2026-11-03T00:00:00Z");

        Assert.Single(await ExtractAsync());
    }

    [Fact]
    public async Task Storage_records_go_to_a_queue_of_their_own()
    {
        Put("2026-11-03T00:00:00Z");

        await ExtractAsync();

        Assert.Empty(_site.Queue().Spool.List());
        Assert.Single(_site.Queue(RecordKind.Storage).Spool.List());
    }

    [Fact]
    public async Task A_volume_that_gives_no_valid_record_costs_itself_alone()
    {
        Put("2026-11-03T00:00:00Z");
        World.Volumes.Put(Put("2026-11-03T00:00:00Z") with { SizeGiB = -1 });
        World.Volumes.Put(Put("2026-11-03T00:00:00Z") with { Id = new string('x', 300) });

        var result = await _site.ExtractAsync(Only());

        Assert.Equal((2, 2), (result.Projects.Sum(p => p.Quarantined), _site.Queued(RecordKind.Storage).Count));
    }

    private static ExtractionRequest Only() => new() { Kinds = [RecordKind.Storage] };

    private SandboxVolume Put(string created)
    {
        var volume = new SandboxVolume
        {
            Id = Guid.CreateVersion7().ToString(),
            ProjectId = _project.Id,
            UserId = World.Member.Id,
            SizeGiB = 10,
            Created = SomeServer.At(created),
        };
        World.Volumes.Put(volume);
        return volume;
    }

    private Task<List<IReadOnlyDictionary<string, string>>> NextAsync(TimeSpan later)
    {
        _time.Advance(later);
        return ExtractAsync();
    }

    /// <summary>The records that one more run adds.</summary>
    private async Task<List<IReadOnlyDictionary<string, string>>> ExtractAsync(ExtractionRequest? request = null)
    {
        var before = _site.Queued(RecordKind.Storage).Count;
        await _site.ExtractAsync(request ?? Only());
        return [.. _site.Queued(RecordKind.Storage).Skip(before).Select(r => r.Fields)];
    }
}
