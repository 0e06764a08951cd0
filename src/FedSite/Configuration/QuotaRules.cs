using System.Globalization;
using System.Text.RegularExpressions;

namespace FedSite.Configuration;

/// <summary>Sizes of a quota must be whole numbers of what the service counts in.</summary>
internal sealed partial class QuotaRules(QuotaConfig quota, string key, Action<string, string> error)
{
    public void Check()
    {
        Check("ram", quota.Ram, QuotaSize.MiB, "Nova", "MiB");
        Check("volume_storage", quota.VolumeStorage, QuotaSize.GiB, "Cinder", "GiB");
        Check("backup_storage", quota.BackupStorage, QuotaSize.GiB, "Cinder", "GiB");
        Check("image_storage", quota.ImageStorage, QuotaSize.MiB, "Glance", "MiB");
    }

    private void Check(string name, string? size, long unit, string service, string unitName)
    {
        if (size is null or QuotaSize.Unlimited || !Form.IsMatch(size))
            return;
        if (!ByteSize.TryParse(size, out var bytes) || bytes.Bytes / unit > int.MaxValue)
        {
            error($"{key}.{name}", $"{service} takes no number this large; -1 means unlimited");
        }
        else if (bytes.Bytes % unit != 0)
        {
            var below = bytes.Bytes / unit;
            var between = string.Create(CultureInfo.InvariantCulture, $"{below}{unitName} and {below + 1}{unitName}");
            error($"{key}.{name}", $"{service} counts in whole {unitName}, and `{size}` lies between {between}");
        }
    }

    /// <summary>Another form is told of by the key's own rule.</summary>
    [GeneratedRegex($"^({ByteSize.QuotaPattern})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Form { get; }
}

/// <summary>Sizes of quotas in the units that services count in.</summary>
internal static class QuotaSize
{
    public const string Unlimited = "-1";
    public const long MiB = 1L << 20;
    public const long GiB = 1L << 30;

    /// <returns>-1: unlimited; null: no size is given.</returns>
    public static long? In(long unit, string? size) =>
        size == Unlimited ? -1
        : ByteSize.TryParse(size ?? "", out var bytes) && size is not null ? bytes.Bytes / unit
        : null;

    /// <summary>As the file writes it: in the largest unit that makes a whole number.</summary>
    public static string Text(long count, long unit)
    {
        var (number, suffix) = (count, unit == GiB ? "GiB" : "MiB");
        foreach (var larger in unit == GiB ? (string[])["TiB"] : ["GiB", "TiB"])
        {
            if (number == 0 || number % 1024 != 0)
                break;
            (number, suffix) = (number / 1024, larger);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{number}{suffix}");
    }
}
