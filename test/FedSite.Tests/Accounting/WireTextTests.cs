using CsCheck;
using FedSite.Accounting;

namespace FedSite.Tests.Accounting;

public sealed class WireTextTests
{
    [Theory]
    [InlineData("web-1", "web-1")]
    [InlineData("Müller's Größe", "Mueller's Groesse")]
    [InlineData("łódź-ñandú", "lodz-nandu")]
    [InlineData("Αθήνα Москва", "Athina Moskva")]
    [InlineData("機械", null)]
    [InlineData("100%%sure%%%", "100%sure%")]
    [InlineData("two\nlines\t", "two lines")]
    [InlineData("None", "None_")]
    [InlineData("null", "null_")]
    [InlineData("  ", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("application/x-pkcs7-mime", "application/x-pkcs7_mime")]
    public void Hazards_of_the_formats_are_made_harmless(string? text, string? expected) =>
        Assert.Equal(expected, WireText.Clean(text));

    [Fact]
    public void What_is_too_long_for_the_repository_is_cut() =>
        Assert.Equal(255, WireText.Clean(new string('x', 300))!.Length);

    [Fact]
    public void Nothing_that_any_text_holds_can_break_a_record() =>
        SomeServer.AnyText.Sample(text =>
        {
            var clean = WireText.Clean(text);
            return clean is null
                || (
                    clean.All(c => c is >= ' ' and <= '~')
                    && !clean.Contains("%%", StringComparison.Ordinal)
                    && clean == clean.Trim()
                    && clean.Length is > 0 and <= 256
                );
        });

    [Fact]
    public void A_clean_text_stays_as_it_is() =>
        SomeServer.AnyText.Sample(text => WireText.Clean(WireText.Clean(text)) == WireText.Clean(text));
}
