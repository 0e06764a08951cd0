using System.Buffers;
using System.Text;

namespace FedSite.Accounting;

/// <summary>
/// Makes a text from the cloud safe for a usage record. The formats have no escape: what the repository would take for
/// structure, for a null, or could not store is replaced here.
/// </summary>
public static class WireText
{
    /// <summary>Length of the repository's text columns.</summary>
    public const int MaxLength = 255;

    /// <summary>Length of the repository's column for a benchmark's name.</summary>
    public const int MaxBenchmarkTypeLength = 50;

    private static readonly SearchValues<char> Printable = SearchValues.Create(
        " !\"#$&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
    );

    private static readonly SearchValues<string> EncryptedType = SearchValues.Create(
        ["pkcs7-mime"],
        StringComparison.OrdinalIgnoreCase
    );

    /// <summary>
    /// ASCII without control characters, without <c>%%</c>, without blanks at the ends, no longer than
    /// <paramref name="maxLength"/>, and not one of the words that the repository reads as null.
    /// </summary>
    /// <returns>Null when nothing is left.</returns>
    public static string? Clean(string? text, int maxLength = MaxLength)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        // Nearly every value is an id or a plain name: no copy for those.
        var clean = text.AsSpan().ContainsAnyExcept(Printable) ? Transliterate(text) : text;
        clean = clean.Trim();
        if (clean.AsSpan().ContainsAny(EncryptedType))
        {
            // A message that holds this media type is taken for an encrypted one.
            clean = clean.Replace("pkcs7-mime", "pkcs7_mime", StringComparison.OrdinalIgnoreCase);
        }

        if (clean.Length > maxLength)
        {
            clean = clean[..maxLength].TrimEnd();
        }

        if (
            clean.Equals("none", StringComparison.OrdinalIgnoreCase)
            || clean.Equals("null", StringComparison.OrdinalIgnoreCase)
        )
        {
            clean += "_";
        }

        return clean.Length == 0 ? null : clean;
    }

    /// <summary>
    /// As cASO writes it: what is not ASCII is dropped. What would make the repository refuse a message is mended all the
    /// same.
    /// </summary>
    public static string? CleanLikeCaso(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var kept = string.Concat(text.Where(c => c is >= ' ' and <= '~'))
            .Replace("pkcs7-mime", "pkcs7_mime", StringComparison.OrdinalIgnoreCase);
        while (kept.Contains("%%", StringComparison.Ordinal))
        {
            kept = kept.Replace("%%", "%", StringComparison.Ordinal);
        }

        return kept.Length > MaxLength ? kept[..MaxLength] : kept;
    }

    private static string Transliterate(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == '%')
            {
                if (result.Length == 0 || result[^1] != '%')
                {
                    result.Append('%');
                }
            }
            else if (rune.IsAscii)
            {
                result.Append(Rune.IsControl(rune) ? ' ' : (char)rune.Value);
            }
            else
            {
                result.Append(Transliteration.ToAscii(rune));
            }
        }

        return result.ToString();
    }
}
