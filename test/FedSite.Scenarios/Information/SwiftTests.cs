using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FedSite.Information.Publishing;
using FedSite.OpenStack;
using FedSite.Scenarios.Support;
using FedSite.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Scenarios.Information;

/// <summary>Publishing to the real Swift.</summary>
public sealed class SwiftTests : IAsyncLifetime
{
    private static readonly byte[] Document =
    [
        .. Enumerable.Repeat("""{"Name":"site"}"""u8.ToArray(), 20_000).SelectMany(b => b),
    ];

    private readonly TestCloud _cloud = Require.Cloud();
    private readonly string _name = $"TEST SITE/{Guid.CreateVersion7()}.json";
    private readonly List<OpenStackCloud> _clients = [];
    private HttpClient _raw = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private SeededObjectStore Store => _cloud.ObjectStore;

    private Uri ObjectUrl =>
        new($"{Store.Url}/{Store.Container}/{_name.Replace(" ", "%20", StringComparison.Ordinal)}");

    public async ValueTask InitializeAsync()
    {
        using var login = await PlainApi.LoginToProjectAsync(_cloud, Store.Account, Store.Project);
        _raw = new HttpClient(new SocketsHttpHandler(), disposeHandler: true);
        _raw.DefaultRequestHeaders.Add("X-Auth-Token", login.Token);
    }

    public async ValueTask DisposeAsync()
    {
        using var gone = await _raw.DeleteAsync(ObjectUrl, CancellationToken.None);
        _raw.Dispose();
        _clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task The_object_is_the_document_and_JSON()
    {
        using var target = Target();
        await target.PublishAsync("older"u8.ToArray(), Ct);
        await target.PublishAsync(Document, Ct);

        using var stored = await _raw.GetAsync(ObjectUrl, Ct);
        Assert.Equal("application/json", stored.Content.Headers.ContentType!.MediaType);
        Assert.Equal(Document, await stored.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal(Document, await target.ReadAsync(Ct));
    }

    [Fact]
    public async Task Nothing_is_published_where_no_object_is()
    {
        using var target = Target();

        Assert.Null(await target.ReadAsync(Ct));
    }

    [Fact]
    public async Task A_missing_container_is_told_with_the_command_that_makes_it()
    {
        using var target = Target(container: "no-such-container");

        var failure = await Assert.ThrowsAsync<FedSiteException>(() => target.PublishAsync(Document, Ct));

        Assert.Contains("answered 404", failure.Message, StringComparison.Ordinal);
        Assert.Contains("openstack container create no-such-container", failure.NextStep, StringComparison.Ordinal);
        Assert.Null(await target.ReadAsync(Ct));
    }

    [Fact]
    public async Task A_reader_is_told_the_role_that_writes()
    {
        using var target = Target("plainReader", "alpha");

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => target.PublishAsync(Document, Ct));

        Assert.Equal(403, failure.Status);
        Assert.Contains("member", failure.NextStep, StringComparison.Ordinal);
        Assert.StartsWith("tx", failure.RequestId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pre_signed_URL_takes_the_document()
    {
        using var keys = new HttpRequestMessage(HttpMethod.Post, Store.Url);
        keys.Headers.Add("X-Account-Meta-Temp-URL-Key", "key");
        using (var set = await _raw.SendAsync(keys, Ct))
        {
            set.EnsureSuccessStatusCode();
        }
        var logger = new CollectingLogger();
        using var target = new HttpTarget(Signed("PUT"), null, null, "test", TimeProvider.System, logger);
        await target.PublishAsync(Document, Ct);

        Assert.Equal(Document, await _raw.GetByteArrayAsync(ObjectUrl, Ct));
        Assert.Equal(ObjectUrl.AbsoluteUri, target.Name);
        Assert.DoesNotContain("temp_url_sig", string.Concat(logger.Lines), StringComparison.Ordinal);
        Assert.DoesNotContain(logger.Lines, line => line.Contains("verified", StringComparison.Ordinal));
    }

    private Uri Signed(string method)
    {
        var expires = TimeProvider.System.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds();
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{method}\n{expires}\n{Uri.UnescapeDataString(ObjectUrl.AbsolutePath)}"
        );
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData("key"u8, Encoding.UTF8.GetBytes(text)));
        return new Uri($"{ObjectUrl.AbsoluteUri}?temp_url_sig={signature}&temp_url_expires={expires}");
    }

    private SwiftTarget Target(string? account = null, string? project = null, string? container = null)
    {
        var login = _cloud.Accounts[account ?? Store.Account];
        var client = OpenStackCloud.Connect(
            new CloudCredentials
            {
                AuthType = AuthType.Password,
                AuthUrl = _cloud.Keystone,
                Username = login.Username,
                Password = login.Password,
                UserDomainName = "Default",
                ProjectId = _cloud.Projects[project ?? Store.Project].Id,
                Origin = "test",
            },
            TimeProvider.System,
            NullLoggerFactory.Instance
        );
        _clients.Add(client);
        return new SwiftTarget(client, container ?? Store.Container, _name);
    }
}
