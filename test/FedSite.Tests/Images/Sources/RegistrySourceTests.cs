using FedSite.Sandbox;
using FedSite.Sandbox.Oci;

namespace FedSite.Tests.Images.Sources;

public sealed class RegistrySourceTests : IAsyncLifetime
{
    private SourceSite _site = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _site = await SourceSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task An_image_as_EGI_pushes_it_is_offered_with_all_that_it_says()
    {
        _site.Config = _site.Config with { Project = SandboxRegistry.CommonProject, Repositories = ["debian"] };
        var pushed = _site.Registry.PushExample("debian", "Debian", "12", TimeSpan.FromDays(14));

        var offer = Assert.Single((await _site.ListAsync()).Offers);

        Assert.Equal($"{_site.Host}/egi_vm_images/debian:12", offer.Slot);
        Assert.Equal((pushed.Manifest, pushed.Content, pushed.Size), (offer.Manifest, offer.Content, offer.Size));
        Assert.Equal(
            ("egi_vm_images", _site.Host, "egi_vm_images", "egi_vm_images/debian", "12"),
            (offer.Source, offer.Registry, offer.Project, offer.Repository, offer.Tag)
        );
        Assert.Equal(("amd64", "qcow2"), (offer.Architecture, offer.Format));
        Assert.Equal(SourceSite.Now.AddDays(-14), offer.Created);
        Assert.Equal("EGI Debian 12 image", offer.Annotations["eu.egi.cloud.description"]);
        Assert.Equal("https://git.example.org/vm-images", offer.Annotations["org.opencontainers.image.source"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task All_repositories_of_the_project_are_found_nested_ones_too(bool isHarbor)
    {
        _site.Registry.HasHarbor = isHarbor;
        _site.Push("vo/one", "1");
        _site.Push("vo/nested/deep/two", "2");
        _site.Push("voice/three", "3");

        Assert.Equal(["vo/nested/deep/two:2", "vo/one:1"], await _site.SlotsAsync());
    }

    [Fact]
    public async Task An_offers_bytes_are_those_that_were_pushed()
    {
        var content = SandboxContent.Pattern(3_000_000, seed: 7);
        _site.Registry.PushImage("vo/big", ["1"], content);
        using var source = _site.Open();
        var offer = Assert.Single((await source.ListAsync(Ct)).Offers);

        await using var stream = await source.OpenAsync(offer, 1_000_001, Ct);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read, Ct);

        var expected = new byte[3_000_000 - 1_000_001];
        content.Read(1_000_001, expected);
        Assert.Equal(expected, read.ToArray());
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 1 + 1 + 2 + 1)]
    public async Task What_has_not_changed_is_listed_without_reading_a_manifest(bool isHarbor, int expected)
    {
        _site.Registry.HasHarbor = isHarbor;
        _site.Push("vo/one", "1", "2", "1-2026-10-01-1a2b3c4d");
        await _site.ListAsync();
        var before = _site.Sandbox.Traffic.Requests(SandboxService.Registry);

        Assert.Equal(["vo/one:1", "vo/one:2"], await _site.SlotsAsync());
        Assert.Equal(expected, _site.Sandbox.Traffic.Requests(SandboxService.Registry) - before);
    }
}
