using System.Text;

namespace FedSite.Images.Inspection;

/// <summary>Knows files of text that stand where a disk should: descriptors of disks, and error pages.</summary>
internal static class TextFormats
{
    private const int DescriptorBytes = 4096;

    // A disk may begin with anything, so that a large file is text only when it begins as markup does.
    private const int SectorBytes = 512;

    /// <param name="head">The first bytes of the file; fewer than <see cref="ImageSignatures.HeadBytes"/>: all of it.</param>
    public static ForeignFormat? OfHead(ReadOnlySpan<byte> head)
    {
        if (IsDescriptor(head))
            return ForeignFormat.Vmdk;
        var isWhole = head.Length < ImageSignatures.HeadBytes;
        var beginning = WithoutMark(head);
        if (!IsText(isWhole ? beginning : beginning[..SectorBytes]))
            return null;
        var text = beginning.TrimStart(" \t\r\n"u8);
        if (!isWhole && text is not [(byte)'<' or (byte)'{' or (byte)'[' or (byte)'#', ..])
            return null;
        return text is [(byte)'<', ..] && text[..Math.Min(text.Length, DescriptorBytes)].IndexOf("Envelope"u8) >= 0
            ? ForeignFormat.Ovf
            : ForeignFormat.Text;
    }

    /// <summary>What a VMDK disk says about itself, made harmless; null: nothing.</summary>
    public static string? KindOfVmdk(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("createType"u8);
        if (at < 0)
            return null;
        var line = head[at..Math.Min(head.Length, at + 64)];
        var from = line.IndexOf((byte)'"');
        var length = from < 0 ? -1 : line[(from + 1)..].IndexOf((byte)'"');
        if (length <= 0)
            return null;
        var kind = Encoding.ASCII.GetString(line.Slice(from + 1, length));
        if (!kind.All(char.IsAsciiLetterOrDigit))
            return null;
        return head[at..].IndexOf(" FLAT "u8) >= 0 || head[at..].IndexOf(" VMFS "u8) >= 0
            ? $"{kind}, whose data are in a file that it names: whoever opens it reads that file of the host"
            : kind;
    }

    // The marker, a type, or what qemu takes for a descriptor: comments and blank lines before the version.
    private static bool IsDescriptor(ReadOnlySpan<byte> head)
    {
        var text = WithoutMark(head[..Math.Min(head.Length, DescriptorBytes)]);
        var rest = text.TrimStart(" \t\r\n\0"u8);
        while (rest is [(byte)'#', ..])
        {
            if (Says(rest, "# disk descriptorfile"u8) || Says(rest, "#disk descriptorfile"u8))
                return true;
            var end = rest.IndexOf((byte)'\n');
            rest = end < 0 ? [] : rest[end..].TrimStart(" \t\r\n"u8);
        }

        if (text.IndexOf("createType="u8) is var at and >= 0 && IsText(text[..at]))
            return true;
        return rest is [_, _, _, _, _, _, _, _, (byte)'1' or (byte)'2' or (byte)'3', (byte)'\r' or (byte)'\n', ..]
            && Says(rest, "version="u8);
    }

    private static bool Says(ReadOnlySpan<byte> text, ReadOnlySpan<byte> words) =>
        text.Length >= words.Length && Ascii.EqualsIgnoreCase(text[..words.Length], words);

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> text) =>
        text is [0xef, 0xbb, 0xbf, ..] ? text[3..] : text;

    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        foreach (var letter in bytes)
        {
            if (letter is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f') or 0x7f)
                return false;
        }

        // Whole letters only: the last one may be cut.
        for (var cut = 0; cut < 4 && cut <= bytes.Length; cut++)
        {
            if (System.Text.Unicode.Utf8.IsValid(bytes[..^cut]))
                return true;
        }

        return false;
    }
}
