using System.Net.Sockets;
using FedSite.OpenStack;

namespace FedSite.Tests.OpenStack;

public sealed class ConnectionFailuresTests
{
    private static readonly CloudRequest Request = new(
        "compute",
        HttpMethod.Get,
        new Uri("https://nova.example.org:8774/v2.1/servers/detail")
    );

    [Fact]
    public void A_connection_that_comes_not_about_in_time_is_no_wish_to_stop()
    {
        var failure = new TaskCanceledException("", new TimeoutException());

        Assert.True(ConnectionFailures.IsOne(failure));
        Assert.True(ConnectionFailures.IsPassing(failure));
        Assert.Contains("no connection in time", Describe(failure).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wish_to_stop_is_no_failure_of_the_connection()
    {
        Assert.False(ConnectionFailures.IsOne(new OperationCanceledException()));
    }

    [Fact]
    public void A_name_that_does_not_exist_is_not_tried_again_and_told_as_such()
    {
        var failure = new HttpRequestException("", new SocketException((int)SocketError.HostNotFound));

        Assert.False(ConnectionFailures.IsPassing(failure));
        Assert.Contains("name service", Describe(failure).NextStep, StringComparison.Ordinal);
    }

    private static OpenStackException Describe(Exception failure) =>
        ConnectionFailures.Describe(Request, failure, tlsFault: null, TimeSpan.FromMinutes(2));
}
