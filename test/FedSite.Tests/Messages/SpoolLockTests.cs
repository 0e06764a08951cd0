using FedSite.Messages;
using Microsoft.Extensions.Time.Testing;

namespace FedSite.Tests.Messages;

public sealed class SpoolLockTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 30, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("spool").FullName;
    private readonly FakeTimeProvider _time = new(Noon);
    private readonly Spool _spool;

    public SpoolLockTests() => _spool = new Spool(_folder, _time);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_lock_is_a_second_name_of_the_message_and_bears_its_time()
    {
        var name = await AddAsync();

        Assert.Equal(LockOutcome.Taken, _spool.TryLock(name, Noon));

        Assert.Equal("text", await File.ReadAllTextAsync(_spool.PathOf(name) + ".lck", Stop));
        Assert.Equal(Noon, _spool.LockedAt(name));
    }

    [Fact]
    public async Task A_message_that_is_held_keeps_the_time_of_its_lock()
    {
        var name = await AddAsync();
        _spool.TryLock(name, Noon);

        Assert.Equal(LockOutcome.Held, _spool.TryLock(name, Noon.AddMinutes(5)));

        Assert.Equal(Noon, _spool.LockedAt(name));
    }

    [Fact]
    public void A_message_that_went_away_is_not_locked()
    {
        Assert.Equal(LockOutcome.Gone, _spool.TryLock("00000000/00000000000000", Noon));
    }

    [Fact]
    public async Task Locks_older_than_ten_minutes_are_purged_and_younger_ones_stay()
    {
        var (old, young) = (await AddAsync(), await AddAsync());
        _spool.TryLock(old, Noon);
        _spool.TryLock(young, Noon.AddSeconds(2));
        _time.SetUtcNow(Noon.AddSeconds(601));

        _spool.Purge();

        Assert.Equal((null, Noon.AddSeconds(2)), (_spool.LockedAt(old), _spool.LockedAt(young)));
    }

    [Fact]
    public void Temporary_files_of_others_are_purged_after_five_minutes_and_our_own_at_once()
    {
        var (stale, fresh) = (Put("00000000/0000000000000a.tmp"), Put("00000000/0000000000000b.tmp"));
        File.SetLastWriteTimeUtc(stale, Noon.UtcDateTime.AddSeconds(-301));
        File.SetLastWriteTimeUtc(fresh, Noon.UtcDateTime.AddSeconds(-299));
        var orphan = Put("00000000/fed517e0000001.tmp");

        _spool.Purge();

        Assert.Equal((false, true, false), (File.Exists(stale), File.Exists(fresh), File.Exists(orphan)));
    }

    [Fact]
    public void A_temporary_file_that_is_being_written_stays()
    {
        var busy = Path.Combine(_folder, "00000000", "fed517e0000001.tmp");
        Directory.CreateDirectory(Path.GetDirectoryName(busy)!);
        using var writer = new FileStream(busy, FileMode.CreateNew, FileAccess.Write, FileShare.None);

        _spool.Purge();

        Assert.True(File.Exists(busy));
    }

    [Fact]
    public void Empty_folders_go_except_the_last_and_files_of_others_are_left_alone()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "00000000"));
        Directory.CreateDirectory(Path.Combine(_folder, "0000003c"));
        var foreign = Put("00000078/README");
        Directory.CreateDirectory(Path.Combine(_folder, "000000b4"));

        _spool.Purge();

        Assert.Equal(
            ["00000078", "000000b4"],
            Directory.GetDirectories(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.True(File.Exists(foreign));
    }

    [Fact]
    public async Task A_lock_that_was_kept_young_is_still_known_as_ours()
    {
        var name = await AddAsync();
        _spool.TryLock(name, Noon);
        _spool.Refresh(name, Noon.AddMinutes(9));

        Assert.True(_spool.IsLockedSince(name, Noon));
    }

    [Fact]
    public async Task A_lock_of_ten_minutes_later_is_somebody_elses()
    {
        var name = await AddAsync();
        _spool.TryLock(name, Noon.AddMinutes(10));

        Assert.False(_spool.IsLockedSince(name, Noon));
    }

    private async Task<string> AddAsync() => (await _spool.AddAsync(["text"u8.ToArray()], Stop))[0];

    private string Put(string name)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
        return path;
    }
}
