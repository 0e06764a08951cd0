using FedSite.Information.Publishing;
using FedSite.TestKit;

namespace FedSite.Scenarios.Information;

/// <summary>Publishing to Apache's mod_dav; its disk is looked at.</summary>
public sealed class WebDavTests : IAsyncLifetime
{
    private static readonly byte[] Document =
    [
        .. Enumerable.Repeat("""{"Name":"site"}"""u8.ToArray(), 20_000).SelectMany(b => b),
    ];

    private readonly CollectingLogger _log = new();
    private WebDav _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await WebDav.StartAsync();

    public ValueTask DisposeAsync()
    {
        _server?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_document_is_on_the_servers_disk_and_verified()
    {
        using var target = Target("open/site.json");
        await target.PublishAsync("older"u8.ToArray(), Ct);
        await target.PublishAsync(Document, Ct);

        Assert.Equal(Document, await File.ReadAllBytesAsync(_server.In("open/site.json"), Ct));
        Assert.Equal(Document, await target.ReadAsync(Ct));
        Assert.DoesNotContain(_log.Lines, line => line.Contains("verified", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_published_where_no_file_is()
    {
        using var target = Target("open/site.json");

        Assert.Null(await target.ReadAsync(Ct));
    }

    [Fact]
    public async Task User_and_password_open_a_guarded_folder()
    {
        using var target = Target("guarded/site.json", $"{WebDav.User}:{WebDav.Password}");
        await target.PublishAsync(Document, Ct);

        Assert.Equal(Document, await File.ReadAllBytesAsync(_server.In("guarded/site.json"), Ct));
        Assert.DoesNotContain(WebDav.Password, target.Name + string.Concat(_log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("guarded/site.json", 401)]
    [InlineData("plain/site.json", 405)]
    [InlineData("open/missing/site.json", 409)]
    public async Task A_refusal_says_what_to_do(string path, int status)
    {
        using var target = Target(path);

        var failure = await Assert.ThrowsAsync<FedSiteException>(() => target.PublishAsync(Document, Ct));

        Assert.StartsWith(
            $"PUT {_server.Url}{path} was answered with {status}",
            failure.Message,
            StringComparison.Ordinal
        );
        Assert.NotNull(failure.NextStep);
    }

    private HttpTarget Target(string path, string user = "")
    {
        var url = new UriBuilder(new Uri(_server.Url, path));
        if (user.Split(':') is [var name, var password])
        {
            (url.UserName, url.Password) = (name, password);
        }
        return new HttpTarget(url.Uri, null, null, "test", TimeProvider.System, _log);
    }
}
