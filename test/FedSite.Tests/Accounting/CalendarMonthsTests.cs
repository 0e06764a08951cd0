using FedSite.Accounting;

namespace FedSite.Tests.Accounting;

public sealed class CalendarMonthsTests
{
    [Theory]
    [InlineData("2026-06", "2026-06")]
    [InlineData("2025-11..2026-02", "2025-11 2025-12 2026-01 2026-02")]
    [InlineData("2026-06..2026-06", "2026-06")]
    [InlineData("2026-06..2026-05", null)]
    [InlineData("2026-13", null)]
    [InlineData("2026-6", null)]
    [InlineData("2026-06-01", null)]
    [InlineData("2026-06..", null)]
    [InlineData("2026-05..2026-06..2026-07", null)]
    [InlineData("", null)]
    public void A_text_names_months_oldest_first_or_none(string text, string? expected)
    {
        var months = CalendarMonths.Parse(text);

        Assert.Equal(expected, months is null ? null : string.Join(' ', months.Select(CalendarMonths.Word)));
    }

    [Theory]
    [InlineData("2026-06", "2026-06-30T23:59:59Z")]
    [InlineData("2024-02", "2024-02-29T23:59:59Z")]
    [InlineData("2026-11", "2026-11-23T12:00:00Z")]
    public void A_month_ends_with_its_last_second_or_now(string month, string expected)
    {
        var window = CalendarMonths.Window(
            Assert.Single(CalendarMonths.Parse(month)!),
            SomeServer.At("2026-11-23T12:00:00.5Z")
        );

        Assert.Equal(SomeServer.At(expected), window.To);
    }
}
