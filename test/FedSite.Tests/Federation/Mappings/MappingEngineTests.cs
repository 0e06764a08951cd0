using System.Text;
using System.Text.Json.Nodes;
using FedSite.Federation.Mappings;
using FedSite.TestKit;

namespace FedSite.Tests.Federation.Mappings;

public sealed class MappingEngineTests
{
    private static readonly string[] Questions = Lines("questions.jsonl");
    private static readonly string[] Answers = Lines("answers.jsonl");

    public static TheoryData<string, int> Recorded()
    {
        var data = new TheoryData<string, int>();
        for (var i = 0; i < Questions.Length; i++)
            data.Add(JsonNode.Parse(Questions[i])!["name"]!.GetValue<string>(), i);
        return data;
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void The_real_Keystone_gave_the_same_answer(string name, int index)
    {
        var ours = MappingAnswer.To(JsonNode.Parse(Questions[index])!.AsObject());

        // What JSON can't say is not evaluated.
        if (Answers[index].Contains("\"python\"", StringComparison.Ordinal) || name == @"expression \N")
            Assert.Null(ours);
        else
            Assert.Equal(JsonNode.Parse(Answers[index])!.ToJsonString(), ours?.ToJsonString());
    }

    [Fact]
    public void Each_rule_says_why_it_applies_or_is_skipped()
    {
        var mapping = Parse(
            """
            [
              {"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "SUB"}, {"type": "ENT", "any_one_of": ["^a", "^b"], "regex": true}]},
              {"local": [{"group": {"id": "g"}}], "remote": [{"type": "ENT", "not_any_of": ["bc"]}]},
              {"local": [{"group": {"id": "h"}}], "remote": [{"type": "EMAIL"}]}
            ]
            """
        );

        var rules = new MappingEngine(mapping).Evaluate(Login(("SUB", "u"), ("ENT", "x;bc"))).Rules;

        Assert.Equal(
            [RuleOutcome.Applies, RuleOutcome.Skipped, RuleOutcome.Skipped],
            rules.Select(rule => rule.Outcome)
        );
        Assert.Equal([new ValueMatch("bc", "^b")], rules[0].Requirements[1].Matches);
        Assert.Equal((0, "u"), (rules[0].Requirements[0].Field, rules[0].Requirements[0].Gives![0]));
        Assert.Equal("ENT has bc, which matches a value that must not be", rules[1].Why);
        Assert.Equal("EMAIL is not there", rules[2].Why);
    }

    [Fact]
    public void Rules_behind_a_fault_are_not_reached()
    {
        var mapping = Parse(
            """
            [
              {"local": [{"user": {"name": "{4}"}}], "remote": [{"type": "SUB"}]},
              {"local": [{"user": {"name": "x"}}], "remote": [{"type": "SUB"}]}
            ]
            """
        );

        var result = new MappingEngine(mapping).Evaluate(Login(("SUB", "u")));

        Assert.Equal(("DirectMappingError", 500), (result.Error!.Kind, result.Error.HttpStatus));
        Assert.Contains("Rule 0", result.Error.Message, StringComparison.Ordinal);
        Assert.Equal(RuleOutcome.NotReached, result.Rules[1].Outcome);
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|a)*b")]
    [InlineData("(?:a{1000}){1000}")]
    [InlineData("a++")]
    [InlineData("(?>a)")]
    [InlineData(@"\N{DIGIT ONE}")]
    public void What_would_hang_or_differs_between_Pythons_is_left_undecided(string pattern)
    {
        var rule = new JsonObject
        {
            ["local"] = new JsonArray(new JsonObject()),
            ["remote"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "X",
                    ["any_one_of"] = new JsonArray(pattern),
                    ["regex"] = true,
                }
            ),
        };
        var mapping = Parse(new JsonArray(rule).ToJsonString());

        var refusal = Assert.Throws<UndecidedException>(() =>
            new MappingEngine(mapping).Evaluate(Login(("X", new string('a', 200) + "!")))
        );

        Assert.StartsWith("Rule 0: ", refusal.Message, StringComparison.Ordinal);
    }

    private static MappingDocument Parse(string json) => MappingDocument.Parse(Encoding.UTF8.GetBytes(json), "mapping");

    private static Assertion Login(params (string Key, string Value)[] values) =>
        new(values.ToDictionary(pair => pair.Key, pair => pair.Value));

    private static string[] Lines(string file) => File.ReadAllLines(Golden.PathOf($"Federation/Mappings/Cases/{file}"));
}
