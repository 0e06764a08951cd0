using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FedSite.Federation.Mappings;
using FedSite.Federation.Mappings.Python;

namespace FedSite.Scenarios.Federation;

/// <summary>Our engine and the real Keystone's give the same answer to whatever they are asked.</summary>
public sealed class MappingEngineTests(KeystoneEngine keystone) : IClassFixture<KeystoneEngine>
{
    private const int Refusable = 5; // percent

    [Theory]
    [InlineData(20000, 7)]
    public async Task Random_mappings_give_what_Keystone_gives(int count, int seed)
    {
        var cases = new MappingCases(new Random(seed));
        var different = new List<string>();
        var undecided = 0;
        for (var i = 0; i < count; i++)
        {
            var question = cases.Next();
            var answer = await keystone.AskAsync(question);
            if (answer.ContainsKey("tooLong") || Answer(question) is not { } ours)
                undecided++;
            else if (!JsonNode.DeepEquals(ours, answer))
                different.Add(
                    $"{question.ToJsonString()}\n  keystone {answer.ToJsonString()}\n  ours     {ours.ToJsonString()}"
                );
        }

        Assert.True(different.Count == 0, $"{different.Count} differ:\n{string.Join('\n', different.Take(5))}");
        Assert.True(undecided * 100 <= Refusable * count, $"{undecided} of {count} are left undecided");
    }

    [Theory]
    [InlineData(40_000, 7)]
    public async Task Random_expressions_match_what_they_match_in_Python(int count, int seed)
    {
        var cases = new PatternCases(new Random(seed));
        var different = new List<string>();
        var undecided = 0;
        for (var i = 0; i < count; i++)
        {
            var pattern = cases.Next();
            var texts = Enumerable.Range(0, 8).Select(_ => cases.Text()).ToArray();
            var question = new JsonObject { ["pattern"] = pattern, ["texts"] = new JsonArray([.. texts]) };
            var answer = await keystone.AskAsync(question);
            if (answer.ContainsKey("tooLong") || Found(pattern, texts) is not { } ours)
                undecided++;
            else if (!JsonNode.DeepEquals(ours, answer))
                different.Add(
                    $"{question.ToJsonString()}\n  python {answer.ToJsonString()}\n  ours   {ours.ToJsonString()}"
                );
        }

        Assert.True(different.Count == 0, $"{different.Count} differ:\n{string.Join('\n', different.Take(20))}");
        Assert.True(undecided * 100 <= Refusable * count, $"{undecided} of {count} are left undecided");
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

    /// <summary>Our answer in the form of the real one; null: undecided.</summary>
    private static JsonObject? Answer(JsonObject question)
    {
        MappingDocument mapping;
        try
        {
            mapping = MappingDocument.Parse(Encoding.UTF8.GetBytes(question["mapping"]!.ToJsonString()), "mapping");
        }
        catch (FedSiteException)
        {
            return new JsonObject { ["accepted"] = false, ["error"] = "ValidationError" };
        }

        var values = question["assertion"]!.AsObject().ToDictionary(p => p.Key, p => p.Value!.GetValue<string>());
        try
        {
            var result = new MappingEngine(mapping).Evaluate(new Assertion(values));
            return result.Error is { } error
                ? new JsonObject { ["accepted"] = true, ["error"] = error.Kind }
                : Mapped(result.Mapped!, question["remote_user"]?.GetValue<string>());
        }
        catch (UndecidedException)
        {
            return null;
        }
    }

    private static JsonObject Mapped(MappedProperties mapped, string? remoteUser)
    {
        JsonObject? login = null;
        if (mapped.User["type"]!.GetValue<string>() == "ephemeral")
        {
            var (user, error) = FederatedUser.Of(mapped.User, remoteUser);
            login = user is null
                ? new JsonObject { ["error"] = error!.Kind }
                : new JsonObject { ["id"] = user.UniqueId, ["name"] = user.Name };
        }

        return new JsonObject
        {
            ["accepted"] = true,
            ["mapped"] = new JsonObject
            {
                ["user"] = mapped.User,
                ["group_ids"] = mapped.GroupIds,
                ["group_names"] = mapped.GroupNames,
                ["projects"] = mapped.Projects,
            },
            ["login"] = login,
        };
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
}
