using FedSite.Sandbox;

namespace FedSite.Tests.Images.Sync;

/// <summary>A source that does not tell, or tells less: nothing is taken away.</summary>
public sealed class SyncSourceTests : IAsyncLifetime
{
    private SyncSite _site = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await SyncSite.StartAsync();
        foreach (var name in (string[])["debian", "ubuntu", "alpine", "rocky"])
            _site.Push(name, "1");
        await _site.GoodSyncAsync();
        _site.Watch.Begin();
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    private IReadOnlyList<string> All =>
        [.. new[] { "debian", "ubuntu", "alpine", "rocky" }.Select(name => _site.Slot(name))];

    [Theory]
    [InlineData("refused")]
    [InlineData("401")]
    [InlineData("403")]
    [InlineData("404")]
    [InlineData("500")]
    [InlineData("html")]
    [InlineData("garbage")]
    [InlineData("cut")]
    [InlineData("silent")]
    public async Task A_source_that_is_down_changes_nothing(string how)
    {
        var fault = new SandboxFault { Service = SandboxService.Registry, Times = int.MaxValue };
        _site.Traffic.Fail(
            how switch
            {
                "refused" => fault with { Kind = FaultKind.Refuse },
                "html" => fault with { Status = 200, Body = "<html>Please log in</html>", ContentType = "text/html" },
                "garbage" => fault with { Status = 200, Body = "[{\"name\": 7}, null" },
                "cut" => fault with { Kind = FaultKind.Cut, Rewrite = body => body },
                "silent" => fault with { Kind = FaultKind.Stall, Stalled = _site.Time.RunOut },
                _ => fault with { Status = int.Parse(how, System.Globalization.CultureInfo.InvariantCulture) },
            }
        );

        var run = await _site.SyncAsync();

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.NotEmpty(run.Reasons);
        await AssertUntouchedAsync();
    }

    [Fact]
    public async Task An_empty_listing_changes_nothing_until_it_is_forced()
    {
        foreach (var name in _site.Registry.Repositories)
            _site.Registry.RemoveTag(name, "1");

        var run = await _site.SyncAsync();

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Equal(0, _site.Watch.Writes);
        _site.AssertWhole(All);
        Assert.Equal("hide done, hide done, hide done, hide done", (await _site.GoodSyncAsync("--force")).Actions);
        Assert.All(_site.Images, image => Assert.True(image.Hidden));
    }

    [Fact]
    public async Task A_source_that_lost_more_than_max_loss_changes_nothing()
    {
        _site.Registry.RemoveRepository("vms/debian");
        _site.Registry.RemoveRepository("vms/rocky");

        var run = await _site.SyncAsync();

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains(run.Reasons, reason => reason.Contains("max_loss", StringComparison.Ordinal));
        Assert.Equal(0, _site.Watch.Writes);
    }

    [Fact]
    public async Task A_repository_that_can_not_be_read_keeps_its_images_and_others_go_on()
    {
        _site.Pass(TimeSpan.FromDays(1));
        _site.Push("ubuntu", "2");
        Break("/repositories/debian/artifacts");

        var run = await _site.SyncAsync();

        Assert.Equal((ExitCode.Partly, "replace done, hide done"), (run.Exit, run.Actions));
        Assert.Equal("unknown", run.Decision(_site.Slot("debian")));
        _site.Watch.AssertNothingLost();
        _site.AssertWhole(All);
    }

    [Fact]
    public async Task A_manifest_that_can_not_be_read_keeps_its_image()
    {
        _site.Pass(TimeSpan.FromDays(1));
        var pushed = _site.Push("ubuntu", "2");
        Break($"/manifests/{pushed.Manifest}");

        var run = await _site.SyncAsync();

        Assert.Equal((ExitCode.Partly, "unknown"), (run.Exit, run.Decision(_site.Slot("ubuntu"))));
        await AssertUntouchedAsync();
    }

    [Fact]
    public async Task One_of_two_sources_that_is_down_takes_nothing_from_anybody()
    {
        _site.Push("special", "1", project: "other");
        _site.Sources.Add($"{{registry: \"{_site.Url}\", project: other, vos: [{_site.Vos[0].Name}]}}");
        await _site.GoodSyncAsync();
        _site.Watch.Begin();
        Break("/projects/vms/");

        var run = await _site.SyncAsync();

        Assert.Equal(ExitCode.Partly, run.Exit);
        Assert.Equal(0, _site.Watch.Writes);
    }

    private void Break(string part) =>
        _site.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Registry,
                Times = int.MaxValue,
                When = request => request.Path.Value!.Contains(part, StringComparison.Ordinal),
            }
        );

    private async Task AssertUntouchedAsync()
    {
        Assert.Equal(0, _site.Watch.Writes);
        _site.AssertWhole(All);
        await _site.Traffic.StopFailingAsync();
        await _site.GoodSyncAsync();
        _site.AssertWhole(All);
    }
}
