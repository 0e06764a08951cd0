using System.Globalization;

namespace FedSite.Configuration;

/// <summary>A number of bytes, written as <c>700kB</c>, <c>1MB</c>, <c>512KiB</c> or a bare number.</summary>
/// <param name="Bytes">The number.</param>
public readonly record struct ByteSize(long Bytes)
{
    /// <summary>A size that a quota may be, or -1.</summary>
    internal const string QuotaPattern = "-1|[0-9]{1,9}(\\.[0-9]{1,3})?[KMGTkmgt][iI]?[bB]";
    internal const string QuotaForm = "a size such as 400GiB or 10TiB, or -1 for unlimited";

    private static readonly (string Suffix, long Factor)[] Units =
    [
        ("KiB", 1L << 10),
        ("MiB", 1L << 20),
        ("GiB", 1L << 30),
        ("TiB", 1L << 40),
        ("kB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
        ("B", 1),
        ("", 1),
    ];

    /// <summary>Reads a size; units are case-insensitive.</summary>
    public static bool TryParse(string text, out ByteSize size)
    {
        var trimmed = text.AsSpan().Trim();
        foreach (var (suffix, factor) in Units)
        {
            if (
                trimmed.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
                && decimal.TryParse(
                    trimmed[..^suffix.Length].Trim(),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var number
                )
                && number < long.MaxValue / factor
            )
            {
                size = new ByteSize((long)(number * factor));
                return true;
            }
        }

        size = default;
        return false;
    }

    public override string ToString() =>
        Bytes % (1 << 30) == 0 && Bytes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Bytes >> 30}GiB")
        : Bytes % 1000 == 0 && Bytes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Bytes / 1000}kB")
        : Bytes.ToString(CultureInfo.InvariantCulture);
}
