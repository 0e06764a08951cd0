using System.Globalization;

namespace FedSite.Accounting;

/// <summary>Calendar months, UTC, written <c>2026-06</c> or, several, <c>2026-06..2026-08</c>.</summary>
public static class CalendarMonths
{
    /// <summary>For messages.</summary>
    public const string Form = "Write a month as 2026-06, or several as 2026-06..2026-08.";

    /// <returns>First seconds of the months, oldest first; null: the text says no months.</returns>
    public static IReadOnlyList<DateTimeOffset>? Parse(string text)
    {
        var ends = text.Split("..");
        if (ends.Length > 2 || Month(ends[0]) is not { } first || Month(ends[^1]) is not { } last || last < first)
        {
            return null;
        }

        var months = new List<DateTimeOffset>();
        for (var month = first; month <= last; month = month.AddMonths(1))
        {
            months.Add(month);
        }

        return months;
    }

    /// <summary>A whole month, up to its last second; of the present month, what is over.</summary>
    public static UsageWindow Window(DateTimeOffset month, DateTimeOffset now)
    {
        var last = month.AddMonths(1).AddSeconds(-1);
        return UsageWindow.Of(month, last < now ? last : now);
    }

    /// <summary>The month as text.</summary>
    public static string Word(DateTimeOffset month) =>
        month.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>First second of the one month that the text says; null: it says none.</summary>
    public static DateTimeOffset? Month(string text) =>
        DateTimeOffset.TryParseExact(
            text,
            "yyyy-MM",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var month
        )
            ? month
            : null;
}
