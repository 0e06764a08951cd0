namespace FedSite.Images.Sources;

/// <summary>What publishers write about an image: bounded, and without what could upset a terminal or a header.</summary>
internal static class Annotations
{
    public const string Title = "org.opencontainers.image.title";
    public const string Created = "org.opencontainers.image.created";
    public const string DiskFormat = "org.openstack.glance.disk_format";
    public const string Architecture = "org.openstack.glance.architecture";

    private const int LongestKey = 255;
    private const int LongestValue = 8192;

    /// <summary>Characters of all keys and values: well below what Glance takes for one property.</summary>
    private const int MostText = 32_768;

    public static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    /// <summary>Those of the first over those of the next.</summary>
    public static IReadOnlyDictionary<string, string> Merge(params IEnumerable<KeyValuePair<string, string?>>[] levels)
    {
        var merged = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var text = 0;
        foreach (var level in levels)
        {
            foreach (var (key, value) in level.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                if (IsGood(key, LongestKey) && value is not null && IsGood(value, LongestValue))
                {
                    var length = key.Length + value.Length;
                    text += text + length <= MostText && merged.TryAdd(key, value) ? length : 0;
                }
            }
        }
        return merged;
    }

    public static IEnumerable<KeyValuePair<string, string?>> Level(IReadOnlyDictionary<string, string> annotations) =>
        annotations.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value));

    private static bool IsGood(string text, int longest) =>
        text.Length > 0 && text.Length <= longest && !text.Any(char.IsControl);
}
