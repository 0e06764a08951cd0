using System.Net.Sockets;
using System.Security.Authentication;
using Polly.Timeout;

namespace FedSite.OpenStack;

/// <summary>Requests without an answer: which are worth another try, and what to tell about them.</summary>
internal static class ConnectionFailures
{
    /// <summary>False: not a matter of the connection, or the user's own wish to stop.</summary>
    public static bool IsOne(Exception failure) =>
        failure
            is HttpRequestException
                or IOException
                or InvalidDataException
                or TimeoutRejectedException
                or OperationCanceledException { InnerException: TimeoutException };

    public static bool IsPassing(Exception failure) =>
        failure switch
        {
            HttpIOException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => false,
            HttpRequestException { InnerException: AuthenticationException } => false,
            HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound } } =>
                false,
            _ => true,
        };

    public static OpenStackException Describe(
        CloudRequest request,
        Exception failure,
        string? tlsFault,
        TimeSpan timeout
    )
    {
        var host = $"{request.Url.Host}:{request.Url.Port}";
        var (what, nextStep) = failure switch
        {
            TimeoutRejectedException => (
                $"{host} gave no whole answer within {timeout.TotalSeconds:F0} s",
                "Ask the cloud's operator whether the service is overloaded, then run again."
            ),
            HttpRequestException { InnerException: AuthenticationException e } => (
                $"TLS to {host} failed: {tlsFault ?? e.Message}",
                "Name the CA's PEM file as cacert, and check that the URL has the name of the certificate."
            ),
            HttpRequestException { InnerException: SocketException e } => (
                $"{host} cannot be reached: {e.Message}",
                e.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData
                    ? "Check the name in auth_url or in the catalog, and this host's name service."
                    : "Check that the service runs, and that no firewall is between."
            ),
            OperationCanceledException or HttpRequestException { InnerException: TimeoutException } => (
                $"{host} cannot be reached: no connection in time",
                "Check that the service runs, and that no firewall is between."
            ),
            _ => (
                $"{host} broke the connection: {(failure.InnerException ?? failure).Message}",
                "Run again; if it stays, ask the cloud's operator for the logs of the service or its balancer."
            ),
        };
        return new OpenStackException(
            $"{ServiceNames.Of(request.Service)} did not answer {request}: {what}",
            nextStep,
            request.Service,
            request.Url,
            inner: failure
        );
    }
}
