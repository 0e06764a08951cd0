using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using Org.BouncyCastle.X509.Extension;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace FedSite.Grid;

/// <summary>One revocation list (RFC 5280 section 5), complete and direct; others are reported as unusable.</summary>
internal sealed class RevocationList
{
    /// <summary>Larger files are not read.</summary>
    public const int MaximumBytes = 64 * 1024 * 1024;

    private readonly X509Crl? _crl;
    private readonly string? _nameKey;
    private readonly IssuingDistributionPoint? _scope;
    private readonly string? _fault;
    private readonly ConcurrentDictionary<string, string?> _faultByIssuer = new(StringComparer.Ordinal);

    private RevocationList(string file, string fault) => (File, _fault) = (file, fault);

    private RevocationList(string file, X509Crl crl)
    {
        File = file;
        _crl = crl;
        _nameKey = Authority.Key(new X500DistinguishedName(crl.IssuerDN.GetDerEncoded()));
        ThisUpdate = new DateTimeOffset(DateTime.SpecifyKind(crl.ThisUpdate, DateTimeKind.Utc));
        NextUpdate = crl.NextUpdate is { } next
            ? new DateTimeOffset(DateTime.SpecifyKind(next, DateTimeKind.Utc))
            : null;
        var scope = crl.GetExtensionValue(X509Extensions.IssuingDistributionPoint);
        if (scope is not null)
            _scope = IssuingDistributionPoint.GetInstance(X509ExtensionUtilities.FromExtensionValue(scope));
        _fault = Unsupported(crl, _scope);
    }

    public string File { get; }

    /// <summary>UTC.</summary>
    public DateTimeOffset ThisUpdate { get; }

    /// <summary>UTC; null when the list does not say.</summary>
    public DateTimeOffset? NextUpdate { get; }

    /// <summary>Nobody can say whose list it is.</summary>
    public bool IsDamaged => _crl is null;

    /// <summary>Reads a file, PEM or DER. What is wrong with it is told by <see cref="FaultFor"/>.</summary>
    public static RevocationList Read(string file)
    {
        try
        {
            return Parse(file, TrustFile.Read(file, MaximumBytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new RevocationList(file, e.Message);
        }
    }

    /// <summary>Reads PEM or DER; never throws for its content.</summary>
    public static RevocationList Parse(string file, ReadOnlySpan<byte> content)
    {
        try
        {
            return new X509CrlParser().ReadCrl(DerOf(content)) is { } crl
                ? new RevocationList(file, crl)
                : new RevocationList(file, "it is empty");
        }
        catch (Exception e)
        {
            // The parser throws many kinds for damaged input, and each means the same here.
            return new RevocationList(file, $"it is damaged ({e.Message})");
        }
    }

    /// <summary>The bytes of a file in PEM or DER as DER.</summary>
    /// <exception cref="FormatException">PEM that holds no Base64.</exception>
    public static byte[] DerOf(ReadOnlySpan<byte> content) =>
        PemEncoding.TryFindUtf8(content, out var pem)
            ? Convert.FromBase64String(System.Text.Encoding.ASCII.GetString(content[pem.Base64Data]))
            : content.ToArray();

    /// <summary>In slash form; null when the list is damaged.</summary>
    public string? IssuerName =>
        _crl is null ? null : Authority.Display(new X500DistinguishedName(_crl.IssuerDN.GetDerEncoded()));

    /// <summary>Whether the list is issued under this authority's name.</summary>
    public bool IsOf(X509Certificate2 issuer) => _nameKey == Authority.Key(issuer.SubjectName);

    /// <summary>Whether the list's scope includes certificates like this one.</summary>
    public bool Covers(X509Certificate2 certificate)
    {
        var isAuthority = certificate
            .Extensions.OfType<X509BasicConstraintsExtension>()
            .Any(b => b.CertificateAuthority);
        return _scope is null || (isAuthority ? !_scope.OnlyContainsUserCerts : !_scope.OnlyContainsCACerts);
    }

    /// <summary>Why this list says nothing about certificates of this authority; null when it does.</summary>
    public string? FaultFor(X509Certificate2 issuer) =>
        _fault ?? _faultByIssuer.GetOrAdd(issuer.Thumbprint, _ => SignatureFault(issuer));

    /// <summary>When the certificate was revoked, UTC; null when it is not on the list.</summary>
    public DateTimeOffset? RevokedAt(X509Certificate2 certificate)
    {
        var serial = new BigInteger(
            CertificateSerial.Of(certificate).ToByteArray(isUnsigned: false, isBigEndian: true)
        );
        var entry = _crl!.GetRevokedCertificate(serial);
        return entry is null ? null : new DateTimeOffset(DateTime.SpecifyKind(entry.RevocationDate, DateTimeKind.Utc));
    }

    private string? SignatureFault(X509Certificate2 issuer)
    {
        var usage = issuer.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault();
        if (usage is not null && (usage.KeyUsages & X509KeyUsageFlags.CrlSign) == X509KeyUsageFlags.None)
            return "its authority's certificate may not sign revocation lists";
        try
        {
            _crl!.Verify(PublicKeyFactory.CreateKey(issuer.PublicKey.ExportSubjectPublicKeyInfo()));
            return null;
        }
        catch (Exception)
        {
            return "its authority did not sign it";
        }
    }

    private static string? Unsupported(X509Crl crl, IssuingDistributionPoint? scope)
    {
        if (KeyKinds.WeakDigest(crl.SigAlgOid) is "MD5" or "MD4" or "MD2")
            return "it is signed with a broken digest";
        if (
            scope is not null
            && (scope.IsIndirectCrl || scope.OnlySomeReasons is not null || scope.OnlyContainsAttributeCerts)
        )
            return "it covers only a part of the authority's certificates";
        var known = X509Extensions.IssuingDistributionPoint.Id;
        var foreign = crl.GetCriticalExtensionOids()?.FirstOrDefault(oid => oid != known);
        return foreign is null ? null : $"it has the critical extension {foreign}";
    }
}
