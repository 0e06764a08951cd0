using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FedSite.OpenStack;

/// <summary>Decides about the certificates of TLS servers: the system's CAs vouch for them, or those of <c>cacert</c>.</summary>
internal sealed class ServerTrust
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly bool _verify;
    private readonly X509Certificate2Collection _authorities;

    private ServerTrust(bool verify, X509Certificate2Collection authorities)
    {
        _verify = verify;
        _authorities = authorities;
    }

    /// <summary>Why the last server was not trusted; null: it was.</summary>
    public string? LastFault { get; private set; }

    /// <exception cref="FedSiteException">The file of CAs cannot be read.</exception>
    public static ServerTrust Of(CloudCredentials credentials)
    {
        var authorities = new X509Certificate2Collection();
        if (credentials is { Verify: true, CaCert: { } file })
        {
            Load(authorities, file, credentials.Origin);
        }
        return new ServerTrust(credentials.Verify, authorities);
    }

    public bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        LastFault = errors switch
        {
            _ when !_verify => null,
            SslPolicyErrors.None => null,
            _ when certificate is not X509Certificate2 => "it shows no certificate",
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) =>
                $"its certificate is for another name ({certificate.Subject})",
            _ => ChainFault((X509Certificate2)certificate, chain),
        };
        return LastFault is null;
    }

    private static void Load(X509Certificate2Collection authorities, string file, string origin)
    {
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Unusable(e.Message, e);
        }
        if (authorities.Count == 0)
        {
            throw Unusable("no certificate in it", inner: null);
        }

        FedSiteException Unusable(string why, Exception? inner) =>
            new(
                $"The file of CAs {file} cannot be used: {why}",
                $"Give a readable PEM file as cacert in {origin}, or leave cacert out to trust the system's CAs.",
                ExitCode.Usage,
                inner
            );
    }

    private string? ChainFault(X509Certificate2 certificate, X509Chain? presented)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(ServerAuthentication);
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        if (presented is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
        }
        if (chain.Build(certificate))
        {
            return null;
        }
        var faults = chain.ChainStatus.Select(status => status.StatusInformation.Trim());
        return $"its certificate {certificate.Subject} is not trusted"
            + $" ({string.Join("; ", faults.Distinct(StringComparer.Ordinal))})";
    }
}
