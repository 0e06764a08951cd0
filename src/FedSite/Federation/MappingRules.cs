using System.Text.Json;
using System.Text.Json.Nodes;
using FedSite.Configuration;
using FedSite.Federation.Mappings;

namespace FedSite.Federation;

/// <summary>Who is let into which group.</summary>
/// <param name="Entitlements">One of them is enough.</param>
/// <param name="GroupId">Keystone's id of the group.</param>
public sealed record Admission(IReadOnlyList<string> Entitlements, string GroupId);

/// <summary>
/// Writes the rules of a mapping. A requirement of a rule must hold, so each claim that may bring entitlements has
/// rules of its own; whoever has a claim that is empty or missing falls through to the others.
/// </summary>
/// <remarks>
/// Groups are named by id: the id of a deleted group refuses its people, aloud; a name would let them in without any
/// project. An address is kept where the token brings one, but nobody needs one: the first rules that apply say who
/// somebody is, so the rules with an address come first.
/// </remarks>
public static class MappingRules
{
    /// <summary>Keystone keeps the rules in a column of this size on MySQL, which cuts or refuses more.</summary>
    public const int MaxBytes = 65_535;

    /// <param name="issuers">One of them must have made the token.</param>
    /// <param name="config">For its claims and deployment.</param>
    /// <param name="admissions">In the order of the rules.</param>
    /// <exception cref="FedSiteException">A claim can't reach Keystone in this deployment.</exception>
    public static JsonArray Of(
        IReadOnlyList<string> issuers,
        FederationConfig config,
        IReadOnlyList<Admission> admissions
    )
    {
        var deployment = config.Deployment;
        var keys = config.EntitlementClaims.Select(claim => KeyOf(deployment, claim)).ToList();
        var everybody = admissions
            .SelectMany(admission => admission.Entitlements)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var rules = new JsonArray();
        if (everybody.Count == 0)
            return rules;
        foreach (var key in keys)
        {
            var user = new JsonObject { ["name"] = "{0}", ["email"] = "{1}" };
            var remote = Remote(deployment, issuers, key, everybody);
            remote.Insert(1, new JsonObject { ["type"] = KeyOf(deployment, "email") });
            rules.Add((JsonNode)Rule(new JsonObject { ["user"] = user }, remote));
        }

        foreach (var (entitlements, groupId) in admissions)
        {
            foreach (var key in keys)
            {
                var local = new JsonObject
                {
                    ["user"] = new JsonObject { ["name"] = "{0}" },
                    ["group"] = new JsonObject { ["id"] = groupId },
                };
                rules.Add((JsonNode)Rule(local, Remote(deployment, issuers, key, entitlements)));
            }
        }

        return rules;
    }

    /// <summary>
    /// Bytes of the rules in Keystone's database: JSON as Python writes it, with a blank behind each comma and colon, and
    /// that once more as a JSON text. https://opendev.org/openstack/keystone/src/branch/master/keystone/federation/backends/sql.py
    /// </summary>
    public static int StoredBytes(JsonArray rules) => 2 + Size(rules);

    private static int Size(JsonNode? node) =>
        node switch
        {
            JsonObject map => 2 + map.Sum(member => TextBytes(member.Key) + 2 + Size(member.Value)) + Commas(map.Count),
            JsonArray list => 2 + list.Sum(item => Size(item)) + Commas(list.Count),
            JsonValue value when value.GetValueKind() == JsonValueKind.String => TextBytes(value.GetValue<string>()),
            _ => (node?.ToJsonString() ?? "null").Length,
        };

    private static int Commas(int items) => 2 * Math.Max(0, items - 1);

    /// <summary>Escaped twice: a quotation mark is <c>\\\"</c> then, a letter beyond ASCII <c>\\u00e9</c>.</summary>
    private static int TextBytes(string text) =>
        4
        + text.Sum(letter =>
            letter is '"' or '\\' ? 4
            : letter is < ' ' or > '~' ? 7
            : 1
        );

    private static JsonObject Rule(JsonObject local, JsonArray remote) =>
        new() { ["local"] = new JsonArray(local), ["remote"] = remote };

    private static JsonArray Remote(
        Deployment deployment,
        IReadOnlyList<string> issuers,
        string key,
        IReadOnlyList<string> entitlements
    ) =>
        new(
            new JsonObject { ["type"] = KeyOf(deployment, "sub") },
            new JsonObject { ["type"] = KeyOf(deployment, "iss"), ["any_one_of"] = Texts(issuers) },
            new JsonObject
            {
                ["type"] = key,
                ["regex"] = true,
                ["any_one_of"] = Texts(entitlements.Select(Entitlement.Pattern)),
            }
        );

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    private static string KeyOf(Deployment deployment, string claim) =>
        ClaimKeys.Of(deployment, claim) is [var key, ..]
            ? key
            : throw new FedSiteException(
                $"The claim {claim} can't reach Keystone with `deployment: {deployment.Word()}`.",
                "Take it out of `entitlement_claims`, or change the deployment: see docs/mapping.md."
            );
}
