using System.Text.Json.Nodes;

namespace FedSite.Tests.Information;

/// <summary>Systematic damage to a document.</summary>
internal static class Mutations
{
    private static readonly string[] Values =
    [
        "null",
        "true",
        "\"\"",
        "\"UNKNOWN\"",
        "\"ok\"",
        "\"2026-11-02T08:04:11Z\"",
        "-1",
        "7",
        "7.0",
        "0.5",
        "[]",
        "[\"\"]",
        "[1]",
        "[{}]",
        "{}",
    ];

    /// <summary>Every member of every object in it, from the outside in.</summary>
    public static IReadOnlyList<(JsonObject Holder, string Key)> Places(JsonNode? node) =>
        node switch
        {
            JsonObject item =>
            [
                .. item.Select(member => (item, member.Key)),
                .. item.SelectMany(member => Places(member.Value)),
            ],
            JsonArray items => [.. items.SelectMany(Places)],
            _ => [],
        };

    /// <summary>
    /// Changes the member to other values, and takes it away, one after the other; the value that it has while the name of
    /// the change is looked at. At the end all is as before.
    /// </summary>
    public static IEnumerable<string> Of(JsonObject holder, string key)
    {
        var value = holder[key];
        for (var i = 0; i <= Values.Length; i++)
        {
            Apply(holder, key, i);
            yield return i < Values.Length ? $"{key} = {Values[i]}" : $"without {key}";
        }

        holder[key] = value;
    }

    /// <summary>One of the changes, which stays.</summary>
    public static void Apply(JsonObject holder, string key, int change)
    {
        if (change < Values.Length)
            holder[key] = JsonNode.Parse(Values[change]);
        else
            holder.Remove(key);
    }
}
