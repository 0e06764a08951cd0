using System.Buffers;
using System.Text;

namespace FedSite.Grid;

/// <summary>
/// Takes a <c>multipart/signed</c> message apart (RFC 1847, RFC 8551 section 3.5.3). Strict where leniency would allow two
/// readings: what is handed out is exactly what the signature covers.
/// </summary>
/// <param name="Signed">The first part, headers included, as it came.</param>
/// <param name="Text">What follows the first part's headers, as it came.</param>
/// <param name="Signature">The second part's base64.</param>
internal sealed record MultipartSigned(
    ReadOnlyMemory<byte> Signed,
    ReadOnlyMemory<byte> Text,
    ReadOnlyMemory<byte> Signature
)
{
    private const int MaximumBoundary = 200;

    /// <summary>Splits a message; line ends may be LF, CRLF or a mixture.</summary>
    /// <exception cref="RefusedException">It is no such message.</exception>
    public static MultipartSigned Read(ReadOnlyMemory<byte> message)
    {
        var header = MimeHeader.Read(message.Span, "message");
        var boundary = Boundary(header);
        var (signed, signature) = Split(message[header.Length..], boundary);

        var inner = MimeHeader.Read(signed.Span, "signed part");
        if (inner.MediaType != "text/plain")
        {
            throw new RefusedException(
                "message.inner-type",
                "The signed part has no \"Content-Type: text/plain\" header; receivers would drop its first paragraph."
            );
        }
        if (inner.Value("Content-Transfer-Encoding")?.ToLowerInvariant() is not (null or "7bit" or "8bit" or "binary"))
        {
            throw new RefusedException(
                "message.inner-encoding",
                "The signed part is encoded (quoted-printable or base64); accounting messages carry plain text."
            );
        }

        var last = MimeHeader.Read(signature.Span, "signature part");
        if (last.MediaType is not ("application/x-pkcs7-signature" or "application/pkcs7-signature"))
            throw new RefusedException(
                "message.signature-type",
                "The second part of the message is no PKCS#7 signature."
            );
        if (last.Value("Content-Transfer-Encoding")?.ToLowerInvariant() is not (null or "base64"))
            throw new RefusedException("message.signature-encoding", "The signature is not encoded as base64.");
        return new(signed, signed[inner.Length..], signature[last.Length..]);
    }

    /// <summary>The octets that are signed: every line end as CRLF, carriage returns before it dropped, as OpenSSL does.</summary>
    public byte[] Canonical()
    {
        var source = Signed.Span;
        var length = source.Contains((byte)'\r') ? CanonicalLength(source) : source.Length + source.Count((byte)'\n');
        var target = GC.AllocateUninitializedArray<byte>(length);
        var written = 0;
        foreach (var line in new Lines(source))
        {
            line.Content.CopyTo(target.AsSpan(written));
            written += line.Content.Length;
            if (!line.HasEnd)
                continue;
            target[written++] = (byte)'\r';
            target[written++] = (byte)'\n';
        }
        return target;
    }

    /// <summary>The text with LF line ends.</summary>
    public ReadOnlyMemory<byte> PlainText()
    {
        if (!Text.Span.Contains((byte)'\r'))
            return Text;
        var writer = new ArrayBufferWriter<byte>(Text.Length);
        foreach (var line in new Lines(Text.Span))
        {
            writer.Write(line.Content);
            if (line.HasEnd)
                writer.Write("\n"u8);
        }
        return writer.WrittenMemory;
    }

    private static int CanonicalLength(ReadOnlySpan<byte> source)
    {
        var length = 0;
        foreach (var line in new Lines(source))
            length += line.Content.Length + (line.HasEnd ? 2 : 0);
        return length;
    }

    private static byte[] Boundary(MimeHeader header)
    {
        switch (header.MediaType)
        {
            case "multipart/signed":
                break;
            case "application/pkcs7-mime" or "application/x-pkcs7-mime":
                throw header.Parameter("smime-type")?.ToLowerInvariant() == "signed-data"
                    ? new RefusedException(
                        "message.opaque",
                        "The message is signed in the opaque form; only clear signatures (multipart/signed) are accepted."
                    )
                    : new RefusedException("message.encrypted", "The message is encrypted; it cannot be checked here.");
            default:
                throw new RefusedException(
                    "message.not-signed",
                    "The message is not signed (no \"Content-Type: multipart/signed\" header)."
                );
        }
        var boundary = header.Parameter("boundary");
        if (boundary is { Length: > 0 and <= MaximumBoundary } && Ascii.IsValid(boundary))
            return Encoding.ASCII.GetBytes("\n--" + boundary);
        throw new RefusedException("message.boundary", "The message names no usable boundary between its parts.");
    }

    private static (ReadOnlyMemory<byte> First, ReadOnlyMemory<byte> Second) Split(
        ReadOnlyMemory<byte> body,
        byte[] delimiter
    )
    {
        var parts = new List<ReadOnlyMemory<byte>>(2);
        var start = -1;
        // The header's blank line ends right before the body, so a delimiter may stand at its very beginning.
        var at = body.Span.StartsWith(delimiter.AsSpan(1)) ? -1 : Next(body.Span, delimiter, 0);
        while (at >= -1)
        {
            var after = at + delimiter.Length;
            var lineEnd = body.Span[after..].IndexOf((byte)'\n');
            var rest = (lineEnd < 0 ? body[after..] : body.Slice(after, lineEnd)).Span.Trim("\r\t "u8);
            var closes = rest.SequenceEqual("--"u8);
            if (rest.Length > 0 && !closes)
                throw new RefusedException(
                    "message.boundary",
                    "A line only looks like the boundary between the parts."
                );
            if (start >= 0)
            {
                parts.Add(at < start ? default : body[start..at]);
            }
            if (closes)
            {
                return parts.Count == 2
                    ? (TrimLineEnd(parts[0]), parts[1])
                    : throw new RefusedException(
                        "message.parts",
                        $"The message has {parts.Count} parts; a signed message has two, the text and the signature."
                    );
            }
            if (parts.Count == 2 || lineEnd < 0)
                break;
            start = after + lineEnd + 1;
            // The newline that ends a delimiter may at once belong to the next one.
            at = Next(body.Span, delimiter, start - 1);
        }
        throw new RefusedException(
            "message.parts",
            parts.Count == 2
                ? "The message has more than two parts, the text and the signature."
                : "The message is cut off: its closing boundary is missing."
        );
    }

    private static int Next(ReadOnlySpan<byte> body, byte[] delimiter, int from)
    {
        var found = body[from..].IndexOf(delimiter);
        return found < 0 ? -2 : from + found;
    }

    private static ReadOnlyMemory<byte> TrimLineEnd(ReadOnlyMemory<byte> part) =>
        part[..part.Span.TrimEnd((byte)'\r').Length];
}
