using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace FedSite.Sandbox.Pki;

/// <summary>Names in the slash form that the grid writes them in, and the hash by which OpenSSL finds their files.</summary>
public static class DistinguishedName
{
    private static readonly Dictionary<string, string> Oids = new(StringComparer.Ordinal)
    {
        ["C"] = "2.5.4.6",
        ["ST"] = "2.5.4.8",
        ["L"] = "2.5.4.7",
        ["O"] = "2.5.4.10",
        ["OU"] = "2.5.4.11",
        ["CN"] = "2.5.4.3",
        ["DC"] = "0.9.2342.19200300.100.1.25",
        ["UID"] = "0.9.2342.19200300.100.1.1",
        ["emailAddress"] = "1.2.840.113549.1.9.1",
        ["serialNumber"] = "2.5.4.5",
        ["street"] = "2.5.4.9",
        ["postalCode"] = "2.5.4.17",
    };

    /// <summary>
    /// Encodes <c>/DC=org/DC=example/CN=host/ce.example.org</c>. A slash starts a new part only when one of the known
    /// attribute names and <c>=</c> follow it.
    /// </summary>
    /// <exception cref="ArgumentException">No such form.</exception>
    public static X500DistinguishedName Parse(string slashForm)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var (type, value) in Split(slashForm))
            {
                using (writer.PushSetOf())
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(Oids[type]);
                    writer.WriteCharacterString(EncodingOf(type), value);
                }
            }
        }
        return new X500DistinguishedName(writer.Encode());
    }

    /// <summary>
    /// The eight hex digits of <c>openssl x509 -subject_hash</c>: SHA-1 over the canonical encoding (values as UTF-8, in
    /// small letters, runs of white space as one space, no outer sequence), its first four bytes little-endian.
    /// </summary>
    public static string OpenSslHash(X500DistinguishedName name)
    {
        var rdns = new AsnReader(name.RawData, AsnEncodingRules.DER).ReadSequence();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        while (rdns.HasData)
        {
            var rdn = rdns.ReadSetOf();
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSetOf())
            {
                while (rdn.HasData)
                    WriteCanonical(writer, rdn.ReadSequence());
            }
            hash.AppendData(writer.Encode());
        }
        return BinaryPrimitives.ReadUInt32LittleEndian(hash.GetHashAndReset()).ToString("x8", null);
    }

    private static void WriteCanonical(AsnWriter writer, AsnReader attribute)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(attribute.ReadObjectIdentifier());
            var tag = (UniversalTagNumber)attribute.PeekTag().TagValue;
            var value = attribute.ReadCharacterString(tag);
            var words = value.Split([' ', '\t', '\n', '\v', '\f', '\r'], StringSplitOptions.RemoveEmptyEntries);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, AsciiLower(string.Join(' ', words)));
        }
    }

    private static string AsciiLower(string text)
    {
        var builder = new StringBuilder(text.Length);
        foreach (var c in text)
            builder.Append(char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c);
        return builder.ToString();
    }

    private static IEnumerable<(string Type, string Value)> Split(string slashForm)
    {
        var start = 0;
        while (start < slashForm.Length)
        {
            var equals = slashForm.IndexOf('=', start);
            if (slashForm[start] != '/' || equals < 0 || !Oids.ContainsKey(slashForm[(start + 1)..equals]))
                throw new ArgumentException($"Not a distinguished name in slash form: {slashForm}", nameof(slashForm));
            var next = equals + 1;
            while (next < slashForm.Length && !StartsPart(slashForm, next))
                next++;
            yield return (slashForm[(start + 1)..equals], slashForm[(equals + 1)..next]);
            start = next;
        }
    }

    private static bool StartsPart(string text, int at)
    {
        if (text[at] != '/')
            return false;
        var equals = text.IndexOf('=', at);
        return equals > 0 && Oids.ContainsKey(text[(at + 1)..equals]);
    }

    private static UniversalTagNumber EncodingOf(string type) =>
        type switch
        {
            "C" or "serialNumber" => UniversalTagNumber.PrintableString,
            "DC" or "emailAddress" => UniversalTagNumber.IA5String,
            _ => UniversalTagNumber.UTF8String,
        };
}
