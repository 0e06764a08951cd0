using System.Collections.Concurrent;
using FedSite.Oci;
using FedSite.Sandbox;
using FedSite.Sandbox.Oci;
using Microsoft.AspNetCore.Http;

namespace FedSite.Tests.Oci;

/// <summary>Blobs: where they come from, and from which byte on.</summary>
public sealed class BlobTests : IAsyncLifetime
{
    private const string Image = ClientSite.Repository;
    private const int Length = 1_000_000;

    private ClientSite _site = null!;
    private PushedImage _pushed = null!;
    private byte[] _bytes = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _site = await ClientSite.StartAsync();
        _pushed = _site.Push(Length);
        _bytes = new byte[Length];
        SandboxContent.Pattern(Length, seed: 1).Read(0, _bytes);
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(true, Length - 1)]
    [InlineData(false, 1)]
    [InlineData(false, Length - 1)]
    public async Task The_bytes_come_from_the_one_on_that_is_wanted(bool knowsRanges, int from)
    {
        _site.Registry.KnowsRanges = knowsRanges;
        using var client = _site.Open();

        Assert.Equal(_bytes[from..], await ReadAsync(client, from));
    }

    [Fact]
    public async Task After_a_cut_the_rest_is_asked_for_under_the_same_tag()
    {
        var headers = Watch();
        _site.Registry.Cuts[_pushed.Content] = 400_000;
        using var client = _site.Open();
        using var read = new MemoryStream();

        await using (var stream = await client.OpenBlobAsync(Image, _pushed.Content, 0, Ct))
        {
            await Assert.ThrowsAnyAsync<IOException>(() => stream.CopyToAsync(read, Ct));
        }
        _site.Registry.Cuts.Clear();
        var rest = await ReadAsync(client, (int)read.Length);

        Assert.Equal(_bytes, read.ToArray().Concat(rest));
        Assert.Equal($"bytes={read.Length}- \"{_pushed.Content}\"", headers.Last());
    }

    [Theory]
    [InlineData(Length)]
    [InlineData(Length + 1)]
    public async Task Where_there_is_no_such_byte_it_is_said_at_once(int from)
    {
        using var client = _site.Open();

        var error = await ClientSite.FailAsync(async () =>
            await client.OpenBlobAsync(Image, _pushed.Content, from, Ct)
        );

        Assert.EndsWith($"was answered with 416, but it has no byte {from}", error, StringComparison.Ordinal);
        Assert.Equal(1, _site.Requests);
    }

    [Theory]
    [InlineData("bytes 0-9/10")]
    [InlineData("bytes 4-9/10")]
    [InlineData("bytes 6-9/10")]
    [InlineData("lines 5-9/10")]
    [InlineData(null)]
    public async Task Another_range_than_was_asked_for_is_refused(string? range)
    {
        using var client = await _site.OpenAsync(context =>
        {
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = range;
            return context.Response.WriteAsync("56789", Ct);
        });

        var error = await ClientSite.FailAsync(async () => await client.OpenBlobAsync(Image, _pushed.Content, 5, Ct));

        Assert.Contains("with another range than was asked for", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_falls_silent_counts_as_gone()
    {
        using var client = await _site.OpenAsync(async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("begun", Ct);
            await context.Response.Body.FlushAsync(Ct);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        await using var stream = await client.OpenBlobAsync(Image, _pushed.Content, 0, Ct);
        var buffer = new byte[100];
        Assert.Equal(5, await stream.ReadAtLeastAsync(buffer, 5, cancellationToken: Ct));

        var reading = stream.ReadAsync(buffer, Ct);
        _site.Time.RunOut();

        var error = await Assert.ThrowsAsync<IOException>(async () => await reading);
        Assert.EndsWith("no byte for 60 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_ends_when_the_user_wants_it()
    {
        using var client = await _site.OpenAsync(async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.Body.FlushAsync(Ct);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        using var stop = new CancellationTokenSource();
        await using var stream = await client.OpenBlobAsync(Image, _pushed.Content, 0, Ct);

        var reading = stream.ReadAsync(new byte[100], stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reading);
    }

    [Theory]
    [InlineData(RegistryLogins.Password)]
    [InlineData(RegistryLogins.Token)]
    public async Task A_redirect_is_followed_without_credentials(RegistryLogins logins)
    {
        _site.Registry.Logins = logins;
        _site.Registry.BlobRedirect = digest => $"{_site.Sandbox.StoreUrl}registry-blobs/{digest}?X-Signature=hunter2";
        using var client = _site.Open();

        Assert.Equal(_bytes[1000..], await ReadAsync(client, 1000));
        Assert.Empty(_site.Registry.Leaked);
        Assert.DoesNotContain("hunter2", string.Concat(_site.Log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_that_fails_is_told_without_its_signature()
    {
        _site.Registry.BlobRedirect = digest => $"{_site.Sandbox.StoreUrl}gone?X-Signature=hunter2";
        using var client = _site.Open();

        var error = await Assert.ThrowsAsync<RegistryException>(async () =>
            await client.OpenBlobAsync(Image, _pushed.Content, 0, Ct)
        );

        Assert.Equal((404, $"{_site.Sandbox.StoreUrl}gone"), (error.Status, error.Url!.ToString()));
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_five_redirects_no_further_one_is_followed()
    {
        _site.Registry.BlobRedirect = digest => $"/v2/{Image}/blobs/{digest}";
        using var client = _site.Open();

        var error = await ClientSite.FailAsync(async () => await client.OpenBlobAsync(Image, _pushed.Content, 0, Ct));

        Assert.Contains("after 5 redirects there is another one", error, StringComparison.Ordinal);
        Assert.Equal(6, _site.Requests);
    }

    [Theory]
    [InlineData("file:///etc/passwd", "it points to a URL with file: refused")]
    [InlineData("ftp://127.0.0.1/x", "it points to a URL with ftp: refused")]
    [InlineData(
        "http://169.254.169.254/latest/meta-data/",
        "points to 169.254.169.254 (169.254.169.254), an address of an inner"
    )]
    [InlineData("http://[::ffff:a9fe:a9fe]/latest", "an address of an inner network: refused")]
    [InlineData("http://[fe80::1]/", "an address of an inner network: refused")]
    [InlineData("http://168.63.129.16/machine", "an address of an inner network: refused")]
    [InlineData("http://0.0.0.0:80/", "an address of an inner network: refused")]
    public async Task A_redirect_to_where_no_registry_keeps_its_blobs_is_refused(string target, string expected)
    {
        _site.Registry.BlobRedirect = _ => target;
        using var client = _site.Open();

        var error = await ClientSite.FailAsync(async () => await client.OpenBlobAsync(Image, _pushed.Content, 0, Ct));

        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://[x")]
    [InlineData("")]
    public async Task A_redirect_to_nowhere_is_an_answer_like_others(string target)
    {
        _site.Registry.BlobRedirect = _ => target;
        using var client = _site.Open();

        var error = await ClientSite.FailAsync(async () => await client.OpenBlobAsync(Image, _pushed.Content, 0, Ct));

        Assert.EndsWith("was answered with 307", error, StringComparison.Ordinal);
    }

    private static async Task<byte[]> ReadAsync(RegistryClient client, int from, string digest) =>
        await ClientSite.ReadAsync(await client.OpenBlobAsync(Image, digest, from, Ct));

    private Task<byte[]> ReadAsync(RegistryClient client, int from) => ReadAsync(client, from, _pushed.Content);

    /// <summary>Headers <c>Range</c> and <c>If-Range</c> of each request.</summary>
    private ConcurrentQueue<string> Watch()
    {
        var seen = new ConcurrentQueue<string>();
        _site.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Registry,
                When = request =>
                {
                    seen.Enqueue($"{request.Headers.Range} {request.Headers.IfRange}");
                    return false;
                },
            }
        );
        return seen;
    }
}
