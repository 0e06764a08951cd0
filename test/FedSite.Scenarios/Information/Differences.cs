using System.Text.Json.Nodes;

namespace FedSite.Scenarios.Information;

/// <summary>Where two documents differ, the order of members and of items included.</summary>
internal static class Differences
{
    /// <summary>But for the time, they are the same.</summary>
    public static void AssertNone(JsonNode? expected, JsonNode? found)
    {
        var differences = Between(expected, found);
        Assert.True(differences.Count == 0, string.Join(Environment.NewLine, differences));
    }

    private static List<string> Between(JsonNode? expected, JsonNode? found)
    {
        var differences = new List<string>();
        Compare("", expected, found);
        return differences;

        void Compare(string where, JsonNode? one, JsonNode? other)
        {
            if (one is JsonObject wanted && other is JsonObject members)
            {
                CompareObjects(where, wanted, members);
            }
            else if (one is JsonArray items && other is JsonArray others && items.Count == others.Count)
            {
                for (var i = 0; i < items.Count; i++)
                {
                    Compare($"{where}[{i}]", items[i], others[i]);
                }
            }
            else if (one?.ToJsonString() != other?.ToJsonString())
            {
                differences.Add($"{where}: {other?.ToJsonString()} instead of {one?.ToJsonString()}");
            }
        }

        void CompareObjects(string where, JsonObject one, JsonObject other)
        {
            var (names, others) = (one.Select(member => member.Key), other.Select(member => member.Key));
            if (!names.SequenceEqual(others))
            {
                differences.Add($"{where}: members {string.Join(' ', others)} instead of {string.Join(' ', names)}");
            }

            foreach (var (name, value) in one.Where(member => other.ContainsKey(member.Key)))
            {
                if (name is not ExpectedDocument.CreationTime)
                {
                    Compare($"{where}/{name}", value, other[name]);
                }
            }
        }
    }
}
