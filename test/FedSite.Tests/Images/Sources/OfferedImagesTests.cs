using System.Globalization;
using System.Text;
using FedSite.Images.Sources;
using FedSite.Sandbox.Oci;

namespace FedSite.Tests.Images.Sources;

/// <summary>What is an image, and what is offered of it.</summary>
public sealed class OfferedImagesTests : IAsyncLifetime
{
    private const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    private const string Repository = "vo/image";
    private static readonly string Digest = $"sha256:{new string('a', 64)}";

    private SourceSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await SourceSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task All_tags_of_a_version_that_match_are_slots_of_their_own()
    {
        _site.Config = _site.Config with { Tags = "^(12|latest|12-.*)$" };
        _site.Push(Repository, "12", "12-2026-10-01-1a2b3c4d", "latest", "13");

        var listing = await _site.ListAsync();

        Assert.Equal(["12", "12-2026-10-01-1a2b3c4d", "latest"], listing.Offers.Select(offer => offer.Tag));
        Assert.Single(listing.Offers.Select(offer => offer.Manifest).Distinct());
    }

    [Fact]
    public async Task An_image_without_any_annotation_is_offered_with_what_is_known()
    {
        var layer = Layer("application/octet-stream", Digest, 12);
        var digest = Push($$"""{"schemaVersion":2,"layers":[{{layer}}]}""");

        var offer = Assert.Single((await _site.ListAsync()).Offers);

        Assert.Equal((digest, Digest, 12), (offer.Manifest, offer.Content, offer.Size));
        Assert.Equal((null, null), (offer.Format, offer.Architecture));
        Assert.Equal(SourceSite.Now, offer.Created);
        Assert.Empty(offer.Annotations);
    }

    [Theory]
    // What the publisher declares is worth more than what names suggest.
    [InlineData("application/x-qemu-disk", "a.img", "RAW ", "raw")]
    [InlineData("application/x-qemu-disk", "a.raw", null, "raw")]
    [InlineData("application/x-qemu-disk", "a.img", null, "qcow2")]
    [InlineData("application/octet-stream", "a.QCOW2", null, "qcow2")]
    [InlineData("application/octet-stream", "a.raw", "no format!", "raw")]
    [InlineData("application/octet-stream", "a.qcow2.gz", null, null)]
    [InlineData("application/octet-stream", "a.img", null, null)]
    [InlineData("", "disk.vmdk", null, "vmdk")]
    // `oras push` without a media type.
    [InlineData("application/vnd.oci.image.layer.v1.tar", "a.qcow2", null, "qcow2")]
    public async Task The_format_is_what_is_declared_else_what_the_name_says_else_the_media_type(
        string type,
        string title,
        string? declared,
        string? expected
    )
    {
        var format = declared is null ? "" : $",\"org.openstack.glance.disk_format\":\"{declared}\"";
        var annotations = $$"""{"org.opencontainers.image.title":"{{title}}"{{format}}}""";
        Push($$"""{"schemaVersion":2,"layers":[{{Layer(type, Digest, 12, annotations)}}]}""");

        Assert.Equal(expected, Assert.Single((await _site.ListAsync()).Offers).Format);
    }

    [Theory]
    [InlineData("2026-10-01T05:00:00Z", "2026-10-01T05:00:00Z")]
    [InlineData("2026-10-01T07:00:00+02:00", "2026-10-01T05:00:00Z")]
    // Nothing that can be true: when it was pushed.
    [InlineData("yesterday", "2026-10-15T12:00:00Z")]
    [InlineData("0001-01-01T00:00:00Z", "2026-10-15T12:00:00Z")]
    [InlineData("2999-01-01T00:00:00Z", "2026-10-15T12:00:00Z")]
    public async Task An_image_is_as_old_as_it_says_if_that_can_be_true(string created, string expected)
    {
        _site.Registry.PushImage(
            Repository,
            ["1"],
            SandboxContent.Of([1]),
            ofManifest: new Dictionary<string, string> { ["org.opencontainers.image.created"] = created }
        );

        Assert.Equal(
            DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture),
            Assert.Single((await _site.ListAsync()).Offers).Created
        );
    }

    [Fact]
    public async Task Annotations_of_the_layer_go_over_those_of_the_manifest()
    {
        var layer = Layer("application/x-qemu-disk", Digest, 12, """{"a":"layer","b":"layer"}""");
        Push($$"""{"schemaVersion":2,"annotations":{"b":"manifest","c":"manifest"},"layers":[{{layer}}]}""");

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["a"] = "layer",
                ["b"] = "layer",
                ["c"] = "manifest",
            },
            Assert.Single((await _site.ListAsync()).Offers).Annotations
        );
    }

    [Fact]
    public async Task Annotations_that_are_too_long_or_have_control_characters_are_left_out()
    {
        var annotations = $$"""
            {"good":"é","line":"a\nb","esc\u001b":"x","null":null,"":"x","long":"{{new string('x', 8193)}}","{{new string(
                'k',
                256
            )}}":"x"}
            """;
        Push($$"""{"schemaVersion":2,"layers":[{{Layer("application/x-qemu-disk", Digest, 12, annotations)}}]}""");

        Assert.Equal(["good"], Assert.Single((await _site.ListAsync()).Offers).Annotations.Keys);
    }

    [Fact]
    public async Task All_annotations_together_stay_below_32_KiB()
    {
        var many = Enumerable.Range(0, 100_000).Select(i => $"\"key-{i:000000}\":\"value\"");
        var annotations = $"{{{string.Join(',', many)}}}";
        Push($$"""{"schemaVersion":2,"layers":[{{Layer("application/x-qemu-disk", Digest, 12, annotations)}}]}""");

        var kept = Assert.Single((await _site.ListAsync()).Offers).Annotations;

        Assert.InRange(kept.Sum(pair => pair.Key.Length + pair.Value.Length), 32_000, 32_768);
        Assert.Contains("key-000000", kept.Keys);
    }

    [Fact]
    public async Task An_image_in_several_files_is_refused_by_their_names_even_if_one_is_a_disk()
    {
        var disk = Layer("application/x-qemu-disk", Digest, 12, """{"org.opencontainers.image.title":"a.qcow2"}""");
        var other = Layer("application/octet-stream", Digest, 12);
        Push($$"""{"schemaVersion":2,"layers":[{{disk}},{{other}}]}""");

        var refused = Refused(await _site.ListAsync());

        Assert.Equal((Slot(""), "several-layers"), (refused.Slot, refused.Id));
        Assert.Equal("it has 2 files (a.qcow2, application/octet-stream); an image is one", refused.Reason);
    }

    [Theory]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e", 1, "no-digest")]
    [InlineData("sha256:abc", 1, "no-digest")]
    [InlineData(null, 1, "no-digest")]
    [InlineData("sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaA", 1, "no-digest")]
    [InlineData("ok", 0, "bad-manifest")]
    [InlineData("ok", -1, "bad-manifest")]
    public async Task A_file_without_digest_or_size_is_refused(string? digest, long size, string id)
    {
        var layer = Layer("application/x-qemu-disk", digest == "ok" ? Digest : digest, size);
        Push($$"""{"schemaVersion":2,"layers":[{{layer}}]}""");

        Assert.Equal(id, Refused(await _site.ListAsync()).Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("""{"schemaVersion":1,"layers":[]}""")]
    [InlineData("""{"schemaVersion":2}""")]
    [InlineData("""{"schemaVersion":2,"layers":[],"manifests":[]}""")]
    [InlineData("""{"schemaVersion":2,"layers":[null]}""")]
    [InlineData("""{"schemaVersion":2,"layers":{}}""")]
    [InlineData("""{"schemaVersion":2,"layers":[],"layers":[]}""")]
    [InlineData("""{"schemaVersion":2,"manifests":[null]}""")]
    [InlineData("""{"schemaVersion":2,"layers":[{"size":9223372036854775808}]}""")]
    [InlineData("""{"schemaVersion":2,"layers":[],"annotations":{"a":1}}""")]
    [InlineData("""{"schemaVersion":2,"layers":[],"annotations":{"a":"\ud800"}}""")]
    public async Task A_manifest_that_cannot_be_read_is_refused(string text)
    {
        Push(text);

        Assert.Equal("bad-manifest", Refused(await _site.ListAsync()).Id);
    }

    [Fact]
    public async Task An_artefact_without_a_layer_is_no_image()
    {
        Push("""{"schemaVersion":2,"layers":[]}""");

        Assert.Equal("no-image", Refused(await _site.ListAsync()).Id);
    }

    [Theory]
    [InlineData("application/vnd.oci.image.config.v1+json", "application/vnd.oci.image.layer.v1.tar+gzip")]
    [InlineData("application/vnd.docker.container.image.v1+json", "application/vnd.docker.image.rootfs.diff.tar.gzip")]
    [InlineData("application/vnd.cncf.helm.config.v1+json", "application/vnd.cncf.helm.chart.content.v1.tar+gzip")]
    [InlineData("application/vnd.oci.image.config.v1+json", "application/vnd.dev.cosign.simplesigning.v1+json")]
    [InlineData("application/vnd.oci.empty.v1+json", "application/vnd.in-toto+json")]
    [InlineData("application/vnd.oci.empty.v1+json", "application/vnd.cyclonedx+json")]
    [InlineData("application/vnd.oci.empty.v1+json", "application/vnd.oci.empty.v1+json")]
    [InlineData("application/vnd.oci.empty.v1+json", "application/vnd.oci.image.layer.v1.tar")]
    [InlineData("application/vnd.oci.empty.v1+json", "text/plain")]
    public async Task Containers_charts_signatures_and_lists_of_parts_are_passed_over(string config, string layer)
    {
        Push($$"""{"schemaVersion":2,"config":{"mediaType":"{{config}}"},"layers":[{{Layer(layer, Digest, 12)}}]}""");

        var listing = await _site.ListAsync();

        Assert.Empty(listing.Offers);
        Assert.Empty(listing.Refused);
        Assert.Empty(listing.Unread);
    }

    private RefusedOffer Refused(SourceListing listing)
    {
        Assert.Null(listing.Failure);
        Assert.Empty(listing.Offers);
        var refused = Assert.Single(listing.Refused);
        Assert.Equal(Slot(""), refused.Slot);
        return refused;
    }

    private string Slot(string suffix) => $"{_site.Host}/{Repository}:1{suffix}";

    private string Push(string text, string type = Manifest) =>
        _site.Registry.PushManifest(Repository, ["1"], type, Encoding.UTF8.GetBytes(text));

    private static string Layer(string type, string? digest, long size, string annotations = "{}") =>
        $$"""
        {"mediaType":"{{type}}",{{(
            digest is null ? "" : $"\"digest\":\"{digest}\","
        )}}"size":{{size.ToString(CultureInfo.InvariantCulture)}},"annotations":{{annotations}}}
        """;
}
