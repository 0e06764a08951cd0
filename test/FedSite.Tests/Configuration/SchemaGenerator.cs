using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Xml.Linq;
using FedSite.Configuration;

namespace FedSite.Tests.Configuration;

/// <summary>
/// Makes the JSON Schema out of the configuration records: keys from the serializer's metadata, limits from attributes,
/// descriptions from the records' documentation comments.
/// </summary>
internal sealed class SchemaGenerator
{
    public const string Variable = "#/$defs/variable";
    private static readonly JsonObject Defaults = SiteDefaults.Create();

    private readonly Dictionary<string, XElement> _comments = XDocument
        .Load(Path.ChangeExtension(typeof(SiteConfig).Assembly.Location, ".xml"))
        .Descendants("member")
        .Where(member => member.Element("summary") is not null)
        .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!);

    public JsonObject Generate()
    {
        var options = new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = Refine,
        };
        var root = ConfigJson.Default.SiteConfig.GetJsonSchemaAsNode(options).AsObject();
        var schema = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "site.yaml of FedSite",
        };
        foreach (var (name, value) in root)
            schema[name] = value?.DeepClone();
        schema["$defs"] = new JsonObject
        {
            ["variable"] = new JsonObject
            {
                ["description"] = "A text with the value of an environment variable: ${NAME}.",
                ["type"] = "string",
                ["pattern"] = @"\$\{[A-Za-z_][A-Za-z0-9_]*\}",
            },
        };
        return schema;
    }

    private JsonObject Refine(JsonSchemaExporterContext context, JsonNode node)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var property = context.PropertyInfo?.AttributeProvider as PropertyInfo;
        var keys = context.Path.ToArray().Where((part, i) => i > 0 && context.Path[i - 1] == "properties").ToArray();
        var schema = Shape(type, node as JsonObject ?? [], property);
        if (type == typeof(QueueConfig))
            schema.Remove("required");
        var described = new JsonObject();
        if (Comment(property, type) is { } comment)
            described["description"] = comment;
        foreach (var (name, value) in schema)
            described[name] = value?.DeepClone();
        if (property?.IsDefined(typeof(SecretAttribute)) == true)
            described["writeOnly"] = true;
        if (
            property is not null
            && Default(keys) is { } standard
            && standard is not JsonObject and not JsonArray { Count: 0 }
        )
        {
            described["default"] = standard.DeepClone();
            described["description"] = WithoutDefault(described["description"]!.ToString());
        }

        return described;
    }

    private static JsonObject Shape(Type type, JsonObject schema, PropertyInfo? property)
    {
        if (type == typeof(ByteSize))
            return new JsonObject { ["type"] = new JsonArray("string", "integer") };
        if (type == typeof(RecordKind))
            return OrVariable(new JsonObject { ["enum"] = new JsonArray("cloud", "accelerator") });
        if (type == typeof(ProjectRef))
        {
            WithoutNull(schema);
            return new JsonObject
            {
                ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, schema.DeepClone()),
            };
        }

        WithoutNull(schema);
        if (property?.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            schema["minimum"] = (int)range.Minimum;
            schema["maximum"] = (int)range.Maximum;
        }

        if (property?.GetCustomAttribute<RegularExpressionAttribute>() is { } pattern)
            schema["pattern"] = $"^(?:{pattern.Pattern})$";
        if (property?.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed)
            (schema["items"] as JsonObject ?? schema)["enum"] = new JsonArray([
                .. allowed.Values.Select(value => (JsonNode)(string)value!),
            ]);
        if (property?.IsDefined(typeof(NotEmptyAttribute)) == true)
            schema["minItems"] = 1;
        if (property?.IsDefined(typeof(OneOrManyAttribute)) == true && schema["items"] is { } one)
            return new JsonObject { ["anyOf"] = new JsonArray(one.DeepClone(), schema) };
        var isFreeText = schema["type"]?.ToString() == "string" && schema.Count == 1;
        return type == typeof(int) || type == typeof(bool) || (type == typeof(string) && !isFreeText)
            ? OrVariable(schema)
            : schema;
    }

    private static JsonObject OrVariable(JsonObject schema) =>
        new() { ["anyOf"] = new JsonArray(schema, new JsonObject { ["$ref"] = Variable }) };

    // An optional key is left out, not null.
    private static void WithoutNull(JsonObject schema)
    {
        if (schema["type"] is JsonArray types)
            schema["type"] = types.First(t => t!.GetValue<string>() != "null")!.DeepClone();
        schema.Remove("default");
    }

    private string? Comment(PropertyInfo? property, Type type)
    {
        var name = property is null ? $"T:{type.FullName}" : $"P:{property.DeclaringType!.FullName}.{property.Name}";
        return _comments.TryGetValue(name, out var summary) ? TextOf(summary) : null;
    }

    // Comments end with the default for readers of the code; here it has a place of its own.
    private static string WithoutDefault(string comment) =>
        comment.LastIndexOf(" Default ", StringComparison.Ordinal) is > 0 and var end ? comment[..end] : comment;

    private static string TextOf(XElement element)
    {
        var text = string.Concat(
            element
                .Nodes()
                .Select(node =>
                    node switch
                    {
                        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                        XElement other => TextOf(other),
                        _ => node.ToString(),
                    }
                )
        );
        return string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static JsonNode? Default(string[] keys)
    {
        JsonNode? node = keys.Length == 0 ? null : Defaults;
        foreach (var key in keys)
            node = (node as JsonObject)?[key];
        return node;
    }
}
