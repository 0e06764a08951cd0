namespace FedSite.Accounting;

/// <summary>The time that a run accounts for: from <paramref name="From"/> to <paramref name="To"/>, whole seconds, UTC.</summary>
public readonly record struct UsageWindow(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>Cuts both ends to whole seconds, as records know no fractions.</summary>
    public static UsageWindow Of(DateTimeOffset from, DateTimeOffset to) => new(WholeSecond(from), WholeSecond(to));

    /// <summary>True when there is nothing to account.</summary>
    public bool IsEmpty => From >= To;

    /// <summary>The parts of the window, oldest first, each within one calendar month.</summary>
    /// <param name="gap">
    /// How long before the next month a part ends: a second for cloud records, because the repository books a running
    /// machine in the month of the window's end, and 00:00:00 of the first would be the wrong one; nothing for
    /// accelerators, whose records name their month.
    /// </param>
    public IEnumerable<UsageWindow> Months(TimeSpan gap)
    {
        var from = From;
        while (from < To)
        {
            var next = MonthStart(from).AddMonths(1);
            var to = To < next - gap ? To : next - gap;
            if (from < to)
            {
                yield return new UsageWindow(from, to);
            }

            from = next;
        }
    }

    /// <summary>First second of the month that holds <paramref name="time"/>.</summary>
    public static DateTimeOffset MonthStart(DateTimeOffset time) =>
        new(time.UtcDateTime.Year, time.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);

    private static DateTimeOffset WholeSecond(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
