using System.Text;
using System.Text.Json.Nodes;
using FedSite.Sandbox.Oci;

namespace FedSite.Tests.Images.Sources;

/// <summary>Tags that stand for several images.</summary>
public sealed class IndexTests : IAsyncLifetime
{
    private const string Repository = "vo/image";
    private const string Type = "application/vnd.oci.image.index.v1+json";

    private SourceSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await SourceSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Each_wanted_architecture_is_a_slot_of_its_own()
    {
        var (amd, arm, power) = (Image("amd"), Image("arm"), Image("power"));
        _site.Registry.PushIndex(Repository, ["1"], ("amd64", amd), ("ppc64le", power), ("arm64", arm));

        var offers = (await _site.ListAsync()).Offers;

        Assert.Equal([Slot("1@amd64"), Slot("1@arm64")], offers.Select(offer => offer.Slot));
        Assert.Equal([amd, arm], offers.Select(offer => offer.Manifest));
        Assert.Equal(["amd64", "arm64"], offers.Select(offer => offer.Architecture));
    }

    [Fact]
    public async Task One_wanted_architecture_needs_no_suffix()
    {
        _site.Config = _site.Config with { Architectures = ["arm64"] };
        _site.Registry.PushIndex(Repository, ["1"], ("amd64", Image("amd")), ("arm64", Image("arm")));

        Assert.Equal(["vo/image:1"], await _site.SlotsAsync());
    }

    [Theory]
    [InlineData("ppc64le", "linux")]
    [InlineData("amd64", "windows")]
    public async Task What_is_for_other_machines_is_not_even_read(string architecture, string os)
    {
        PushIndex(["1"], Entry($"sha256:{new string('0', 64)}", architecture, os));

        Assert.Empty(await _site.SlotsAsync());
    }

    [Fact]
    public async Task An_image_that_names_another_architecture_in_its_annotations_is_not_offered()
    {
        _site.Registry.PushImage(
            Repository,
            "1",
            [1],
            new Dictionary<string, string> { ["org.openstack.glance.architecture"] = "ppc64le" }
        );

        Assert.Empty(await _site.SlotsAsync());
    }

    [Fact]
    public async Task An_entry_without_a_platform_is_offered()
    {
        PushIndex(["1"], Entry(Image("any")));

        Assert.Equal(["vo/image:1"], await _site.SlotsAsync());
    }

    [Fact]
    public async Task Of_several_images_each_must_name_its_architecture()
    {
        PushIndex(["1"], Entry(Image("any")), Entry(Image("amd"), "amd64"));

        var refused = Assert.Single((await _site.ListAsync()).Refused);

        Assert.Equal((Slot("1"), "bad-manifest"), (refused.Slot, refused.Id));
    }

    [Fact]
    public async Task Beside_an_image_containers_and_statements_about_them_do_not_count()
    {
        var container = _site.Registry.PushManifest(
            Repository,
            [],
            "application/vnd.oci.image.manifest.v1+json",
            Encoding.UTF8.GetBytes(
                """{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json"},"layers":[]}"""
            )
        );
        var statement = Entry($"sha256:{new string('0', 64)}", "unknown", "unknown");
        PushIndex(["1"], Entry(container, "amd64"), statement, Entry(Image("amd"), "amd64"));

        Assert.Equal(["vo/image:1"], await _site.SlotsAsync());
    }

    [Fact]
    public async Task An_index_without_entries_is_no_image()
    {
        PushIndex(["1"]);

        Assert.Equal("no-image", Assert.Single((await _site.ListAsync()).Refused).Id);
    }

    [Fact]
    public async Task Of_an_index_one_image_may_be_refused_and_another_offered()
    {
        var twoFiles = _site.Registry.PushManifest(
            Repository,
            [],
            "application/vnd.oci.image.manifest.v1+json",
            Encoding.UTF8.GetBytes("""{"schemaVersion":2,"layers":[{"mediaType":"a/b"},{"mediaType":"c/d"}]}""")
        );
        PushIndex(["1"], Entry(twoFiles, "amd64"), Entry(Image("arm"), "arm64"));

        var listing = await _site.ListAsync();

        Assert.Equal(Slot("1@arm64"), Assert.Single(listing.Offers).Slot);
        var refused = Assert.Single(listing.Refused);
        Assert.Equal((Slot("1@amd64"), "several-layers"), (refused.Slot, refused.Id));
    }

    [Theory]
    [InlineData(3, null)]
    [InlineData(4, "bad-manifest")]
    public async Task Indexes_may_be_nested_three_deep(int depth, string? expected)
    {
        var inner = Entry(Image("amd"));
        for (var i = 1; i < depth; i++)
        {
            inner = Entry(PushIndex([], inner));
        }
        PushIndex(["1"], inner);

        var listing = await _site.ListAsync();

        Assert.Equal(expected, listing.Refused.SingleOrDefault()?.Id);
        Assert.Equal(expected is null ? 1 : 0, listing.Offers.Count);
    }

    [Fact]
    public async Task An_index_with_very_many_entries_is_refused()
    {
        PushIndex(["1"], [.. Enumerable.Range(0, 200).Select(i => Entry(Image($"image {i}")))]);

        Assert.Equal("bad-manifest", Assert.Single((await _site.ListAsync()).Refused).Id);
    }

    [Fact]
    public async Task Annotations_of_an_entry_go_under_those_of_its_manifest_and_over_those_of_the_index()
    {
        var image = _site.Registry.PushImage(
            Repository,
            ["x-"],
            SandboxContent.Of([1]),
            new Dictionary<string, string> { ["a"] = "layer" },
            new Dictionary<string, string> { ["a"] = "manifest", ["b"] = "manifest" }
        );
        var entry = Entry(image.Manifest);
        entry["annotations"] = Annotations("entry", "a", "b", "c");
        var index = Index(entry);
        index["annotations"] = Annotations("index", "a", "b", "c", "d");
        Push(["1"], index);

        var annotations = Assert.Single((await _site.ListAsync()).Offers).Annotations;

        Assert.Equal(
            ["layer", "manifest", "entry", "index"],
            new[] { "a", "b", "c", "d" }.Select(key => annotations[key])
        );
    }

    [Fact]
    public async Task Where_an_entry_cannot_be_had_nothing_is_known_of_the_whole_tag()
    {
        PushIndex(["1"], Entry(Image("amd"), "amd64"), Entry($"sha256:{new string('0', 64)}", "arm64"));

        var listing = await _site.ListAsync();

        Assert.Empty(listing.Offers);
        Assert.Equal(Slot("1"), Assert.Single(listing.Unread).Slots);
    }

    private string Slot(string tag) => $"{_site.Host}/{Repository}:{tag}";

    private string Image(string text) =>
        _site.Registry.PushImage(Repository, [], SandboxContent.Of(Encoding.UTF8.GetBytes(text))).Manifest;

    private string PushIndex(IReadOnlyList<string> tags, params IReadOnlyList<JsonObject> entries) =>
        Push(tags, Index(entries));

    private string Push(IReadOnlyList<string> tags, JsonObject index) =>
        _site.Registry.PushManifest(Repository, tags, Type, Encoding.UTF8.GetBytes(index.ToJsonString()));

    private static JsonObject Index(params IReadOnlyList<JsonObject> entries) =>
        new() { ["schemaVersion"] = 2, ["manifests"] = new JsonArray([.. entries]) };

    private static JsonObject Entry(string digest, string? architecture = null, string os = "linux")
    {
        var entry = new JsonObject { ["digest"] = digest };
        if (architecture is not null)
        {
            entry["platform"] = new JsonObject { ["architecture"] = architecture, ["os"] = os };
        }
        return entry;
    }

    private static JsonObject Annotations(string value, params string[] keys) =>
        new(keys.Select(key => KeyValuePair.Create(key, (JsonNode?)value)));
}
