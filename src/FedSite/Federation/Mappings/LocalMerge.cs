using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedSite.Federation.Mappings.Python;

namespace FedSite.Federation.Mappings;

/// <summary>Puts together what all applying rules give.</summary>
internal sealed class LocalMerge
{
    private readonly List<(string? Domain, List<JsonObject> Groups)> _byDomain = [];
    private readonly List<JsonNode?> _ids = [];
    private readonly HashSet<object> _knownIds = [];
    private readonly JsonArray _names = [];
    private JsonObject _user = [];
    private JsonArray _projects = [];

    /// <exception cref="PythonError">Keystone refuses the login, or stops with an error.</exception>
    public static MappedProperties Merge(IReadOnlyList<JsonObject> locals)
    {
        if (locals.Count == 0)
            throw new PythonError("ValidationError", "no rule that applies gives anything");
        var merge = new LocalMerge();
        foreach (var local in locals)
            merge.Add(local);
        if (!merge._user.ContainsKey("type"))
            merge._user["type"] = "ephemeral";
        return new MappedProperties(merge._user, new JsonArray([.. merge._ids]), merge._names, merge._projects);
    }

    private void Add(JsonObject local)
    {
        // The first user who is more than an empty object counts.
        if (local["user"] is JsonObject user && _user.Count == 0)
            _user = Copy(user);
        if (local["group"] is JsonObject group)
            AddGroup(group);
        if (local.ContainsKey("groups"))
        {
            foreach (var named in NamedGroups(local))
                _names.Add(named);
        }

        if (local.ContainsKey("group_ids"))
        {
            foreach (var id in Elements(Text(local, "group_ids")))
                AddId(id);
        }

        if (local["projects"] is JsonArray projects)
            _projects = (JsonArray)projects.DeepClone();
    }

    private void AddGroup(JsonObject group)
    {
        if (group.ContainsKey("id"))
        {
            AddId(new PythonValue.Text(Text(group, "id")));
        }
        else
        {
            var domain = group["domain"]!.AsObject();
            var key = OrNull(domain, "name") is { Length: > 0 } name ? name : OrNull(domain, "id");
            var known = _byDomain.FindIndex(entry => entry.Domain == key);
            if (known < 0)
                _byDomain.Add((key, [group]));
            else
                _byDomain[known].Groups.Add(group);
        }

        // Keystone lists the groups of earlier rules again with each one.
        foreach (var (_, groups) in _byDomain)
        {
            var names = groups.Select(one => Text(one, "name")).Distinct(StringComparer.Ordinal);
            foreach (var name in names)
                _names.Add((JsonNode)Copy(groups.FindLast(one => Text(one, "name") == name)!));
        }
    }

    private void AddId(PythonValue id)
    {
        if (!id.IsHashable)
            throw new PythonError("TypeError", "group_ids holds a list, a dictionary or a set");
        var node = Node(id);
        // To Python True is 1.
        object key = id switch
        {
            PythonValue.Truth truth => (BigInteger)(truth.Value ? 1 : 0),
            PythonValue.Whole whole => whole.Value,
            _ => id,
        };
        if (_knownIds.Add(key))
            _ids.Add(node);
    }

    private static List<JsonNode?> NamedGroups(JsonObject local)
    {
        var groups = Text(local, "groups");
        var elements = Elements(groups);
        if (groups.Contains("name", StringComparison.Ordinal))
        {
            var described = elements.Select(Described).ToList();
            foreach (var group in described)
                RequireDomain(group);
            return described;
        }

        if (local["domain"] is not JsonObject domain)
            throw new PythonError("ValidationError", "a rule has groups without a domain");
        return
        [
            .. elements.Select(name => (JsonNode?)new JsonObject { ["name"] = Node(name), ["domain"] = Copy(domain) }),
        ];
    }

    private static JsonNode? Described(PythonValue element)
    {
        if (element is not PythonValue.Text { Value: var text })
        {
            var isBytes = element is PythonValue.Other { Kind: "bytes" };
            throw new PythonError(isBytes ? "TypeError" : "AttributeError", "groups holds what is no text");
        }

        if (!text.StartsWith("JSON:", StringComparison.Ordinal))
            return JsonValue.Create(text);
        var json = text.TrimStart('J', 'S', 'O', 'N', ':');
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
            return document.RootElement.HasWholeTexts() ? document.RootElement.Clone().ToNode() : throw Unclear();
        }
        catch (JsonException)
        {
            // Python takes numbers that JSON does not have.
            throw json.Contains("NaN", StringComparison.Ordinal) || json.Contains("Infinity", StringComparison.Ordinal)
                ? Unclear()
                : new PythonError("JSONDecodeError", "groups holds what is no JSON behind JSON:");
        }
    }

    private static void RequireDomain(JsonNode? group)
    {
        var has = group switch
        {
            JsonObject described => described.ContainsKey("domain"),
            JsonArray list => list.Any(item => item is JsonValue value && IsText(value, "domain")),
            JsonValue value when value.GetValueKind() is JsonValueKind.String => value
                .GetValue<string>()
                .Contains("domain", StringComparison.Ordinal),
            _ => throw new PythonError("TypeError", "groups holds a number, a truth or nothing"),
        };
        if (!has)
            throw new PythonError("ValidationError", "groups holds a group without a domain");
    }

    private static bool IsText(JsonValue value, string text) =>
        value.GetValueKind() is JsonValueKind.String && value.GetValue<string>() == text;

    // A text that is no list in Python's notation is the only element.
    private static IReadOnlyList<PythonValue> Elements(string text) =>
        PythonLiteral.List(text) ?? [new PythonValue.Text(text)];

    private static JsonNode? Node(PythonValue value) =>
        value switch
        {
            PythonValue.Text text => JsonValue.Create(text.Value),
            PythonValue.Whole whole when whole.Value >= long.MinValue && whole.Value <= long.MaxValue =>
                JsonValue.Create((long)whole.Value),
            PythonValue.Truth truth => JsonValue.Create(truth.Value),
            PythonValue.Nothing => null,
            PythonValue.List list => new JsonArray([.. list.Items.Select(Node)]),
            _ => throw Unclear(),
        };

    private static UndecidedException Unclear() =>
        new("A list of groups holds what is no text.", "Let the rule give names or ids of groups alone.");

    private static string Text(JsonObject parent, string key) => parent[key]!.GetValue<string>();

    private static string? OrNull(JsonObject parent, string key) => parent[key]?.GetValue<string>();

    private static JsonObject Copy(JsonObject value) => (JsonObject)value.DeepClone();
}
