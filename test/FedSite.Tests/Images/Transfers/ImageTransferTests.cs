using System.Security.Cryptography;
using FedSite.Images.Inspection;
using FedSite.Images.Sources;
using FedSite.Images.Transfers;
using FedSite.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Tests.Images.Transfers;

public sealed class ImageTransferTests : IDisposable
{
    // Several blocks and a part of one.
    private static readonly byte[] Disk = MadeSource.RawDisk((9 << 20) + 512);

    private static readonly StandingTime Time = new(new DateTimeOffset(2026, 11, 26, 8, 0, 0, TimeSpan.Zero));

    private readonly MemoryStream _to = new();

    [Fact]
    public async Task What_was_offered_arrives_with_its_digests_and_inspection()
    {
        using var source = new MadeSource(Disk);

        var content = await PassAsync(source, MadeSource.Offer(Disk));

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Disk)), content.Sha256);
        Assert.Equal(Convert.ToHexStringLower(SHA512.HashData(Disk)), content.Sha512);
        Assert.Equal(("raw", Disk.LongLength), (content.Inspection.Format, content.Inspection.VirtualSize));
        Assert.Equal(Disk, _to.ToArray());
    }

    [Theory]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 512)]
    [InlineData(512)]
    public async Task Sizes_around_a_block_arrive_whole(int size)
    {
        var disk = MadeSource.RawDisk(size);
        using var source = new MadeSource(disk);

        await PassAsync(source, MadeSource.Offer(disk));

        Assert.Equal(disk, _to.ToArray());
    }

    [Fact]
    public async Task A_source_that_sends_drop_by_drop_is_given_up()
    {
        var time = new DrippingTime();
        using var source = new MadeSource(from => new Dripping(new MemoryStream(Disk[(int)from..]), time));
        var transfer = new ImageTransfer(time, bandwidth: null, NullLogger.Instance);

        var failure = await Assert.ThrowsAsync<FedSiteException>(() =>
            transfer.PassAsync(
                source,
                MadeSource.Offer(Disk),
                MadeSource.Terms(),
                _to,
                progress: null,
                TestContext.Current.CancellationToken
            )
        );

        Assert.Contains("was given up", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_digest_by_SHA_512_is_held_against_the_content_too()
    {
        using var source = new MadeSource(Disk);
        var right = "sha512:" + Convert.ToHexStringLower(SHA512.HashData(Disk));

        await PassAsync(source, MadeSource.Offer(Disk, right));
        var refusal = await RefusedAsync(source, MadeSource.Offer(Disk, right.Replace('0', '1')));

        Assert.Equal(ContentRefusedException.DigestMismatch, refusal.Id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_is_cut_at_any_tenth_is_resumed_where_it_ended(bool endsQuietly)
    {
        for (var tenth = 0; tenth < 10; tenth++)
        {
            var cut = Disk.Length / 10 * tenth;
            using var source = MadeSource.Breaking(Disk, () => endsQuietly ? null : new IOException("reset"), cut);
            _to.SetLength(0);

            await PassAsync(source, MadeSource.Offer(Disk));

            Assert.Equal([0, cut], source.Asked);
            Assert.Equal(Disk, _to.ToArray());
        }
    }

    [Fact]
    public async Task Tries_are_counted_anew_after_progress()
    {
        using var source = MadeSource.Breaking(
            Disk,
            () => new IOException("reset"),
            [.. Enumerable.Repeat(1 << 20, ResumingReader.Tries + 2)]
        );

        await PassAsync(source, MadeSource.Offer(Disk));

        Assert.Equal(Disk, _to.ToArray());
    }

    [Fact]
    public async Task A_connection_that_breaks_again_and_again_is_given_up()
    {
        using var source = MadeSource.Breaking(Disk, () => new IOException("reset"), [.. Enumerable.Repeat(1000, 100)]);

        var failure = await Assert.ThrowsAsync<FedSiteException>(() => PassAsync(source, MadeSource.Offer(Disk)));

        Assert.Equal(ResumingReader.Tries, source.Asked.Count);
        Assert.Contains(
            $"after {1000 * ResumingReader.Tries} of {Disk.Length} bytes: reset",
            failure.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Silence_is_a_cut()
    {
        var asked = new TaskCompletionSource();
        using var source = new MadeSource(from =>
            from == 0
                ? new SilentStream(new MemoryStream(Disk, 0, 5000), asked)
                : new MemoryStream(Disk, (int)from, Disk.Length - (int)from)
        );
        var time = new StandingTime(DateTimeOffset.UnixEpoch);

        var pass = new ImageTransfer(time, null, NullLogger.Instance).PassAsync(
            source,
            MadeSource.Offer(Disk),
            MadeSource.Terms(),
            _to,
            null,
            TestContext.Current.CancellationToken
        );
        await asked.Task;
        time.RunOut();
        await pass;

        Assert.Equal([0, 5000], source.Asked);
    }

    [Fact]
    public async Task One_wrong_byte_is_noticed_before_the_last_block_is_written()
    {
        var changed = (byte[])Disk.Clone();
        changed[5_000_000] ^= 1;
        using var source = new MadeSource(changed);

        var refusal = await RefusedAsync(source, MadeSource.Offer(Disk));

        Assert.Equal(ContentRefusedException.DigestMismatch, refusal.Id);
        Assert.True(_to.Length < Disk.Length);
    }

    [Fact]
    public async Task A_wrong_digest_says_over_how_many_connections_the_bytes_came()
    {
        using var source = MadeSource.Breaking(Disk, () => null, 3 << 20, 2 << 20);

        var refusal = await RefusedAsync(source, MadeSource.Offer(Disk, MadeSource.Sha256([1])));

        Assert.Contains("over 3 connections", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5 << 20)]
    public async Task Content_that_goes_on_after_its_size_is_refused_at_once(int more)
    {
        byte[] longer = [.. Disk, .. new byte[more]];
        using var source = new MadeSource(longer);

        var refusal = await RefusedAsync(source, MadeSource.Offer(Disk));

        Assert.Equal(ContentRefusedException.SizeMismatch, refusal.Id);
        Assert.Single(source.Asked);
        Assert.True(_to.Length < Disk.Length);
    }

    [Fact]
    public async Task Content_that_stays_shorter_than_its_size_is_refused_after_all_tries()
    {
        using var source = new MadeSource(Disk);

        var refusal = await RefusedAsync(source, MadeSource.Offer(Disk, size: Disk.Length + 1));

        Assert.Equal(ContentRefusedException.SizeMismatch, refusal.Id);
        Assert.Equal(ResumingReader.Tries, source.Asked.Count);
    }

    [Fact]
    public async Task Content_larger_than_allowed_is_not_asked_for()
    {
        using var source = new MadeSource(Disk);

        var refusal = await Assert.ThrowsAsync<ContentRefusedException>(() =>
            PassAsync(source, MadeSource.Offer(Disk), MadeSource.Terms() with { MaxSize = Disk.Length - 1 })
        );

        Assert.Equal(ContentRefusedException.TooLarge, refusal.Id);
        Assert.Empty(source.Asked);
    }

    [Fact]
    public async Task An_unsafe_image_is_refused_before_it_has_come_whole()
    {
        var image = HostileQcow2(40 << 20);
        using var source = new MadeSource(image);

        var refusal = await RefusedAsync(source, MadeSource.Offer(image));

        Assert.Equal(ContentRefusedException.Unsafe, refusal.Id);
        Assert.Contains(refusal.Inspection!.Findings, danger => danger.Id == "qcow2-backing-file");
        Assert.True(_to.Length < image.Length);
        Assert.Equal(0, source.StillOpen);
    }

    [Theory]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("sha256:../../../../etc/passwd")]
    [InlineData("sha256:ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    [InlineData("")]
    public async Task A_digest_that_is_none_is_refused_before_anything_is_asked_for(string digest)
    {
        using var source = new MadeSource(Disk);

        var refusal = await RefusedAsync(source, MadeSource.Offer(Disk, digest));

        Assert.Equal(ContentRefusedException.NoDigest, refusal.Id);
        Assert.Empty(source.Asked);
    }

    [Fact]
    public async Task What_the_destination_fails_with_is_told_and_the_source_is_closed()
    {
        using var source = new MadeSource(Disk);

        var failure = await Assert.ThrowsAsync<InvalidDataException>(() =>
            PassAsync(source, MadeSource.Offer(Disk), to: new FailingStream())
        );

        Assert.Equal("quota", failure.Message);
        Assert.Equal(0, source.StillOpen);
    }

    [Fact]
    public async Task What_the_source_refuses_with_is_told()
    {
        using var source = new MadeSource(_ => throw new FedSiteException("Gone."));

        var failure = await Assert.ThrowsAsync<FedSiteException>(() => PassAsync(source, MadeSource.Offer(Disk)));

        Assert.Equal("Gone.", failure.Message);
    }

    [Fact]
    public async Task A_wish_to_stop_ends_a_pass_that_waits_for_its_source()
    {
        var asked = new TaskCompletionSource();
        using var source = new MadeSource(_ => new SilentStream(new MemoryStream(Disk, 0, 5000), asked));
        using var wish = new CancellationTokenSource();

        var pass = PassAsync(source, MadeSource.Offer(Disk), ct: wish.Token);
        await asked.Task;
        await wish.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pass);
        Assert.Equal(0, source.StillOpen);
    }

    [Fact]
    public async Task Progress_tells_the_bytes_that_have_come()
    {
        using var source = new MadeSource(Disk);
        var seen = new Seen();

        await PassAsync(source, MadeSource.Offer(Disk), progress: seen);

        Assert.Equal(0, seen.Values[0]);
        Assert.Equal(Disk.Length, seen.Values[^1]);
        Assert.Equal(seen.Values.Order(), seen.Values);
    }

    [Fact]
    public async Task A_slow_destination_keeps_the_source_from_running_ahead()
    {
        const int size = 100 << 20;
        var zeros = new ZeroStream(size);
        using var source = new MadeSource(_ => zeros);
        var to = new SlowStream(zeros);

        await Assert.ThrowsAsync<ContentRefusedException>(() =>
            PassAsync(source, MadeSource.Offer(MadeSource.Sha256([]), size), to: to)
        );

        Assert.InRange(to.MostAhead, 1, 8 << 20);
    }

    public void Dispose() => _to.Dispose();

    internal static byte[] HostileQcow2(int size)
    {
        var image = new byte[size];
        byte[] head = [(byte)'Q', (byte)'F', (byte)'I', 0xfb, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 10];
        head.CopyTo(image, 0);
        "/etc/shadow"u8[..10].CopyTo(image.AsSpan(256));
        return image;
    }

    private Task<ContentRefusedException> RefusedAsync(MadeSource source, ImageOffer offer) =>
        Assert.ThrowsAsync<ContentRefusedException>(() => PassAsync(source, offer));

    private Task<TransferredContent> PassAsync(
        MadeSource source,
        ImageOffer offer,
        TransferTerms? terms = null,
        Stream? to = null,
        IProgress<long>? progress = null,
        CancellationToken? ct = null
    ) =>
        new ImageTransfer(Time, null, NullLogger.Instance).PassAsync(
            source,
            offer,
            terms ?? MadeSource.Terms(),
            to ?? _to,
            progress,
            ct ?? TestContext.Current.CancellationToken
        );

    /// <summary>A byte each half minute.</summary>
    private sealed class Dripping(Stream inner, DrippingTime time) : PassedOnStream(inner)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            time.Drip();
            return base.ReadAsync(buffer[..1], cancellationToken);
        }
    }

    private sealed class DrippingTime : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Read(ref _seconds);

        public void Drip() => Interlocked.Add(ref _seconds, 30);
    }
}
