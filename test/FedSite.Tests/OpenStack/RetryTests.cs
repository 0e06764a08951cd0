using System.Net;
using System.Net.Sockets;
using FedSite.OpenStack;
using FedSite.Sandbox;

namespace FedSite.Tests.OpenStack;

public sealed class RetryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task What_fails_for_a_passing_reason_is_asked_again(int status)
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.AnswerServers("", status, times: 2);

        Assert.NotEmpty(await cloud.ServersAsync());
    }

    [Fact]
    public async Task A_broken_connection_is_tried_again()
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.AnswerServers("", reset: true);

        Assert.NotEmpty(await cloud.ServersAsync());
    }

    [Fact]
    public async Task A_refusal_is_not_repeated()
    {
        await using var cloud = await TestCloud.StartAsync();
        var client = cloud.Connect();
        await client.Compute.NegotiateAsync(cloud.ProjectId, Ct);
        var before = cloud.Sandbox.Traffic.Requests(SandboxService.Nova);
        cloud.AnswerServers("""{"forbidden": {"message": "no"}}""", 403);

        await Assert.ThrowsAsync<OpenStackException>(() => cloud.ServersAsync(client));

        Assert.Equal(before + 1, cloud.Sandbox.Traffic.Requests(SandboxService.Nova));
    }

    [Fact]
    public async Task A_service_that_stays_broken_is_given_up_with_its_own_words()
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.AnswerServers("<html><h1>503 Service Unavailable</h1>\nNo server is available</html>", 503, times: 100);

        var failure = await Assert.ThrowsAsync<OpenStackException>(cloud.ServersAsync);

        Assert.Equal(503, failure.Status);
        Assert.Contains("503 Service Unavailable No server is available", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reason_that_is_half_a_character_is_told_as_it_stands()
    {
        await using var cloud = await TestCloud.StartAsync();
        cloud.AnswerServers("""{"forbidden": {"message": "\ud800"}}""", 403);

        var failure = await Assert.ThrowsAsync<OpenStackException>(cloud.ServersAsync);

        Assert.Contains("""answered 403""", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("86400", 60)]
    public async Task The_service_says_how_long_to_wait_within_bounds(string retryAfter, int seconds)
    {
        var time = new RecordingTime();
        await using var cloud = await TestCloud.StartAsync(time: time);
        cloud.AnswerServers("", 429, retryAfter: retryAfter);

        await cloud.ServersAsync();

        Assert.Contains(TimeSpan.FromSeconds(seconds), time.Waits);
    }

    [Fact]
    public async Task An_answer_that_ends_early_is_asked_for_again_and_then_told()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var connections = AnswerAsync(listener, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"tok"u8.ToArray());
        await using var cloud = await TestCloud.StartAsync();
        var client = cloud.Connect(
            cloud.Credentials with
            {
                AuthUrl = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v3"),
            }
        );

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => client.Identity.ListMyProjectsAsync(Ct));

        listener.Stop();
        Assert.True(await connections > 1);
        Assert.Contains("broke the connection", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_does_not_listen_is_told_by_host_and_port()
    {
        await using var cloud = await TestCloud.StartAsync();
        var client = cloud.Connect(cloud.Credentials with { AuthUrl = new Uri("http://127.0.0.1:1/v3") });

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => client.Identity.ListMyProjectsAsync(Ct));

        Assert.Null(failure.Status);
        Assert.Contains("127.0.0.1:1 cannot be reached", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<int> AnswerAsync(TcpListener listener, byte[] answer)
    {
        var connections = 0;
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptSocketAsync(Ct);
                connections++;
                var request = new byte[65536];
                await connection.ReceiveAsync(request, Ct);
                await connection.SendAsync(answer, Ct);
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // The listener was stopped.
            return connections;
        }
    }
}
