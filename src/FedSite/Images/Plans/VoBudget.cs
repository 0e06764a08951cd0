using FedSite.Configuration;

namespace FedSite.Images.Plans;

/// <summary>Bytes that each VO sees, against <c>images.limits.per_vo</c>.</summary>
internal sealed class VoBudget(ByteSize limit)
{
    private readonly Dictionary<string, long> _used = new(StringComparer.Ordinal);

    /// <summary>Counts what a VO has; never refused.</summary>
    public void Count(string vo, long bytes) => _used[vo] = _used.GetValueOrDefault(vo) + bytes;

    /// <summary>Counts something new, if it fits.</summary>
    public bool TryAdd(string vo, long bytes)
    {
        // Sizes are what publishers say: sums of them may be no numbers any more.
        if (bytes > limit.Bytes - _used.GetValueOrDefault(vo))
            return false;
        Count(vo, bytes);
        return true;
    }

    public ByteSize Limit => limit;
}
