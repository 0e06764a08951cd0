using System.Text.Json;
using System.Text.Json.Nodes;

namespace FedSite.Federation.Mappings;

/// <summary>JSON as Python reads it: of members of the same name the last one counts, at the place of the first.</summary>
internal static class MappingJson
{
    public static IReadOnlyList<JsonProperty> Members(this JsonElement value)
    {
        var members = new List<JsonProperty>();
        foreach (var member in value.EnumerateObject())
        {
            var known = members.FindIndex(other => other.Name == member.Name);
            if (known < 0)
                members.Add(member);
            else
                members[known] = member;
        }

        return members;
    }

    public static JsonElement? Member(this JsonElement value, string name) =>
        value.TryGetProperty(name, out var member) ? member : null;

    public static bool IsObject(this JsonElement value) => value.ValueKind is JsonValueKind.Object;

    public static bool IsArray(this JsonElement value) => value.ValueKind is JsonValueKind.Array;

    public static bool IsString(this JsonElement value) => value.ValueKind is JsonValueKind.String;

    /// <summary>The same as nodes that can be changed.</summary>
    public static JsonNode? ToNode(this JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var node = new JsonObject();
                foreach (var member in value.Members())
                    node[member.Name] = member.Value.ToNode();
                return node;
            case JsonValueKind.Array:
                return new JsonArray([.. value.EnumerateArray().Select(ToNode)]);
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(value);
        }
    }

    /// <summary>Every text in it can be read; <c>\ud800</c> is half a character, which JSON allows.</summary>
    public static bool HasWholeTexts(this JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString() is not null,
                JsonValueKind.Array => value.EnumerateArray().All(HasWholeTexts),
                JsonValueKind.Object => value
                    .EnumerateObject()
                    .All(member => member.Name is not null && member.Value.HasWholeTexts()),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
