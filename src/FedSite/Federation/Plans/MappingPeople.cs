using System.Text.Json;
using System.Text.Json.Nodes;
using FedSite.Federation.Mappings;

namespace FedSite.Federation.Plans;

/// <summary>Whom a rule of a mapping lets in, as far as it can be said in words.</summary>
/// <param name="Entitlement">Its literal text, or a regular expression between slashes; null: it asks for none.</param>
/// <param name="Text">As the mapping has it.</param>
/// <param name="Group">Id, or name and domain, of the group that they join; null: none.</param>
/// <param name="Claims">The keys that may bring the entitlement.</param>
/// <param name="Issuers">Empty: whatever issuer.</param>
internal sealed record People(
    string? Entitlement,
    string? Text,
    string? Group,
    IReadOnlySet<string> Claims,
    IReadOnlySet<string> Issuers
);

/// <summary>Reads a mapping as sentences about people.</summary>
internal static class MappingPeople
{
    /// <summary>Begins the name of what is no group but projects that Keystone makes at the login.</summary>
    public const string Projects = "projects ";

    /// <summary>Rules that only differ in claim or issuer are one.</summary>
    /// <param name="mapping">Null: there is none.</param>
    /// <param name="groups">For groups that the mapping calls by name.</param>
    public static IReadOnlyList<People> Of(MappingDocument? mapping, GroupBook groups) =>
        [
            .. (mapping?.Rules ?? [])
                .SelectMany(rule => OfRule(rule, groups))
                .GroupBy(people => (people.Entitlement, people.Group))
                .Select(same =>
                    same.First() with
                    {
                        Claims = same.SelectMany(people => people.Claims).ToHashSet(StringComparer.Ordinal),
                        Issuers = same.SelectMany(people => people.Issuers).ToHashSet(StringComparer.Ordinal),
                    }
                ),
        ];

    /// <summary>The condition of a rule on who made the token; null: none.</summary>
    public static Requirement? IssuerOf(MappingRule rule) =>
        rule.Remote.FirstOrDefault(requirement =>
            Claim(requirement.Type) == "iss" && requirement.Condition is Condition.AnyOneOf or Condition.Whitelist
        );

    /// <summary>The condition of a rule on entitlements; null: none.</summary>
    public static Requirement? EntitlementOf(MappingRule rule) =>
        rule.Remote.FirstOrDefault(requirement =>
            requirement.Condition is Condition.AnyOneOf or Condition.Whitelist
            && Claim(requirement.Type) != "iss"
            && (
                Claim(requirement.Type)?.Contains("entitlement", StringComparison.Ordinal) == true
                || requirement.Texts.Any(text => text.Contains("urn:", StringComparison.OrdinalIgnoreCase))
            )
        );

    /// <summary>The claim behind a key; null: no claim is known for it.</summary>
    public static string? Claim(string key) =>
        key.StartsWith("HTTP_OIDC_", StringComparison.Ordinal) ? key["HTTP_OIDC_".Length..].ToLowerInvariant()
        : key.StartsWith("OIDC-", StringComparison.Ordinal) ? key["OIDC-".Length..]
        : null;

    /// <summary>The only text that an expression matches; null: it matches several.</summary>
    public static string? Literal(string expression)
    {
        var text = expression;
        if (!text.StartsWith('^') || !text.EndsWith('$'))
            return null;
        text = text[1..^1];
        var literal = "";
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && !char.IsAsciiLetterOrDigit(text[i + 1]))
                literal += text[++i];
            else if (text.AsSpan(i).StartsWith("[.]"))
                (literal, i) = (literal + ".", i + 2);
            else if (".^$*+?{}[]\\|()".Contains(text[i]))
                return null;
            else
                literal += text[i];
        }

        return literal;
    }

    /// <summary>Groups that a rule gives: ids, or names where no id is known.</summary>
    public static IEnumerable<string> GroupsOf(MappingRule rule, GroupBook groups)
    {
        foreach (var local in rule.Local)
        {
            if (local.TryGetProperty("group", out var group) && JsonObject.Create(group) is { } named)
                yield return groups.IdOf(named);
            if (local.TryGetProperty("projects", out var projects))
                yield return $"{Projects}{projects}";

            foreach (var key in (string[])["groups", "group_ids"])
            {
                if (local.TryGetProperty(key, out var list))
                    yield return list.ToString();
            }
        }
    }

    /// <summary>Ids of groups that the mapping names.</summary>
    public static IReadOnlySet<string> GroupIds(MappingDocument mapping) =>
        Texts(mapping, local => local.Member("group")?.Member("id"));

    /// <summary>Domains, by name or id, of groups that the mapping names by name.</summary>
    public static IReadOnlySet<string> Domains(MappingDocument mapping)
    {
        var names = Texts(mapping, local => (local.Member("group") ?? local).Member("domain")?.Member("name"));
        names.UnionWith(Texts(mapping, local => (local.Member("group") ?? local).Member("domain")?.Member("id")));
        return names;
    }

    private static HashSet<string> Texts(MappingDocument mapping, Func<JsonElement, JsonElement?> pick) =>
        mapping
            .Rules.SelectMany(rule => rule.Local)
            .Select(pick)
            .OfType<JsonElement>()
            .Where(value => value.ValueKind == JsonValueKind.String)
            .Select(value => value.GetString()!)
            .ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<People> OfRule(MappingRule rule, GroupBook groups)
    {
        var asked = EntitlementOf(rule);
        var texts = asked?.Texts.ToList();
        var issuers = (IssuerOf(rule)?.Texts ?? []).ToHashSet(StringComparer.Ordinal);
        var claims = asked is null ? [] : new HashSet<string>(StringComparer.Ordinal) { asked.Type };
        // The rules of everybody's address let nobody into a group; they are not worth a sentence.
        foreach (var group in GroupsOf(rule, groups))
        {
            if (texts is null)
                yield return new People(Conditions(rule), null, group, claims, issuers);
            foreach (var text in texts ?? [])
                yield return new People(Shown(text, asked!.Regex), text, group, claims, issuers);
        }
    }

    /// <summary>An expression that means one text is that text.</summary>
    public static string Shown(string text, bool isRegex) => !isRegex ? text : Literal(text) ?? $"/{text}/";

    private static string Conditions(MappingRule rule) =>
        string.Join(
            " and ",
            rule.Remote.Select(requirement =>
                requirement.Condition == Condition.Present
                    ? requirement.Type
                    : $"{requirement.Type} {requirement.Condition.Word()} [{string.Join(", ", requirement.Texts)}]"
            )
        );
}
