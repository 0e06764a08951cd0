using FedSite.Configuration;
using FedSite.Information.Publishing;
using FedSite.OpenStack;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Tests.Information.Publishing;

public sealed class DocumentTargetsTests
{
    private const string Endpoint = "https://keystone.example.org:5000/v3";
    private const string DefaultObject = "swift:cloud-info/TEST-SITE-3f0a11a3047c190a276f0a0e89979a40.json";

    private static readonly PublishTarget[] Several =
    [
        new() { Type = "file", Path = "/srv/site.json" },
        new() { Type = "swift", Container = "cloud-info" },
        new() { Type = "http", Url = "https://me:secret@dav.example.org/site.json?sig=secret" },
        new()
        {
            Type = "swift",
            Container = "other",
            Object = "a/b.json",
        },
    ];

    private readonly List<OpenStackConfig?> _connected = [];

    [Fact]
    public void Without_a_wish_it_is_all_that_is_configured() =>
        Assert.Equal(
            [
                "file /srv/site.json",
                $"swift {DefaultObject}",
                "http https://dav.example.org/site.json",
                "swift swift:other/a/b.json",
            ],
            Selected()
        );

    [Theory]
    [InlineData("file", "file /srv/site.json")]
    [InlineData("http", "http https://dav.example.org/site.json")]
    [InlineData("swift", "swift " + DefaultObject, "swift swift:other/a/b.json")]
    public void A_type_means_all_of_it_that_are_configured(string type, params string[] expected) =>
        Assert.Equal(expected, Selected(type));

    [Theory]
    [InlineData("/srv/site.json", "file")]
    [InlineData("../srv/site.json", "file")]
    [InlineData("swift:other/a/b.json", "swift")]
    [InlineData("https://dav.example.org/site.json", "http")]
    public void A_name_means_the_one_that_is_configured_so(string name, string type) =>
        Assert.StartsWith($"{type} ", Assert.Single(Selected(name)), StringComparison.Ordinal);

    [Theory]
    [InlineData("./here", "file /where/here")]
    [InlineData("here.json", "file /where/here.json")]
    [InlineData("/there/x", "file /there/x")]
    [InlineData("http://127.0.0.1:8080/x?sig=secret", "http http://127.0.0.1:8080/x")]
    public void A_path_or_URL_that_is_not_configured_is_a_place_too(string wanted, string expected) =>
        Assert.Equal([expected], Selected(wanted));

    [Fact]
    public void A_place_that_is_named_twice_is_taken_once() =>
        Assert.Equal(
            ["file /srv/site.json", "file /where/x.json"],
            Selected("file", "/srv/site.json", "x.json", "./x.json")
        );

    [Theory]
    [InlineData("files")]
    [InlineData("")]
    [InlineData("swift:none/such")]
    [InlineData("s3://bucket/site.json")]
    public void Anything_else_is_refused_with_the_names_that_there_are(string wanted)
    {
        var failure = Assert.Throws<FedSiteException>(() => Selected(wanted));

        Assert.Equal(ExitCode.Usage, failure.ExitCode);
        Assert.Contains($"/srv/site.json, {DefaultObject}, https://dav", failure.NextStep, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_without_a_target_is_refused() =>
        Assert.Equal(
            ExitCode.Usage,
            Assert.Throws<FedSiteException>(() => Targets([Several[0]]).Select(["swift"])).ExitCode
        );

    [Fact]
    public void No_place_at_all_is_refused() =>
        Assert.Equal(ExitCode.Usage, Assert.Throws<FedSiteException>(() => Targets([]).Select([])).ExitCode);

    [Fact]
    public void A_container_is_reached_by_its_own_account_or_by_the_sites()
    {
        var own = new OpenStackConfig { Cloud = "own" };
        Targets([Several[1] with { OpenStack = own }, Several[3]]).Select([]);

        Assert.Equal([own, null], _connected);
    }

    [Fact]
    public void Nobody_is_connected_who_is_not_selected()
    {
        Selected("file");

        Assert.Empty(_connected);
    }

    private List<string> Selected(params string[] wanted)
    {
        var targets = Targets(Several).Select(wanted);
        foreach (var target in targets)
        {
            target.Dispose();
        }
        return [.. targets.Select(target => $"{target.Type} {target.Name}")];
    }

    private DocumentTargets Targets(IReadOnlyList<PublishTarget> publish) =>
        new(
            new SiteConfig
            {
                Site = new SiteIdentity { Name = "TEST.SITE" },
                Information = new InformationConfig { Publish = publish },
            },
            Endpoint,
            Connect,
            new HostEnvironment(_ => null, "/where"),
            TimeProvider.System,
            NullLoggerFactory.Instance
        );

    private OpenStackCloud Connect(OpenStackConfig? config)
    {
        _connected.Add(config);
        var credentials = new CloudCredentials
        {
            AuthType = AuthType.Password,
            AuthUrl = new Uri(Endpoint),
            Origin = "test",
        };
        return OpenStackCloud.Connect(credentials, TimeProvider.System, NullLoggerFactory.Instance);
    }
}
