using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FedSite.Grid;

/// <summary>A host certificate with its key: signs messages and opens AMS.</summary>
public sealed class HostCredential : IDisposable
{
    /// <summary>From this long before its end a certificate is worth a warning: time to get a new one signed.</summary>
    public static readonly TimeSpan RenewalNotice = TimeSpan.FromDays(30);

    private const int MinimumRsaBits = 2048;

    private HostCredential(X509Certificate2 certificate, AsymmetricAlgorithm key, IReadOnlyList<string> warnings)
    {
        Certificate = certificate;
        Key = key;
        Subject = GridDn.Of(certificate.SubjectName);
        Warnings = warnings;
    }

    /// <summary>The host's own certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The certificate's name.</summary>
    public GridDn Subject { get; }

    /// <summary>First moment of validity, UTC.</summary>
    public DateTimeOffset NotBefore => new(Certificate.NotBefore.ToUniversalTime());

    /// <summary>Last moment of validity, UTC.</summary>
    public DateTimeOffset NotAfter => new(Certificate.NotAfter.ToUniversalTime());

    /// <summary>What works today and deserves attention, as sentences.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary><see cref="RSA"/> or <see cref="ECDsa"/>.</summary>
    internal AsymmetricAlgorithm Key { get; }

    /// <summary>Reads a PEM certificate and its PEM key (PKCS#8, PKCS#1 or SEC 1; not encrypted; RSA or EC).</summary>
    /// <exception cref="FedSiteException">
    /// A file is missing, unreadable, no such PEM, readable by others, encrypted or of another kind, they do not belong
    /// together, or the certificate is not valid now.
    /// </exception>
    public static HostCredential Load(string certificateFile, string keyFile, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var warnings = new List<string>();
        var certificates = CredentialFiles.ReadCertificates(certificateFile);
        var key = CredentialFiles.ReadKey(keyFile, warnings);
        try
        {
            var certificate = Matching(certificates, key, certificateFile, keyFile);
            CheckValidity(certificate, certificateFile, time.GetUtcNow(), warnings);
            if (certificates.Count > 1)
                warnings.Add(
                    $"{certificateFile} holds {certificates.Count} certificates; only the host's own is used."
                );
            if (key is RSA { KeySize: < MinimumRsaBits })
                warnings.Add(
                    $"The key in {keyFile} has only {key.KeySize} bits; receivers want {MinimumRsaBits} or more."
                );
            return new HostCredential(WithKey(certificate, key), key, warnings);
        }
        catch
        {
            key.Dispose();
            throw;
        }
        finally
        {
            foreach (var certificate in certificates)
                certificate.Dispose();
        }
    }

    /// <summary>A service outlives the moment of loading.</summary>
    /// <exception cref="FedSiteException">The certificate is not valid at that time.</exception>
    internal void CheckValidity(DateTimeOffset at) => CheckValidity(Certificate, file: null, at, warnings: null);

    public void Dispose()
    {
        Certificate.Dispose();
        Key.Dispose();
    }

    private static X509Certificate2 Matching(
        List<X509Certificate2> certificates,
        AsymmetricAlgorithm key,
        string certificateFile,
        string keyFile
    )
    {
        var publicKey = key.ExportSubjectPublicKeyInfo();
        return certificates.Find(c => c.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(publicKey))
            ?? throw new FedSiteException(
                $"The key in {keyFile} does not belong to the certificate in {certificateFile} "
                    + $"({GridDn.Of(certificates[0].SubjectName)}).",
                "Install the key that was made together with the request for this certificate, or request a new one.",
                ExitCode.Usage
            );
    }

    private static X509Certificate2 WithKey(X509Certificate2 certificate, AsymmetricAlgorithm key) =>
        key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)key);

    private static void CheckValidity(
        X509Certificate2 certificate,
        string? file,
        DateTimeOffset now,
        List<string>? warnings
    )
    {
        var where = file is null ? "" : $" in {file}";
        var subject = GridDn.Of(certificate.SubjectName);
        var notBefore = new DateTimeOffset(certificate.NotBefore.ToUniversalTime());
        var notAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        if (now > notAfter)
        {
            throw new FedSiteException(
                $"The certificate{where} ({subject}) expired on {notAfter:yyyy-MM-dd HH:mm} UTC.",
                "Request a new host certificate from your certification authority and install it with its key."
            );
        }
        if (now < notBefore)
        {
            throw new FedSiteException(
                $"The certificate{where} ({subject}) is not valid before {notBefore:yyyy-MM-dd HH:mm} UTC; "
                    + $"this machine's clock says {now:yyyy-MM-dd HH:mm} UTC.",
                "Compare the clock with a time server; if it is right, wait until then."
            );
        }
        if (notAfter - now < RenewalNotice)
        {
            warnings?.Add(
                $"The certificate{where} ({subject}) expires on {notAfter:yyyy-MM-dd HH:mm} UTC; request the next one now."
            );
        }
    }
}
