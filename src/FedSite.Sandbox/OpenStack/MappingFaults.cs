using System.Text.Json;

namespace FedSite.Sandbox.OpenStack;

/// <summary>Keystone's schema for mappings (1.0), which says nothing about the meaning of rules.</summary>
internal static class MappingFaults
{
    private static readonly string[] Conditions = ["any_one_of", "not_any_of", "blacklist", "whitelist"];

    /// <summary>In Keystone's words, without the order of Keystone's.</summary>
    public static IReadOnlyList<string> Of(JsonElement mapping)
    {
        var faults = new List<string>();
        if (Keys(mapping, faults, required: ["rules"], known: null) && mapping.TryGetProperty("rules", out var rules))
        {
            Items(rules, faults, atLeastOne: true, Rule);
        }
        return faults;
    }

    private static void Rule(JsonElement rule, List<string> faults)
    {
        if (!Keys(rule, faults, required: ["local", "remote"], known: ["local", "remote"]))
        {
            return;
        }
        if (rule.TryGetProperty("local", out var local))
        {
            Items(local, faults, atLeastOne: false, Local);
        }
        if (rule.TryGetProperty("remote", out var remote))
        {
            Items(remote, faults, atLeastOne: true, Remote);
        }
    }

    private static void Local(JsonElement local, List<string> faults)
    {
        string[] known = ["user", "projects", "group", "groups", "group_ids", "domain"];
        if (!Keys(local, faults, required: [], known))
        {
            return;
        }
        foreach (var (name, value) in local.EnumerateObject().Select(p => (p.Name, p.Value)))
        {
            switch (name)
            {
                case "user":
                    User(value, faults);
                    break;
                case "projects":
                    Items(value, faults, atLeastOne: false, Project);
                    break;
                case "group":
                    Group(value, faults);
                    break;
                case "domain":
                    Domain(value, faults);
                    break;
                case "groups" or "group_ids":
                    Text(value, faults);
                    break;
                default:
                    break;
            }
        }
    }

    private static void User(JsonElement user, List<string> faults)
    {
        if (!Keys(user, faults, required: [], known: ["id", "name", "email", "domain", "type"]))
        {
            return;
        }
        foreach (var property in user.EnumerateObject())
        {
            if (property.Name == "domain")
            {
                Domain(property.Value, faults);
            }
            else if (
                Text(property.Value, faults)
                && property.Name == "type"
                && property.Value.GetString() is not ("ephemeral" or "local")
            )
            {
                faults.Add($"{PythonText.Of(property.Value)} is not one of ['ephemeral', 'local']");
            }
        }
    }

    private static void Project(JsonElement project, List<string> faults)
    {
        if (!Keys(project, faults, required: ["name", "roles"], known: ["name", "roles"]))
        {
            return;
        }
        if (project.TryGetProperty("name", out var name))
        {
            Text(name, faults);
        }
        if (project.TryGetProperty("roles", out var roles))
        {
            Items(roles, faults, atLeastOne: false, Role);
        }
    }

    private static void Role(JsonElement role, List<string> faults)
    {
        if (Keys(role, faults, required: ["name"], known: null) && role.TryGetProperty("name", out var name))
        {
            Text(name, faults);
        }
    }

    private static void Domain(JsonElement domain, List<string> faults)
    {
        if (Keys(domain, faults, required: [], known: ["id", "name"]))
        {
            foreach (var property in domain.EnumerateObject())
            {
                Text(property.Value, faults);
            }
        }
    }

    private static void Group(JsonElement group, List<string> faults)
    {
        var byId = new List<string>();
        if (Keys(group, byId, required: ["id"], known: ["id"]) && group.TryGetProperty("id", out var id))
        {
            Text(id, byId);
        }
        var byName = new List<string>();
        if (Keys(group, byName, required: ["name", "domain"], known: ["name", "domain"]) && byName.Count == 0)
        {
            Text(group.GetProperty("name"), byName);
            Domain(group.GetProperty("domain"), byName);
        }
        if (byId.Count > 0 && byName.Count > 0)
        {
            faults.Add(Unfitting(group));
        }
    }

    private static void Remote(JsonElement remote, List<string> faults)
    {
        var problems = new List<string>();
        if (Keys(remote, problems, required: ["type"], known: ["type", "regex", .. Conditions]) && problems.Count == 0)
        {
            Text(remote.GetProperty("type"), problems);
            var conditions = remote.EnumerateObject().Where(p => Conditions.Contains(p.Name)).ToList();
            var hasRegex = remote.TryGetProperty("regex", out var regex);
            var fits =
                conditions.Count == 1
                    ? conditions[0].Value.ValueKind == JsonValueKind.Array
                        && (!hasRegex || regex.ValueKind is JsonValueKind.True or JsonValueKind.False)
                    : conditions.Count == 0 && !hasRegex;
            if (fits && problems.Count == 0)
            {
                return;
            }
        }
        faults.Add(Unfitting(remote));
    }

    private static string Unfitting(JsonElement value) =>
        $"{PythonText.Of(value)} is not valid under any of the given schemas";

    /// <returns>False when it is no object: then there is no more to say.</returns>
    private static bool Keys(JsonElement value, List<string> faults, string[] required, string[]? known)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"{PythonText.Of(value)} is not of type 'object'");
            return false;
        }
        faults.AddRange(
            required.Where(key => !value.TryGetProperty(key, out _)).Select(key => $"'{key}' is a required property")
        );
        var strange = known is null ? [] : value.EnumerateObject().Select(p => p.Name).Except(known).ToList();
        if (strange.Count > 0)
        {
            faults.Add(KeystoneSchema.Unexpected(strange));
        }
        return true;
    }

    private static void Items(
        JsonElement value,
        List<string> faults,
        bool atLeastOne,
        Action<JsonElement, List<string>> judge
    )
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            faults.Add($"{PythonText.Of(value)} is not of type 'array'");
            return;
        }
        if (atLeastOne && value.GetArrayLength() == 0)
        {
            faults.Add("[] is too short");
        }
        foreach (var item in value.EnumerateArray())
        {
            judge(item, faults);
        }
    }

    private static bool Text(JsonElement value, List<string> faults)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return true;
        }
        faults.Add($"{PythonText.Of(value)} is not of type 'string'");
        return false;
    }
}
