using System.Text;
using FedSite.Oci;
using FedSite.Sandbox;
using FedSite.Sandbox.Oci;
using Microsoft.AspNetCore.Http;

namespace FedSite.Tests.Oci;

/// <summary>Tags and manifests, of registries that mean well and others.</summary>
public sealed class RegistryClientTests : IAsyncLifetime
{
    private const string Image = ClientSite.Repository;

    private ClientSite _site = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _site = await ClientSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Tags_are_read_page_by_page()
    {
        _site.Registry.PageSize = 2;
        _site.Registry.PushImage(Image, ["1", "2", "3", "4", "5"], SandboxContent.Of([1]));
        using var client = _site.Open();

        Assert.Equal(["1", "2", "3", "4", "5"], await client.ListTagsAsync(Image, Ct));
        Assert.Equal(3, _site.Requests);
    }

    [Fact]
    public async Task Names_that_are_no_tags_are_left_out()
    {
        using var client = await _site.OpenAsync(context =>
            context.Response.WriteAsync("""{"tags":["1","../x","a b","","-x",null,"é","x\u001b[31m","ok_1.2-3"]}""", Ct)
        );

        Assert.Equal(["1", "ok_1.2-3"], await client.ListTagsAsync(Image, Ct));
    }

    [Theory]
    [InlineData("</next?n={0}>; rel=\"next\"", "it has more than 1000 pages")]
    [InlineData("</v2/vo/image/tags/list?n=1000>; rel=next", "its pages link to each other in a circle")]
    [InlineData("<http://127.0.0.1:1/v2/>; rel=\"next\"", "the link to its next page leads to 127.0.0.1:1")]
    [InlineData("<//evil.example/v2/>; rel=\"next\"", "the link to its next page leads to evil.example")]
    [InlineData("<http://[x>; rel=\"next\"", "the link to its next page is no URL")]
    public async Task Links_that_do_not_lead_on_end_the_list(string link, string expected)
    {
        var pages = 0;
        using var client = await _site.OpenAsync(context =>
        {
            context.Response.Headers.Link = string.Format(null, link, ++pages);
            return context.Response.WriteAsync("""{"tags":["1"]}""", Ct);
        });

        Assert.EndsWith(
            expected,
            await ClientSite.FailAsync(() => client.ListTagsAsync(Image, Ct)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("<html><body>Log in</body></html>")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"tags":[1]}""")]
    [InlineData("""{"tags":["\ud800"]}""")]
    [InlineData("""{"tags":[""")]
    [InlineData("""{"name":"x"}""")]
    [InlineData("")]
    public async Task An_answer_that_is_no_list_is_said(string body)
    {
        using var client = await _site.OpenAsync(context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync(body, Ct);
        });

        Assert.Contains(
            "was answered with 200, but not as a registry does",
            await ClientSite.FailAsync(() => client.ListTagsAsync(Image, Ct)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_beyond_4_MiB_is_not_read(bool isAnnounced)
    {
        using var client = await _site.OpenAsync(async context =>
        {
            context.Response.ContentLength = isAnnounced ? 1L << 40 : null;
            var piece = new byte[1 << 16];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(piece, Ct);
            }
        });

        Assert.EndsWith(
            "but with more than 4 MiB",
            await ClientSite.FailAsync(() => client.GetManifestAsync(Image, "1", Ct)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_tag_leads_to_the_digest_and_the_bytes_of_its_manifest()
    {
        var pushed = _site.Push();
        using var client = _site.Open();

        var served = await client.GetManifestAsync(Image, "1", Ct);

        Assert.Equal(pushed.Manifest, served.Digest);
        Assert.Equal(pushed.Manifest, await client.HeadManifestAsync(Image, "1", Ct));
        Assert.True(ContentDigest.Fits(pushed.Manifest, served.Body));
    }

    [Fact]
    public async Task A_registry_that_does_not_tell_digests_is_asked_for_the_manifest()
    {
        var pushed = _site.Push();
        _site.Registry.TellsDigest = false;
        using var client = _site.Open();

        Assert.Equal(pushed.Manifest, await client.HeadManifestAsync(Image, "1", Ct));
    }

    [Fact]
    public async Task A_manifest_under_a_sha512_digest_is_compared_by_it()
    {
        var body = Encoding.UTF8.GetBytes("""{"schemaVersion":2}""");
        var digest = $"sha512:{Convert.ToHexStringLower(System.Security.Cryptography.SHA512.HashData(body))}";
        using var client = await _site.OpenAsync(async context =>
        {
            context.Response.Headers["Docker-Content-Digest"] = digest;
            await context.Response.Body.WriteAsync(body, Ct);
        });

        Assert.Equal(digest, (await client.GetManifestAsync(Image, "1", Ct)).Digest);
        Assert.Equal(digest, (await client.GetManifestAsync(Image, digest, Ct)).Digest);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_manifest_that_is_not_what_its_digest_says_is_refused(bool byTag)
    {
        var pushed = _site.Push();
        _site.Sandbox.Traffic.Fail(
            new SandboxFault { Service = SandboxService.Registry, Rewrite = body => [.. body, (byte)'\n'] }
        );
        using var client = _site.Open();

        Assert.EndsWith(
            $"but its content is not that of {pushed.Manifest}",
            await ClientSite.FailAsync(() => client.GetManifestAsync(Image, byTag ? "1" : pushed.Manifest, Ct)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_right_manifest_with_a_wrong_digest_beside_it_is_refused()
    {
        var body = Encoding.UTF8.GetBytes("{}");
        using var client = await _site.OpenAsync(async context =>
        {
            context.Response.Headers["Docker-Content-Digest"] = $"sha256:{new string('0', 64)}";
            await context.Response.Body.WriteAsync(body, Ct);
        });

        Assert.Contains(
            "of something else",
            await ClientSite.FailAsync(() => client.GetManifestAsync(Image, ContentDigest.Of(body), Ct)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_registrys_own_words_stand_in_the_error_without_what_upsets_a_terminal()
    {
        using var client = await _site.OpenAsync(context =>
        {
            context.Response.StatusCode = 403;
            context.Response.Headers["X-Request-Id"] = "abc";
            var text = """{"errors":[null,{"code":"DENIED","message":"not\u001b[31m for\nyou"}]}""";
            return context.Response.WriteAsync(text, Ct);
        });

        var error = await Assert.ThrowsAsync<RegistryException>(() => client.ListTagsAsync(Image, Ct));

        Assert.EndsWith("was answered with 403: DENIED not [31m for you", error.Message, StringComparison.Ordinal);
        Assert.Equal((403, "abc", "DENIED"), (error.Status, error.RequestId, error.Code));
    }

    [Theory]
    [InlineData(FaultKind.Answer)]
    [InlineData(FaultKind.Reset)]
    [InlineData(FaultKind.Cut)]
    public async Task What_fails_for_a_passing_reason_is_asked_again(FaultKind kind)
    {
        _site.Push();
        var fault = new SandboxFault
        {
            Service = SandboxService.Registry,
            Kind = kind,
            Times = 3,
            Body = "{\"tags\":[]}",
            Status = kind == FaultKind.Answer ? 503 : 200,
        };
        _site.Sandbox.Traffic.Fail(fault);
        using var client = _site.Open();

        Assert.Equal(["1"], await client.ListTagsAsync(Image, Ct));
        Assert.Equal(4, _site.Requests);
    }
}
