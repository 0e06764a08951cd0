using System.Text;
using FedSite.Federation.Mappings;

namespace FedSite.Tests.Federation.Mappings;

public sealed class MappingDocumentTests
{
    private const string Rule = """{"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "HTTP_OIDC_SUB"}]}""";

    [Theory]
    [InlineData($"[{Rule}]")]
    [InlineData($$"""{"rules": [{{Rule}}]}""")]
    [InlineData($$"""{"rules": [{{Rule}}], "schema_version": "1.0"}""")]
    [InlineData($$"""{"mapping": {"id": "egi-mapping", "links": {}, "rules": [{{Rule}}] } }""")]
    public void It_is_read_in_every_form_that_people_have_it_in(string json)
    {
        var rule = Assert.Single(Parse(json).Rules);

        Assert.Equal("HTTP_OIDC_SUB", Assert.Single(rule.Remote).Type);
    }

    [Theory]
    [InlineData("\"2.0\"")]
    [InlineData("\"3.0\"")]
    [InlineData("1.0")]
    public void Another_schema_version_is_refused_with_the_reason(string version)
    {
        var refusal = Refusal($$"""{"rules": [{{Rule}}], "schema_version": {{version}}}""");

        Assert.Contains(version, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("newer ones evaluate 2.0 and 3.0 in another way", refusal.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_are_named_with_their_places_all_at_once()
    {
        var refusal = Refusal(
            """
            [
              {"local": [{"user": {"nam": "x"}}], "remote": [{"type": "A", "any_one_of": ["a"], "whitelist": ["b"]}]},
              {"local": [{"group": {"name": "g"}}], "remote": []}
            ]
            """
        );

        Assert.Contains(
            "rule 0, local 0, user: nam is unknown here; did you mean name?",
            refusal.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("rule 0, remote 0: has any_one_of and whitelist", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(
            "rule 1, local 0, group: has neither an id, nor both",
            refusal.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "rule 1: remote is empty: it would apply to everybody",
            refusal.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(ExitCode.Usage, refusal.ExitCode);
    }

    [Fact]
    public void Of_members_of_the_same_name_the_last_one_counts_as_in_Python()
    {
        var mapping = Parse("""[{"local": [], "remote": [{"type": "A"}], "remote": [{"type": "B", "type": "C"}]}]""");

        Assert.Equal("C", Assert.Single(mapping.Rules[0].Remote).Type);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[{\"local\": [], \"remote\": [{\"type\": \"\\ud800\"}]}]")]
    [InlineData("5")]
    public void What_is_no_mapping_at_all_is_refused(string json) => Refusal(json);

    private static MappingDocument Parse(string json) =>
        MappingDocument.Parse(Encoding.UTF8.GetBytes(json), "mapping.json");

    private static FedSiteException Refusal(string json) => Assert.Throws<FedSiteException>(() => Parse(json));
}
