using FedSite.Sandbox;

namespace FedSite.Tests.Images.Sync;

/// <summary>The life of images: they come, are replaced, withdrawn, offered again, removed.</summary>
public sealed class SyncStoryTests : IAsyncLifetime
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private SyncSite _site = null!;

    private string Debian => _site.Slot("debian");

    public async ValueTask InitializeAsync() => _site = await SyncSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task An_image_that_is_offered_is_added_and_every_VO_sees_it()
    {
        var pushed = _site.Push("debian", "1");

        var run = await _site.GoodSyncAsync();

        Assert.Equal("add done", run.Actions);
        Assert.Equal(pushed.Size, run.Sent);
        _site.AssertWhole(Debian);
        var image = _site.Current(Debian);
        Assert.Equal((pushed.Manifest, 1), (image.Properties["fedsite_manifest"], image.MinDisk));
    }

    [Fact]
    public async Task A_run_without_news_writes_nothing()
    {
        _site.Push("debian", "1");
        _site.Push("debian", "2", tag: "2");
        await _site.GoodSyncAsync();
        _site.Watch.Begin();

        var run = await _site.GoodSyncAsync();

        Assert.Empty(run.Actions);
        Assert.Equal(0, _site.Watch.Writes);
    }

    [Fact]
    public async Task When_a_tag_moves_every_VO_sees_one_version_all_the_time_and_the_old_one_is_hidden_last()
    {
        _site.Push("debian", "1");
        await _site.GoodSyncAsync();
        var old = _site.Current(Debian);
        var server = _site.Boot(old, _site.Vos[0]);
        _site.Pass(Day);
        _site.Push("debian", "2");
        _site.Watch.Begin();

        var run = await _site.GoodSyncAsync();

        Assert.Equal("replace done, hide done", run.Actions);
        _site.Watch.AssertNothingLost();
        _site.AssertWhole(Debian);
        var hidden = _site.World.FindImage(old.Id)!;
        Assert.True(hidden.Hidden);
        Assert.Equal(old.Members, hidden.Members);
        Assert.Equal(old.Id, _site.World.FindServer(server.Id)!.ImageId);
    }

    [Fact]
    public async Task A_withdrawn_image_is_hidden_then_removed_after_the_days_of_grace()
    {
        _site.Push("debian", "1");
        _site.Push("ubuntu", "1");
        await _site.GoodSyncAsync();
        _site.Registry.RemoveTag("vms/debian", "1");

        Assert.Equal("hide done", (await _site.GoodSyncAsync()).Actions);
        Assert.True(Assert.Single(_site.ImagesOf(Debian)).Hidden);
        _site.Pass(29 * Day);
        Assert.Empty((await _site.GoodSyncAsync()).Actions);
        _site.Pass(2 * Day);
        Assert.Equal("remove done", (await _site.GoodSyncAsync()).Actions);
        _site.AssertWhole(_site.Slot("ubuntu"));
    }

    [Fact]
    public async Task What_was_refused_and_is_not_there_any_more_is_not_listed()
    {
        _site.Push("debian", "1");
        _site.Push("broken", [1, 2, 3]);
        await _site.SyncAsync();
        Assert.Contains(_site.Slot("broken"), (await _site.RunAsync("images list")).Output, StringComparison.Ordinal);
        _site.Registry.RemoveTag("vms/broken", "1");

        await _site.GoodSyncAsync();

        var listed = (await _site.RunAsync("images list")).Output;
        Assert.Contains(Debian, listed, StringComparison.Ordinal);
        Assert.DoesNotContain(_site.Slot("broken"), listed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_withdrawn_image_stays_as_long_as_a_server_uses_it()
    {
        _site.Push("debian", "1");
        _site.Push("ubuntu", "1");
        await _site.GoodSyncAsync();
        var image = _site.Current(Debian);
        var server = _site.Boot(image, _site.Vos[1]);
        _site.Registry.RemoveTag("vms/debian", "1");
        await _site.GoodSyncAsync();
        _site.Pass(31 * Day);

        Assert.Equal("remove put_off", (await _site.GoodSyncAsync()).Actions);
        Assert.NotNull(_site.World.FindImage(image.Id));
        _site.World.Advance(server.Id, "DELETED", _site.Time.GetUtcNow());
        Assert.Equal("remove done", (await _site.GoodSyncAsync()).Actions);
        Assert.Null(_site.World.FindImage(image.Id));
    }

    [Fact]
    public async Task A_withdrawn_image_that_is_offered_again_is_shown_again_and_not_sent()
    {
        var pushed = _site.Push("debian", "1");
        _site.Push("ubuntu", "1");
        await _site.GoodSyncAsync();
        var id = _site.Current(Debian).Id;
        _site.Registry.RemoveTag("vms/debian", "1");
        await _site.GoodSyncAsync();
        _site.Pass(3 * Day);
        _site.Registry.MoveTag("vms/debian", "1", pushed.Manifest);

        var run = await _site.GoodSyncAsync();

        Assert.Equal(("show done", 0L), (run.Actions, run.Sent));
        Assert.Equal(id, _site.Current(Debian).Id);
        _site.AssertWhole(Debian, _site.Slot("ubuntu"));
    }

    [Fact]
    public async Task An_image_that_was_removed_after_its_withdrawal_comes_again_under_another_id()
    {
        var pushed = _site.Push("debian", "1");
        _site.Push("ubuntu", "1");
        await _site.GoodSyncAsync();
        var id = _site.Current(Debian).Id;
        _site.Registry.RemoveTag("vms/debian", "1");
        await _site.GoodSyncAsync();
        _site.Pass(31 * Day);
        await _site.GoodSyncAsync();
        _site.Registry.MoveTag("vms/debian", "1", pushed.Manifest);

        Assert.Equal("add done", (await _site.GoodSyncAsync()).Actions);
        Assert.NotEqual(id, _site.Current(Debian).Id);
        _site.AssertWhole(Debian, _site.Slot("ubuntu"));
    }

    [Fact]
    public async Task An_image_that_somebody_deleted_by_hand_comes_back_under_another_id()
    {
        _site.Push("debian", "1");
        await _site.GoodSyncAsync();
        var id = _site.Current(Debian).Id;
        _site.World.RemoveImage(id);

        Assert.Equal("add done", (await _site.GoodSyncAsync()).Actions);
        Assert.NotEqual(id, _site.Current(Debian).Id);
        Assert.Empty((await _site.GoodSyncAsync()).Actions);
        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task Without_the_state_database_nothing_is_sent_again_and_nothing_removed()
    {
        _site.Push("debian", "1");
        _site.Push("ubuntu", "1");
        await _site.GoodSyncAsync();
        _site.Pass(Day);
        _site.Push("debian", "2");
        await _site.GoodSyncAsync();
        _site.ForgetState();
        _site.Watch.Begin();

        Assert.Empty((await _site.GoodSyncAsync()).Actions);
        Assert.Equal(0, _site.Watch.Writes);
        _site.AssertWhole(Debian, _site.Slot("ubuntu"));
    }

    [Fact]
    public async Task An_image_that_an_administrator_deactivated_stays_so()
    {
        _site.Push("debian", "1");
        await _site.GoodSyncAsync();
        _site.World.Put(_site.Current(Debian) with { Status = "deactivated" });

        var run = await _site.GoodSyncAsync();

        Assert.Empty(run.Actions);
        Assert.Contains(run.Notes, note => note.Contains("deactivated", StringComparison.Ordinal));
        Assert.Equal("deactivated", _site.Current(Debian).Status);
    }

    [Fact]
    public async Task Images_of_another_site_in_the_same_project_are_left_alone()
    {
        _site.Push("debian", "1");
        await _site.GoodSyncAsync();
        var own = _site.Current(Debian);
        var other = own with
        {
            Id = Guid.CreateVersion7().ToString(),
            Properties = new Dictionary<string, string>(own.Properties) { ["fedsite_site"] = "OTHER-SITE" },
        };
        _site.World.Put(other);
        _site.Pass(Day);
        _site.Push("debian", "2");

        await _site.GoodSyncAsync();

        Assert.Same(other, _site.World.FindImage(other.Id));
    }

    [Fact]
    public async Task Images_without_our_tag_are_left_alone()
    {
        _site.Push("debian", "1");
        await _site.GoodSyncAsync();
        var untagged = _site.Current(Debian) with { Id = Guid.CreateVersion7().ToString(), Tags = ["mine"] };
        _site.World.Put(untagged);
        _site.Pass(Day);
        _site.Push("debian", "2");

        await _site.GoodSyncAsync();

        Assert.Same(untagged, _site.World.FindImage(untagged.Id));
    }

    [Fact]
    public async Task A_property_that_Glance_protects_is_reported_and_the_old_version_stays()
    {
        _site.Push("debian", "1");
        await _site.GoodSyncAsync();
        _site.Pass(Day);
        _site.Push("debian", "2");
        _site.Watch.Begin();
        _site.Traffic.Fail(
            new()
            {
                Service = SandboxService.Glance,
                When = request =>
                    request.Method == "POST" && request.Path.Value!.EndsWith("/images", StringComparison.Ordinal),
                Status = 403,
                Body = "<h1>403 Forbidden</h1> Property 'os_distro' is protected",
                ContentType = "text/html",
            }
        );

        var run = await _site.SyncAsync();

        Assert.Equal((ExitCode.Failed, "replace failed, hide put_off"), (run.Exit, run.Actions));
        Assert.Contains(run.Reasons, reason => reason.Contains("protected", StringComparison.Ordinal));
        _site.Watch.AssertNothingLost();
        await _site.GoodSyncAsync();
        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task Versions_that_are_beyond_those_to_be_kept_and_old_go_over_the_months()
    {
        _site.Settings.Add("keep: {versions: 2, days: 30}");
        var booted = "";
        for (var month = 1; month <= 6; month++)
        {
            _site.Push("debian", $"month {month}");
            await _site.GoodSyncAsync();
            _site.AssertWhole(Debian);
            if (month == 1)
            {
                booted = _site.Current(Debian).Id;
                _site.Boot(_site.Current(Debian), _site.Vos[0]);
            }
            _site.Pass(31 * Day);
        }

        await _site.GoodSyncAsync();

        // The current one, two before it, and the one that a server was started from.
        Assert.Equal(4, _site.Images.Count);
        Assert.NotNull(_site.World.FindImage(booted));
    }

    [Fact]
    public async Task An_image_older_than_allowed_is_hidden_and_a_new_one_takes_its_place()
    {
        _site.Settings.Add("require: {max_age: 60d}");
        _site.Push("debian", "1");
        await _site.GoodSyncAsync();
        _site.Pass(61 * Day);

        var run = await _site.GoodSyncAsync();

        Assert.Equal(("hide done", "expired"), (run.Actions, run.Decision(Debian)));
        Assert.True(Assert.Single(_site.Images).Hidden);
        _site.Push("debian", "2");
        await _site.GoodSyncAsync();
        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task A_tag_that_went_back_is_refused_until_that_is_allowed()
    {
        var first = _site.Push("debian", "1");
        await _site.GoodSyncAsync();
        _site.Pass(Day);
        _site.Push("debian", "2");
        await _site.GoodSyncAsync();
        var newer = _site.Current(Debian).Id;
        _site.Registry.MoveTag("vms/debian", "1", first.Manifest);

        var run = await _site.SyncAsync();

        Assert.Equal((ExitCode.Partly, "rollback", newer), (run.Exit, run.Refusal(Debian), _site.Current(Debian).Id));
        _site.Sources[0] = $"{{registry: \"{_site.Url}\", project: vms, allow_rollback: true}}";
        _site.Watch.Begin();
        run = await _site.GoodSyncAsync();
        Assert.Equal(0, run.Sent);
        Assert.Equal(first.Manifest, _site.Current(Debian).Properties["fedsite_manifest"]);
        _site.Watch.AssertNothingLost();
        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task A_tag_that_goes_back_between_two_runs_one_of_which_was_cut_off_leaves_the_newer_version()
    {
        var first = _site.Push("debian", "1");
        await _site.GoodSyncAsync();
        _site.Pass(Day);
        _site.Push("debian", "2");
        _site.Traffic.Fail(
            new()
            {
                Service = SandboxService.Glance,
                Times = int.MaxValue,
                When = request =>
                    request.Method == "PATCH"
                    && _site.Images.Any(image =>
                        image.Members.Count > 0 && request.Path.Value!.EndsWith(image.Id, StringComparison.Ordinal)
                    ),
            }
        );
        Assert.Equal("replace done, hide failed", (await _site.SyncAsync()).Actions);
        await _site.Traffic.StopFailingAsync();
        _site.Registry.MoveTag("vms/debian", "1", first.Manifest);

        var run = await _site.SyncAsync();

        Assert.Equal(("rollback", "hide done"), (run.Refusal(Debian), run.Actions));
        Assert.NotEqual(first.Manifest, _site.Current(Debian).Properties["fedsite_manifest"]);
        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task One_content_under_several_tags_is_an_image_for_each()
    {
        _site.Push("debian", "same");
        _site.Push("debian", "same", tag: "latest");
        _site.Push("mirror", "same");

        await _site.GoodSyncAsync();

        _site.AssertWhole(Debian, _site.Slot("debian", "latest"), _site.Slot("mirror"));
        Assert.Empty((await _site.GoodSyncAsync()).Actions);
    }

    [Fact]
    public async Task Each_architecture_of_an_index_is_an_image_of_its_own()
    {
        var x86 = _site.Push("debian", "x86", tag: "1-amd64");
        var arm = _site.Push("debian", "arm", tag: "1-arm64");
        _site.Registry.PushIndex("vms/debian", ["1"], ("amd64", x86.Manifest), ("arm64", arm.Manifest));

        await _site.GoodSyncAsync();

        _site.AssertWhole($"{Debian}@amd64", $"{Debian}@arm64");
        Assert.Equal("aarch64", _site.Current($"{Debian}@arm64").Properties["architecture"]);
    }
}
