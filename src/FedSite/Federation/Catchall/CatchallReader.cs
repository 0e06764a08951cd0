using System.Text.RegularExpressions;
using FedSite.Configuration;
using FedSite.Configuration.Yaml;

namespace FedSite.Federation.Catchall;

/// <summary>
/// Reads by the operations' JSON Schema (<c>schemas/</c> of their repository), and more strictly where what it lets
/// through could not be used: names, the URL, a VO twice.
/// </summary>
internal sealed partial class CatchallReader(ProblemList problems)
{
    private static readonly string[] Keys =
    [
        "gocdb",
        "endpoint",
        "auth",
        "region",
        "protocol",
        "vos",
        "images",
        "accounting",
    ];

    public CatchallSite Read(YamlMapping root)
    {
        RefuseOthers(root, path: "", Keys);
        var images = Group(root, "images", ["sync", "formats"]);
        var accounting = Group(root, "accounting", ["enabled", "site_name"]);
        return new CatchallSite
        {
            Name = Required(root, "gocdb", Name(), "the site's name in GOCDB: letters, digits, `.`, `_` and `-`"),
            Endpoint = Endpoint(root),
            Auth = Text(root, "auth", path: ""),
            Region = Text(root, "region", path: ""),
            Protocol = Protocol(root),
            SyncImages = Flag(images, "sync", "images") ?? false,
            Formats = Texts(images, "formats", "images"),
            Accounting = Flag(accounting, "enabled", "accounting"),
            AccountingSite = Text(accounting, "site_name", "accounting"),
            Vos = Vos(root),
        };
    }

    private string Endpoint(YamlMapping root)
    {
        var text = Required(root, "endpoint", Url(), "Keystone's URL, such as https://keystone.example.org:5000/v3");
        if (text.Length > 0 && KeystoneUrl.Fault(text) is { } fault)
            problems.Error(root["endpoint"]!.Place, "endpoint", fault);
        return text;
    }

    private string? Protocol(YamlMapping root)
    {
        var text = Text(root, "protocol", path: "");
        if (text is null || ProtocolId().IsMatch(text))
            return text;
        var form = $"expected a protocol's id in Keystone: {FederationConfig.ProtocolForm}";
        problems.Error(root["protocol"]!.Place, "protocol", form);
        return null;
    }

    private List<CatchallVo> Vos(YamlMapping root)
    {
        var vos = new List<CatchallVo>();
        if (root["vos"] is not { } node)
            return vos;
        if (node is not YamlSequence list)
        {
            Wrong(node, "vos", "a list of VOs");
            return vos;
        }

        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (i, item) in list.Items.Index())
        {
            var path = $"vos[{i}]";
            if (item is not YamlMapping group)
                Wrong(item, path, "`name` and `auth`");
            else if (Vo(group, path) is { } vo && first.TryAdd(vo.Name, item.Place.Line))
                vos.Add(vo);
            else if (group["name"] is YamlScalar { Text: var name } && first.TryGetValue(name, out var line))
                problems.Error(group.Place, $"{path}.name", $"the VO {name} is listed twice, first in line {line}");
        }

        return vos;
    }

    private CatchallVo? Vo(YamlMapping group, string path)
    {
        WarnOfOthers(group, path, ["name", "auth"]);
        var name = Text(group, "name", path);
        if (name is not null && !VoName().IsMatch(name))
            problems.Error(group["name"]!.Place, $"{path}.name", "expected a VO's name, without blanks");
        if (group["name"] is null)
            problems.Error(group.Place, $"{path}.name", "this key is required");
        switch (group["auth"])
        {
            case null:
                problems.Error(group.Place, $"{path}.auth", "this key is required; `auth: {}` says nothing");
                break;
            case YamlMapping auth:
                WarnOfOthers(auth, $"{path}.auth", ["project_id", "region"]);
                var project = Text(auth, "project_id", $"{path}.auth");
                if (project is not null && !ProjectId().IsMatch(project))
                    problems.Error(auth["project_id"]!.Place, $"{path}.auth.project_id", "expected a project's id");
                var region = Text(auth, "region", $"{path}.auth");
                return name is null ? null : new CatchallVo(name, project, region);
            case { } other:
                Wrong(other, $"{path}.auth", "a group of keys (project_id)");
                break;
        }

        return null;
    }

    private void RefuseOthers(YamlMapping group, string path, string[] known)
    {
        foreach (var entry in group.Entries.Where(entry => !known.Contains(entry.Key, StringComparer.Ordinal)))
            problems.Error(entry.Place, Join(path, entry.Key), $"there is no such key; {Advice(entry.Key, known)}");
    }

    /// <summary>Where the schema is open.</summary>
    private void WarnOfOthers(YamlMapping group, string path, string[] known)
    {
        foreach (var entry in group.Entries.Where(entry => !known.Contains(entry.Key, StringComparer.Ordinal)))
        {
            problems.Warning(
                entry.Place,
                Join(path, entry.Key),
                $"FedSite does not know this key and can't keep it; {Advice(entry.Key, known)}"
            );
        }
    }

    private static string Advice(string key, string[] known) =>
        NearestWord.Of(key.ToLowerInvariant(), known) is { } nearest
            ? $"did you mean `{nearest}`?"
            : $"known here: {string.Join(", ", known)}";

    private YamlMapping? Group(YamlMapping root, string key, string[] known)
    {
        if (root[key] is not { } node)
            return null;
        if (node is not YamlMapping group)
        {
            Wrong(node, key, $"a group of keys ({string.Join(", ", known)})");
            return null;
        }

        RefuseOthers(group, key, known);
        return group;
    }

    private string Required(YamlMapping root, string key, Regex form, string expected)
    {
        if (root[key] is not { } node)
        {
            problems.Error(root.Place, key, "this key is required");
            return "";
        }

        var text = Text(root, key, path: "");
        if (text is null || form.IsMatch(text))
            return text ?? "";
        problems.Error(node.Place, key, $"expected {expected}");
        return "";
    }

    private string? Text(YamlMapping? group, string key, string path) =>
        group?[key] is { } node ? Text(node, Join(path, key)) : null;

    private string? Text(YamlNode node, string path)
    {
        if (node is not YamlScalar { IsNull: false, Tag: null } scalar)
        {
            Wrong(node, path, "a text");
            return null;
        }

        // What other readers take for a number or a truth, the schema refuses.
        if (scalar.IsPlain && (Number().IsMatch(scalar.Text) || Truth(scalar.Text) is not null))
        {
            problems.Error(node.Place, path, $"expected a text: write \"{scalar.Text}\", with quotes");
            return null;
        }

        if (scalar.Text.Trim().Length > 0)
            return scalar.Text;
        problems.Error(node.Place, path, "the text is empty; leave the key out");
        return null;
    }

    private List<string> Texts(YamlMapping? group, string key, string path)
    {
        if (group?[key] is not { } node)
            return [];
        if (node is YamlSequence list)
            return [.. list.Items.Index().Select(i => Text(i.Item, $"{path}.{key}[{i.Index}]")).OfType<string>()];
        Wrong(node, $"{path}.{key}", "a list such as [qcow2, raw]");
        return [];
    }

    private bool? Flag(YamlMapping? group, string key, string path)
    {
        if (group?[key] is not { } node)
            return null;
        var value = node is YamlScalar { IsPlain: true, Tag: null } scalar ? Truth(scalar.Text) : null;
        if (value is null)
            Wrong(node, $"{path}.{key}", "true or false");
        return value;
    }

    /// <summary>Words of YAML 1.1, which the operations' tools read.</summary>
    private static bool? Truth(string text) =>
        text switch
        {
            "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
            "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
            _ => null,
        };

    private void Wrong(YamlNode node, string path, string expected)
    {
        var found = node switch
        {
            YamlScalar { IsNull: true } => "nothing",
            YamlScalar { Tag: { } tag } => $"a value with the tag `{tag}`",
            _ => node.Kind,
        };
        problems.Error(node.Place, path, $"expected {expected}, found {found}");
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,254}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A/?[A-Za-z0-9][A-Za-z0-9._/-]{0,253}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VoName();

    [GeneratedRegex(@"\Ahttps?://[^\s/?#@]+(/[^\s?#]*)?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Url();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ProjectId();

    [GeneratedRegex($@"\A{FederationConfig.ProtocolPattern}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ProtocolId();

    [GeneratedRegex(@"\A[-+]?[0-9][0-9_]*(\.[0-9_]*([eE][-+][0-9]+)?)?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();
}
