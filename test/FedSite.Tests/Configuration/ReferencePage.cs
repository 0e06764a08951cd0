using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FedSite.Tests.Configuration;

/// <summary>The tables of docs/configuration.md, made of the schema: one a group of keys.</summary>
internal static class ReferencePage
{
    public static string TablesOf(JsonObject schema)
    {
        var text = new StringBuilder();
        Append(text, schema, path: "");
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonObject group, string path)
    {
        text.Append(path.Length == 0 ? "## Top level\n\n" : $"## `{path}`\n\n");
        if (group["description"] is { } description)
            text.Append(description).Append("\n\n");
        text.Append("| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
        var required = (group["required"] as JsonArray ?? []).Select(key => key!.GetValue<string>()).ToHashSet();
        var groups = new List<(string Path, JsonObject Schema)>();
        foreach (var (key, node) in group["properties"]!.AsObject())
        {
            var schema = node!.AsObject();
            var child = path.Length == 0 ? key : $"{path}.{key}";
            var inner = GroupIn(schema);
            if (inner is not null && !child.EndsWith(".openstack", StringComparison.Ordinal))
                groups.Add((schema["items"] is null ? child : child + "[]", inner));
            var standard = required.Contains(key) ? "required" : Default(schema);
            text.Append(
                $"| `{key}` | {Value(schema)} | {standard} | {Escape(schema["description"]?.ToString() ?? "")} |\n"
            );
        }

        text.Append('\n');
        foreach (var (name, schema) in groups)
            Append(text, schema, name);
    }

    /// <summary>The group of keys that a key holds, or a list of which it holds.</summary>
    private static JsonObject? GroupIn(JsonObject schema)
    {
        if (schema["properties"] is not null)
            return schema;
        return schema["items"] is JsonObject items && items["properties"] is not null ? items : null;
    }

    private static string Value(JsonObject schema)
    {
        if (schema["properties"] is not null)
            return "keys";
        if (schema["additionalProperties"] is JsonObject)
            return "names and texts";
        if (schema["items"] is JsonObject items)
            return items["properties"] is null ? $"list of {Value(items)}" : "list of keys";
        var shape = schema["anyOf"]?[0]?.AsObject() ?? schema;
        // A project that occurred before is written as a reference to its first place.
        if (
            schema["anyOf"]?[1] is JsonObject other
            && (other["properties"] ?? other["$ref"])?.ToString() != SchemaGenerator.Variable
        )
            return "project";
        if (shape["enum"] is JsonArray values)
            return string.Join(", ", values.Select(value => $"`{value}`"));
        if (shape["type"] is JsonArray)
            return "size";
        var range = shape["minimum"] is { } minimum ? $" {minimum}–{shape["maximum"]}" : "";
        return shape["type"]!.ToString() switch
        {
            "integer" => "number" + range,
            "boolean" => "`true`, `false`",
            _ => "text",
        };
    }

    private static string Default(JsonObject schema) =>
        schema["default"] switch
        {
            null or JsonArray { Count: 0 } => "",
            JsonArray list => $"`[{string.Join(", ", list)}]`",
            var value when value.GetValueKind() == JsonValueKind.String => $"`{value}`",
            var value => $"`{value.ToJsonString()}`",
        };

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
