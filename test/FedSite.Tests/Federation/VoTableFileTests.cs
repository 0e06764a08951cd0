using FedSite.Configuration;
using FedSite.Federation;

namespace FedSite.Tests.Federation;

public sealed class VoTableFileTests
{
    [Fact]
    public void A_VO_has_one_entitlement_several_or_none()
    {
        var table = VoTableFile.Parse(
            """
            ---
            vos:
              one.example.org: "urn:mace:egi.eu:group:one.example.org:role=member#aai.egi.eu"
              two.example.org: [urn:a:b, urn:a:c]
              /path/name: "urn:mace:egi.eu:group:path:role=member#aai.egi.eu"
              none.example.org:
            """,
            "table.yaml"
        );

        Assert.Equal([1, 2, 1, 0], table.Vos.Values.Select(entitlements => entitlements.Count));
        Assert.Contains(
            table.Warnings,
            text => text.Contains("none.example.org: no entitlement is given", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_blank_in_a_URN_is_told_with_line_and_what_was_probably_meant()
    {
        var table = VoTableFile.Parse("vos:\n  x: \"urn:mace: group:x\"\n", "table.yaml");

        var warning = Assert.Single(table.Warnings);
        Assert.StartsWith("table.yaml:2:3: x:", warning, StringComparison.Ordinal);
        Assert.Contains("Is `urn:mace:group:x` meant?", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void VOs_that_share_an_entitlement_are_named()
    {
        var table = VoTableFile.Parse("vos:\n  a: urn:mace:same\n  b: urn:mace:same\n", "table.yaml");

        Assert.Contains("a and b share", Assert.Single(table.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("vos: [a, b]\n")]
    [InlineData("others: {}\n")]
    public void What_is_no_such_table_is_refused(string text)
    {
        Assert.Throws<ConfigurationException>(() => VoTableFile.Parse(text, "table.yaml"));
    }
}
