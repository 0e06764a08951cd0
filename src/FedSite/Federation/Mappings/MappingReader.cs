using System.Text.Json;

namespace FedSite.Federation.Mappings;

/// <summary>Reads a mapping as strictly as Keystone does, and says where it is wrong and what comes of it.</summary>
internal sealed class MappingReader(string name)
{
    private const int MostProblems = 20;

    private static readonly (Condition Condition, string Word)[] Conditions =
    [
        (Condition.AnyOneOf, Condition.AnyOneOf.Word()),
        (Condition.NotAnyOf, Condition.NotAnyOf.Word()),
        (Condition.Whitelist, Condition.Whitelist.Word()),
        (Condition.Blacklist, Condition.Blacklist.Word()),
    ];

    private readonly List<string> _problems = [];

    /// <exception cref="FedSiteException">It is not what Keystone accepts.</exception>
    public MappingDocument Read(JsonElement root)
    {
        if (!root.HasWholeTexts())
            throw Refused(["a text holds half a character (\\ud800 … \\udfff): no login has one"]);
        var mapping = Unwrapped(root);
        if (mapping.IsObject())
            CheckVersion(mapping);
        var rules =
            mapping.IsArray() ? mapping
            : mapping.IsObject() ? mapping.Member("rules")
            : null;
        if (rules is not { } list || !list.IsArray())
            throw Refused(["it has no list of rules"]);
        if (list.GetArrayLength() == 0)
            throw Refused(["its list of rules is empty: nobody could log in"]);

        var read = list.EnumerateArray().Select((rule, index) => Rule(rule.Clone(), index)).ToList();
        return _problems.Count == 0 ? new MappingDocument(read) : throw Refused(_problems);
    }

    // Keystone's answer has the mapping in an envelope.
    private static JsonElement Unwrapped(JsonElement root) =>
        root.IsObject() && root.Member("rules") is null && root.Member("mapping") is { } inner ? inner : root;

    private void CheckVersion(JsonElement mapping)
    {
        if (mapping.Member("schema_version") is not { } version)
            return;
        if (version.IsString() && version.GetString() == "1.0")
            return;
        throw new FedSiteException(
            $"{name} has schema_version {version.GetRawText()}; FedSite evaluates 1.0 alone.",
            "Keystone up to Zed accepts the word and evaluates as 1.0; newer ones evaluate 2.0 and 3.0 in another way. "
                + "Write the rules for 1.0 and leave schema_version out.",
            ExitCode.Usage
        );
    }

    private MappingRule Rule(JsonElement rule, int index)
    {
        var place = $"rule {index}";
        if (!Object(rule, place, ["local", "remote"]))
            return new MappingRule(index, [], []);
        var local = List(rule, place, "local", required: true);
        var remote = List(rule, place, "remote", required: true);
        for (var i = 0; i < local.Count; i++)
            CheckLocal(local[i], $"{place}, local {i}");
        if (rule.Member("remote") is { ValueKind: JsonValueKind.Array } && remote.Count == 0)
            Add(place, "remote is empty: it would apply to everybody");
        return new MappingRule(
            index,
            [.. remote.Select((requirement, i) => Requirement(requirement, $"{place}, remote {i}"))],
            local
        );
    }

    private Requirement Requirement(JsonElement requirement, string place)
    {
        var nothing = new Requirement("", Condition.Present, [], Regex: false);
        if (!requirement.IsObject())
        {
            Add(place, "is no object");
            return nothing;
        }

        var found = Conditions.Where(known => requirement.Member(known.Word) is not null).ToList();
        if (found.Count > 1)
        {
            Add(place, $"has {string.Join(" and ", found.Select(known => known.Word))}: Keystone allows one of them");
            return nothing;
        }

        var (condition, word) = found.FirstOrDefault((Condition.Present, ""));
        Object(requirement, place, found.Count == 0 ? ["type"] : ["type", word, "regex"]);
        var values = found.Count == 0 ? [] : List(requirement, place, word, required: true);
        if (requirement.Member("type") is not { } type)
            Add(place, "has no type: nothing says which key is meant");
        CheckString(requirement, place, "type");
        if (requirement.Member("regex") is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) })
            Add(place, "regex is neither true nor false");
        return _problems.Count > 0
            ? nothing
            : new Requirement(
                requirement.Member("type")!.Value.GetString()!,
                condition,
                values,
                requirement.Member("regex") is { ValueKind: JsonValueKind.True }
            );
    }

    private void CheckLocal(JsonElement local, string place)
    {
        if (!Object(local, place, ["user", "projects", "group", "groups", "group_ids", "domain"]))
            return;
        if (
            local.Member("user") is { } user
            && Object(user, $"{place}, user", ["id", "name", "email", "domain", "type"])
        )
            CheckUser(user, $"{place}, user");
        if (local.Member("group") is { } group)
            CheckGroup(group, $"{place}, group");
        CheckDomain(local, place);
        CheckString(local, place, "groups");
        CheckString(local, place, "group_ids");
        var projects = List(local, place, "projects", required: false);
        for (var i = 0; i < projects.Count; i++)
            CheckProject(projects[i], $"{place}, project {i}");
    }

    private void CheckUser(JsonElement user, string place)
    {
        foreach (var key in new[] { "id", "name", "email", "type" })
            CheckString(user, place, key);
        CheckDomain(user, place);
        if (
            user.Member("type") is { ValueKind: JsonValueKind.String } type
            && type.GetString() is not ("ephemeral" or "local")
        )
            Add(place, $"type {type.GetRawText()} is neither \"ephemeral\" nor \"local\"");
    }

    private void CheckGroup(JsonElement group, string place)
    {
        if (!group.IsObject())
        {
            Add(place, "is no object");
            return;
        }

        if (group.Member("id") is not null)
        {
            Object(group, place, ["id"]);
            CheckString(group, place, "id");
            return;
        }

        Object(group, place, ["name", "domain"]);
        CheckString(group, place, "name");
        CheckDomain(group, place);
        if (group.Member("name") is null || group.Member("domain") is null)
            Add(place, "has neither an id, nor both a name and a domain: Keystone can't tell which group is meant");
    }

    private void CheckDomain(JsonElement parent, string place)
    {
        if (parent.Member("domain") is not { } domain || !Object(domain, $"{place}, domain", ["id", "name"]))
            return;
        CheckString(domain, $"{place}, domain", "id");
        CheckString(domain, $"{place}, domain", "name");
    }

    private void CheckProject(JsonElement project, string place)
    {
        if (!Object(project, place, ["name", "roles"]))
            return;
        CheckString(project, place, "name");
        if (project.Member("name") is null)
            Add(place, "has no name");
        foreach (var role in List(project, place, "roles", required: true))
        {
            if (!role.IsObject())
                Add($"{place}, roles", "has what is no object");
            else if (role.Member("name") is null)
                Add($"{place}, roles", "has a role without a name");
            else if (role.Member("additionalProperties") is not null)
                Add($"{place}, roles", "has additionalProperties");
            else
                CheckString(role, $"{place}, roles", "name");
        }
    }

    /// <summary>It is an object, and says so of members that Keystone refuses.</summary>
    private bool Object(JsonElement value, string place, string[] known)
    {
        if (!value.IsObject())
        {
            Add(place, "is no object");
            return false;
        }

        foreach (var member in value.Members().Where(member => !known.Contains(member.Name)))
        {
            var nearest = NearestWord.Of(member.Name, known);
            Add(place, $"{member.Name} is unknown here" + (nearest is null ? "" : $"; did you mean {nearest}?"));
        }

        return true;
    }

    private List<JsonElement> List(JsonElement parent, string place, string key, bool required)
    {
        var value = parent.Member(key);
        if (value is { } list && list.IsArray())
            return [.. list.EnumerateArray()];
        if (value is not null)
            Add(place, $"{key} is no list");
        else if (required)
            Add(place, $"{key} is missing");
        return [];
    }

    private void CheckString(JsonElement parent, string place, string key)
    {
        if (parent.Member(key) is { } value && !value.IsString())
            Add(place, $"{key} is no string");
    }

    private void Add(string place, string what) => _problems.Add($"{place}: {what}");

    private FedSiteException Refused(List<string> problems)
    {
        var shown = problems.Take(MostProblems).Select(problem => $"\n  {problem}");
        var more = problems.Count > MostProblems ? $"\n  and {problems.Count - MostProblems} more" : "";
        return new FedSiteException(
            $"{name} is no mapping that Keystone would accept:{string.Concat(shown)}{more}",
            "Correct it; rules, local and remote entries are counted from 0.",
            ExitCode.Usage
        );
    }
}
