using FedSite.Configuration;
using FedSite.Images.Sources;
using FedSite.Sandbox.Oci;
using FedSite.Scenarios.Support;
using FedSite.TestKit.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Scenarios.Images;

/// <summary>What a source makes of Debian's registry.</summary>
public sealed class RealRegistrySourceTests : IDisposable
{
    private readonly TestRegistry _registry = Require.Registry();
    private readonly RawRegistry _open;
    private readonly string _project = $"p{Guid.CreateVersion7():N}";

    public RealRegistrySourceTests() => _open = new RawRegistry(_registry.Open);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Images_of_the_project_are_found_by_the_catalog()
    {
        var pushed = await PushAsync($"{_project}/nested/debian", "12", "12-2026-10-01-1a2b3c4d");
        await PushAsync($"{_project}x/debian", "12");

        using var source = Open(_registry.Open);
        var listing = await source.ListAsync(Ct);

        var offer = Assert.Single(listing.Offers);
        Assert.Equal($"{_registry.Open.Authority}/{_project}/nested/debian:12", offer.Slot);
        Assert.Equal((pushed.Manifest, pushed.Content, pushed.Size), (offer.Manifest, offer.Content, offer.Size));
        Assert.Equal(("qcow2", "debian"), (offer.Format, offer.Annotations["org.openstack.glance.os_distro"]));
        Assert.Empty(listing.Unread);
    }

    [Fact]
    public async Task A_repository_whose_images_were_all_deleted_offers_nothing()
    {
        var pushed = await PushAsync($"{_project}/debian", "12");
        await _open.RemoveAsync($"{_project}/debian", pushed.Manifest, Ct);

        using var source = Open(_registry.Open);
        var listing = await source.ListAsync(Ct);

        Assert.Null(listing.Failure);
        Assert.Empty(listing.Offers);
        Assert.Empty(listing.Unread);
    }

    [Fact]
    public async Task With_the_password_the_closed_one_lists_and_gives_the_rest_of_a_file()
    {
        using var closed = new RawRegistry(_registry.Closed, _registry.Username, _registry.Password);
        var content = SandboxContent.Pattern(5_000_000, seed: 3);
        await closed.PushImageAsync($"{_project}/big", ["1"], content, Ct);
        using var source = Open(_registry.Closed, _registry.Username, _registry.Password);

        var offer = Assert.Single((await source.ListAsync(Ct)).Offers);
        await using var stream = await source.OpenAsync(offer, 1_234_567, Ct);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read, Ct);

        var expected = new byte[5_000_000 - 1_234_567];
        content.Read(1_234_567, expected);
        Assert.Equal(expected, read.ToArray());
    }

    [Fact]
    public async Task Without_the_password_the_source_fails_and_says_what_is_missing()
    {
        using var source = Open(_registry.Closed);

        var listing = await source.ListAsync(Ct);

        Assert.Contains("401: UNAUTHORIZED", listing.Failure!.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _open.Dispose();

    private Task<PushedImage> PushAsync(string repository, params IReadOnlyList<string> tags) =>
        _open.PushImageAsync(
            repository,
            tags,
            SandboxContent.Of(SmallImage.Qcow2(repository)),
            Ct,
            new Dictionary<string, string> { ["org.openstack.glance.os_distro"] = "debian" }
        );

    private RegistrySource Open(Uri url, string? username = null, string? password = null) =>
        new(
            new ImageSourceConfig
            {
                Registry = url.ToString(),
                Project = _project,
                Username = username,
                Password = password,
            },
            new NoMemory(),
            TimeProvider.System,
            NullLoggerFactory.Instance
        );

    private sealed class NoMemory : IManifestMemory
    {
        public byte[]? Find(string digest) => null;

        public void Keep(string digest, byte[] body) { }
    }
}
