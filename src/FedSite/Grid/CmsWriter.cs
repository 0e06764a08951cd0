using System.Formats.Asn1;
using System.Security.Cryptography;

namespace FedSite.Grid;

/// <summary>
/// Writes a detached CMS SignedData (RFC 5652) with one signer named by issuer and serial number, the signer's certificate
/// alone, SHA-256, and the signed attributes contentType, signingTime and messageDigest.
/// </summary>
internal static class CmsWriter
{
    private const string SignedDataOid = "1.2.840.113549.1.7.2";
    private const string DataOid = "1.2.840.113549.1.7.1";
    private const string ContentTypeOid = "1.2.840.113549.1.9.3";
    private const string MessageDigestOid = "1.2.840.113549.1.9.4";
    private const string SigningTimeOid = "1.2.840.113549.1.9.5";
    private const string Sha256Oid = "2.16.840.1.101.3.4.2.1";
    private const string EcdsaWithSha256Oid = "1.2.840.10045.4.3.2";

    private static readonly Asn1Tag Context0 = new(TagClass.ContextSpecific, 0, isConstructed: true);

    public static byte[] Sign(ReadOnlySpan<byte> sha256, HostCredential credential, DateTimeOffset now)
    {
        // The attributes are signed as a SET and sent under an implicit tag (RFC 5652 section 5.4).
        var toSign = new AsnWriter(AsnEncodingRules.DER);
        WriteAttributes(toSign, Asn1Tag.SetOf, sha256, now);
        var signature = Sign(toSign.Encode(), credential.Key);

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(SignedDataOid);
            using (writer.PushSequence(Context0))
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);
                using (writer.PushSetOf())
                    WriteAlgorithm(writer, Sha256Oid);
                using (writer.PushSequence())
                    writer.WriteObjectIdentifier(DataOid);
                using (writer.PushSetOf(Context0))
                    writer.WriteEncodedValue(credential.Certificate.RawDataMemory.Span);
                using (writer.PushSetOf())
                    WriteSigner(writer, credential, sha256, now, signature);
            }
        }
        return writer.Encode();
    }

    private static void WriteSigner(
        AsnWriter writer,
        HostCredential credential,
        ReadOnlySpan<byte> sha256,
        DateTimeOffset now,
        byte[] signature
    )
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(credential.Certificate.IssuerName.RawData);
                writer.WriteInteger(CertificateSerial.Of(credential.Certificate));
            }
            WriteAlgorithm(writer, Sha256Oid);
            WriteAttributes(writer, Context0, sha256, now);
            if (credential.Key is RSA)
            {
                WriteAlgorithm(writer, KeyKinds.RsaOid);
            }
            else
            {
                using (writer.PushSequence())
                    writer.WriteObjectIdentifier(EcdsaWithSha256Oid);
            }
            writer.WriteOctetString(signature);
        }
    }

    private static void WriteAttributes(AsnWriter writer, Asn1Tag tag, ReadOnlySpan<byte> sha256, DateTimeOffset now)
    {
        using (writer.PushSetOf(tag))
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(ContentTypeOid);
                using (writer.PushSetOf())
                    writer.WriteObjectIdentifier(DataOid);
            }
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(SigningTimeOid);
                using (writer.PushSetOf())
                {
                    // Years that two digits can say are written with two (RFC 5652 section 11.3).
                    if (now.UtcDateTime.Year is >= 1950 and < 2050)
                        writer.WriteUtcTime(now);
                    else
                        writer.WriteGeneralizedTime(now, omitFractionalSeconds: true);
                }
            }
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(MessageDigestOid);
                using (writer.PushSetOf())
                    writer.WriteOctetString(sha256);
            }
        }
    }

    private static void WriteAlgorithm(AsnWriter writer, string oid)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            writer.WriteNull();
        }
    }

    private static byte[] Sign(byte[] data, AsymmetricAlgorithm key) =>
        key is RSA rsa
            ? rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : ((ECDsa)key).SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
}
