using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedSite.Federation.Mappings;
using FedSite.Federation.Mappings.Python;
using FedSite.TestKit;

namespace FedSite.Scenarios.Federation;

/// <summary>Our engine and the real Keystone's give the same answer to whatever they are asked.</summary>
public sealed class MappingEngineTests(KeystoneEngine keystone) : IClassFixture<KeystoneEngine>
{
    private const int UndecidedPercent = 5;
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private const string Questions = "../FedSite.Tests/Federation/Mappings/Cases/questions.jsonl";
    private const string Answers = "../FedSite.Tests/Federation/Mappings/Cases/answers.jsonl";

    [Fact]
    public Task Random_mappings_give_what_Keystone_gives() => CompareMappingsAsync(500, seed: 1);

    [Fact]
    [Trait("Category", "Long")]
    public Task Many_random_mappings_give_what_Keystone_gives() => CompareMappingsAsync(10_000, seed: 2);

    [Fact]
    public Task Random_expressions_match_what_they_match_in_Python() => ComparePatternsAsync(1_000, seed: 1);

    [Fact]
    [Trait("Category", "Long")]
    public Task Many_random_expressions_match_what_they_match_in_Python() => ComparePatternsAsync(20_000, seed: 2);

    [Fact]
    public async Task Recorded_answers_are_those_of_the_real_Keystone()
    {
        var answers = new StringBuilder();
        foreach (var line in await File.ReadAllLinesAsync(Golden.PathOf(Questions), Stop))
        {
            var answer = await keystone.AskAsync(JsonNode.Parse(line)!.AsObject());
            answers.Append(answer.ToJsonString(Readable)).Append('\n');
        }

        Golden.Check(answers.ToString(), Answers);
    }

    [Fact]
    public async Task Every_character_is_to_us_what_it_is_to_Python()
    {
        var answer = await keystone.AskAsync(new JsonObject { ["characters"] = true });
        var kinds = answer["kinds"]!.AsArray();
        var lower = answer["lower"]!.AsObject();
        var different = new List<string>();
        for (var point = 0; point < kinds.Count; point++)
        {
            var kind = kinds[point]!.GetValue<int>();
            // Not yet assigned in Unicode 14, which Python 3.11 has.
            if ((kind & 1) == 0)
                continue;
            var ours =
                1
                + (PythonCharacters.IsWord(point) ? 2 : 0)
                + (PythonCharacters.IsDecimal(point) ? 4 : 0)
                + (PythonCharacters.IsSpace(point) ? 8 : 0)
                + (PythonCharacters.IsPrintable(point) ? 16 : 0);
            var small = lower[point.ToString(CultureInfo.InvariantCulture)]?.GetValue<int>() ?? point;
            if (ours != kind || PythonCharacters.Lower(point) != small)
                different.Add($"{point:x4}: {kind} {small:x4}, ours {ours} {PythonCharacters.Lower(point):x4}");
        }

        Assert.Empty(different);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task CompareMappingsAsync(int count, int seed)
    {
        var cases = new MappingCases(new Random(seed));
        var tally = new Tally(count);
        for (var i = 0; i < count; i++)
        {
            var question = cases.Next();
            tally.Add(question, await keystone.AskAsync(question), MappingAnswer.To(question));
        }

        tally.Check();
    }

    private async Task ComparePatternsAsync(int count, int seed)
    {
        var cases = new PatternCases(new Random(seed));
        var tally = new Tally(count);
        for (var i = 0; i < count; i++)
        {
            var pattern = cases.Next();
            var texts = Enumerable.Range(0, 8).Select(_ => cases.Text()).ToArray();
            var question = new JsonObject { ["pattern"] = pattern, ["texts"] = new JsonArray([.. texts]) };
            tally.Add(question, await keystone.AskAsync(question), Found(pattern, texts));
        }

        tally.Check();
    }

    private static JsonObject? Found(string pattern, string[] texts)
    {
        try
        {
            var compiled = PythonPattern.Compile(pattern);
            return new JsonObject
            {
                ["found"] = new JsonArray([.. texts.Select(text => (JsonNode)compiled.IsIn(text))]),
            };
        }
        catch (PythonError e)
        {
            return new JsonObject { ["error"] = e.Kind };
        }
        catch (UndecidedException)
        {
            return null;
        }
    }

    private sealed class Tally(int count)
    {
        private readonly List<string> _different = [];
        private readonly SortedDictionary<string, int> _outcomes = new(StringComparer.Ordinal);
        private int _undecided;

        public void Add(JsonObject question, JsonObject theirs, JsonObject? ours)
        {
            var outcome = theirs["error"]?.GetValue<string>() ?? "answered";
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
            if (ours is null || theirs.ContainsKey("tooLong"))
                _undecided++;
            else if (!JsonNode.DeepEquals(ours, theirs))
                _different.Add(
                    $"{question.ToJsonString()}\n  theirs {theirs.ToJsonString()}\n  ours   {ours.ToJsonString()}"
                );
        }

        public void Check()
        {
            Assert.True(
                _different.Count == 0,
                $"{_different.Count} of {count} differ:\n{string.Join('\n', _different.Take(10))}"
            );
            Assert.True(_undecided * 100 <= UndecidedPercent * count, $"{_undecided} of {count} are left undecided");
            // Cases that only fail would prove little.
            Assert.True(_outcomes.GetValueOrDefault("answered") * 5 >= count, "too few of the cases come to a result");
            var outcomes = string.Join(", ", _outcomes.Select(pair => $"{pair.Key} {pair.Value}"));
            TestContext.Current.SendDiagnosticMessage($"{count} cases: {outcomes}; {_undecided} left undecided");
        }
    }
}
