using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.Sandbox;
using FedSite.Sandbox.World;
using Microsoft.Extensions.Time.Testing;

namespace FedSite.Tests.Accounting;

/// <summary>Records as cASO 5.2.2 makes them; what it was seen to write for such objects, field by field.</summary>
public sealed class Caso5Tests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(SomeServer.At("2026-11-23T12:00:00Z"));
    private ExtractionSite _site = null!;
    private SandboxProject _project = null!;

    private CloudWorld World => _site.Sandbox.World;

    public async ValueTask InitializeAsync()
    {
        _site = await ExtractionSite.StartAsync(
            new SandboxOptions
            {
                Servers = 0,
                Projects = 1,
                VolumesPerProject = 0,
                TimeProvider = _time,
            }
        );
        _project = World.SeededProjects.First();
        _site.Config = _site.Config with
        {
            Accounting = _site.Config.Accounting with { Compat = AccountingConfig.Caso5, Kinds = All },
        };
        foreach (var free in World.FloatingIps.Of(_project.Id).ToList())
        {
            World.FloatingIps.Remove(free.Id);
        }
    }

    public async ValueTask DisposeAsync() => await _site.DisposeAsync();

    private static RecordKind[] All => [RecordKind.Cloud, RecordKind.Accelerator, RecordKind.Ip, RecordKind.Storage];

    [Fact]
    public async Task A_running_machine_gives_one_record_whatever_months_the_window_crosses()
    {
        Put(s => s with { Created = SomeServer.At("2026-08-03T08:00:00Z") });

        var record = Assert.Single(await ExtractAsync(RecordKind.Cloud));

        Assert.Equal(("caso/5.2.2 (OpenStack)", "TEST-SITE"), (record["CloudType"], record["CloudComputeService"]));
        Assert.Equal("9691200", record["WallDuration"]);
    }

    [Theory]
    [InlineData("SHELVED", "unknown")]
    [InlineData("SHELVED_OFFLOADED", "unknown")]
    [InlineData("SOFT_DELETED", "unknown")]
    [InlineData("SHUTOFF", "started")]
    [InlineData("SUSPENDED", "suspended")]
    public async Task Status_words_are_those_of_caso(string nova, string expected)
    {
        Put(s => s with { Status = nova });

        Assert.Equal(expected, Assert.Single(await ExtractAsync(RecordKind.Cloud))["Status"]);
    }

    [Theory]
    [InlineData("Zürich 東京", "Zrich ")]
    [InlineData("東京", "")]
    [InlineData("None", "None")]
    public async Task What_is_not_ascii_is_dropped_from_names(string name, string expected)
    {
        Put(s => s with { Name = name });

        await ExtractAsync(RecordKind.Cloud);

        Assert.Contains(
            $"\nMachineName: {expected}\n",
            Assert.Single(Texts(RecordKind.Cloud)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_machine_that_ended_before_the_window_gives_no_record_though_its_end_became_known_late()
    {
        await ExtractAsync(RecordKind.Cloud);
        _time.Advance(TimeSpan.FromHours(6));
        Put(s =>
            s with
            {
                Status = "DELETED",
                TerminatedAt = SomeServer.At("2026-11-20T00:00:00Z"),
                Updated = _time.GetUtcNow() - TimeSpan.FromHours(1),
            }
        );

        Assert.Empty(await ExtractAsync(RecordKind.Cloud));
    }

    [Fact]
    public async Task A_benchmark_is_todays_and_gone_with_its_flavor()
    {
        var flavor = World.Flavors.First(f => f.Name == "hep.large");
        var server = Put(s => s with { FlavorId = flavor.Id });
        var (measured, rounded) = ("17.123456", World.Flavors.First(f => f.Name == "hep.large"));
        World.Put(
            rounded with
            {
                ExtraSpecs = new Dictionary<string, string>(rounded.ExtraSpecs)
                {
                    ["accounting:benchmark_value"] = measured,
                },
            }
        );
        var today = Assert.Single(await ExtractAsync(RecordKind.Cloud));
        World.Put(flavor with { Removed = true });
        _time.Advance(TimeSpan.FromHours(1));

        var gone = Assert.Single(await ExtractAsync(RecordKind.Cloud));

        Assert.Equal(measured, today["Benchmark"]);
        Assert.False(gone.ContainsKey("Benchmark") || gone.ContainsKey("BenchmarkType"), server.Name);
    }

    [Fact]
    public async Task Addresses_are_counted_for_the_project_without_a_user_and_both_versions_stay()
    {
        foreach (var address in (string[])["203.0.113.7", "203.0.113.8", "2001:db8::1"])
        {
            World.FloatingIps.Put(
                new SandboxFloatingIp
                {
                    Id = Guid.CreateVersion7().ToString(),
                    ProjectId = _project.Id,
                    Address = address,
                    Created = SomeServer.At("2026-11-01T00:00:00Z"),
                }
            );
        }

        var records = await ExtractAsync(RecordKind.Ip);

        Assert.Equal([("4", "2"), ("6", "1")], records.Select(r => (r["IPVersion"], r["IPCount"])));
        Assert.All(records, r => Assert.True(r.ContainsKey("uuid") && !r.ContainsKey("LocalUser")));
    }

    [Fact]
    public async Task A_volume_gives_one_record_of_the_window_with_its_bare_id_and_times_without_zone()
    {
        var volume = new SandboxVolume
        {
            Id = Guid.CreateVersion7().ToString(),
            ProjectId = _project.Id,
            UserId = World.Member.Id,
            SizeGiB = 240,
            VolumeType = "ssd",
            Created = SomeServer.At("2026-08-01T06:30:00Z"),
        };
        World.Volumes.Put(volume);

        var record = Assert.Single(await ExtractAsync(RecordKind.Storage));

        Assert.Equal(
            (volume.Id, "2026-08-01T06:30:00", "2026-11-23T12:00:00", "257698037760"),
            (record["RecordId"], record["StartTime"], record["EndTime"], record["ResourceCapacityUsed"])
        );
        Assert.False(record.ContainsKey("StorageClass") || record.ContainsKey("StorageMedia"));
    }

    [Fact]
    public async Task Messages_hold_a_hundred_records_each_whatever_month_they_are_of()
    {
        for (var i = 0; i < 150; i++)
        {
            var ended = SomeServer.At("2026-09-01T00:00:00Z").AddHours(10 * i);
            Put(s =>
                s with
                {
                    Status = "DELETED",
                    Created = SomeServer.At("2026-08-01T00:00:00Z"),
                    LaunchedAt = SomeServer.At("2026-08-01T00:00:00Z"),
                    TerminatedAt = ended,
                    Updated = ended,
                }
            );
        }

        await ExtractAsync(RecordKind.Cloud);

        Assert.Equal([100, 50], Texts(RecordKind.Cloud).Select(t => t.Split("%%\n").Length));
    }

    private SandboxServer Put(Func<SandboxServer, SandboxServer> change)
    {
        var server = change(SomeServer.InSandbox(World, _project.Id, World.Member.Id));
        World.Put(server);
        return server;
    }

    private IEnumerable<string> Texts(RecordKind kind)
    {
        var spool = _site.Queue(kind).Spool;
        return spool.List().Select(name => File.ReadAllText(Path.Combine(spool.Folder, name)));
    }

    /// <summary>The records that one more run adds.</summary>
    private async Task<List<IReadOnlyDictionary<string, string>>> ExtractAsync(RecordKind kind)
    {
        var before = _site.Queued(kind).Count;
        await _site.ExtractAsync(new ExtractionRequest { Kinds = [kind] });
        return [.. _site.Queued(kind).Skip(before).Select(r => r.Fields)];
    }
}
