using System.Buffers;
using System.Globalization;

namespace FedSite.Messages;

/// <summary>
/// Names of messages in a spool, <c>DDDDDDDD/SSSSSSSSMMMMMR</c> in lower-case hexadecimal: seconds since the epoch
/// rounded down to a minute; seconds, microseconds, and a digit that keeps apart two processes of one microsecond.
/// Ordinal order of the names is the order of insertion.
/// </summary>
internal sealed class QueueNames(TimeProvider time)
{
    private const int Granularity = 60;
    private const long Million = 1_000_000;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    // A name made by hand may lie far in the future; following it would take all later names there.
    private static readonly TimeSpan FollowedAhead = TimeSpan.FromDays(1);

    private readonly int _digit = Random.Shared.Next(16);
    private long _last;

    /// <summary>A name after every name that this object gave or was told of, whatever the clock does.</summary>
    public string Next()
    {
        _last = Math.Max(_last + 1, Now());
        var (seconds, microseconds) = Math.DivRem(_last, Million);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{seconds - (seconds % Granularity):x8}/{seconds:x8}{microseconds:x5}{_digit:x1}"
        );
    }

    /// <summary>Names from now on follow <paramref name="name"/>.</summary>
    public void Follow(string? name)
    {
        if (name is null || !IsName(name))
        {
            return;
        }

        var folder = Hex(name.AsSpan(0, 8)) * Million;
        var file = (Hex(name.AsSpan(9, 8)) * Million) + Hex(name.AsSpan(17, 5));
        var at = Math.Max(folder, file);
        if (at < Now() + (FollowedAhead.Ticks / TimeSpan.TicksPerMicrosecond))
        {
            _last = Math.Max(_last, at);
        }
    }

    public static bool IsName(ReadOnlySpan<char> name) =>
        name.Length == 23 && name[8] == '/' && IsFolder(name[..8]) && IsFile(name[9..]);

    public static bool IsFolder(ReadOnlySpan<char> name) => name.Length == 8 && IsHex(name);

    public static bool IsFile(ReadOnlySpan<char> name) => name.Length == 14 && IsHex(name);

    /// <summary>When the message of this name was queued, to the microsecond; of a name made by hand, what it says.</summary>
    public static DateTimeOffset QueuedAt(string name) =>
        DateTimeOffset.FromUnixTimeSeconds(Hex(name.AsSpan(9, 8))).AddMicroseconds(Hex(name.AsSpan(17, 5)));

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(HexDigits);

    private static long Hex(ReadOnlySpan<char> text) =>
        long.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private long Now() => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
