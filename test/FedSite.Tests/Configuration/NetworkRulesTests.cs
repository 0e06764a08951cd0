using FedSite.Configuration;

namespace FedSite.Tests.Configuration;

public sealed class NetworkRulesTests
{
    [Theory]
    [InlineData("cidrs: [192.168.0.5/24]", "write 192.168.0.0/24")]
    [InlineData("cidrs: [\"fd00:1::1/64\"]", "write fd00:1::/64")]
    [InlineData("cidrs: [192.168.0.0]", "no range of addresses")]
    [InlineData("cidrs: [192.168/16]", "no range of addresses")]
    [InlineData("cidrs: [010.0.0.0/8]", "no range of addresses")]
    [InlineData("cidrs: [192.168.0.0/33]", "no range of addresses")]
    [InlineData("cidrs: [192.168.0.0/-1]", "no range of addresses")]
    [InlineData("cidrs: [\"fd00:1::%1/64\"]", "no range of addresses")]
    [InlineData("cidrs: [192.168.0.0/30]", "at most /29")]
    [InlineData("cidrs: [\"fd00:1::/126\"]", "at most /125")]
    [InlineData("cidrs: [0.0.0.0/0]", "servers can't have")]
    [InlineData("cidrs: [169.254.8.0/24]", "servers can't have")]
    [InlineData("cidrs: [224.0.1.0/24]", "servers can't have")]
    [InlineData("cidrs: [\"fe80::/64\"]", "servers can't have")]
    [InlineData("cidrs: [10.0.0.0/16, 10.0.8.0/24]", "overlaps with 10.0.0.0/16")]
    [InlineData("cidrs: [\"fd00:1::/64\", \"fd00:0001::/64\"]", "overlaps with fd00:1::/64")]
    [InlineData("cidrs: [10.0.0.0/16], dns: [resolver]", "no IP address")]
    [InlineData("cidrs: [10.0.0.0/16], dns: [\"2001:db8::53\"]", "none of `cidrs` is of IPv6")]
    [InlineData("external: public", "needs `cidrs`")]
    [InlineData("cidrs: []", "empty")]
    public void A_network_that_can_not_be_is_refused_with_the_file(string network, string why)
    {
        var failure = Assert.ThrowsAny<FedSiteException>(() => Read(network));

        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cidrs: [192.168.0.0/24, \"fd00:1::/64\"], dns: [192.0.2.53, \"2001:db8::53\"]")]
    [InlineData("cidrs: [10.0.0.0/8]")]
    [InlineData("cidrs: [10.0.0.0/29, 10.0.0.8/29]")]
    [InlineData("cidrs: [\"FD00:0001:0:0::/64\", \"fd00:2::/80\"]")]
    public void A_network_that_can_be_is_taken(string network)
    {
        Read(network);
    }

    private static void Read(string network) =>
        SiteFile.Read(
            $$"""
            site: {name: TEST}
            vos:
              - name: vo.example.org
                projects: [{name: access, domain: Default, network: { {{network}} } }]

            """,
            "/site.yaml",
            new HostEnvironment(_ => null, "/")
        );
}
