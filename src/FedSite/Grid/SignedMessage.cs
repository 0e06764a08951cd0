using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FedSite.Grid;

/// <summary>
/// Signed messages in the form that accounting receivers take: S/MIME with a clear, detached signature
/// (RFC 8551 section 3.5.3), LF line ends on the wire, CRLF under the signature.
/// </summary>
public static partial class SignedMessage
{
    /// <summary>Larger messages are refused before they are looked at.</summary>
    public const int MaximumBytes = 16 * 1024 * 1024;

    private const int Base64BytesPerLine = 48;
    private const int HashChunk = 32 * 1024;

    private static ReadOnlySpan<byte> InnerHeader => "Content-Type: text/plain\n\n"u8;

    /// <summary>
    /// Signs a text (ASCII with LF line ends, no other control character than tab) and reads the signed message back
    /// before handing it out, ready for the wire. <paramref name="now"/> becomes the signing time.
    /// </summary>
    /// <exception cref="FedSiteException">
    /// The text would not arrive as it is, the certificate is not valid at that time, or the result does not verify.
    /// </exception>
    public static byte[] Sign(ReadOnlyMemory<byte> text, HostCredential credential, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(credential);
        MessageText.Check(text.Span);
        credential.CheckValidity(now);
        var signature = CmsWriter.Sign(HashAsSigned(text.Span), credential, now);
        var wire = Assemble(text.Span, signature);
        CheckReadsBack(wire, text.Span, credential);
        return wire;
    }

    private static byte[] HashAsSigned(ReadOnlySpan<byte> text)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("Content-Type: text/plain\r\n\r\n"u8);
        var chunk = ArrayPool<byte>.Shared.Rent(HashChunk);
        var used = 0;
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var take = end < 0 ? text.Length : end;
            if (used + take + 2 > chunk.Length)
            {
                hash.AppendData(chunk, 0, used);
                used = 0;
            }
            if (take + 2 > chunk.Length)
            {
                hash.AppendData(text[..take]);
            }
            else
            {
                text[..take].CopyTo(chunk.AsSpan(used));
                used += take;
            }
            if (end >= 0)
            {
                chunk[used++] = (byte)'\r';
                chunk[used++] = (byte)'\n';
            }
            text = text[(end < 0 ? take : take + 1)..];
        }
        hash.AppendData(chunk, 0, used);
        ArrayPool<byte>.Shared.Return(chunk);
        return hash.GetHashAndReset();
    }

    private static byte[] Assemble(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        var boundary = "----" + RandomNumberGenerator.GetHexString(32);
        var head = Encoding.ASCII.GetBytes(
            $"""
            MIME-Version: 1.0
            Content-Type: multipart/signed; protocol="application/x-pkcs7-signature"; micalg="sha-256"; boundary="{boundary}"

            This is an S/MIME signed message

            --{boundary}

            """
        );
        var middle = Encoding.ASCII.GetBytes(
            $"""

            --{boundary}
            Content-Type: application/x-pkcs7-signature; name="smime.p7s"
            Content-Transfer-Encoding: base64
            Content-Disposition: attachment; filename="smime.p7s"


            """
        );
        var tail = Encoding.ASCII.GetBytes($"\n--{boundary}--\n\n");
        var lines = (signature.Length + Base64BytesPerLine - 1) / Base64BytesPerLine;
        var base64 = Base64.GetMaxEncodedToUtf8Length(signature.Length) + lines;
        var wire = GC.AllocateUninitializedArray<byte>(
            head.Length + InnerHeader.Length + text.Length + middle.Length + base64 + tail.Length
        );
        var rest = Put(Put(Put(Put(wire, head), InnerHeader), text), middle);
        for (; !signature.IsEmpty; signature = signature[Math.Min(Base64BytesPerLine, signature.Length)..])
        {
            var line = signature[..Math.Min(Base64BytesPerLine, signature.Length)];
            Base64.EncodeToUtf8(line, rest, out _, out var written);
            rest = Put(rest[written..], "\n"u8);
        }
        Put(rest, tail);
        return wire;
    }

    private static Span<byte> Put(Span<byte> target, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(target);
        return target[bytes.Length..];
    }

    // A fault of memory, disk or library must not leave the house under the site's name.
    private static void CheckReadsBack(byte[] wire, ReadOnlySpan<byte> text, HostCredential credential)
    {
        try
        {
            var proof = SignatureProof.Read(wire);
            using var certificate = proof.Certificate;
            var own = certificate.RawDataMemory.Span.SequenceEqual(credential.Certificate.RawDataMemory.Span);
            if (own && proof.Message.Text.Span.SequenceEqual(text))
                return;
        }
        catch (RefusedException e)
        {
            throw new FedSiteException(
                $"The message that was just signed does not verify: {e.Message}",
                "Try again; if it happens again, report it with the certificate's kind of key.",
                inner: e
            );
        }
        throw new FedSiteException(
            "The message that was just signed does not read back as it was written.",
            "Try again; if it happens again, report it."
        );
    }
}
