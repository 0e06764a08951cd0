using System.Text.Json.Nodes;
using FedSite.Information.Validation;

namespace FedSite.Tests.Information.Validation;

/// <summary>Makes the JSON Schema of the document out of the table that the validator goes by.</summary>
internal static class DocumentSchema
{
    public static JsonObject Generate()
    {
        var classes = new JsonObject();
        foreach (var rule in Contract.Classes)
            classes[rule.Name] = Class(rule);
        return new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "What a site offers, for the EGI Federation",
            ["description"] =
                "Other classes and members are allowed everywhere. `fedsite info validate` also looks at what no schema can say: "
                + "references, repeated objects, age.",
            ["type"] = "object",
            ["properties"] = classes,
            ["required"] = Names(
                Contract.Classes.Where(rule => rule.Harm is not null || rule.IsSingle).Select(rule => rule.Name)
            ),
        };
    }

    private static JsonObject Class(ClassRule rule)
    {
        var schema = new JsonObject
        {
            ["description"] = rule.About,
            ["type"] = "array",
            ["items"] = Object(rule.Members, rule.Associations),
        };
        if (rule.IsSingle)
        {
            schema["minItems"] = 1;
            schema["maxItems"] = 1;
        }

        return schema;
    }

    private static JsonObject Object(
        IReadOnlyList<MemberRule> members,
        IReadOnlyList<AssociationRule>? associations = null
    )
    {
        var properties = new JsonObject();
        var required = members.Where(member => member.IsRequired).Select(member => member.Name).ToList();
        foreach (var member in members)
            properties[member.Name] = Member(member);
        if (associations is not null)
        {
            properties[Contract.Associations] = Associations(associations);
            required.Add(Contract.Associations);
        }

        return Object(properties, required);
    }

    private static JsonObject Associations(IReadOnlyList<AssociationRule> associations)
    {
        var properties = new JsonObject();
        foreach (var association in associations)
        {
            var ids = new JsonObject
            {
                ["type"] = "array",
                ["items"] = new JsonObject { ["type"] = "string", ["minLength"] = 1 },
            };
            if (association.IsRequired)
                ids["minItems"] = 1;
            properties[association.Name] = ids;
        }

        return Object(
            properties,
            [.. associations.Where(association => association.IsRequired).Select(association => association.Name)]
        );
    }

    private static JsonObject Object(JsonObject properties, List<string> required)
    {
        var schema = new JsonObject { ["type"] = "object" };
        if (properties.Count > 0)
            schema["properties"] = properties;
        if (required.Count > 0)
            schema["required"] = Names(required);
        return schema;
    }

    private static JsonObject Member(MemberRule rule)
    {
        var schema = new JsonObject { ["description"] = rule.About };
        foreach (var (name, value) in Value(rule))
            schema[name] = value?.DeepClone();
        if (rule.Words is not null)
            schema["enum"] = Names(rule.Words);
        if (rule.Minimum is { } minimum)
            schema["minimum"] = minimum;
        return schema;
    }

    private static JsonObject Value(MemberRule rule) =>
        rule.Kind switch
        {
            MemberKind.Text => new JsonObject { ["type"] = "string" },
            MemberKind.FilledText => new JsonObject { ["type"] = "string", ["minLength"] = 1 },
            MemberKind.Url => new JsonObject
            {
                ["type"] = "string",
                ["pattern"] = ShapeCheck.UrlPattern,
                ["maxLength"] = ShapeCheck.LongestUrl,
            },
            MemberKind.Time => new JsonObject
            {
                ["type"] = "string",
                ["format"] = "date-time",
                ["pattern"] = ShapeCheck.TimePattern,
            },
            MemberKind.Whole => new JsonObject { ["type"] = "integer" },
            MemberKind.Number => new JsonObject { ["type"] = "number" },
            MemberKind.Boolean => new JsonObject { ["type"] = "boolean" },
            MemberKind.PerhapsBoolean => new JsonObject { ["enum"] = new JsonArray(true, false, "UNKNOWN") },
            MemberKind.Texts => new JsonObject
            {
                ["type"] = "array",
                ["items"] = new JsonObject { ["type"] = "string" },
            },
            MemberKind.Objects => new JsonObject { ["type"] = "array", ["items"] = Object(rule.Members) },
            _ => Object(rule.Members),
        };

    private static JsonArray Names(IEnumerable<string> names) => [.. names.Select(name => (JsonNode)name)];
}
