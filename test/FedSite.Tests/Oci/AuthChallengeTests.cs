using FedSite.Oci;

namespace FedSite.Tests.Oci;

public sealed class AuthChallengeTests
{
    [Fact]
    public void Harbors_challenge_names_realm_service_and_scope()
    {
        var challenge = Assert.Single(
            Parse(
                "Bearer realm=\"https://r.example.org/service/token\",service=\"harbor-registry\",scope=\"repository:a/b:pull,push\""
            )
        );

        Assert.Equal("bearer", challenge.Scheme);
        Assert.Equal("https://r.example.org/service/token", challenge.Parameter("realm"));
        Assert.Equal("harbor-registry", challenge.Parameter("service"));
        Assert.Equal("repository:a/b:pull,push", challenge.Parameter("scope"));
    }

    [Fact]
    public void Several_challenges_may_stand_in_one_header_or_in_several()
    {
        var challenges = Parse("Basic realm=\"one, two\", BEARER Realm=x , service = \"y\"", "Negotiate");

        Assert.Equal(["basic", "bearer", "negotiate"], challenges.Select(challenge => challenge.Scheme));
        Assert.Equal("one, two", challenges[0].Parameter("realm"));
        Assert.Equal(("x", "y"), (challenges[1].Parameter("realm"), challenges[1].Parameter("service")));
        Assert.Empty(challenges[2].Parameters);
    }

    [Fact]
    public void A_backslash_keeps_the_next_character()
    {
        Assert.Equal("a\"b\\c", Assert.Single(Parse("Basic realm=\"a\\\"b\\\\c\"")).Parameter("realm"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ,, ")]
    [InlineData("=")]
    [InlineData("realm=\"x\"")]
    [InlineData("\"")]
    public void What_is_no_challenge_is_none(string header)
    {
        Assert.Empty(Parse(header));
    }

    [Theory]
    [InlineData("Bearer realm=\"x")]
    [InlineData("Bearer realm=\"x\\")]
    [InlineData("Bearer \"realm\"=x")]
    public void What_does_not_close_is_left_out(string header)
    {
        Assert.Null(Assert.Single(Parse(header)).Parameter("realm"));
    }

    private static IReadOnlyList<AuthChallenge> Parse(params string[] headers) => AuthChallenge.Parse(headers);
}
