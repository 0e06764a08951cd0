using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FedSite.Grid;

namespace FedSite.Information;

/// <summary>Whose certificates count at an endpoint; names in slash form, such as <c>/C=NL/O=Example/CN=CA</c>.</summary>
/// <param name="IssuerCA">
/// Who issued the server's certificate. <c>UNKNOWN</c> without TLS, when there was no connection, and when a server with
/// TLS 1.2 lets nobody in without a certificate.
/// </param>
/// <param name="TrustedCA">
/// Whose client certificates the server takes, in its order. Empty: it names none; <c>UNKNOWN</c> alone: there was no
/// TLS or no connection.
/// </param>
public sealed record EndpointCertificates(string IssuerCA, IReadOnlyList<string> TrustedCA);

/// <summary>
/// Looks at the TLS handshake of a server. Any certificate will do: nothing is told to the server, and the connections
/// that are used judge for themselves.
/// </summary>
public static class TlsProbe
{
    private const string Unknown = "UNKNOWN";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<EndpointCertificates> ProbeAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        string? issuer = null;
        string[]? announced = null;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = endpoint.IdnHost,
            // Nothing is fetched from wherever an unknown certificate points to.
            CertificateChainPolicy = new X509ChainPolicy
            {
                DisableCertificateDownloads = true,
                RevocationMode = X509RevocationMode.NoCheck,
            },
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                issuer = certificate is X509Certificate2 shown ? NameOf(shown) : null;
                return issuer is not null;
            },
            // Called once before the handshake, and again when the server asks for a certificate.
            LocalCertificateSelectionCallback = (_, _, _, _, issuers) =>
            {
                announced = issuers is { Length: > 0 } ? issuers : announced;
                return null!;
            },
        };
        try
        {
            if (endpoint.Scheme == Uri.UriSchemeHttps)
                await ShakeHandsAsync(endpoint, options, both.Token);
        }
        catch (Exception e) when (IsFailure(e) && !cancellationToken.IsCancellationRequested)
        {
            // What the server said until then counts: one that wants a certificate says from whom, and then hangs up.
        }

        return new EndpointCertificates(
            issuer ?? Unknown,
            announced is not null ? [.. announced.Select(name => GridDn.OfText(name).Slash)]
                : issuer is null ? [Unknown]
                : []
        );
    }

    private static async Task ShakeHandsAsync(
        Uri endpoint,
        SslClientAuthenticationOptions options,
        CancellationToken cancellationToken
    )
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endpoint.DnsSafeHost, endpoint.Port, cancellationToken);
        await using var secure = new SslStream(new NetworkStream(socket));
        await secure.AuthenticateAsClientAsync(options, cancellationToken);
    }

    private static string? NameOf(X509Certificate2 certificate)
    {
        try
        {
            return GridDn.Of(certificate.IssuerName).Slash;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool IsFailure(Exception e) =>
        e
            is SocketException
                or IOException
                or AuthenticationException
                or CryptographicException
                or OperationCanceledException;
}
