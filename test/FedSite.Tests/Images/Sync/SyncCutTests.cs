using FedSite.Sandbox;

namespace FedSite.Tests.Images.Sync;

/// <summary>Downloads that break at each tenth of the file.</summary>
public sealed class SyncCutTests : IAsyncLifetime
{
    private SyncSite _site = null!;

    private string Debian => _site.Slot("debian");

    public async ValueTask InitializeAsync()
    {
        _site = await SyncSite.StartAsync(vos: 2);
        _site.Push("debian", "0");
        await _site.GoodSyncAsync();
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task A_download_that_breaks_once_at_any_tenth_goes_on_where_it_broke()
    {
        for (var tenth = 1; tenth < 10; tenth++)
        {
            _site.Pass(TimeSpan.FromDays(1));
            var pushed = _site.Push("debian", $"{tenth}");
            _site.Registry.Cuts[pushed.Content] = pushed.Size * tenth / 10;
            _site.Watch.Begin();
            HealAtSecondRequest(pushed.Content);

            var run = await _site.GoodSyncAsync();

            Assert.Equal(("replace done, hide done", pushed.Size), (run.Actions, run.Sent));
            _site.Watch.AssertNothingLost();
            _site.AssertWhole(Debian);
            await _site.Traffic.StopFailingAsync();
        }
    }

    [Fact]
    public async Task A_download_that_breaks_for_good_at_any_tenth_leaves_the_old_version()
    {
        for (var tenth = 1; tenth < 10; tenth++)
        {
            _site.Pass(TimeSpan.FromDays(1));
            var pushed = _site.Push("debian", $"{tenth}");
            _site.Registry.Cuts[pushed.Content] = pushed.Size * tenth / 10;
            _site.Watch.Begin();

            var run = await _site.SyncAsync();

            Assert.Equal((ExitCode.Failed, "replace failed, hide put_off"), (run.Exit, run.Actions));
            _site.AssertWhole(Debian);
            _site.Registry.Cuts.Clear();
            await _site.GoodSyncAsync();
            _site.Watch.AssertNothingLost();
            _site.AssertWhole(Debian);
            await _site.Traffic.StopFailingAsync();
        }
    }

    private void HealAtSecondRequest(string content)
    {
        var seen = 0;
        _site.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Registry,
                Times = int.MaxValue,
                When = request =>
                {
                    if (request.Path.Value!.EndsWith(content, StringComparison.Ordinal) && ++seen == 2)
                        _site.Registry.Cuts.Clear();
                    return false;
                },
            }
        );
    }
}
