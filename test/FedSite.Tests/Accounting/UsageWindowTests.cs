using CsCheck;
using FedSite.Accounting;

namespace FedSite.Tests.Accounting;

public sealed class UsageWindowTests
{
    private static readonly TimeSpan LastSecond = TimeSpan.FromSeconds(1);

    private static readonly Gen<UsageWindow> Windows =
        from start in Gen.Long[0, 2_000_000_000]
        from length in Gen.Long[1, 400L * 86_400]
        select new UsageWindow(
            DateTimeOffset.FromUnixTimeSeconds(start),
            DateTimeOffset.FromUnixTimeSeconds(start + length)
        );

    [Fact]
    public void A_window_is_split_at_the_last_second_of_each_month()
    {
        var window = new UsageWindow(At("2026-09-20T10:00:00Z"), At("2026-11-23T12:00:00Z"));

        Assert.Equal(
            [
                new(At("2026-09-20T10:00:00Z"), At("2026-09-30T23:59:59Z")),
                new(At("2026-10-01T00:00:00Z"), At("2026-10-31T23:59:59Z")),
                new UsageWindow(At("2026-11-01T00:00:00Z"), At("2026-11-23T12:00:00Z")),
            ],
            window.Months(LastSecond)
        );
    }

    [Fact]
    public void A_window_that_ends_with_the_first_second_of_a_month_has_no_part_in_that_month() =>
        Assert.Equal(
            At("2026-10-31T23:59:59Z"),
            new UsageWindow(At("2026-10-05T00:00:00Z"), At("2026-11-01T00:00:00Z")).Months(LastSecond).Last().To
        );

    [Fact]
    public void Every_part_lies_in_one_month() =>
        Windows.Sample(w =>
            w.Months(LastSecond).All(m => UsageWindow.MonthStart(m.From) == UsageWindow.MonthStart(m.To))
        );

    [Fact]
    public void The_parts_leave_out_only_the_last_second_of_each_month() =>
        Windows.Sample(w =>
        {
            var from = w.From;
            foreach (var part in w.Months(LastSecond))
            {
                Assert.InRange((part.From - from).TotalSeconds, 0, 1);
                from = part.To;
            }

            Assert.InRange((w.To - from).TotalSeconds, 0, 1);
        });

    [Fact]
    public void Offsets_are_converted_to_utc() =>
        Assert.Equal(
            new UsageWindow(At("2026-10-01T00:00:00Z"), At("2026-10-01T01:00:00Z")),
            UsageWindow.Of(At("2026-10-01T02:00:00.7+02:00"), At("2026-10-01T03:00:00.2+02:00"))
        );

    private static DateTimeOffset At(string text) =>
        DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
