using System.Buffers;
using System.Text;

namespace FedSite.Grid;

/// <summary>What a text must be so that every receiver gets the very bytes that were signed.</summary>
internal static class MessageText
{
    /// <summary>Receivers split lines at every other control character, and stop at bytes beyond ASCII.</summary>
    private static readonly SearchValues<byte> Allowed = SearchValues.Create([
        (byte)'\t',
        (byte)'\n',
        .. Enumerable.Range(0x20, 0x7f - 0x20).Select(b => (byte)b),
    ]);

    private static readonly string[] Forbidden = ["application/pkcs7-mime", "application/x-pkcs7-mime"];

    /// <exception cref="FedSiteException">The text would not arrive as it is.</exception>
    public static void Check(ReadOnlySpan<byte> text)
    {
        if (text.Trim(" \t\n"u8).IsEmpty)
            throw Refuse("It is empty.");
        var bad = text.IndexOfAnyExcept(Allowed);
        if (bad >= 0)
        {
            var line = text[..bad].Count((byte)'\n') + 1;
            throw Refuse(
                $"Line {line} has the byte 0x{text[bad]:X2}; only printable ASCII, tabs and line feeds arrive intact."
            );
        }
        CheckForbidden(text);
    }

    // Both strings hold "7-", which no letter case hides and which is rare enough to look at each one.
    private static void CheckForbidden(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length; )
        {
            var found = text[at..].IndexOf("7-"u8);
            if (found < 0)
                return;
            at += found;
            foreach (var word in Forbidden)
            {
                var start = at - word.IndexOf("7-", StringComparison.Ordinal);
                if (
                    start >= 0
                    && text.Length - start >= word.Length
                    && Ascii.EqualsIgnoreCase(text.Slice(start, word.Length), word)
                )
                    throw Refuse($"It contains \"{word}\"; receivers would take it for an encrypted message.");
            }
            at += 2;
        }
    }

    private static FedSiteException Refuse(string why) =>
        new(
            $"This text cannot be sent as a signed message. {why}",
            "Correct the value at its source and make the message again."
        );
}
