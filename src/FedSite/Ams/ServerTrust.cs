using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FedSite.Ams;

/// <summary>Trusts a TLS server that the system's CAs, or some of our own, vouch for.</summary>
internal sealed class ServerTrust(X509Certificate2Collection authorities)
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    /// <summary>Why the last server was not trusted; null: it was.</summary>
    public string? LastFault { get; private set; }

    public bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        LastFault = errors switch
        {
            SslPolicyErrors.None => null,
            _ when certificate is not X509Certificate2 => "it shows no certificate",
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) =>
                $"its certificate is for another name ({certificate.Subject})",
            _ => ChainFault((X509Certificate2)certificate, chain),
        };
        return LastFault is null;
    }

    private string? ChainFault(X509Certificate2 certificate, X509Chain? presented)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(ServerAuthentication);
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        if (presented is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
        }

        if (chain.Build(certificate))
        {
            return null;
        }

        var faults = chain
            .ChainStatus.Select(status => status.StatusInformation.Trim())
            .Distinct(StringComparer.Ordinal);
        return $"the certificate {certificate.Subject} is not trusted ({string.Join("; ", faults)})";
    }
}
