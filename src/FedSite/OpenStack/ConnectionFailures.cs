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
                // .NET lets it through where the other side breaks off as soon as the connection is there.
                or SocketException
                or IOException
                or InvalidDataException
                or TimeoutRejectedException
                or OperationCanceledException { InnerException: TimeoutException };

    public static bool IsPassing(Exception failure) =>
        failure switch
        {
            HttpIOException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded }
            or HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => false,
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
        var (what, nextStep) = Explain(
            request.Url,
            failure,
            tlsFault,
            timeout,
            "the cloud's operator",
            "auth_url or in the catalog"
        );
        return new OpenStackException(
            $"{ServiceNames.Of(request.Service)} did not answer {request}: {what}",
            nextStep,
            request.Service,
            request.Url,
            inner: failure
        );
    }

    /// <summary>What happened, without the request, and what to do next.</summary>
    /// <param name="operatedBy">Whom to ask.</param>
    /// <param name="namedIn">Where the server's name comes from.</param>
    public static (string What, string NextStep) Explain(
        Uri url,
        Exception failure,
        string? tlsFault,
        TimeSpan timeout,
        string operatedBy,
        string namedIn
    )
    {
        var host = $"{url.Host}:{url.Port}";
        return failure switch
        {
            TimeoutRejectedException => (
                $"{host} gave no whole answer within {timeout.TotalSeconds:F0} s",
                $"Ask {operatedBy} whether the service is overloaded, then run again."
            ),
            HttpRequestException { InnerException: AuthenticationException e } => (
                $"TLS to {host} failed: {tlsFault ?? e.Message}",
                "Name the CA's PEM file as cacert, and check that the URL has the name of the certificate."
            ),
            HttpRequestException { InnerException: SocketException e } => (
                $"{host} cannot be reached: {e.Message}",
                e.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData
                    ? $"Check the name in {namedIn}, and this host's name service."
                    : "Check that the service runs, and that no firewall is between."
            ),
            OperationCanceledException or HttpRequestException { InnerException: TimeoutException } => (
                $"{host} cannot be reached: no connection in time",
                "Check that the service runs, and that no firewall is between."
            ),
            _ => (
                $"{host} broke the connection: {(failure.InnerException ?? failure).Message}",
                $"Run again; if it stays, ask {operatedBy} for the logs of the service or its balancer."
            ),
        };
    }
}
