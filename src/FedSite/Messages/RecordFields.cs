using System.Collections.Frozen;
using System.Globalization;
using FedSite.Configuration;

namespace FedSite.Messages;

/// <summary>What the fields of all kinds of records hold: numbers, times, or text.</summary>
public static class RecordFields
{
    private static readonly FrozenSet<string> Numbers = FrozenSet.Create(
        StringComparer.Ordinal,
        "ActiveDuration",
        "AvailableDuration",
        "Benchmark",
        "Cores",
        "Count",
        "CpuCount",
        "CpuDuration",
        "Disk",
        "FileCount",
        "IPCount",
        "IPVersion",
        "LogicalCapacityUsed",
        "MeasurementMonth",
        "MeasurementYear",
        "Memory",
        "NetworkInbound",
        "NetworkOutbound",
        "PublicIPCount",
        "ResourceCapacityAllocated",
        "ResourceCapacityUsed",
        "SuspendDuration",
        "WallDuration"
    );

    private static readonly FrozenSet<string> Times = FrozenSet.Create(
        StringComparer.Ordinal,
        "CreateTime",
        "EndTime",
        "MeasurementTime",
        "RecordCreateTime",
        "StartTime"
    );

    // Without these the repository refuses a record, or books nothing for it.
    private static readonly string[][] Needed =
    [
        ["VMUUID", "SiteName", "FQAN", "StartTime", "WallDuration"],
        [
            "AssociatedRecord",
            "AssociatedRecordType",
            "MeasurementMonth",
            "MeasurementYear",
            "SiteName",
            "FQAN",
            "Type",
            "Count",
            "AvailableDuration",
        ],
        ["SiteName", "LocalGroup", "FQAN", "IPVersion", "IPCount", "MeasurementTime"],
        ["RecordId", "CreateTime", "StorageSystem", "StartTime", "EndTime", "ResourceCapacityUsed"],
    ];

    /// <summary>True when both values mean the same: 17.5 and 17.50, a time as epoch seconds and in ISO 8601.</summary>
    public static bool AreSame(string field, string one, string other)
    {
        one = one.Trim();
        other = other.Trim();
        return one == other
            || (Numbers.Contains(field) && Number(one) is { } number && number == Number(other))
            || (Times.Contains(field) && WireTime.Parse(one) is { } time && time == WireTime.Parse(other));
    }

    /// <summary>The value as a number; null: it is none.</summary>
    public static decimal? Number(string? value) =>
        decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Fields that the repository needs and that are absent, empty, or not what they should be.</summary>
    internal static IReadOnlyList<string> Missing(RecordKind kind, Dictionary<string, string> fields)
    {
        var missing = Needed[(int)kind].Where(name => !IsUsable(name, fields.GetValueOrDefault(name)));
        // A machine that has ended is booked in the month of its end.
        return
            kind is RecordKind.Cloud
            && fields.GetValueOrDefault("Status") == "completed"
            && !IsUsable("EndTime", fields.GetValueOrDefault("EndTime"))
            ? [.. missing, "EndTime"]
            : [.. missing];
    }

    private static bool IsUsable(string field, string? value) =>
        !string.IsNullOrEmpty(value)
        && (!Numbers.Contains(field) || Number(value) is not null)
        && (!Times.Contains(field) || WireTime.Parse(value) is not null);
}
