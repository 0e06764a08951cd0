using FedSite.Information.Gocdb;

namespace FedSite.Tests.Information.Gocdb;

public sealed class EndpointUrlTests
{
    [Theory]
    [InlineData("https://keystone.example.org/v3", "https://keystone.example.org/v3/")]
    [InlineData("https://keystone.example.org/v3", "https://keystone.example.org")]
    [InlineData("https://keystone.example.org/v3", "https://keystone.example.org:443/v3")]
    [InlineData("http://keystone.example.org/v3", "http://keystone.example.org:80")]
    [InlineData("https://keystone.example.org:5000/v3", "HTTPS://Keystone.Example.ORG:5000//v3//")]
    [InlineData("https://keystone.example.org/identity/v3", " https://keystone.example.org./identity \n")]
    [InlineData("https://[2001:db8::1]:5000/v3", "https://[2001:DB8:0::1]:5000")]
    [InlineData("https://schlüssel.example.org/v3", "https://xn--schlssel-95a.example.org/v3")]
    public void The_same_keystone_however_it_is_written(string one, string other) => Assert.True(IsSame(one, other));

    [Theory]
    [InlineData("https://keystone.example.org:5000/v3", "https://keystone.example.org/v3")]
    [InlineData("https://keystone.example.org/v3", "http://keystone.example.org/v3")]
    [InlineData("https://keystone.example.org/v3", "https://keystone2.example.org/v3")]
    [InlineData("https://keystone.example.org/v3", "https://keystone.example.org/v2.0")]
    [InlineData("https://keystone.example.org/v3", "https://keystone.example.org/identity/v3")]
    [InlineData("https://keystone.example.org/identity/v3", "https://keystone.example.org/identityv3")]
    public void Another_keystone(string one, string other) => Assert.False(IsSame(one, other));

    [Theory]
    [InlineData("")]
    [InlineData("keystone.example.org")]
    [InlineData("ldap://keystone.example.org")]
    [InlineData("https://")]
    public void No_url_of_a_web_service(string text) => Assert.Null(EndpointUrl.Parse(text));

    private static bool IsSame(string one, string other) => EndpointUrl.Parse(one)!.IsAt(EndpointUrl.Parse(other)!);
}
