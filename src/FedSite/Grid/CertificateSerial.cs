using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;

namespace FedSite.Grid;

/// <summary>Serial numbers as the certificate encodes them, sign included.</summary>
internal static class CertificateSerial
{
    private static readonly Asn1Tag Version = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <exception cref="AsnContentException">The certificate is broken.</exception>
    public static BigInteger Of(X509Certificate2 certificate)
    {
        var tbs = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.BER).ReadSequence().ReadSequence();
        if (tbs.PeekTag().HasSameClassAndValue(Version))
            tbs.ReadEncodedValue();
        return tbs.ReadInteger();
    }
}
