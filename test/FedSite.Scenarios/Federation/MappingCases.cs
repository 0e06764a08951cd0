using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FedSite.Scenarios.Federation;

/// <summary>Makes mappings and logins at random, so that they often meet: from few keys and few values.</summary>
internal sealed class MappingCases(Random random)
{
    private const string Vo = "urn:mace:egi.eu:group:vo.example.eu:role=member#aai.egi.eu";

    private static readonly string[] Keys =
    [
        "HTTP_OIDC_SUB",
        "HTTP_OIDC_ISS",
        "HTTP_OIDC_EMAIL",
        "OIDC-eduperson_entitlement",
        "OIDC-entitlements",
        "X",
    ];

    private static readonly string[] Values =
    [
        "",
        "a",
        "b",
        "A",
        "ab",
        "a.b",
        "axb",
        "name",
        "domain",
        "g1",
        "g2",
        "é",
        "ſ",
        "😀",
        "a b",
        "it's",
        "\"q\"",
        "it's \"q\"",
        "a\nb",
        "a\n",
        "\\",
        "\u0007",
        "\u00a0",
        "1",
        "[1, 2]",
        "['x']",
        "['x', 'y']",
        "[\"x\", ['y']]",
        "[('x',), None]",
        "{0}",
        "{",
        "}}",
        "JSON:{\"name\": \"n\", \"domain\": {\"id\": \"d\"}}",
        "JSON:{\"name\": \"n\"}",
        "JSON:name",
        Vo,
        Vo + "x",
        Vo.Replace('.', 'x'),
        "https://aai.egi.eu/auth/realms/egi",
    ];

    private static readonly string[] Pieces =
    [
        "{0}",
        "{0}",
        "{0}",
        "{1}",
        "{1}",
        "{2}",
        "{}",
        "{5}",
        "{{",
        "}}",
        "x",
        "@",
        "name",
        "é",
        "{0[0]}",
        "{0[1]}",
        "{1[9]}",
        "{0[a]}",
        "{0!r}",
        "{0!s}",
        "{0!a}",
        "{0!x}",
        "{0:>6}",
        "{0:é^7}",
        "{0:.1}",
        "{0:05}",
        "{0:d}",
        "{0:{1}}",
        "{0:{1}>{2}}",
        "{",
        "}",
        "{0",
        "{0[}",
        "{a}",
        "{0.}",
        "{0[0]x}",
        "{0!r:>9}",
        "{0!}",
        "{٣}",
        "['{0}', '{1}']",
        "[{0}]",
        "JSON:{{\"name\": \"{0}\", \"domain\": {{}}}}",
    ];

    private readonly PatternCases _patterns = new(random);

    // Values of the login at hand, and how many fields the requirements of the rule at hand fill.
    private IReadOnlyList<string> _seen = [];
    private int _fields;

    public JsonObject Next()
    {
        var login = Login();
        _seen = [.. login.SelectMany(pair => pair.Value!.GetValue<string>().Split(';'))];
        var question = new JsonObject
        {
            ["mapping"] = new JsonObject { ["rules"] = Array(Few(1, 4), Rule) },
            ["assertion"] = login,
        };
        if (random.Next(3) == 0)
            question["remote_user"] = Pick(["", "somebody@example.org"]);
        if (random.Next(12) == 0)
            Damage(question["mapping"]!);
        return question;
    }

    private JsonObject Login()
    {
        var login = new JsonObject();
        foreach (var key in Keys)
        {
            if (random.Next(6) != 0)
                login[key] = string.Join(';', Enumerable.Range(0, Few(1, 4)).Select(_ => Pick(Values)));
        }

        return login;
    }

    private JsonObject Rule()
    {
        var remote = Array(Few(1, 4), Remote);
        _fields = remote.Count(one => one!["any_one_of"] is null && one["not_any_of"] is null);
        return new JsonObject { ["local"] = Array(Few(0, 3), Local), ["remote"] = remote };
    }

    private JsonObject Remote()
    {
        var remote = new JsonObject { ["type"] = random.Next(30) == 0 ? "absent" : Pick(Keys) };
        var condition = Pick(["", "", "any_one_of", "not_any_of", "whitelist", "blacklist"]);
        if (condition.Length == 0)
            return remote;
        var regex = random.Next(2) == 0;
        remote[condition] = Array(Few(0, 4), () => Listed(regex));
        if (regex || random.Next(4) == 0)
            remote["regex"] = regex;
        return remote;
    }

    private JsonNode? Listed(bool regex)
    {
        if (random.Next(150) == 0)
            return Pick<Func<JsonNode?>>([
                () => 1,
                () => null,
                () => true,
                () => new JsonObject(),
                () => new JsonArray("a"),
            ])();
        if (!regex)
            return Listable();
        return random.Next(8) switch
        {
            < 3 => $"^{Regex.Escape(Listable())}$",
            3 => Listable(),
            < 7 => Pick(["a", ".", "^$", "^a", "b$", "(a|b)", ".*", "^a.b$", @"^a\.b$", "^[^;]+$", "(?i)A", "[[a]"]),
            _ => _patterns.Next(),
        };
    }

    // Mostly one that the login has.
    private string Listable() => _seen.Count > 0 && random.Next(3) != 0 ? Pick(_seen) : Pick(Values);

    private JsonObject Local()
    {
        var local = new JsonObject();
        if (random.Next(2) == 0)
            local["user"] = User();
        switch (random.Next(9))
        {
            case 0 or 1:
                local["group"] = new JsonObject { ["id"] = Template() };
                break;
            case 2 or 3:
                local["group"] = new JsonObject { ["name"] = Template(), ["domain"] = Domain() };
                break;
            case 4:
                local["groups"] = Template();
                break;
            case 5:
                local["group_ids"] = Template();
                break;
            case 6:
                local["projects"] = Array(Few(0, 2), Project);
                break;
        }

        if (random.Next(3) == 0)
            local["domain"] = Domain();
        return local;
    }

    private JsonObject User()
    {
        var user = new JsonObject();
        foreach (var key in new[] { "id", "name", "email" })
        {
            if (random.Next(2) == 0)
                user[key] = Template();
        }

        if (random.Next(4) == 0)
            user["domain"] = Domain();
        if (random.Next(4) == 0)
            user["type"] = Pick(["ephemeral", "local"]);
        return user;
    }

    private JsonObject Domain()
    {
        var domain = new JsonObject();
        if (random.Next(2) == 0)
            domain["id"] = Pick(["d1", "d2", ""]);
        if (random.Next(2) == 0)
            domain["name"] = Pick(["Default", "{0}", ""]);
        return domain;
    }

    private JsonObject Project()
    {
        var role = new JsonObject { ["name"] = "member" };
        if (random.Next(20) == 0)
            role[Pick(["x", "additionalProperties"])] = Pick<Func<JsonNode?>>([
                () => "{0}",
                () => 1,
                () => new JsonArray("a"),
            ])();
        return new JsonObject { ["name"] = Template(), ["roles"] = new JsonArray(role) };
    }

    private string Template() =>
        random.Next(8) switch
        {
            0 => string.Concat(Enumerable.Range(0, Few(1, 3)).Select(_ => Pick(Pieces))),
            < 6 when _fields > 0 => $"{{{random.Next(_fields)}}}",
            6 when _fields > 0 => Pick(["{}", "x{{{0}}}", "{0!r}", "{0:>6.3}@", "['{0}', 'g2']", "name {0}", "{0}{0}"]),
            _ => Pick(["g1", "g2", "name", ""]),
        };

    // Somewhere in it something is of the wrong kind, missing or too much.
    private void Damage(JsonNode mapping)
    {
        var places = new List<JsonNode>();
        Collect(mapping, places);
        switch (Pick(places))
        {
            case JsonObject members when members.Count > 0 && random.Next(2) == 0:
                members.Remove(members.ElementAt(random.Next(members.Count)).Key);
                break;
            case JsonObject members:
                members[Pick(["x", "type", "regex", "whitelist", "name", "id", "domain", "local", "rules", "roles"])] =
                    Odd();
                break;
            case JsonArray list when list.Count > 0 && random.Next(2) == 0:
                list.RemoveAt(0);
                break;
            case JsonArray list:
                list.Add(Odd());
                break;
        }
    }

    private static void Collect(JsonNode node, List<JsonNode> places)
    {
        places.Add(node);
        IEnumerable<JsonNode?> inner = node is JsonObject members ? members.Select(m => m.Value) : node.AsArray();
        foreach (var child in inner.Where(child => child is JsonObject or JsonArray))
            Collect(child!, places);
    }

    private JsonNode? Odd() =>
        Pick<Func<JsonNode?>>([
            () => 1,
            () => null,
            () => true,
            () => "x",
            () => new JsonArray(),
            () => new JsonObject(),
        ])();

    private JsonArray Array(int count, Func<JsonNode?> make)
    {
        var array = new JsonArray();
        for (var i = 0; i < count; i++)
            array.Add(make());
        return array;
    }

    private int Few(int least, int most) => random.Next(least, most);

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
