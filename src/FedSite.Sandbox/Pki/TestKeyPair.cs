using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FedSite.Sandbox.Pki;

/// <summary>An RSA or elliptic-curve key, with the two spellings that .NET has for everything it does.</summary>
internal sealed class TestKeyPair : IDisposable
{
    private readonly RSA? _rsa;
    private readonly ECDsa? _ec;

    private TestKeyPair(TestKey kind)
    {
        if (kind == TestKey.Ec)
            _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        else
            _rsa = RSA.Create(2048);
    }

    public static TestKeyPair Generate(TestKey kind) => new(kind);

    public CertificateRequest Request(X500DistinguishedName subject) =>
        _rsa is null
            ? new CertificateRequest(subject, _ec!, HashAlgorithmName.SHA256)
            : new CertificateRequest(subject, _rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public X509Certificate2 Attach(X509Certificate2 bare) =>
        _rsa is null ? bare.CopyWithPrivateKey(_ec!) : bare.CopyWithPrivateKey(_rsa);

    public string ExportPem() => _rsa?.ExportPkcs8PrivateKeyPem() ?? _ec!.ExportPkcs8PrivateKeyPem();

    public static X509SignatureGenerator SignatureGenerator(X509Certificate2 issuer) =>
        issuer.GetRSAPrivateKey() is { } rsa
            ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1)
            : X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!);

    public void Dispose()
    {
        _rsa?.Dispose();
        _ec?.Dispose();
    }
}
