using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace FedSite.Grid;

/// <summary>Judges the certificates of TLS servers, and keeps in words what was wrong, for the error's text.</summary>
/// <param name="policy">Whom to believe, see <see cref="TlsTrust"/>; null: any certificate will do.</param>
internal sealed class ServerTrust(X509ChainPolicy? policy)
{
    /// <summary>Why the last server was not trusted; null: it was.</summary>
    public string? LastFault { get; private set; }

    public SslClientAuthenticationOptions ClientOptions() =>
        new() { CertificateChainPolicy = policy, RemoteCertificateValidationCallback = Accept };

    private bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        LastFault =
            policy is null || errors == SslPolicyErrors.None ? null
            : certificate is null ? "it shows no certificate"
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
                ? $"its certificate is for another name ({certificate.Subject})"
            : $"its certificate {certificate.Subject} is not trusted ({Faults(chain)})";
        return LastFault is null;
    }

    private static string Faults(X509Chain? chain) =>
        string.Join(
            "; ",
            (chain?.ChainStatus ?? [])
                .Select(status => status.StatusInformation.Trim())
                .Distinct(StringComparer.Ordinal)
        );
}
