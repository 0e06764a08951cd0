using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FedSite.Grid;

/// <summary>Whom TLS connections believe: the system's authorities and those of a trust folder.</summary>
internal static class TlsTrust
{
    private const string ServerAuthOid = "1.3.6.1.5.5.7.3.1";

    // Where distributions keep the bundle; the first one that exists is the one in use.
    private static readonly string[] Bundles =
    [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ];

    private static readonly Lock Reading = new();
    private static (string File, DateTime Written, X509Certificate2Collection Authorities)? _read;

    /// <summary>
    /// A policy for <see cref="ServerTrust"/>. Host names are
    /// checked by the connection itself. The system's bundle is <c>SSL_CERT_FILE</c> if set, else the distribution's.
    /// </summary>
    /// <param name="folder">Null: the system's authorities alone.</param>
    /// <exception cref="FedSiteException"><c>SSL_CERT_FILE</c> cannot be used.</exception>
    public static X509ChainPolicy ClientPolicy(TrustFolder? folder)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthOid));
        policy.CustomTrustStore.AddRange(SystemAuthorities());
        foreach (var authority in folder?.Authorities ?? [])
            (authority.IsSelfSigned ? policy.CustomTrustStore : policy.ExtraStore).Add(authority.Certificate);
        return policy;
    }

    private static X509Certificate2Collection SystemAuthorities()
    {
        var chosen = Environment.GetEnvironmentVariable("SSL_CERT_FILE");
        var file = string.IsNullOrEmpty(chosen) ? Array.Find(Bundles, File.Exists) : chosen;
        return file is null ? [] : Read(file, File.GetLastWriteTimeUtc(file));
    }

    // To read more than a hundred certificates takes longer than many a run, and each connection wants them.
    private static X509Certificate2Collection Read(string file, DateTime written)
    {
        lock (Reading)
        {
            if (_read is { } read && (read.File, read.Written) == (file, written))
                return read.Authorities;
            var authorities = Import(file);
            _read = (file, written, authorities);
            return authorities;
        }
    }

    private static X509Certificate2Collection Import(string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
            return authorities;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new FedSiteException(
                $"The system's certification authorities in {file} cannot be read: {e.Message}",
                "Repair the package ca-certificates, or set SSL_CERT_FILE to a PEM bundle.",
                inner: e
            );
        }
    }
}
