using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace FedSite.Ams;

/// <summary>Judges TLS servers as the connection's chain policy does, and keeps what was wrong for the error text.</summary>
internal sealed class ServerTrust
{
    /// <summary>Why the last server was not trusted; null: it was.</summary>
    public string? LastFault { get; private set; }

    public bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        LastFault =
            errors == SslPolicyErrors.None ? null
            : certificate is null ? "it shows no certificate"
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
                ? $"its certificate is for another name ({certificate.Subject})"
            : $"its certificate {certificate.Subject} is not accepted ({Faults(chain)})";
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
