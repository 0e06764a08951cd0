using System.Net;
using System.Net.Sockets;
using System.Text;
using FedSite.Sandbox;
using FedSite.TestKit;

namespace FedSite.Tests.Sandbox;

public sealed class SandboxFaultTests : IAsyncLifetime
{
    private readonly HttpClient _http = new(new SocketsHttpHandler());
    private FederationSandbox _sandbox = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _sandbox = await FederationSandbox.StartAsync(new SandboxOptions { Servers = 0 }, Ct);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _sandbox.DisposeAsync();
    }

    [Fact]
    public async Task A_service_that_refuses_cuts_its_connections_and_does_not_listen()
    {
        await GetAsync();
        Fail(FaultKind.Refuse);

        await Assert.ThrowsAsync<HttpRequestException>(GetAsync);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(GetAsync);

        Assert.Equal(
            SocketError.ConnectionRefused,
            Assert.IsType<SocketException>(refused.InnerException).SocketErrorCode
        );
    }

    [Fact]
    public async Task A_service_that_refused_listens_again_on_its_port()
    {
        Fail(FaultKind.Refuse);
        await Assert.ThrowsAsync<HttpRequestException>(GetAsync);

        await _sandbox.Traffic.StopFailingAsync();

        Assert.NotEmpty(await GetAsync());
    }

    [Theory]
    [InlineData(FaultKind.Cut)]
    [InlineData(FaultKind.CutChunks)]
    public async Task A_cut_answer_has_a_good_head_and_half_a_body(FaultKind kind)
    {
        var whole = await GetAsync();
        _sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Keystone,
                Kind = kind,
                Rewrite = body => body,
            }
        );

        using var response = await _http.GetAsync(_sandbox.KeystoneUrl, HttpCompletionOption.ResponseHeadersRead, Ct);
        using var came = new MemoryStream();
        var broken = await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.CopyToAsync(came, Ct));

        Assert.Equal(HttpRequestError.ResponseEnded, broken.HttpRequestError);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(whole[..(whole.Length / 2)], Encoding.UTF8.GetString(came.ToArray()));
    }

    [Fact]
    public async Task A_request_that_stalls_ends_with_the_patience_of_the_client()
    {
        using var patience = new CancellationTokenSource();
        _sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Keystone,
                Kind = FaultKind.Stall,
                Stalled = patience.Cancel,
            }
        );

        await Assert.ThrowsAsync<TaskCanceledException>(() => _http.GetAsync(_sandbox.KeystoneUrl, patience.Token));
    }

    [Fact]
    public async Task A_true_answer_can_be_rewritten()
    {
        _sandbox.Traffic.Fail(
            new SandboxFault { Service = SandboxService.Keystone, Rewrite = body => [.. body, .. "!"u8] }
        );

        Assert.EndsWith("}!", await GetAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMS_may_do_what_it_was_asked_and_lose_the_answer()
    {
        await using var site = await MessagingSite.StartAsync(Ct);
        site.Ams.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Ams,
                Kind = FaultKind.Reset,
                Done = true,
            }
        );
        await site.EnqueueAsync("APEL-cloud-message: v0.4\nVMUUID: a\n", Ct);

        await site.SendAsync(Ct);

        Assert.Equal(2, site.DeliveredTexts.Count);
    }

    [Theory]
    [InlineData(FaultKind.Reset, false)]
    [InlineData(FaultKind.Reset, true)]
    [InlineData(FaultKind.Answer, false)]
    [InlineData(FaultKind.Answer, true)]
    public async Task The_nth_request_can_fail_before_and_after_it_is_done(FaultKind kind, bool done)
    {
        using var client = new SandboxClient(_sandbox);
        await client.LoginAsync("admin", _sandbox.World.AdminProject);
        _http.DefaultRequestHeaders.Add("X-Auth-Token", client.Token);
        var left = 1;
        _sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Keystone,
                When = _ => left-- == 0,
                Kind = kind,
                Done = done,
            }
        );

        var first = await PutMappingAsync("first");
        var second = await PutMappingAsync("second");
        var third = await PutMappingAsync("third");

        Assert.Equal((true, false, true), (first, second, third));
        Assert.Equal(done, _sandbox.World.Federation.FindMapping("second") is not null);
    }

    private async Task<bool> PutMappingAsync(string id)
    {
        const string mapping = """{"mapping":{"rules":[{"local":[],"remote":[{"type":"A"}]}]}}""";
        using var body = new StringContent(mapping, Encoding.UTF8, "application/json");
        try
        {
            using var response = await _http.PutAsync($"{_sandbox.KeystoneUrl}/OS-FEDERATION/mappings/{id}", body, Ct);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Task<string> GetAsync() => _http.GetStringAsync(_sandbox.KeystoneUrl, Ct);

    private void Fail(FaultKind kind) =>
        _sandbox.Traffic.Fail(new SandboxFault { Service = SandboxService.Keystone, Kind = kind });
}
