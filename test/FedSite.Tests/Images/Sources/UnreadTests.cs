using FedSite.Sandbox;
using FedSite.Sandbox.Oci;

namespace FedSite.Tests.Images.Sources;

/// <summary>What a source says about what it could not learn.</summary>
public sealed class UnreadTests : IAsyncLifetime
{
    private SourceSite _site = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await SourceSite.StartAsync();
        _site.Push("vo/one", "1");
        _site.Push("vo/two", "1", "2");
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData(true, "/artifacts")]
    [InlineData(false, "/tags/list")]
    public async Task A_repository_that_cannot_be_listed_is_unread_and_the_others_are_offered(
        bool isHarbor,
        string path
    )
    {
        _site.Registry.HasHarbor = isHarbor;
        Fail("two", path, 500);

        var listing = await _site.ListAsync();

        Assert.Null(listing.Failure);
        Assert.Equal([Slot("one:1")], listing.Offers.Select(offer => offer.Slot));
        var unread = Assert.Single(listing.Unread);
        Assert.Equal(Slot("two:"), unread.Slots);
        Assert.Contains("was answered with 500", unread.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_that_cannot_be_read_leaves_its_tag_unread()
    {
        _site.Registry.HasHarbor = false;
        Fail("two", "/manifests/2", 500);

        var listing = await _site.ListAsync();

        Assert.Equal([Slot("one:1"), Slot("two:1")], listing.Offers.Select(offer => offer.Slot));
        Assert.Equal(Slot("two:2"), Assert.Single(listing.Unread).Slots);
    }

    [Fact]
    public async Task A_manifest_with_other_content_than_its_digest_leaves_its_tag_unread()
    {
        _site.Sandbox.Traffic.Fail(
            Fault("two", "/manifests/") with
            {
                Times = int.MaxValue,
                Rewrite = body => [.. body, (byte)' '],
            }
        );

        var listing = await _site.ListAsync();

        Assert.Equal([Slot("one:1")], listing.Offers.Select(offer => offer.Slot));
        Assert.Equal([Slot("two:1"), Slot("two:2")], listing.Unread.Select(unread => unread.Slots));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_registry_that_is_down_fails_as_a_whole(bool isHarbor)
    {
        _site.Registry.HasHarbor = isHarbor;
        _site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Registry,
                Times = int.MaxValue,
                Kind = FaultKind.Reset,
            }
        );

        var listing = await _site.ListAsync();

        Assert.StartsWith("No answer to GET http://127.0.0.1:", listing.Failure!.Message, StringComparison.Ordinal);
        Assert.Empty(listing.Offers);
    }

    [Theory]
    [InlineData("/api/v2.0/ping")]
    [InlineData("/repositories")]
    public async Task Where_Harbor_answers_503_nothing_is_known(string path)
    {
        Fail("", path, 503);

        var listing = await _site.ListAsync();

        Assert.Contains($"{path} was answered with 503", listing.Failure!.Message, StringComparison.Ordinal);
        Assert.Empty(listing.Offers);
    }

    [Fact]
    public async Task A_project_that_Harbor_does_not_show_fails_with_what_to_check()
    {
        _site.Config = _site.Config with { Project = "nonsense" };

        var failure = (await _site.ListAsync()).Failure!;

        Assert.StartsWith(
            $"The repositories of project nonsense at {_site.Host} can't be listed by an anonymous user: ",
            failure.Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith("404: NOT_FOUND project nonsense not found", failure.Message, StringComparison.Ordinal);
        Assert.Equal(
            "Check `project` of the source `nonsense` under images.sources, and that its account may list there; or name its `repositories`.",
            failure.NextStep
        );
    }

    [Fact]
    public async Task Where_nothing_can_be_listed_the_key_repositories_is_asked_for()
    {
        (_site.Registry.HasHarbor, _site.Registry.HasCatalog) = (false, false);

        var failure = (await _site.ListAsync()).Failure!;

        Assert.StartsWith(
            $"{_site.Host} is no Harbor and does not list its repositories: ",
            failure.Message,
            StringComparison.Ordinal
        );
        Assert.Equal("Name them: key `repositories` of the source `vo` under images.sources.", failure.NextStep);
    }

    [Fact]
    public async Task Where_the_catalog_wants_a_password_that_is_said_first()
    {
        (_site.Registry.HasHarbor, _site.Registry.Logins) = (false, RegistryLogins.Password);

        Assert.Equal(
            "Its images are not public: give username and password of an account in the source `vo` under "
                + "images.sources. Or name them: key `repositories` of the source `vo` under images.sources.",
            (await _site.ListAsync()).Failure!.NextStep
        );
    }

    [Theory]
    [InlineData(2000, 0)]
    [InlineData(2001, 1)]
    public async Task A_repository_with_thousands_of_tags_that_match_is_not_read(int tags, int expected)
    {
        var content = SandboxContent.Of([1]);
        _site.Registry.PushImage("vo/one", [.. Enumerable.Range(0, tags).Select(i => $"t{i}")], content);
        _site.Registry.RemoveTag("vo/one", "1");

        Assert.Equal(expected, (await _site.ListAsync()).Unread.Count);
    }

    [Fact]
    public async Task A_web_page_in_place_of_the_API_is_no_Harbor_and_no_catalog()
    {
        _site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Registry,
                Times = int.MaxValue,
                Status = 200,
                ContentType = "text/html",
                Body = "<html>Pong</html>",
            }
        );

        Assert.EndsWith(
            "/v2/_catalog was answered with 200, but not as a registry does (text/html)",
            (await _site.ListAsync()).Failure!.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Repositories_that_are_named_need_no_list()
    {
        (_site.Registry.HasHarbor, _site.Registry.HasCatalog) = (false, false);
        _site.Config = _site.Config with { Repositories = ["two"] };

        Assert.Equal(["vo/two:1", "vo/two:2"], await _site.SlotsAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_repository_that_is_named_and_absent_is_unread_not_empty(bool isHarbor)
    {
        _site.Registry.HasHarbor = isHarbor;
        _site.Config = _site.Config with { Repositories = ["one", "gone"] };

        var listing = await _site.ListAsync();

        Assert.Equal([Slot("one:1")], listing.Offers.Select(offer => offer.Slot));
        Assert.Equal(Slot("gone:"), Assert.Single(listing.Unread).Slots);
    }

    [Fact]
    public async Task A_repository_that_lost_all_its_tags_offers_nothing()
    {
        _site.Registry.HasHarbor = false;
        _site.Registry.RemoveTag("vo/one", "1");

        Assert.Equal(["vo/two:1", "vo/two:2"], await _site.SlotsAsync());
    }

    [Fact]
    public async Task Named_repositories_are_read_without_Harbors_API_when_the_account_may_not_use_it()
    {
        Fail("two", "/artifacts", 403);
        _site.Config = _site.Config with { Repositories = ["two"] };

        Assert.Equal(["vo/two:1", "vo/two:2"], await _site.SlotsAsync());
    }

    [Fact]
    public async Task Without_Harbors_API_the_password_opens_the_catalog()
    {
        (_site.Registry.HasHarbor, _site.Registry.Logins) = (false, RegistryLogins.Token);
        _site.Config = _site.Config with { Username = SandboxRegistry.Username, Password = SandboxRegistry.Password };

        Assert.Equal(["vo/one:1", "vo/two:1", "vo/two:2"], await _site.SlotsAsync());
    }

    [Fact]
    public async Task A_wrong_password_fails_and_does_not_appear()
    {
        _site.Registry.Logins = RegistryLogins.Token;
        _site.Config = _site.Config with { Username = "robot$x", Password = "hunter2" };

        var failure = (await _site.ListAsync()).Failure!;

        Assert.Contains("can't be listed by robot$x", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure + string.Concat(_site.Log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_lists_are_read_to_their_ends()
    {
        foreach (var i in Enumerable.Range(0, 230))
        {
            _site.Registry.PushImage("vo/one", [$"t{i}"], SandboxContent.Of([1, (byte)i]));
            _site.Registry.PushImage($"vo/many/{i}", [], SandboxContent.Of([2]));
        }

        Assert.Equal(230 + 3, (await _site.SlotsAsync()).Count);
    }

    [Fact]
    public async Task A_list_that_changes_while_it_is_read_is_not_believed()
    {
        foreach (var i in Enumerable.Range(0, 150))
        {
            _site.Registry.PushImage("vo/one", [$"t{i}"], SandboxContent.Of([1, (byte)i]));
        }
        var before = _site.Registry.PushImage("vo/one", ["x"], SandboxContent.Of([3]));
        _site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Registry,
                When = request =>
                {
                    if (request.Query["page"] == "2" && request.Path.Value!.Contains("one", StringComparison.Ordinal))
                    {
                        _site.Registry.RemoveManifest("vo/one", before.Manifest);
                    }
                    return false;
                },
            }
        );

        var unread = Assert.Single((await _site.ListAsync()).Unread);

        Assert.Equal(Slot("one:"), unread.Slots);
        Assert.EndsWith("the list changed while it was read", unread.Failure.Message, StringComparison.Ordinal);
    }

    private string Slot(string rest) => $"{_site.Host}/vo/{rest}";

    private static SandboxFault Fault(string repository, string path) =>
        new()
        {
            Service = SandboxService.Registry,
            Times = int.MaxValue,
            When = request =>
                request.Path.Value!.Contains(repository, StringComparison.Ordinal)
                && request.Path.Value.Contains(path, StringComparison.Ordinal),
        };

    private void Fail(string repository, string path, int status) =>
        _site.Sandbox.Traffic.Fail(Fault(repository, path) with { Status = status });
}
