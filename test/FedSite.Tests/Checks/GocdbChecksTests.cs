using FedSite.Checks;
using FedSite.Configuration;
using FedSite.Sandbox;
using FedSite.Tests.Information.Gocdb;

namespace FedSite.Tests.Checks;

public sealed class GocdbChecksTests : IAsyncLifetime
{
    private const string Known = "as 15123G0 of SANDBOX-SITE";

    private GocdbSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await GocdbSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task A_registered_endpoint_without_downtime_is_fine()
    {
        var findings = await CheckAsync();

        Assert.Equal(["FS-INF-001", "FS-INF-002"], findings.Select(finding => finding.Id));
        Assert.All(findings, finding => Assert.Equal(Severity.Ok, finding.Severity));
        Assert.Contains(Known, findings[0].Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_that_publishes_nothing_is_not_looked_up()
    {
        Assert.Empty(await CheckAsync(publishes: false));
        Assert.Equal(0, _site.Requests);
    }

    [Fact]
    public async Task An_endpoint_with_another_url_is_an_error_that_tells_the_url()
    {
        _site.Register(own => own with { Url = "https://old.example.org:5000/v3" });

        var finding = (await CheckAsync())[0];

        Assert.Equal((Severity.Error, "FS-INF-001"), (finding.Severity, finding.Id));
        Assert.Contains("15123G0 with https://old.example.org:5000/v3", finding.Seen, StringComparison.Ordinal);
        Assert.Contains("information.endpoint", finding.Todo, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_site_is_told_what_to_register()
    {
        _site.Name = "NEW-SITE";
        _site.Sandbox.Gocdb.Remove(_site.Sandbox.Gocdb.Own);

        var finding = (await CheckAsync())[0];

        Assert.Contains("and none of NEW-SITE", finding.Seen, StringComparison.Ordinal);
        Assert.Contains("service org.openstack.nova", finding.Todo, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MY-SITE", null, true, true, $"warning {Known}, not of MY-SITE.")]
    [InlineData("SANDBOX-SITE", "7513G0", true, true, $"error {Known}, not as 7513G0.")]
    [InlineData("SANDBOX-SITE", "15123G0", false, true, $"warning {Known}, not in production.")]
    [InlineData("SANDBOX-SITE", null, true, false, $"warning {Known}, not monitored.")]
    public async Task What_differs_is_told(string name, string? id, bool production, bool monitored, string expected)
    {
        _site.Name = name;
        _site.Config = _site.Config with { Id = id };
        _site.Register(own => own with { InProduction = production, Monitored = monitored });

        var finding = (await CheckAsync())[0];

        Assert.Equal(
            expected,
            $"{finding.Severity} {finding.Seen[finding.Seen.IndexOf(" as ", StringComparison.Ordinal)..].Trim()}",
            ignoreCase: true
        );
    }

    [Theory]
    [InlineData(
        "OUTAGE",
        Severity.Warning,
        "An outage is declared from 2026-11-20 11:00 to 2026-11-20 13:00 UTC: Work"
    )]
    [InlineData("WARNING", Severity.Info, "A downtime without outage is declared from 2026-11-20 11:00")]
    public async Task A_downtime_is_told(string word, Severity severity, string seen)
    {
        _site.Sandbox.Gocdb.Add(_site.Downtime() with { Severity = word });

        var finding = Assert.Single(await CheckAsync(), finding => finding.Id == "FS-INF-002");

        Assert.Equal(severity, finding.Severity);
        Assert.StartsWith(seen, finding.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gocdb_that_fails_is_a_warning_since_the_site_is_published_all_the_same()
    {
        _site.Fail();

        var findings = await CheckAsync();

        Assert.Equal(["FS-INF-001", "FS-INF-002"], findings.Select(finding => finding.Id));
        Assert.All(findings, finding => Assert.Equal(Severity.Warning, finding.Severity));
        Assert.Contains("answered 503", findings[0].Seen, StringComparison.Ordinal);
    }

    private Task<IReadOnlyList<Finding>> CheckAsync(bool publishes = true)
    {
        var subject = Some.Subject("/nonexistent", _site.Time);
        subject = subject with
        {
            Site = subject.Site with
            {
                Site = new SiteIdentity { Name = _site.Name },
                Information = new InformationConfig
                {
                    Endpoint = _site.Endpoint.AbsoluteUri,
                    Gocdb = _site.Config,
                    Publish = publishes ? [new PublishTarget { Type = "file", Path = "/nonexistent/site.json" }] : [],
                },
            },
        };
        return Some.FindingsAsync(GocdbChecks.RunAsync, subject);
    }
}
