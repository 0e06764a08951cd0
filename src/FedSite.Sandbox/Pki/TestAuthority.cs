using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FedSite.Sandbox.Pki;

/// <summary>
/// A certification authority for tests and demonstrations: issues host and server certificates, revokes them, and writes
/// its own certificate and revocation lists as an IGTF folder. Not safe for parallel use.
/// </summary>
public sealed class TestAuthority : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const string Rsa = "1.2.840.113549.1.1.1";
    private static readonly Oid ServerAuth = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuth = new("1.3.6.1.5.5.7.3.2");

    private readonly TimeProvider _time;
    private readonly TestAuthority? _parent;
    private readonly List<TestAuthority> _children = [];
    private readonly CertificateRevocationListBuilder _revoked = new();
    private int _crlNumber;

    private TestAuthority(string folder, TimeProvider time, TestAuthority? parent, X509Certificate2 certificate)
    {
        Folder = folder;
        _time = time;
        _parent = parent;
        Certificate = certificate;
    }

    /// <summary>Where the issued certificates and keys are written.</summary>
    public string Folder { get; }

    /// <summary>The authority's own certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>
    /// Makes a self-signed authority, named <paramref name="dn"/> in slash form, that is valid for ten years from
    /// yesterday. What it issues goes into <paramref name="folder"/>, which is made if it is missing.
    /// </summary>
    public static TestAuthority Create(
        string folder,
        TimeProvider time,
        string dn = "/DC=org/DC=example/O=FedSite/CN=Test CA",
        TestKey key = TestKey.Rsa
    )
    {
        Directory.CreateDirectory(folder);
        using var pair = TestKeyPair.Generate(key);
        var request = pair.Request(DistinguishedName.Parse(dn));
        AddAuthorityExtensions(request);
        var notBefore = WholeSeconds(time.GetUtcNow().AddDays(-1));
        var certificate = request.CreateSelfSigned(notBefore, notBefore.AddYears(10));
        return new TestAuthority(folder, time, parent: null, certificate);
    }

    /// <summary>Makes an authority below this one. It goes into the same trust folder.</summary>
    public TestAuthority IssueIntermediate(string dn, TestKey key = TestKey.Rsa)
    {
        using var pair = TestKeyPair.Generate(key);
        var request = pair.Request(DistinguishedName.Parse(dn));
        AddAuthorityExtensions(request);
        var certificate = Sign(request, pair, new() { NotAfter = _time.GetUtcNow().AddYears(5) });
        var child = new TestAuthority(Folder, _time, this, certificate);
        _children.Add(child);
        return child;
    }

    /// <summary>
    /// Issues a host certificate, usable as TLS client and server, the way grid authorities do. Its alternative name is
    /// the last CN of <paramref name="dn"/> (slash form), without <c>host/</c>.
    /// </summary>
    /// <exception cref="ArgumentException">No name in slash form.</exception>
    public IssuedCertificate IssueHost(string dn, CertificateTerms? terms = null)
    {
        var host = dn[(dn.LastIndexOf("/CN=", StringComparison.Ordinal) + "/CN=".Length)..];
        return Issue(dn, [host[(host.LastIndexOf('/') + 1)..]], [ServerAuth, ClientAuth], terms ?? new());
    }

    /// <summary>Issues a TLS server certificate, with a key of the kind that the authority itself has.</summary>
    /// <param name="names">DNS names and addresses; none means localhost, 127.0.0.1 and ::1.</param>
    public IssuedCertificate IssueServer(params string[] names) =>
        Issue(
            "/DC=org/DC=example/O=servers/CN=" + (names.Length == 0 ? "localhost" : names[0]),
            names.Length == 0 ? ["localhost", "127.0.0.1", "::1"] : names,
            [ServerAuth],
            new() { Key = Certificate.PublicKey.Oid.Value == Rsa ? TestKey.Rsa : TestKey.Ec }
        );

    /// <summary>Puts a certificate of this authority on its next revocation list.</summary>
    public void Revoke(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        _revoked.AddEntry(certificate, _time.GetUtcNow(), X509RevocationReason.KeyCompromise);
    }

    /// <summary>The revocation list as DER; by default it was made an hour ago and serves for 30 days.</summary>
    public byte[] MakeCrl(DateTimeOffset? thisUpdate = null, DateTimeOffset? nextUpdate = null) =>
        _revoked.Build(
            Certificate,
            ++_crlNumber,
            WholeSeconds(nextUpdate ?? _time.GetUtcNow().AddDays(30)),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1,
            WholeSeconds(thisUpdate ?? _time.GetUtcNow().AddHours(-1))
        );

    /// <summary>
    /// Writes this authority and those below it as an IGTF folder: <c>HASH.0</c> the certificate and <c>HASH.r0</c> the
    /// revocation list, both PEM, HASH being OpenSSL's hash of the subject. Existing files are overwritten.
    /// </summary>
    public void WriteTrustFolder(string folder, bool crls = true)
    {
        Directory.CreateDirectory(folder);
        var stem = Path.Combine(folder, DistinguishedName.OpenSslHash(Certificate.SubjectName));
        File.WriteAllText(stem + ".0", Certificate.ExportCertificatePem() + "\n");
        if (crls)
            File.WriteAllText(stem + ".r0", PemEncoding.WriteString("X509 CRL", MakeCrl()) + "\n");
        foreach (var child in _children)
            child.WriteTrustFolder(folder, crls);
    }

    public void Dispose()
    {
        foreach (var child in _children)
            child.Dispose();
        Certificate.Dispose();
    }

    private IssuedCertificate Issue(string dn, string[] names, Oid[] usages, CertificateTerms terms)
    {
        using var pair = TestKeyPair.Generate(terms.Key);
        var request = pair.Request(DistinguishedName.Parse(dn));
        var extensions = request.CertificateExtensions;
        extensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        extensions.Add(
            new X509KeyUsageExtension(
                X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment,
                critical: true
            )
        );
        extensions.Add(new X509EnhancedKeyUsageExtension([.. usages], critical: false));
        extensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(name);
        }
        extensions.Add(alternatives.Build());
        return Write(Sign(request, pair, terms), pair, names[0]);
    }

    private X509Certificate2 Sign(CertificateRequest request, TestKeyPair pair, CertificateTerms terms)
    {
        var keyId = Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single();
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(keyId));
        var serial = RandomNumberGenerator.GetBytes(12);
        serial[0] &= 0x7f;
        serial[0] |= 0x01;
        using var bare = request.Create(
            Certificate.SubjectName,
            TestKeyPair.SignatureGenerator(Certificate),
            WholeSeconds(terms.NotBefore ?? _time.GetUtcNow().AddDays(-1)),
            WholeSeconds(terms.NotAfter ?? _time.GetUtcNow().AddDays(365)),
            serial
        );
        return pair.Attach(bare);
    }

    private IssuedCertificate Write(X509Certificate2 certificate, TestKeyPair pair, string name)
    {
        var stem = Path.Combine(Folder, $"{name.Replace(':', '.')}-{certificate.Thumbprint[..8]}");
        var issued = new IssuedCertificate(certificate, stem + ".cert.pem", stem + ".key.pem");
        File.WriteAllText(issued.CertificateFile, certificate.ExportCertificatePem() + "\n");
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        };
        using var writer = new StreamWriter(issued.KeyFile, options);
        writer.Write(pair.ExportPem() + "\n");
        return issued;
    }

    private static void AddAuthorityExtensions(CertificateRequest request)
    {
        var extensions = request.CertificateExtensions;
        extensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        extensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        extensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
    }

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
