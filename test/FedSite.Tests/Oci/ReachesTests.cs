using System.Net;
using FedSite.Oci;

namespace FedSite.Tests.Oci;

public sealed class ReachesTests
{
    [Theory]
    [InlineData("8.8.8.8", nameof(Reach.Public))]
    [InlineData("172.32.0.1", nameof(Reach.Public))]
    [InlineData("2001:db8::1", nameof(Reach.Public))]
    [InlineData("10.1.2.3", nameof(Reach.Private))]
    [InlineData("172.31.255.255", nameof(Reach.Private))]
    [InlineData("192.168.0.1", nameof(Reach.Private))]
    [InlineData("100.64.1.1", nameof(Reach.Private))]
    [InlineData("fd12:3456::1", nameof(Reach.Private))]
    [InlineData("::ffff:10.0.0.1", nameof(Reach.Private))]
    [InlineData("127.0.0.1", nameof(Reach.Loopback))]
    [InlineData("127.255.255.254", nameof(Reach.Loopback))]
    [InlineData("::1", nameof(Reach.Loopback))]
    [InlineData("::ffff:127.0.0.1", nameof(Reach.Loopback))]
    [InlineData("64:ff9b::7f00:1", nameof(Reach.Loopback))]
    [InlineData("2002:7f00:1::", nameof(Reach.Loopback))]
    [InlineData("169.254.169.254", nameof(Reach.Never))]
    [InlineData("::ffff:169.254.169.254", nameof(Reach.Never))]
    [InlineData("64:ff9b::a9fe:a9fe", nameof(Reach.Never))]
    [InlineData("100.100.100.200", nameof(Reach.Never))]
    [InlineData("fd00:ec2::254", nameof(Reach.Never))]
    [InlineData("fe80::1", nameof(Reach.Never))]
    [InlineData("0.0.0.0", nameof(Reach.Never))]
    [InlineData("::", nameof(Reach.Never))]
    [InlineData("224.0.0.1", nameof(Reach.Never))]
    [InlineData("255.255.255.255", nameof(Reach.Never))]
    [InlineData("ff02::1", nameof(Reach.Never))]
    public void Addresses_are_known_by_their_networks(string address, string expected)
    {
        Assert.Equal(expected, Reaches.Of(IPAddress.Parse(address)).ToString());
    }

    [Fact]
    public void A_registry_points_no_nearer_than_it_is_itself()
    {
        var all = Enum.GetValues<Reach>();

        var allowed =
            from registry in all
            from target in all
            where Reaches.MayPoint(registry, target)
            select $"{registry} -> {target}";

        Assert.Equal(
            [
                "Public -> Public",
                "Private -> Public",
                "Private -> Private",
                "Loopback -> Public",
                "Loopback -> Private",
                "Loopback -> Loopback",
                "Never -> Public",
            ],
            allowed
        );
    }

    [Fact]
    public void A_registry_whose_name_turns_to_an_inner_address_gains_nothing()
    {
        var met = Reaches.Farther(Reaches.Farther(null, Reach.Public), Reach.Loopback);

        Assert.False(Reaches.MayPoint(met, Reach.Private));
        Assert.Equal(Reach.Private, Reaches.Farther(null, Reach.Private));
        Assert.Equal(Reach.Public, Reaches.Farther(Reach.Loopback, Reach.Public));
    }
}
