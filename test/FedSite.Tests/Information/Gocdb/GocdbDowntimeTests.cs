using FedSite.Information.Gocdb;
using FedSite.Sandbox.Gocdb;

namespace FedSite.Tests.Information.Gocdb;

public sealed class GocdbDowntimeTests : IAsyncLifetime
{
    private GocdbSite _site = null!;

    private SandboxGocdb Gocdb => _site.Sandbox.Gocdb;

    public async ValueTask InitializeAsync() => _site = await GocdbSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task A_downtime_is_told_with_its_times_in_utc()
    {
        Gocdb.Add(_site.Downtime() with { Description = "New switches & cables: <5 minutes each" });

        Assert.Equal(
            new Downtime(
                DowntimeSeverity.Outage,
                new DateTimeOffset(2026, 11, 20, 11, 0, 0, TimeSpan.Zero),
                new DateTimeOffset(2026, 11, 20, 13, 0, 0, TimeSpan.Zero),
                "New switches & cables: <5 minutes each"
            ),
            Assert.Single((await _site.AskAsync()).Downtimes)
        );
    }

    [Theory]
    [InlineData("WARNING", DowntimeSeverity.Warning)]
    [InlineData("AT_RISK", DowntimeSeverity.Warning)]
    [InlineData("OUTAGE", DowntimeSeverity.Outage)]
    public async Task Only_an_outage_is_one(string word, DowntimeSeverity severity)
    {
        Gocdb.Add(_site.Downtime() with { Severity = word });

        Assert.Equal(severity, Assert.Single((await _site.AskAsync()).Downtimes).Severity);
    }

    [Fact]
    public async Task One_of_another_service_of_the_site_is_none_of_the_clouds()
    {
        Gocdb.Add(_site.Downtime(Gocdb.Services.Single(service => service.Id == "15124G0")));
        Gocdb.Add(_site.Downtime(Gocdb.Own with { Host = "other-cloud.example.org" }));

        Assert.Empty((await _site.AskAsync()).Downtimes);
    }

    [Fact]
    public async Task One_of_a_site_with_a_similar_name_is_none_of_the_clouds()
    {
        _site.Name = "SANDBOX_SITE";
        Gocdb.Add(_site.Downtime());
        _site.Register(own => own with { Site = "SANDBOX_SITE" });

        Assert.Empty((await _site.AskAsync()).Downtimes);
    }

    [Fact]
    public async Task One_that_names_the_endpoints_url_counts_whatever_the_service()
    {
        Gocdb.Add(
            _site.Downtime(Gocdb.Own with { Type = "eu.egi.keystone", Host = "other.example.org" }) with
            {
                EndpointUrls = [Gocdb.Own.Url],
            }
        );

        Assert.Single((await _site.AskAsync()).Downtimes);
    }

    [Fact]
    public async Task One_without_a_service_is_of_the_whole_site()
    {
        Gocdb.Add(_site.Downtime(Gocdb.Own with { Type = "", Host = "" }));

        Assert.Single((await _site.AskAsync()).Downtimes);
    }

    [Fact]
    public async Task The_registered_host_counts_also_when_the_id_is_remembered()
    {
        _site.Register(own => own with { Host = "cloud.example.org" });
        Gocdb.Add(_site.Downtime(Gocdb.Own with { Host = "cloud.example.org" }));
        await _site.AskAsync();

        var answer = await _site.AskAsync();

        Assert.Equal((GocdbState.Cached, 1), (answer.State, answer.Downtimes.Count));
    }

    [Fact]
    public async Task Past_and_future_ones_are_left_out()
    {
        var now = _site.Time.GetUtcNow();
        Gocdb.Add(_site.Downtime() with { End = now.AddSeconds(-1) });
        Gocdb.Add(_site.Downtime() with { Start = now.AddSeconds(1) });

        Assert.Empty((await _site.AskAsync()).Downtimes);
    }

    [Fact]
    public async Task The_same_one_twice_is_told_once_and_the_earliest_comes_first()
    {
        Gocdb.Add(_site.Downtime());
        Gocdb.Add(_site.Downtime());
        Gocdb.Add(_site.Downtime() with { Start = _site.Time.GetUtcNow().AddDays(-1), Severity = "WARNING" });

        Assert.Equal(
            [DowntimeSeverity.Warning, DowntimeSeverity.Outage],
            (await _site.AskAsync()).Downtimes.Select(downtime => downtime.Severity)
        );
    }

    [Fact]
    public async Task They_are_known_although_the_services_are_not()
    {
        Gocdb.Add(_site.Downtime());
        _site.Fail(method: "get_service");

        var answer = await _site.AskAsync();

        Assert.Equal((null, true, 1), (answer.EndpointId, answer.DowntimesKnown, answer.Downtimes.Count));
    }

    [Fact]
    public async Task They_are_not_known_although_the_services_are()
    {
        _site.Fail(method: "get_downtime");

        var answer = await _site.AskAsync();

        Assert.Equal(("15123G0", false), (answer.EndpointId, answer.DowntimesKnown));
    }
}
