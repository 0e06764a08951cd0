using FedSite.Images.Sources;
using FedSite.Images.Transfers;
using FedSite.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Tests.Images.Transfers;

public sealed class ImageCacheTests : IDisposable
{
    private static readonly byte[] Disk = MadeSource.RawDisk((3 << 20) + 512);

    private readonly StandingTime _time = new(new DateTimeOffset(2026, 11, 26, 8, 0, 0, TimeSpan.Zero));
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-").FullName;

    [Fact]
    public async Task What_was_fetched_is_there_the_next_time()
    {
        using var source = new MadeSource(Disk);

        using var first = await FetchAsync(Cache(), source);
        using var second = await FetchAsync(Cache(), source);

        Assert.Single(source.Asked);
        Assert.Equal(Disk, await File.ReadAllBytesAsync(second.Path, TestContext.Current.CancellationToken));
        Assert.Equal((first.Sha256, first.Sha512, first.Size), (second.Sha256, second.Sha512, second.Size));
        Assert.Equal(MadeSource.Sha256(Disk), "sha256:" + second.Sha256);
        Assert.True(second.Inspection.IsSafe);
    }

    [Fact]
    public async Task Nobody_else_may_look_into_it()
    {
        using var source = new MadeSource(Disk);
        using var image = await FetchAsync(Cache(), source);

        var folder = Path.GetDirectoryName(image.Path)!;
        Assert.Equal("rwx------", Mode(folder));
        Assert.Equal("rwx------", Mode(Path.GetDirectoryName(folder)!));
        Assert.All(Directory.GetFiles(folder), file => Assert.Equal("rw-------", Mode(file)));
    }

    [Fact]
    public async Task A_download_that_was_cut_goes_on_where_it_ended_in_a_later_run()
    {
        using var cut = new MadeSource(from =>
            from == 0 ? new MemoryStream(Disk, 0, 2 << 20) : throw new FedSiteException("Gone.")
        );
        await Assert.ThrowsAsync<FedSiteException>(() => FetchAsync(Cache(), cut));

        using var source = new MadeSource(Disk);
        using var image = await FetchAsync(Cache(), source);

        var at = Assert.Single(source.Asked);
        Assert.InRange(at, 1, 2 << 20);
        Assert.Equal(Disk, await File.ReadAllBytesAsync(image.Path, TestContext.Current.CancellationToken));
        Assert.Empty(Files(".part"));
    }

    [Fact]
    public async Task A_part_that_is_whole_already_needs_no_request()
    {
        await WritePartAsync(Disk);
        using var source = new MadeSource(Disk);

        using var image = await FetchAsync(Cache(), source);

        Assert.Empty(source.Asked);
        Assert.Equal(MadeSource.Sha256(Disk), "sha256:" + image.Sha256);
    }

    [Fact]
    public async Task A_part_with_wrong_bytes_is_noticed_and_does_not_stay()
    {
        await WritePartAsync(new byte[2 << 20]);
        using var source = new MadeSource(Disk);

        var refusal = await Assert.ThrowsAsync<ContentRefusedException>(() => FetchAsync(Cache(), source));
        using var image = await FetchAsync(Cache(), source);

        Assert.Equal(ContentRefusedException.DigestMismatch, refusal.Id);
        Assert.Equal([2 << 20, 0], source.Asked);
    }

    [Fact]
    public async Task Nothing_of_an_unsafe_image_stays()
    {
        var image = ImageTransferTests.HostileQcow2(3 << 20);
        using var source = new MadeSource(image);

        var refusal = await Assert.ThrowsAsync<ContentRefusedException>(() =>
            Cache()
                .FetchAsync(
                    source,
                    MadeSource.Offer(image),
                    MadeSource.Terms(),
                    null,
                    TestContext.Current.CancellationToken
                )
        );

        Assert.Equal(ContentRefusedException.Unsafe, refusal.Id);
        Assert.Empty(Files(".part"));
        Assert.Empty(Files(""));
    }

    [Fact]
    public async Task Several_that_want_the_same_wait_for_one_download()
    {
        using var source = new MadeSource(Disk);

        var images = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => FetchAsync(Cache(), source)));

        Assert.Single(source.Asked);
        Array.ForEach(images, image => image.Dispose());
    }

    [Fact]
    public async Task A_file_that_was_changed_is_thrown_away_and_fetched_again()
    {
        using var source = new MadeSource(Disk);
        var image = await FetchAsync(Cache(), source);
        image.Dispose();
        await File.WriteAllBytesAsync(image.Path, new byte[Disk.Length], TestContext.Current.CancellationToken);

        using var again = await FetchAsync(Cache(), source);

        Assert.Equal(2, source.Asked.Count);
        Assert.Equal(Disk, await File.ReadAllBytesAsync(again.Path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_whose_time_changed_alone_is_hashed_and_kept()
    {
        using var source = new MadeSource(Disk);
        var image = await FetchAsync(Cache(), source);
        image.Dispose();
        File.SetLastWriteTimeUtc(image.Path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        using var again = await FetchAsync(Cache(), source);

        Assert.Single(source.Asked);
    }

    [Fact]
    public async Task Bits_that_flipped_unseen_are_noticed_when_the_file_is_sent_on()
    {
        using var source = new MadeSource(Disk);
        using var image = await FetchAsync(Cache(), source);
        FlipUnseen(image.Path);
        using var to = new MemoryStream();

        var refusal = await Assert.ThrowsAsync<ContentRefusedException>(() =>
            image.SendAsync(to, null, TestContext.Current.CancellationToken)
        );

        Assert.Equal(ContentRefusedException.DigestMismatch, refusal.Id);
        Assert.True(to.Length < Disk.Length);
        Assert.False(File.Exists(image.Path));
    }

    [Fact]
    public async Task Bits_that_flipped_unseen_are_noticed_after_a_week()
    {
        using var source = new MadeSource(Disk);
        var image = await FetchAsync(Cache(), source);
        image.Dispose();
        FlipUnseen(image.Path);
        _time.MoveTo(_time.GetUtcNow().AddDays(8));

        using var again = await FetchAsync(Cache(), source);

        Assert.Equal(2, source.Asked.Count);
    }

    [Fact]
    public async Task A_file_is_sent_on_whole()
    {
        using var source = new MadeSource(Disk);
        using var image = await FetchAsync(Cache(), source);
        using var to = new MemoryStream();

        await image.SendAsync(to, null, TestContext.Current.CancellationToken);

        Assert.Equal(Disk, to.ToArray());
    }

    [Fact]
    public async Task The_size_in_the_manifest_is_held_against_what_is_there()
    {
        using var source = new MadeSource(Disk);
        using var image = await FetchAsync(Cache(), source);

        var refusal = await Assert.ThrowsAsync<ContentRefusedException>(() =>
            FetchAsync(Cache(), source, MadeSource.Offer(Disk, size: Disk.Length + 1))
        );

        Assert.Equal(ContentRefusedException.SizeMismatch, refusal.Id);
    }

    [Fact]
    public async Task What_was_not_used_for_longest_makes_room()
    {
        var disks = Enumerable.Range(0, 4).Select(seed => MadeSource.RawDisk(1 << 20, seed)).ToArray();
        var cache = Cache(maxBytes: 3 << 20);
        foreach (var disk in (byte[][])[disks[0], disks[1], disks[2], disks[0]])
        {
            (await FetchAsync(cache, new MadeSource(disk), MadeSource.Offer(disk))).Dispose();
            _time.MoveTo(_time.GetUtcNow().AddHours(1));
        }

        (await FetchAsync(cache, new MadeSource(disks[3]), MadeSource.Offer(disks[3]))).Dispose();

        Assert.Equal(
            disks.Where(disk => disk != disks[1]).Select(disk => MadeSource.Sha256(disk)[7..]).Order(),
            Files("").Select(Path.GetFileName)
        );
    }

    [Fact]
    public async Task What_is_in_use_stays_and_there_is_no_room_for_more()
    {
        var disks = Enumerable.Range(0, 2).Select(seed => MadeSource.RawDisk(1 << 20, seed)).ToArray();
        using var used = await FetchAsync(
            Cache(maxBytes: 1 << 20),
            new MadeSource(disks[0]),
            MadeSource.Offer(disks[0])
        );

        var failure = await Assert.ThrowsAsync<FedSiteException>(() =>
            FetchAsync(Cache(maxBytes: 1 << 20), new MadeSource(disks[1]), MadeSource.Offer(disks[1]))
        );

        Assert.Contains("has no room for 1048576 bytes", failure.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(used.Path));
    }

    [Fact]
    public async Task A_disk_without_space_is_noticed_before_anything_is_asked_for()
    {
        using var source = new MadeSource(Disk);
        const long size = 1L << 60;

        var failure = await Assert.ThrowsAsync<FedSiteException>(() =>
            Cache(maxBytes: long.MaxValue)
                .FetchAsync(
                    source,
                    MadeSource.Offer(MadeSource.Sha256(Disk), size),
                    MadeSource.Terms() with
                    {
                        MaxSize = size,
                    },
                    null,
                    TestContext.Current.CancellationToken
                )
        );

        Assert.Contains("The disk of the cache", failure.Message, StringComparison.Ordinal);
        Assert.Empty(source.Asked);
    }

    [Fact]
    public async Task Files_of_others_and_what_is_new_stay_when_the_cache_shrinks()
    {
        var source = new MadeSource(Disk);
        (await FetchAsync(Cache(), source)).Dispose();
        var foreign = Path.Combine(Path.GetDirectoryName(Files("")[0])!, "notes.txt");
        await File.WriteAllTextAsync(foreign, "mine", TestContext.Current.CancellationToken);

        await Cache(maxBytes: 0).EvictAsync(TestContext.Current.CancellationToken);

        Assert.Empty(Files(""));
        Assert.True(File.Exists(foreign));
    }

    [Fact]
    public async Task Halves_of_conversions_and_locks_of_killed_runs_are_removed()
    {
        var source = new MadeSource(Disk);
        (await FetchAsync(Cache(), source)).Dispose();
        var half = Files("")[0] + ".raw.4096.part";
        await File.WriteAllTextAsync(half, "half", TestContext.Current.CancellationToken);

        await Cache().EvictAsync(TestContext.Current.CancellationToken);

        Assert.False(File.Exists(half));
        Assert.All(Files(".lock"), file => Assert.Equal(".lock", Path.GetFileName(file)));
        Assert.Single(Files(""));
    }

    [Fact]
    public async Task A_folder_that_can_not_be_used_is_told_with_its_key()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        using var source = new MadeSource(Disk);

        var failure = await Assert.ThrowsAsync<FedSiteException>(() =>
            FetchAsync(new ImageCache(file, 1 << 30, null, _time, NullLogger.Instance), source)
        );

        Assert.Contains("images.cache", failure.NextStep, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Mode(string path)
    {
        var mode = File.GetUnixFileMode(path);
        return string.Concat(Enumerable.Range(0, 9).Select(i => ((int)mode & (256 >> i)) == 0 ? '-' : "rwx"[i % 3]));
    }

    /// <summary>As a disk does: neither size nor time tell.</summary>
    private static void FlipUnseen(string path)
    {
        var time = File.GetLastWriteTimeUtc(path);
        var bytes = File.ReadAllBytes(path);
        bytes[1000] ^= 4;
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, time);
    }

    private async Task WritePartAsync(byte[] content)
    {
        var entry = new CacheEntry(_folder, ContentDigest.Parse(MadeSource.Sha256(Disk)));
        Directory.CreateDirectory(entry.Folder);
        await File.WriteAllBytesAsync(entry.Part(Disk.Length), content, TestContext.Current.CancellationToken);
    }

    /// <summary>Of the cache, by their ending; without: contents.</summary>
    private List<string> Files(string ending) =>
        Directory
            .EnumerateFiles(_folder, "*" + ending, SearchOption.AllDirectories)
            .Where(file => ending.Length > 0 || Path.GetFileName(file).Length == 64)
            .OrderBy(Path.GetFileName, StringComparer.Ordinal)
            .ToList();

    private ImageCache Cache(long maxBytes = 1 << 30) => new(_folder, maxBytes, null, _time, NullLogger.Instance);

    private static Task<CachedImage> FetchAsync(ImageCache cache, MadeSource source, ImageOffer? offer = null) =>
        cache.FetchAsync(
            source,
            offer ?? MadeSource.Offer(Disk),
            MadeSource.Terms(),
            null,
            TestContext.Current.CancellationToken
        );
}
