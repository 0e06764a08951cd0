using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using FedSite.Configuration.Yaml;

namespace FedSite.Configuration;

/// <summary>
/// Compares YAML with the records, key by key, and builds the JSON that becomes a <see cref="SiteConfig"/>. The records
/// alone say which keys there are: names, types, what is required, limits (attributes), defaults.
/// </summary>
internal sealed class SiteReader(ScalarText scalars, string folder, ProblemList problems)
{
    private readonly Dictionary<string, Setting> _settings = [];

    /// <summary>By key path; only what the file has.</summary>
    public IReadOnlyDictionary<string, Setting> Settings => _settings;

    /// <summary>The record; where there were problems it holds what could be understood.</summary>
    public SiteConfig Read(YamlMapping root) =>
        ReadObject(root, ConfigJson.Default.SiteConfig, path: "", SiteDefaults.Create())
            .Deserialize(ConfigJson.Default.SiteConfig)!;

    /// <summary>Where the key stands, or else the nearest group around it.</summary>
    public Place PlaceOf(string key)
    {
        for (var path = key; path.Length > 0; path = Parent(path))
        {
            if (_settings.TryGetValue(path, out var setting))
                return setting.Place;
        }

        return new Place(1, 1);
    }

    private static string Parent(string path) => path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private JsonObject ReadObject(YamlMapping mapping, JsonTypeInfo type, string path, JsonNode? defaults)
    {
        var result = defaults?.DeepClone() as JsonObject ?? [];
        foreach (var entry in mapping.Entries)
        {
            var key = Join(path, entry.Key);
            var property = type.Properties.FirstOrDefault(p => p.Name == entry.Key);
            if (property is null)
            {
                problems.Error(entry.Place, key, UnknownKey(entry.Key, type));
                continue;
            }

            if (entry.Value is YamlScalar { IsNull: true } || entry.Value is YamlMapping { Entries.Count: 0 })
                continue;
            var attributes = KeyAttributes.Of(property);
            _settings[key] = new Setting(entry.Place, From: null, attributes.Path);
            var value = ReadValue(entry.Value, property.PropertyType, attributes, key, defaults?[entry.Key]);
            if (value is not null)
                result[entry.Key] = value;
        }

        foreach (var property in type.Properties)
        {
            var key = Join(path, property.Name);
            if (!property.IsRequired || result.ContainsKey(property.Name))
                continue;
            if (!_settings.ContainsKey(key))
                problems.Error(mapping.Place, key, "this key is required");
            result[property.Name] = SiteDefaults.Placeholder(property.PropertyType);
        }

        return result;
    }

    private static string UnknownKey(string key, JsonTypeInfo type)
    {
        var known = type.Properties.Select(p => p.Name).ToList();
        return NearestWord.Of(key.ToLowerInvariant(), known) is { } nearest
            ? $"there is no such key; did you mean `{nearest}`?"
            : $"there is no such key; known here: {string.Join(", ", known)}";
    }

    private JsonNode? ReadValue(YamlNode node, Type type, KeyAttributes attributes, string key, JsonNode? defaults)
    {
        if (ScalarType.Of(type) is { } scalarType)
            return ReadScalar(node, scalarType, attributes, key);
        if (type == typeof(ProjectRef) && node is YamlScalar)
            return ReadProject(node, key);
        var info = ConfigJson.Default.GetTypeInfo(type)!;
        if (info.Kind == JsonTypeInfoKind.Dictionary && node is YamlMapping texts)
            return ReadTexts(texts, attributes, key);
        if (info.Kind == JsonTypeInfoKind.Object && node is YamlMapping mapping)
            return CheckProject(node, key, type, ReadObject(mapping, info, key, defaults ?? SiteDefaults.Of(type)));
        if (info.Kind == JsonTypeInfoKind.Enumerable && node is YamlSequence list)
            return ReadList(list, info.ElementType!, attributes, key);
        if (attributes.OneOrMany && node is YamlScalar { IsNull: false })
            return ReadList(new YamlSequence(node.Place, [node]), info.ElementType!, attributes, key);
        var expected =
            info.Kind == JsonTypeInfoKind.Dictionary ? "names with their texts, for instance `{Accept: text/plain}`"
            : info.Kind == JsonTypeInfoKind.Enumerable ? "a list, for instance `[a, b]`"
            : type == typeof(ProjectRef) ? "a project: its id, name, name@domain, or `{name: …, domain: …}`"
            : $"a group of keys ({string.Join(", ", info.Properties.Select(p => p.Name))})";
        problems.Error(node.Place, key, $"expected {expected}, found {node.Kind}");
        return null;
    }

    private JsonArray? ReadList(YamlSequence list, Type elementType, KeyAttributes attributes, string key)
    {
        var result = new JsonArray();
        for (var i = 0; i < list.Items.Count; i++)
        {
            var path = $"{key}[{i}]";
            _settings[path] = new Setting(list.Items[i].Place, From: null, Path: null);
            var value = ReadValue(list.Items[i], elementType, attributes, path, defaults: null);
            result.Add(value ?? SiteDefaults.Placeholder(elementType));
        }

        if (list.Items.Count == 0 && attributes.NotEmpty)
            problems.Error(list.Place, key, "the list is empty; leave the key out for the default");
        return result;
    }

    /// <summary>A group whose keys are the user's own.</summary>
    private JsonObject ReadTexts(YamlMapping texts, KeyAttributes attributes, string key)
    {
        var result = new JsonObject();
        foreach (var entry in texts.Entries)
        {
            var path = Join(key, entry.Key);
            _settings[path] = new Setting(entry.Place, From: null, Path: null);
            if (ReadScalar(entry.Value, ScalarType.Of(typeof(string))!, attributes, path) is { } text)
                result[entry.Key] = text;
        }

        return result;
    }

    private JsonNode? ReadScalar(YamlNode node, ScalarType type, KeyAttributes attributes, string key)
    {
        if (Text(node, type.Expected, key) is not { } text)
            return null;
        var value = type.Read(text);
        var fault = value is null ? $"expected {type.Expected}{type.Hint(text)}" : attributes.Fault(text, value);
        if (fault is not null)
        {
            var shown = attributes.IsSecret || _settings[key].From is not null ? "" : $", found `{Shorten(text)}`";
            problems.Error(node.Place, key, fault + shown);
            return null;
        }

        return attributes.Path is null ? value : Path.GetFullPath(Path.Combine(folder, text));
    }

    private string? Text(YamlNode node, string expected, string key)
    {
        if (node is not YamlScalar scalar)
        {
            problems.Error(node.Place, key, $"expected {expected}, found {node.Kind}");
            return null;
        }

        if (scalar.IsNull)
        {
            problems.Error(node.Place, key, $"expected {expected}, found nothing");
            return null;
        }

        if (scalars.Resolve(scalar, key) is not { } resolved)
            return null;
        _settings[key] = _settings[key] with { From = resolved.From };
        return resolved.Text;
    }

    private JsonObject? ReadProject(YamlNode node, string key)
    {
        if (Text(node, "a project", key) is not { } text)
            return null;
        if (text.Trim().Length == 0)
        {
            problems.Error(node.Place, key, "a project needs a name or an id");
            return null;
        }

        return JsonSerializer.SerializeToNode(ProjectRef.Parse(text), ConfigJson.Default.ProjectRef) as JsonObject;
    }

    private JsonObject CheckProject(YamlNode node, string key, Type type, JsonObject value)
    {
        if (type != typeof(ProjectRef) || problems.HasErrorsAt(key))
            return value;
        if (value.ContainsKey("id") == value.ContainsKey("name"))
            problems.Error(node.Place, key, "a project is given by `id`, or by `name` and `domain`");
        else if (value.ContainsKey("id") && value.ContainsKey("domain"))
            problems.Error(node.Place, key, "a project's `id` needs no `domain`");
        value["roles"] ??= new JsonArray("member");
        return value;
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
