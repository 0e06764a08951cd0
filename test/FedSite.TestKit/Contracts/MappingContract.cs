using System.Text.Json.Nodes;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on in Keystone's mappings.</summary>
public abstract class MappingContract(ContractCloud cloud) : IdentityContract(cloud)
{
    private const string Rules = """
        [
          {"remote": [{"regex": true, "type": "HTTP_OIDC_SUB", "any_one_of": ["^ä\\.b$"]}],
           "local": [{"user": {"name": "{0}", "email": "{1}", "type": "ephemeral"}, "group": {"id": "x"}}]},
          {"local": [{"groups": "{0}", "domain": {"name": "d"}},
                     {"group": {"name": "g", "domain": {"id": "default"}}},
                     {"projects": [{"name": "p", "roles": [{"name": "member"}]}]}],
           "remote": [{"type": "A"}, {"type": "B", "blacklist": []}]}
        ]
        """;

    private string Path => $"{Federation}/mappings/{Mark}";

    [Fact]
    public async Task Rules_come_back_as_they_were_given_and_nothing_else()
    {
        await PutAsync(Path, $$$"""{"mapping":{"rules":{{{Rules}}},"schema_version":"2.0"}}""");
        var mapping = (await MustAsync(200, "GET", Path))["mapping"]!.AsObject();

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Rules), mapping["rules"]), mapping.ToJsonString());
        Assert.Equal(["id", "links", "rules"], mapping.Select(member => member.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_change_replaces_all_rules()
    {
        await PutAsync(Path, $$$"""{"mapping":{"rules":{{{Rules}}} }}""");
        await MustAsync(200, "PATCH", Path, Mapping("""{"local":[],"remote":[{"type":"A"}]}"""));
        var mapping = (await MustAsync(200, "GET", Path))["mapping"]!;

        Assert.Single(mapping["rules"]!.AsArray());
    }

    [Fact]
    public async Task A_mapping_is_made_once_and_may_have_a_dot_in_its_name()
    {
        var dotted = $"{Path}.x";
        await PutAsync(dotted, $$$"""{"mapping":{"rules":{{{Rules}}} }}""");
        var again = await SendAsync("PUT", dotted, $$$"""{"mapping":{"rules":{{{Rules}}} }}""");

        Assert.Equal(409, again.Status);
        Assert.Contains("Duplicate entry", Message(again), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mapping_that_does_not_exist_is_404()
    {
        var missing = await SendAsync("GET", Path);

        Assert.Equal(404, missing.Status);
        Assert.Equal($"Could not find mapping: {Mark}.", Message(missing));
        Assert.Equal(404, (await SendAsync("PATCH", Path, $$$"""{"mapping":{"rules":{{{Rules}}} }}""")).Status);
        Assert.Equal(404, (await SendAsync("DELETE", Path)).Status);
    }

    [Theory]
    [InlineData("""{"local":[{"user":{"name":1}}],"remote":[{"type":"A"}]}""", "1 is not of type 'string'")]
    [InlineData("""{"local":[{"users":{}}],"remote":[{"type":"A"}]}""", "'users' was unexpected")]
    [InlineData("""{"local":[{"user":{"type":"x"}}],"remote":[{"type":"A"}]}""", "'x' is not one of")]
    [InlineData("""{"local":[],"remote":[]}""", "[] is too short")]
    [InlineData("""{"local":[]}""", "'remote' is a required property")]
    [InlineData("""{"local":[{"group":{"name":"x"}}],"remote":[{"type":"A"}]}""", "{'name': 'x'} is not valid under")]
    [InlineData("""{"local":[{"group":{"id":"x","name":"y"}}],"remote":[{"type":"A"}]}""", "is not valid under any")]
    [InlineData("""{"local":[{"group_ids":["x"]}],"remote":[{"type":"A"}]}""", "['x'] is not of type 'string'")]
    [InlineData("""{"local":[{"projects":[{"name":"x"}]}],"remote":[{"type":"A"}]}""", "'roles' is a required")]
    [InlineData("""{"local":[{"domain":{"x":"y"}}],"remote":[{"type":"A"}]}""", "'x' was unexpected")]
    [InlineData("""{"local":[],"remote":[{"type":"A","any_one_of":"b"}]}""", "is not valid under any")]
    [InlineData("""{"local":[],"remote":[{"type":"A","any_one_of":[],"whitelist":[]}]}""", "is not valid under any")]
    [InlineData("""{"local":[],"remote":[{"type":"A","regex":true}]}""", "is not valid under any")]
    [InlineData("""{"local":[],"remote":[{"type":"A","whitelist":[],"regex":1}]}""", "is not valid under any")]
    [InlineData("""{"local":[],"remote":[{"any_one_of":["b"]}]}""", "is not valid under any")]
    public async Task A_faulty_rule_is_refused_with_the_reason(string rule, string reason)
    {
        var answer = await SendAsync("PUT", Path, Mapping(rule));

        Assert.Equal(400, answer.Status);
        Assert.Contains(reason, Message(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "'rules' is a required property")]
    [InlineData("""{"rules":[]}""", "[] is too short")]
    [InlineData("""{"rules":{}}""", "{} is not of type 'array'")]
    public async Task A_mapping_needs_a_rule(string mapping, string reason)
    {
        var answer = await SendAsync("PUT", Path, $$"""{"mapping":{{mapping}}}""");

        Assert.Equal(400, answer.Status);
        Assert.Contains(reason, Message(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    public async Task A_body_that_is_no_object_is_400(string body)
    {
        var answer = await SendAsync("PUT", Path, body);

        Assert.Equal(400, answer.Status);
        Assert.StartsWith("Expecting to find valid JSON in request body.", Message(answer), StringComparison.Ordinal);
    }

    private static string Mapping(string rule) => $$$"""{"mapping":{"rules":[{{{rule}}}]}}""";
}
