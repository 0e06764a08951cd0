using System.Security.Cryptography.X509Certificates;

namespace FedSite.Sandbox.Pki;

/// <summary>What a test key is.</summary>
public enum TestKey
{
    /// <summary>RSA, 2048 bits.</summary>
    Rsa,

    /// <summary>Elliptic curve P-256.</summary>
    Ec,
}

/// <summary>Length and kind of a test certificate.</summary>
public sealed record CertificateTerms
{
    public TestKey Key { get; init; } = TestKey.Rsa;

    /// <summary>Default: one day ago.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Default: in 365 days.</summary>
    public DateTimeOffset? NotAfter { get; init; }
}

/// <summary>A certificate with its key, in memory and as PEM files; the key file has mode 0600.</summary>
public sealed record IssuedCertificate(X509Certificate2 Certificate, string CertificateFile, string KeyFile)
    : IDisposable
{
    public void Dispose() => Certificate.Dispose();
}
