using System.Text.Json;
using FedSite.Configuration;
using FedSite.Federation.Mappings;

namespace FedSite.Tests.Federation.Mappings;

public sealed class AssertionTests
{
    [Fact]
    public void Claims_get_the_keys_that_arrive_inside_Apache()
    {
        var values = Claims("""{"sub": "u", "eduperson_entitlement": ["a", "b"]}""").Values;

        Assert.Equal(
            [("HTTP_OIDC_SUB", "u"), ("OIDC-eduperson_entitlement", "a;b"), ("OIDC-sub", "u")],
            values.Select(pair => (pair.Key, pair.Value)).Order()
        );
    }

    [Fact]
    public void Behind_a_proxy_by_HTTP_headers_alone_arrive()
    {
        var values = Claims("""{"sub": "u", "eduperson_entitlement": ["a", "b"]}""", Deployment.ProxyHttp).Values;

        Assert.Equal(
            [("HTTP_OIDC_EDUPERSON_ENTITLEMENT", "a;b"), ("HTTP_OIDC_SUB", "u")],
            values.Select(pair => (pair.Key, pair.Value)).Order()
        );
    }

    [Theory]
    [InlineData("true", "1")]
    [InlineData("false", "0")]
    [InlineData("1700000000", "1700000000")]
    [InlineData("1.5", "1.500000")]
    [InlineData("[true, \"a\", 5, null]", "1;a")]
    [InlineData("[]", "")]
    [InlineData("\"José\"", "JosÃ©")]
    public void Values_are_rendered_as_the_web_server_does(string json, string value) =>
        Assert.Equal(value, Claims($$"""{"x": {{json}}}""").Values["OIDC-x"]);

    [Fact]
    public void A_claim_of_null_does_not_arrive() => Assert.Empty(Claims("""{"x": null}""").Values);

    [Theory]
    [InlineData("HTTP_OIDC_SUB")]
    [InlineData("OIDC-sub")]
    [InlineData("OIDC_sub")]
    [InlineData("REMOTE_USER")]
    public void Keys_of_the_environment_are_taken_as_they_are(string key)
    {
        var values = Claims($$"""{"{{key}}": "é", "other": ["a", "b"], "number": 5}""").Values;

        Assert.Equal("é", values[key]);
        Assert.Equal("a;b", values["other"]);
        Assert.False(values.ContainsKey("number"));
    }

    [Theory]
    [InlineData("sub", "OIDC-sub", "HTTP_OIDC_SUB")]
    [InlineData("eduperson_entitlement", "OIDC-eduperson_entitlement", null)]
    [InlineData("a-b", "OIDC-a-b", "HTTP_OIDC_A_B")]
    [InlineData("https://x.example/role", "OIDC-https---x.example-role", null)]
    public void Names_of_claims_become_keys(string claim, string variable, string? header)
    {
        Assert.Equal(variable, ClaimKeys.VariableOf(claim));
        Assert.Equal(header, ClaimKeys.HeaderOf(Deployment.ModWsgi, claim));
    }

    [Fact]
    public void Several_objects_are_several_logins() =>
        Assert.Equal(2, Logins.Read("{\"sub\":\n\"a\"}\n{\"sub\": \"b\"}\n"u8, "claims").Count);

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{\"sub\": \"a\"} x")]
    [InlineData("{\"sub\": \"\\udc00\"}")]
    public void What_holds_no_claims_is_refused(string text) =>
        Assert.Throws<FedSiteException>(() => Logins.Read(System.Text.Encoding.UTF8.GetBytes(text), "claims"));

    private static Assertion Claims(string json, Deployment deployment = Deployment.ModWsgi) =>
        Assertion.Of(JsonDocument.Parse(json).RootElement, deployment);
}
