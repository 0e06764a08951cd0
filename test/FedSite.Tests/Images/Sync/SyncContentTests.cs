using System.Buffers.Binary;
using FedSite.Sandbox;
using FedSite.Sandbox.Oci;

namespace FedSite.Tests.Images.Sync;

/// <summary>Content that must not come in: the old version stays, nothing half is left, and the next good one is taken.</summary>
public sealed class SyncContentTests : IAsyncLifetime
{
    private SyncSite _site = null!;

    private string Debian => _site.Slot("debian");

    public async ValueTask InitializeAsync()
    {
        _site = await SyncSite.StartAsync();
        _site.Push("debian", "1");
        await _site.GoodSyncAsync();
        _site.Pass(TimeSpan.FromDays(1));
        _site.Watch.Begin();
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData("other bytes", "was expected")]
    [InlineData("shorter", "blobs")]
    [InlineData("longer", "more")]
    [InlineData("cut", "blobs")]
    public async Task Bytes_that_are_not_those_of_the_manifest_are_not_taken(string how, string word)
    {
        var pushed = _site.Push("debian", "2");
        var bytes = SmallImage.Qcow2("3");
        if (how is "cut")
            _site.Registry.Cuts[pushed.Content] = pushed.Size / 2;
        else
            _site.Registry.Spoiled[pushed.Content] = SandboxContent.Of(
                how switch
                {
                    "shorter" => bytes[..^1],
                    "longer" => [.. bytes, 0],
                    _ => bytes,
                }
            );

        var run = await _site.SyncAsync();

        Assert.Equal((ExitCode.Failed, "replace failed, hide put_off"), (run.Exit, run.Actions));
        Assert.Contains(run.Reasons, reason => reason.Contains(word, StringComparison.Ordinal));
        AssertOldStays();
        _site.Registry.Spoiled.Clear();
        _site.Registry.Cuts.Clear();
        await _site.GoodSyncAsync();
        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task An_image_that_names_a_file_of_the_host_is_refused_and_not_fetched_again()
    {
        var bytes = SmallImage.Qcow2("2");
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), 512);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(16), 11);
        "/etc/passwd"u8.CopyTo(bytes.AsSpan(512));
        var pushed = _site.Push("debian", bytes);

        var run = await _site.SyncAsync();

        Assert.Equal((ExitCode.Failed, "replace failed, hide put_off"), (run.Exit, run.Actions));
        AssertOldStays();
        var again = await _site.SyncAsync();
        Assert.Equal((ExitCode.Partly, "qcow2-backing-file"), (again.Exit, again.Refusal(Debian)));
        Assert.Empty(again.Actions);
        AssertOldStays();
        Assert.NotEqual(pushed.Manifest, _site.Current(Debian).Properties["fedsite_manifest"]);
    }

    [Fact]
    public async Task An_image_of_another_format_than_declared_is_refused()
    {
        _site.Push(
            "debian",
            "2",
            annotations: new Dictionary<string, string> { ["org.openstack.glance.disk_format"] = "raw" }
        );

        var run = await _site.SyncAsync();

        Assert.Equal((ExitCode.Failed, "replace failed, hide put_off"), (run.Exit, run.Actions));
        AssertOldStays();
        _site.Push("debian", "3");
        await _site.GoodSyncAsync();
        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task However_often_a_download_was_damaged_the_first_good_one_is_taken()
    {
        var pushed = _site.Push("debian", "2");
        _site.Registry.Spoiled[pushed.Content] = SandboxContent.Of(SmallImage.Qcow2("3"));
        for (var i = 0; i < 35; i++)
            Assert.Equal(ExitCode.Failed, (await _site.SyncAsync()).Exit);

        _site.Registry.Spoiled.Clear();
        await _site.GoodSyncAsync();

        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task What_Glance_stored_otherwise_than_it_was_sent_is_never_shown()
    {
        _site.Push("debian", "2");
        _site.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Glance,
                When = IsUpload,
                Damage = body =>
                {
                    body[^1] ^= 1;
                    return body;
                },
            }
        );

        var run = await _site.SyncAsync();

        Assert.Equal((ExitCode.Failed, "replace failed, hide put_off"), (run.Exit, run.Actions));
        Assert.Contains(run.Reasons, reason => reason.Contains("os_hash_value", StringComparison.Ordinal));
        AssertOldStays();
        await _site.GoodSyncAsync();
        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task An_upload_whose_answer_was_lost_is_not_sent_again()
    {
        _site.Push("debian", "2");
        _site.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Glance,
                When = IsUpload,
                Kind = FaultKind.Reset,
                Done = true,
            }
        );

        await _site.SyncAsync();
        var sent = (await _site.GoodSyncAsync()).Sent;

        Assert.Equal(0, sent);
        _site.Watch.AssertNothingLost();
        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task An_upload_that_nobody_remembers_is_compared_with_the_source()
    {
        _site.Push("debian", "2");
        await UploadWithoutComparisonAsync();
        _site.ForgetState();

        Assert.Equal(0, (await _site.GoodSyncAsync()).Sent);

        _site.Watch.AssertNothingLost();
        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task An_upload_that_was_never_compared_goes_when_the_tag_moves_on()
    {
        _site.Push("debian", "2");
        await UploadWithoutComparisonAsync();
        _site.Pass(TimeSpan.FromDays(1));
        _site.Push("debian", "3");

        await _site.GoodSyncAsync();

        _site.Watch.AssertNothingLost();
        _site.AssertWhole(Debian);
        Assert.Equal(2, _site.ImagesOf(Debian).Count);
    }

    [Fact]
    public async Task An_upload_that_Glance_lost_track_of_is_made_anew_after_a_day()
    {
        _site.Push("debian", "2");
        _site.World.ImageTerms.Received = (_, _) => throw new IOException("cut");
        await _site.SyncAsync();
        _site.World.ImageTerms.Received = (_, _) => { };
        var lost = Assert.Single(_site.Images, image => image.Status is "queued");
        _site.World.Put(lost with { Status = "saving" });

        Assert.Equal(ExitCode.Failed, (await _site.SyncAsync()).Exit);
        _site.Pass(TimeSpan.FromHours(25));
        await _site.GoodSyncAsync();

        _site.Watch.AssertNothingLost();
        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task An_upload_beyond_the_quota_leaves_nothing_and_is_made_when_there_is_room()
    {
        _site.World.ImageTerms.StorageBytes = 400_000;
        _site.Push("debian", "2");

        var run = await _site.SyncAsync();

        Assert.Equal((ExitCode.Failed, "replace failed, hide put_off"), (run.Exit, run.Actions));
        Assert.Contains(run.Reasons, reason => reason.Contains("quota", StringComparison.Ordinal));
        AssertOldStays(butFor: "queued");
        _site.World.ImageTerms.StorageBytes = null;
        await _site.GoodSyncAsync();
        _site.AssertWhole(Debian);
    }

    /// <summary>Glance has all, and then tells and changes nothing any more.</summary>
    private async Task UploadWithoutComparisonAsync()
    {
        _site.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Glance,
                Times = int.MaxValue,
                When = request =>
                    request.Method is "PATCH"
                    || (request.Method is "GET" && request.Path.Value!.Split('/') is [_, "v2", "images", _]),
            }
        );
        await _site.SyncAsync();
        await _site.Traffic.StopFailingAsync();
        Assert.Equal(2, _site.ImagesOf(Debian).Count);
        _site.Watch.Begin();
    }

    private static bool IsUpload(Microsoft.AspNetCore.Http.HttpRequest request) =>
        request.Method is "PUT" && request.Path.Value!.EndsWith("/file", StringComparison.Ordinal);

    /// <summary>The first version, whole and alone.</summary>
    private void AssertOldStays(string? butFor = null)
    {
        _site.Watch.AssertNothingLost();
        var there = Assert.Single(_site.Images, image => image.Status != butFor);
        Assert.True(_site.IsComplete(there) && !there.Hidden);
    }
}
