using System.Buffers;
using System.Buffers.Text;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace FedSite.Grid;

/// <summary>
/// What a message proves by itself: the key of <paramref name="Certificate"/>, the certificate that the signature names,
/// signed <paramref name="Message"/>. Whether to trust that certificate is another question.
/// </summary>
internal sealed record SignatureProof(
    MultipartSigned Message,
    X509Certificate2 Certificate,
    DateTimeOffset? SigningTime,
    int IgnoredCertificates
)
{
    private const int MaximumSignatureBytes = 256 * 1024;
    private const int MinimumRsaBits = 2048;
    private const string DataOid = "1.2.840.113549.1.7.1";
    private const string ContentTypeOid = "1.2.840.113549.1.9.3";
    private const string SigningTimeOid = "1.2.840.113549.1.9.5";

    /// <summary>Takes the message apart and checks its one signature.</summary>
    /// <exception cref="RefusedException">No signed message, or the signature is wrong, weak or ambiguous.</exception>
    public static SignatureProof Read(ReadOnlyMemory<byte> wire)
    {
        if (wire.Length > SignedMessage.MaximumBytes)
            throw new RefusedException(
                "message.too-large",
                $"The message has {wire.Length} bytes; {SignedMessage.MaximumBytes} is the limit."
            );
        var message = MultipartSigned.Read(wire);
        try
        {
            var cms = Decode(message);
            var signer = OnlySigner(cms);
            RefuseWeakDigests(signer);
            var certificate = NamedCertificate(cms, signer);
            RefuseWeakKey(certificate);
            CheckSignature(signer);
            return new(message, certificate, SigningTimeOf(signer), cms.Certificates.Count - 1);
        }
        catch (CryptographicException e)
        {
            throw new RefusedException("signature.damaged", "The signature or a certificate in it is damaged.", e);
        }
    }

    private static SignedCms Decode(MultipartSigned message)
    {
        var bytes = Base64Bytes(message.Signature.Span);
        var cms = new SignedCms(new ContentInfo(message.Canonical()), detached: true);
        cms.Decode(bytes);
        if (cms.ContentInfo.ContentType.Value != DataOid)
            throw new RefusedException("signature.content-type", "The signature is for another type of content.");
        return cms;
    }

    private static byte[] Base64Bytes(ReadOnlySpan<byte> base64)
    {
        if (base64.Length > MaximumSignatureBytes)
        {
            throw new RefusedException(
                "signature.too-large",
                $"The signature has {base64.Length} characters; {MaximumSignatureBytes} is the limit."
            );
        }
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        return Base64.DecodeFromUtf8(base64, bytes, out _, out var written) == OperationStatus.Done && written > 0
            ? bytes[..written]
            : throw new RefusedException("signature.damaged", "The signature is damaged: it is no base64.");
    }

    private static SignerInfo OnlySigner(SignedCms cms)
    {
        if (cms.SignerInfos.Count != 1)
        {
            throw new RefusedException(
                "signature.signers",
                $"The message has {cms.SignerInfos.Count} signers; exactly one is accepted."
            );
        }
        var signer = cms.SignerInfos[0];
        return signer.SignerIdentifier.Type == SubjectIdentifierType.IssuerAndSerialNumber
            ? signer
            : throw new RefusedException(
                "signature.identifier",
                "The signature names its certificate by key identifier; only issuer and serial number are accepted."
            );
    }

    private static void RefuseWeakDigests(SignerInfo signer)
    {
        var weak =
            KeyKinds.WeakDigest(signer.DigestAlgorithm.Value) ?? KeyKinds.WeakDigest(signer.SignatureAlgorithm.Value);
        if (weak is not null)
            throw new RefusedException(
                "signature.weak-digest",
                $"The signature uses {weak}, which proves nothing today."
            );
    }

    private static X509Certificate2 NamedCertificate(SignedCms cms, SignerInfo signer)
    {
        var certificate =
            signer.Certificate
            ?? throw new RefusedException(
                "signature.no-certificate",
                "The certificate that the signature names is not in the message."
            );
        // Two certificates of the same issuer and serial number: the signature would not say which one it means.
        foreach (var other in cms.Certificates)
        {
            var same =
                string.Equals(other.Issuer, certificate.Issuer, StringComparison.OrdinalIgnoreCase)
                && other.SerialNumber == certificate.SerialNumber;
            if (same && !other.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span))
            {
                throw new RefusedException(
                    "signature.ambiguous",
                    "Two certificates in the message have the issuer and serial number that the signature names."
                );
            }
        }
        return certificate;
    }

    private static void RefuseWeakKey(X509Certificate2 certificate)
    {
        switch (certificate.PublicKey.Oid.Value)
        {
            case KeyKinds.RsaOid:
                using (var rsa = certificate.GetRSAPublicKey())
                {
                    if (rsa is null || rsa.KeySize < MinimumRsaBits)
                    {
                        throw new RefusedException(
                            "signature.weak-key",
                            $"The signer's RSA key has {rsa?.KeySize ?? 0} bits; {MinimumRsaBits} or more are accepted."
                        );
                    }
                }
                return;
            case KeyKinds.EcOid:
                return;
            default:
                throw new RefusedException("signature.key-kind", "The signer's key is neither RSA nor EC.");
        }
    }

    private static void CheckSignature(SignerInfo signer)
    {
        try
        {
            foreach (var attribute in signer.SignedAttributes)
            {
                if (attribute.Oid.Value == ContentTypeOid && !IsData(attribute))
                    throw new RefusedException(
                        "signature.content-type",
                        "The signature is for another type of content."
                    );
            }
            signer.CheckSignature(verifySignatureOnly: true);
        }
        catch (CryptographicException e)
        {
            throw new RefusedException(
                "signature.wrong",
                "The signature does not fit: the text or the signature was changed after signing.",
                e
            );
        }
    }

    private static bool IsData(CryptographicAttributeObject attribute) =>
        attribute.Values.Count == 1
        && attribute.Values[0] is Pkcs9ContentType type
        && type.ContentType.Value == DataOid;

    // Pkcs9SigningTime knows UTCTime alone; years from 2050 on are written as GeneralizedTime (RFC 5652 section 11.3).
    private static DateTimeOffset? SigningTimeOf(SignerInfo signer)
    {
        foreach (var attribute in signer.SignedAttributes)
        {
            if (attribute.Oid.Value != SigningTimeOid || attribute.Values.Count != 1)
                continue;
            try
            {
                var reader = new AsnReader(attribute.Values[0].RawData, AsnEncodingRules.BER);
                return reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime)
                    ? reader.ReadUtcTime()
                    : reader.ReadGeneralizedTime();
            }
            catch (AsnContentException)
            {
                return null;
            }
        }
        return null;
    }
}
