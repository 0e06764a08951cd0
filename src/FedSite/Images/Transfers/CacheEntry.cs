using System.Globalization;
using System.Text.RegularExpressions;

namespace FedSite.Images.Transfers;

/// <summary>
/// Names of the files of one content: the file itself, and beside it a note with what is known about it, a part that is
/// being made, and a lock for whoever makes it.
/// </summary>
internal sealed partial class CacheEntry
{
    public CacheEntry(string folder, ContentDigest digest, string? format = null)
        : this(
            Path.Combine(
                folder,
                digest.Algorithm,
                digest.Hex[..2],
                format is null ? digest.Hex : $"{digest.Hex}.{format}"
            ),
            format is not null
        ) { }

    private CacheEntry(string file, bool isConverted)
    {
        File = file;
        IsConverted = isConverted;
    }

    public string File { get; }

    /// <summary>Made from the content that names it.</summary>
    public bool IsConverted { get; }

    public string Folder => Path.GetDirectoryName(File)!;
    public string Note => File + ".note";
    public string Lock => File + ".lock";

    /// <param name="size">Bytes that it may come to; whoever counts space counts them all.</param>
    public string Part(long size) => string.Create(CultureInfo.InvariantCulture, $"{File}.{size}.part");

    /// <summary>The entry that a file belongs to; null: the file is not ours.</summary>
    /// <param name="size">Of a part: bytes that it may come to; else null.</param>
    public static CacheEntry? Of(string path, out long? size)
    {
        size = null;
        var folder = Path.GetDirectoryName(path)!;
        var match = OurName().Match(Path.GetFileName(path));
        if (!match.Success || Path.GetFileName(folder) != match.Groups["hex"].Value[..2])
        {
            return null;
        }

        if (match.Groups["size"] is { Success: true } part)
        {
            size = long.Parse(part.ValueSpan, CultureInfo.InvariantCulture);
        }

        return new CacheEntry(Path.Combine(folder, match.Groups["name"].Value), match.Groups["format"].Success);
    }

    [GeneratedRegex(
        @"^(?<name>(?<hex>[0-9a-f]{64}|[0-9a-f]{128})(\.(?<format>raw|qcow2))?)(\.note|\.lock|\.(?<size>[0-9]{1,18})\.part)?\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex OurName();
}

/// <summary>What is known about a file; its own time stamp says when the file was last used.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">Of the file, in ticks, UTC.</param>
/// <param name="Checked">When its digests were last computed, in ticks, UTC.</param>
internal sealed record CacheNote(string Sha256, string Sha512, long Size, long Modified, long Checked);
