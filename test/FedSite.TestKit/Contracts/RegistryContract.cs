using System.Text;
using System.Text.Json.Nodes;
using FedSite.Sandbox.Oci;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>Where the contract of registries is tried.</summary>
/// <param name="Open">Lets everybody in.</param>
/// <param name="Closed">Wants the password.</param>
public sealed record ContractRegistry(Uri Open, Uri Closed, string Username, string Password);

/// <summary>What we rely on in an OCI registry that is no Harbor. Each test has a repository of its own.</summary>
public abstract class RegistryContract(ContractRegistry registry) : IDisposable
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i % 251))];

    private readonly RawRegistry _raw = new(registry.Open);
    private readonly string _repository = $"contract/{Guid.CreateVersion7():N}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tags_are_listed_each_once()
    {
        await PushAsync("2", "1", "1-x");

        var answer = await _raw.GetAsync($"/v2/{_repository}/tags/list?n=1000", Ct);

        Assert.Equal(["1", "1-x", "2"], answer.Json["tags"]!.AsArray().Select(tag => (string)tag!).Order());
    }

    [Theory]
    [InlineData("tags/list", "NAME_UNKNOWN")]
    [InlineData("manifests/1", "MANIFEST_UNKNOWN")]
    public async Task Of_a_repository_that_does_not_exist_everything_is_404(string path, string code)
    {
        var answer = await _raw.GetAsync($"/v2/{_repository}/{path}", Ct);

        Assert.Equal((404, code), (answer.Status, (string?)answer.Json["errors"]![0]!["code"]));
    }

    [Fact]
    public async Task A_manifest_comes_under_its_tag_and_its_digest_byte_for_byte()
    {
        var pushed = await PushAsync("1");

        var byTag = await _raw.GetAsync($"/v2/{_repository}/manifests/1", Ct);
        var byDigest = await _raw.GetAsync($"/v2/{_repository}/manifests/{pushed.Manifest}", Ct);

        Assert.Equal((200, pushed.Manifest), (byTag.Status, byTag.Header("Docker-Content-Digest")));
        Assert.Equal(pushed.Manifest, SandboxContent.Of(Encoding.UTF8.GetBytes(byTag.Text)).Digest);
        Assert.Equal(byTag.Text, byDigest.Text);
    }

    [Fact]
    public async Task HEAD_tells_the_digest_of_a_manifest()
    {
        var pushed = await PushAsync("1");

        var answer = await _raw.SendAsync("HEAD", $"/v2/{_repository}/manifests/1", Ct);

        Assert.Equal((200, pushed.Manifest, ""), (answer.Status, answer.Header("Docker-Content-Digest"), answer.Text));
    }

    [Fact]
    public async Task A_tag_that_moves_stands_for_the_new_manifest_and_the_old_one_stays()
    {
        var before = await PushAsync("1");
        var after = await _raw.PushImageAsync(_repository, ["1"], SandboxContent.Of([1]), Ct);

        var byTag = await _raw.SendAsync("HEAD", $"/v2/{_repository}/manifests/1", Ct);
        var old = await _raw.SendAsync("HEAD", $"/v2/{_repository}/manifests/{before.Manifest}", Ct);

        Assert.Equal((after.Manifest, 200), (byTag.Header("Docker-Content-Digest"), old.Status));
    }

    [Fact]
    public async Task An_index_comes_as_it_was_pushed()
    {
        var image = await PushAsync("amd64");
        var index = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.index.v1+json",
            ["manifests"] = new JsonArray(
                new JsonObject
                {
                    ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
                    ["digest"] = image.Manifest,
                    ["size"] = 700,
                    ["platform"] = new JsonObject { ["architecture"] = "amd64", ["os"] = "linux" },
                }
            ),
        };
        var text = index.ToJsonString();
        var type = (string)index["mediaType"]!;
        var digest = await _raw.PushManifestAsync(_repository, "1", Encoding.UTF8.GetBytes(text), Ct, type);

        var answer = await _raw.GetAsync($"/v2/{_repository}/manifests/1", Ct);

        Assert.Equal((text, digest), (answer.Text, answer.Header("Docker-Content-Digest")));
    }

    [Theory]
    [InlineData(0, 206)]
    [InlineData(1, 206)]
    [InlineData(999, 206)]
    [InlineData(1000, 416)]
    [InlineData(5000, 416)]
    public async Task A_blob_comes_from_the_byte_on_that_is_asked_for(int from, int status)
    {
        var pushed = await PushAsync("1");

        var answer = await GetBlobAsync(pushed, ("Range", $"bytes={from}-"));

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 206 ? $"bytes {from}-999/1000" : "bytes */1000", answer.Header("Content-Range"));
    }

    [Fact]
    public async Task A_blob_has_a_strong_tag_under_which_it_is_resumed()
    {
        var pushed = await PushAsync("1");

        var tag = (await GetBlobAsync(pushed)).Header("ETag")!;
        var same = await GetBlobAsync(pushed, ("Range", "bytes=10-"), ("If-Range", tag));
        var other = await GetBlobAsync(pushed, ("Range", "bytes=10-"), ("If-Range", "\"another\""));

        Assert.StartsWith("\"", tag, StringComparison.Ordinal);
        Assert.Equal((206, "990"), (same.Status, same.Header("Content-Length")));
        Assert.Equal((200, "1000"), (other.Status, other.Header("Content-Length")));
    }

    [Fact]
    public async Task A_blob_that_does_not_exist_is_404()
    {
        await PushAsync("1");
        var answer = await _raw.GetAsync($"/v2/{_repository}/blobs/sha256:{new string('0', 64)}", Ct);

        Assert.Equal((404, "BLOB_UNKNOWN"), (answer.Status, (string?)answer.Json["errors"]![0]!["code"]));
    }

    [Fact]
    public async Task A_repository_that_lost_its_tags_is_still_in_the_catalog_and_its_tags_are_null()
    {
        var pushed = await PushAsync("1");
        await _raw.RemoveAsync(_repository, pushed.Manifest, Ct);

        var tags = await _raw.GetAsync($"/v2/{_repository}/tags/list", Ct);

        Assert.Contains(_repository, await CatalogAsync("/v2/_catalog?n=1000"));
        Assert.Equal(200, tags.Status);
        Assert.Null(tags.Json["tags"]);
    }

    [Fact]
    public async Task A_repository_that_never_had_a_tag_is_in_the_catalog_but_its_tags_are_404()
    {
        var content = SandboxContent.Of(Bytes);
        await PushBlobsAsync(content);
        var manifest = SandboxRegistry.ManifestOf(content, annotations: null, ofManifest: null);
        await _raw.PushManifestAsync(_repository, SandboxContent.Of(manifest).Digest, manifest, Ct);

        var tags = await _raw.GetAsync($"/v2/{_repository}/tags/list", Ct);

        Assert.Contains(_repository, await CatalogAsync("/v2/_catalog?n=1000"));
        Assert.Equal((404, "NAME_UNKNOWN"), (tags.Status, (string?)tags.Json["errors"]![0]!["code"]));
    }

    [Fact]
    public async Task The_catalog_leads_from_page_to_page_by_links()
    {
        await PushAsync("1");

        var all = await CatalogAsync("/v2/_catalog?n=1");

        Assert.Equal(all.Distinct(), all);
        Assert.Contains(_repository, all);
    }

    [Fact]
    public async Task More_than_1000_names_in_a_page_are_refused()
    {
        var answer = await _raw.GetAsync("/v2/_catalog?n=1001", Ct);

        Assert.Equal((400, "PAGINATION_NUMBER_INVALID"), (answer.Status, (string?)answer.Json["errors"]![0]!["code"]));
    }

    [Fact]
    public async Task Harbors_API_is_404()
    {
        Assert.Equal(404, (await _raw.GetAsync("/api/v2.0/ping", Ct)).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Without_the_password_everything_is_401_with_a_challenge(string? password)
    {
        using var raw = new RawRegistry(registry.Closed, password is null ? null : registry.Username, password);

        var answer = await raw.GetAsync($"/v2/{_repository}/tags/list", Ct);

        Assert.Equal(401, answer.Status);
        Assert.StartsWith("Basic realm=\"", answer.Header("WWW-Authenticate"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_password_everything_is_as_usual()
    {
        using var raw = new RawRegistry(registry.Closed, registry.Username, registry.Password);
        await raw.PushImageAsync(_repository, ["1"], SandboxContent.Of(Bytes), Ct);

        Assert.Equal(200, (await raw.GetAsync($"/v2/{_repository}/tags/list", Ct)).Status);
    }

    public void Dispose()
    {
        _raw.Dispose();
        GC.SuppressFinalize(this);
    }

    private Task<PushedImage> PushAsync(params IReadOnlyList<string> tags) =>
        _raw.PushImageAsync(_repository, tags, SandboxContent.Of(Bytes), Ct);

    private async Task PushBlobsAsync(SandboxContent content)
    {
        await _raw.PushBlobAsync(_repository, content, Ct);
        await _raw.PushBlobAsync(_repository, SandboxContent.Of("{}"u8.ToArray()), Ct);
    }

    private Task<RawAnswer> GetBlobAsync(PushedImage pushed, params (string Name, string Value)[] headers) =>
        _raw.GetAsync($"/v2/{_repository}/blobs/{pushed.Content}", Ct, headers);

    private async Task<List<string>> CatalogAsync(string path)
    {
        var names = new List<string>();
        while (true)
        {
            var answer = await _raw.GetAsync(path, Ct);
            names.AddRange(answer.Json["repositories"]!.AsArray().Select(name => (string)name!));
            if (answer.Header("Link") is not { } link)
            {
                return names;
            }
            Assert.EndsWith("; rel=\"next\"", link, StringComparison.Ordinal);
            path = link[1..link.IndexOf('>', StringComparison.Ordinal)];
        }
    }
}
