using FedSite.Information.Gocdb;
using FedSite.Sandbox;
using FedSite.State;

namespace FedSite.Tests.Information.Gocdb;

public sealed class GocdbRegistryTests : IAsyncLifetime
{
    private GocdbSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await GocdbSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task The_endpoint_is_found_by_its_url_among_those_of_the_federation()
    {
        var answer = await _site.AskAsync();

        Assert.Equal(
            ("15123G0", "SANDBOX-SITE", GocdbState.Current, null),
            (answer.EndpointId, answer.SiteName, answer.State, answer.Info)
        );
        Assert.True(answer.DowntimesKnown);
        Assert.All(_site.Log.Lines, line => Assert.StartsWith("GET", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_url_of_one_of_its_endpoints_will_do()
    {
        _site.Register(own => own with { Url = "", EndpointUrls = ["https://x.example.org", own.Url + "/"] });

        Assert.Equal("15123G0", (await _site.AskAsync()).EndpointId);
    }

    [Fact]
    public async Task Of_two_with_the_url_the_one_of_the_site_counts()
    {
        _site.Sandbox.Gocdb.Put(_site.Sandbox.Gocdb.Services[0] with { Url = _site.Endpoint.AbsoluteUri });

        Assert.Equal("15123G0", (await _site.AskAsync()).EndpointId);
    }

    [Fact]
    public async Task Of_two_of_the_site_the_one_in_production_counts()
    {
        _site.Register(own => own with { InProduction = false });
        _site.Register(own => own with { Id = "20000G0" });

        Assert.Equal("20000G0", (await _site.AskAsync()).EndpointId);
    }

    [Fact]
    public async Task An_endpoint_of_another_site_is_taken_and_said()
    {
        _site.Name = "MY-SITE";

        var answer = await _site.AskAsync();

        Assert.Equal(
            ("15123G0", "SANDBOX-SITE", "GOCDB has the endpoint at site SANDBOX-SITE, not MY-SITE"),
            (answer.EndpointId, answer.SiteName, answer.Info)
        );
    }

    [Fact]
    public async Task An_endpoint_that_is_not_registered_has_no_id()
    {
        _site.Sandbox.Gocdb.Remove(_site.Sandbox.Gocdb.Own);

        var answer = await _site.AskAsync();

        Assert.Equal((null, GocdbState.Unknown), (answer.EndpointId, answer.State));
        Assert.Equal("GOCDB has no service org.openstack.nova with this URL", answer.Info);
    }

    [Fact]
    public async Task With_a_configured_id_only_downtimes_are_asked_for()
    {
        _site.Config = _site.Config with { Id = "7513G0" };

        var answer = await _site.AskAsync();

        Assert.Equal(
            ("7513G0", "SANDBOX-SITE", GocdbState.Configured, true, 1),
            (answer.EndpointId, answer.SiteName, answer.State, answer.DowntimesKnown, _site.Requests)
        );
    }

    [Fact]
    public async Task What_was_said_is_not_asked_again_for_a_week()
    {
        await _site.AskAsync();
        _site.Time.MoveTo(_site.Time.GetUtcNow().AddDays(7).AddSeconds(-1));
        var before = _site.Requests;

        var answer = await _site.AskAsync();

        Assert.Equal(
            ("15123G0", GocdbState.Cached, null, 1),
            (answer.EndpointId, answer.State, answer.Info, _site.Requests - before)
        );
    }

    [Theory]
    [InlineData(7)]
    [InlineData(-1)]
    public async Task What_is_too_old_or_of_the_future_is_asked_again(int days)
    {
        await _site.AskAsync();
        _site.Time.MoveTo(_site.Time.GetUtcNow().AddDays(days));

        Assert.Equal(GocdbState.Current, (await _site.AskAsync()).State);
    }

    [Fact]
    public async Task While_gocdb_is_down_what_it_said_long_ago_counts()
    {
        await _site.AskAsync();
        _site.Time.MoveTo(_site.Time.GetUtcNow().AddDays(100));
        _site.Fail();

        var answer = await _site.AskAsync();

        Assert.Equal(
            ("15123G0", GocdbState.Cached, "GOCDB answered 503; id of 2026-11-20 used", false),
            (answer.EndpointId, answer.State, answer.Info, answer.DowntimesKnown)
        );
    }

    [Fact]
    public async Task What_gocdb_has_no_more_is_forgotten()
    {
        await _site.AskAsync();
        _site.Time.MoveTo(_site.Time.GetUtcNow().AddDays(8));
        _site.Sandbox.Gocdb.Remove(_site.Sandbox.Gocdb.Own);
        await _site.AskAsync();
        _site.Fail();

        Assert.Equal(GocdbState.Unknown, (await _site.AskAsync()).State);
    }

    [Fact]
    public async Task What_was_said_of_one_endpoint_is_not_said_of_another()
    {
        await _site.AskAsync();
        _site.Endpoint = new Uri("https://other.example.org/v3");

        Assert.Null((await _site.AskAsync()).EndpointId);
    }

    [Fact]
    public async Task Without_a_state_folder_it_is_asked_each_time()
    {
        _site.State = null;
        await _site.AskAsync();

        Assert.Equal((GocdbState.Current, 4), ((await _site.AskAsync()).State, _site.Requests));
    }

    [Fact]
    public async Task A_state_that_cannot_be_written_costs_the_memory_alone()
    {
        using (var connection = _site.State!.Connect())
            connection.Execute("drop table information_gocdb");

        Assert.Equal("15123G0", (await _site.AskAsync()).EndpointId);
        Assert.Contains(_site.Log.Lines, line => line.Contains("is not remembered", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_gocdb_that_has_no_cloud_at_all_is_broken_and_what_it_said_before_counts()
    {
        await _site.AskAsync();
        _site.Time.MoveTo(_site.Time.GetUtcNow().AddDays(8));
        _site.Answer("<results/>", "get_service");

        var answer = await _site.AskAsync();

        Assert.Equal(("15123G0", GocdbState.Cached), (answer.EndpointId, answer.State));
    }

    [Theory]
    [InlineData(FaultKind.Reset, "GOCDB did not answer")]
    [InlineData(FaultKind.Refuse, "GOCDB did not answer")]
    [InlineData(FaultKind.Cut, "GOCDB did not answer")]
    [InlineData(FaultKind.Answer, "GOCDB answered 503")]
    public async Task A_gocdb_that_fails_is_told_in_words_without_addresses(FaultKind kind, string info)
    {
        var status = kind is FaultKind.Cut ? 200 : 503;
        _site.Fail(
            new SandboxFault
            {
                Service = SandboxService.Gocdb,
                Kind = kind,
                Status = status,
                Body = "<results/>",
            }
        );

        var answer = await _site.AskAsync();

        Assert.Equal((GocdbState.Unknown, info, false), (answer.State, answer.Info, answer.DowntimesKnown));
    }

    [Fact]
    public async Task A_gocdb_that_says_nothing_is_left_in_time()
    {
        using var stalled = new SemaphoreSlim(0);
        _site.Fail(
            new SandboxFault
            {
                Service = SandboxService.Gocdb,
                Kind = FaultKind.Stall,
                Stalled = () => stalled.Release(),
            }
        );
        var asking = _site.AskAsync();
        await stalled.WaitAsync(TestContext.Current.CancellationToken);
        await stalled.WaitAsync(TestContext.Current.CancellationToken);

        _site.Time.RunOut();

        Assert.Equal("GOCDB did not answer", (await asking).Info);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_told_in_the_log()
    {
        _site.Fail(new SandboxFault { Service = SandboxService.Gocdb, Status = 301 });

        Assert.Equal("GOCDB answered 301", (await _site.AskAsync()).Info);
        Assert.Contains(
            _site.Log.Lines,
            line => line.Contains("/gocdbpi/public/ answered 301", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_users_own_cancellation_ends_it()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var registry = new GocdbRegistry(_site.Config, _site.Name, _site.Endpoint, _site.State, _site.Time, _site.Log);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => registry.AskAsync(cancelled.Token));
    }
}
