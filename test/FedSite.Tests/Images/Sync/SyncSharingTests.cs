using FedSite.Sandbox.World;

namespace FedSite.Tests.Images.Sync;

/// <summary>Who sees an image.</summary>
public sealed class SyncSharingTests : IAsyncLifetime
{
    private SyncSite _site = null!;

    private string Debian => _site.Slot("debian");

    public async ValueTask InitializeAsync()
    {
        _site = await SyncSite.StartAsync(vos: 4);
        _site.Push("debian", "1");
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task A_VO_that_joins_sees_it_and_one_that_leaves_does_not_any_more()
    {
        var last = _site.Vos[^1];
        _site.Vos.Remove(last);
        await _site.GoodSyncAsync();
        _site.AssertWhole(Debian);

        _site.Vos.Add(last);
        Assert.Equal("share done", (await _site.GoodSyncAsync()).Actions);
        _site.AssertWhole(Debian);

        _site.Vos.RemoveAt(0);
        Assert.Equal("unshare done", (await _site.GoodSyncAsync()).Actions);
        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task A_VO_that_gets_another_project_sees_it_there()
    {
        var spare = Take();
        await _site.GoodSyncAsync();
        _site.Vos[0] = _site.Vos[0] with { Id = spare.Id };

        Assert.Equal("unshare done, share done", (await _site.GoodSyncAsync()).Actions);

        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task A_VO_that_left_is_taken_from_hidden_versions_too_also_after_a_run_for_one_source()
    {
        await _site.GoodSyncAsync();
        var old = _site.Current(Debian).Id;
        _site.Pass(TimeSpan.FromDays(1));
        _site.Push("debian", "2");
        await _site.GoodSyncAsync();
        var left = _site.Vos[0].Id;
        _site.Vos.RemoveAt(0);

        await _site.GoodSyncAsync("--source vms");
        await _site.GoodSyncAsync();

        Assert.DoesNotContain(left, _site.World.FindImage(old)!.Members.Keys);
    }

    [Fact]
    public async Task A_VO_whose_project_nobody_can_enter_is_reported_and_hinders_no_other()
    {
        _site.World.Grant(_site.World.Accounting.Id, _site.Vos[0].Id);

        var run = await _site.SyncAsync();

        Assert.NotEqual(ExitCode.Done, run.Exit);
        Assert.Contains(run.Reasons, reason => reason.Contains(_site.Vos[0].Id, StringComparison.Ordinal));
        var image = _site.Current(Debian);
        Assert.Equal("pending", image.Members[_site.Vos[0].Id]);
        Assert.All(_site.Vos.Skip(1), vo => Assert.True(ImageWatch.Sees(image, vo.Id)));
    }

    [Fact]
    public async Task A_VO_that_never_saw_an_image_does_not_hold_old_versions_in_sight()
    {
        _site.World.Grant(_site.World.Accounting.Id, _site.Vos[0].Id);
        await _site.SyncAsync();
        for (var version = 2; version <= 4; version++)
        {
            _site.Pass(TimeSpan.FromDays(1));
            _site.Push("debian", $"{version}");
            await _site.SyncAsync();
            await _site.SyncAsync();
        }

        Assert.Single(_site.ImagesOf(Debian), image => !image.Hidden);
    }

    [Fact]
    public async Task A_VO_that_can_not_accept_the_new_version_goes_on_seeing_the_old_one()
    {
        await _site.GoodSyncAsync();
        _site.World.Grant(_site.World.Accounting.Id, _site.Vos[0].Id);
        _site.Pass(TimeSpan.FromDays(1));
        _site.Push("debian", "2");
        _site.Watch.Begin();

        await _site.SyncAsync();
        await _site.SyncAsync();

        _site.Watch.AssertNothingLost();
    }

    [Fact]
    public async Task A_run_for_one_source_takes_the_image_from_no_VO_of_another()
    {
        _site.Sources[0] = $"{{name: a, registry: \"{_site.Url}\", project: vms, vos: [{_site.Vos[0].Name}]}}";
        _site.Sources.Add(
            $"{{name: b, registry: \"{_site.Url}\", project: vms, vos: [{string.Join(", ", _site.Vos.Skip(1).Select(vo => vo.Name))}]}}"
        );
        await _site.GoodSyncAsync();
        _site.AssertWhole(Debian);
        _site.Pass(TimeSpan.FromDays(1));
        _site.Push("debian", "2");
        _site.Watch.Begin();

        await _site.SyncAsync("--source a");

        _site.Watch.AssertNothingLost();
        await _site.GoodSyncAsync();
        _site.Watch.AssertNothingLost();
        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task A_VO_beyond_its_limit_keeps_the_version_that_it_has()
    {
        _site.Settings.Add("limits: {per_vo: 1MiB}");
        await _site.GoodSyncAsync();
        _site.Watch.Begin();
        for (var version = 2; version <= 4; version++)
        {
            _site.Pass(TimeSpan.FromDays(1));
            _site.Push("debian", $"{version}");
            await _site.SyncAsync();
        }

        _site.Watch.AssertNothingLost();
        Assert.Single(_site.ImagesOf(Debian), image => !image.Hidden);
    }

    [Fact]
    public async Task While_the_newer_version_is_refused_VOs_still_come_and_go()
    {
        var joining = Take();
        await _site.GoodSyncAsync();
        _site.Pass(TimeSpan.FromDays(1));
        var manifest = _site.Push("debian", "2").Manifest;
        await _site.GoodSyncAsync();
        _site.Registry.PushManifest(
            "vms/debian",
            ["1"],
            "application/vnd.oci.image.manifest.v1+json",
            "{}"u8.ToArray()
        );
        _site.Vos.RemoveAt(0);
        _site.Vos.Add(joining);

        await _site.SyncAsync();

        Assert.Equal(manifest, _site.Current(Debian).Properties["fedsite_manifest"]);
        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task Beyond_the_limit_of_members_the_rest_goes_without_and_that_is_reported()
    {
        _site.World.ImageTerms.Members = 3;

        var run = await _site.SyncAsync();

        Assert.NotEqual(ExitCode.Done, run.Exit);
        Assert.Contains(run.Reasons, reason => reason.Contains("shared with more projects", StringComparison.Ordinal));
        Assert.Equal(3, _site.Vos.Count(vo => ImageWatch.Sees(_site.Current(Debian), vo.Id)));
    }

    [Fact]
    public async Task Beyond_the_limit_of_members_it_becomes_open_and_is_shared_again_when_all_fit()
    {
        _site.World.ImageTerms.Members = 3;
        _site.Settings.Add("beyond_members: community");

        await _site.GoodSyncAsync();
        Assert.Equal("community", _site.Current(Debian).Visibility);
        Assert.Empty((await _site.GoodSyncAsync()).Actions);

        _site.Vos.RemoveAt(0);
        await _site.GoodSyncAsync();
        Assert.Equal("shared", _site.Current(Debian).Visibility);
        Assert.All(_site.Vos, vo => Assert.True(ImageWatch.Sees(_site.Current(Debian), vo.Id)));
        Assert.Empty((await _site.GoodSyncAsync()).Actions);
        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task Where_an_image_may_not_be_opened_those_who_fit_see_it()
    {
        _site.World.ImageTerms.Members = 3;
        _site.Settings.Add("beyond_members: public");

        var run = await _site.SyncAsync();

        Assert.NotEqual(ExitCode.Done, run.Exit);
        Assert.Equal(3, _site.Vos.Count(vo => ImageWatch.Sees(_site.Current(Debian), vo.Id)));
    }

    [Fact]
    public async Task Visibility_follows_the_file_there_and_back()
    {
        await _site.GoodSyncAsync();
        var id = _site.Current(Debian).Id;
        _site.Settings.Add("visibility: community");
        _site.Watch.Begin();
        Assert.Equal("update done", (await _site.GoodSyncAsync()).Actions);
        Assert.Equal("community", _site.Current(Debian).Visibility);

        _site.Settings.Clear();
        await _site.GoodSyncAsync();

        Assert.Equal((id, "shared"), (_site.Current(Debian).Id, _site.Current(Debian).Visibility));
        _site.Watch.AssertNothingLost();
        _site.AssertWhole(Debian);
    }

    [Fact]
    public async Task An_image_of_two_sources_is_one_image_for_the_VOs_of_both()
    {
        _site.Sources[0] = $"{{name: a, registry: \"{_site.Url}\", project: vms, vos: [{_site.Vos[0].Name}]}}";
        _site.Sources.Add($"{{name: b, registry: \"{_site.Url}\", project: vms, vos: [{_site.Vos[1].Name}]}}");

        await _site.GoodSyncAsync();

        Assert.Equal(
            [_site.Vos[0].Id, _site.Vos[1].Id],
            _site.Current(Debian).Members.Keys.OrderBy(id => _site.Vos.FindIndex(vo => vo.Id == id))
        );
        Assert.Empty((await _site.GoodSyncAsync()).Actions);
    }

    [Fact]
    public async Task A_VO_that_a_source_names_no_more_loses_old_versions_too_but_not_those_of_its_servers()
    {
        Name("all");
        _site.Settings.Add("keep: {versions: 0, days: 1}");
        await _site.GoodSyncAsync();
        var old = _site.Current(Debian);
        var left = _site.Vos[^1];
        var server = _site.Boot(old, left);
        _site.Push("debian", "2");
        await _site.GoodSyncAsync();
        await _site.GoodSyncAsync();

        Name(string.Join(", ", _site.Vos[..^1].Select(vo => vo.Name)));
        await _site.GoodSyncAsync();
        Assert.DoesNotContain(left.Id, _site.World.FindImage(old.Id)!.Members.Keys);
        _site.Pass(TimeSpan.FromDays(2));
        Assert.Equal("remove put_off", (await _site.GoodSyncAsync()).Actions);
        _site.World.Advance(server.Id, "DELETED", _site.Time.GetUtcNow());
        Assert.Equal("remove done", (await _site.GoodSyncAsync()).Actions);

        void Name(string vos) =>
            _site.Sources[0] = $"{{registry: \"{_site.Url}\", project: {SyncSite.Project}, vos: [{vos}]}}";
    }

    [Fact]
    public async Task A_project_of_the_file_that_is_not_seen_keeps_its_images()
    {
        var second = Take();
        var vo = _site.Vos[0];
        Name(second.Name);
        await _site.GoodSyncAsync();
        Assert.Contains(second.Id, _site.Current(Debian).Members.Keys);

        Name("misspelt");
        Assert.Equal(ExitCode.Partly, (await _site.SyncAsync()).Exit);

        Assert.Contains(second.Id, _site.Current(Debian).Members.Keys);

        void Name(string project)
        {
            _site.Settings.Clear();
            _site.Settings.Add($"vos: [{{name: {vo.Name}, projects: [{{id: {vo.Id}}}, {{name: {project}}}]}}]");
        }
    }

    [Fact]
    public async Task Old_versions_are_closed_too_for_all_but_the_VOs()
    {
        _site.Settings.Add("visibility: community");
        await _site.GoodSyncAsync();
        var old = _site.Current(Debian).Id;
        _site.Push("debian", "2");
        await _site.GoodSyncAsync();
        _site.Settings.Clear();

        await _site.GoodSyncAsync();

        var closed = _site.World.FindImage(old)!;
        Assert.Equal("shared", closed.Visibility);
        Assert.Equal(_site.Vos.Select(vo => vo.Id).Order(), closed.Members.Keys.Order());
        Assert.Empty((await _site.GoodSyncAsync()).Actions);
        _site.AssertWhole(Debian);
    }

    /// <summary>A project that is of no VO for now.</summary>
    private SandboxProject Take()
    {
        var last = _site.Vos[^1];
        _site.Vos.Remove(last);
        return last;
    }
}
