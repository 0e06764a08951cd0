using System.Globalization;

namespace FedSite.Messages;

/// <summary>Times as records write them.</summary>
public static class WireTime
{
    /// <summary>Epoch seconds, or ISO 8601 with or without a fraction; without a zone it is UTC. Null: neither.</summary>
    public static DateTimeOffset? Parse(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? seconds < 253_402_300_800
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null
            : DateTimeOffset.TryParseExact(
                text,
                "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var time
            )
                ? time
                : null;
}
