using System.Text.Json.Nodes;
using FedSite.Configuration;
using FedSite.Federation.Mappings;

namespace FedSite.Federation.Plans;

/// <summary>
/// Finds who could log in by the old mapping and could not by the new one: for each issuer and entitlement that the old
/// one names, somebody is made up and sent through both.
/// </summary>
internal static class LockOuts
{
    private const string Subject = "0000000000000000000000000000000000000000000000000000000000000000@example.org";

    public static IReadOnlyList<LockOut> Find(
        string mapping,
        MappingDocument old,
        MappingDocument @new,
        Deployment deployment,
        GroupBook book
    )
    {
        var lost = new List<LockOut>();
        var before = new MappingEngine(old);
        var after = new MappingEngine(@new);
        foreach (var rule in old.Rules.Where(rule => MappingPeople.GroupsOf(rule, book).Any()))
        {
            var groups = MappingPeople.GroupsOf(rule, book).ToList();
            foreach (var (entitlement, issuer) in Samples(rule))
            {
                if (Loss(rule, entitlement, issuer, before, after, deployment, book) is { } reason)
                    lost.Add(
                        new LockOut(
                            mapping,
                            entitlement is { } asked ? MappingPeople.Shown(asked.Text, asked.Regex) : null,
                            book.VoOf(entitlement?.Text, groups[0]),
                            reason,
                            groups
                        )
                    );
            }
        }

        return
        [
            .. lost.GroupBy(one => (one.Entitlement, one.Reason, Groups: string.Join(',', one.Groups)))
                .Select(same => same.First()),
        ];
    }

    private static IEnumerable<((string Key, string Text, bool Regex)?, string? Issuer)> Samples(MappingRule rule)
    {
        var asked = MappingPeople.EntitlementOf(rule);
        var entitlements = asked is null
            ? [null]
            : asked.Texts.Select(text => ((string, string, bool)?)(asked.Type, text, asked.Regex)).ToList();
        var issuers = MappingPeople.IssuerOf(rule)?.Texts.Select(text => (string?)text).ToList() ?? [null];
        return entitlements.SelectMany(entitlement => issuers.Select(issuer => (entitlement, issuer)));
    }

    /// <returns>What somebody loses; null: nothing.</returns>
    private static string? Loss(
        MappingRule rule,
        (string Key, string Text, bool Regex)? entitlement,
        string? issuer,
        MappingEngine before,
        MappingEngine after,
        Deployment deployment,
        GroupBook book
    )
    {
        if (
            rule.Remote.FirstOrDefault(requirement => ClaimKeys.Arrives(deployment, requirement.Type) == false) is
            { } deaf
        )
        {
            return $"the rule asks for {deaf.Type}, which does not arrive with `deployment: {deployment.Word()}`: "
                + "if people log in by it today, `deployment` is wrong";
        }

        var value = entitlement is { } asked ? Sample(asked.Text, asked.Regex) : null;
        var login = Login(rule, entitlement?.Key, value, issuer, deployment);
        var had = Groups(before, login, book);
        if (had is null)
        {
            return entitlement is { Regex: true } or null
                ? "whom the rule admits can't be told from its conditions, so the new mapping may refuse them"
                : null;
        }

        var has = Groups(after, login, book);
        var from = issuer is null ? "" : $" of {issuer}";
        return has is null ? $"people with tokens{from} are refused"
            : had.Except(has, StringComparer.Ordinal).Any() ? "they lose the group"
            : null;
    }

    /// <summary>A text that the expression most likely matches.</summary>
    private static string Sample(string text, bool isRegex)
    {
        if (!isRegex)
            return text;
        var sample = text.TrimStart('^').TrimEnd('$');
        return MappingPeople.Literal($"^{sample}$")
            ?? sample
                .Replace("[.]", ".", StringComparison.Ordinal)
                .Replace("\\.", ".", StringComparison.Ordinal)
                .Replace(".*", "x", StringComparison.Ordinal)
                .Replace(".+", "x", StringComparison.Ordinal);
    }

    private static Assertion Login(
        MappingRule rule,
        string? entitlementKey,
        string? entitlement,
        string? issuer,
        Deployment deployment
    )
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var requirement in rule.Remote)
            Set(requirement.Type, Subject, deployment, values);
        Set("OIDC-sub", Subject, deployment, values);
        Set("OIDC-email", "somebody@example.org", deployment, values);
        Set("OIDC-iss", issuer ?? "https://issuer.example.org", deployment, values);
        if (MappingPeople.IssuerOf(rule) is { } asked)
            Set(asked.Type, issuer!, deployment, values);
        if (entitlementKey is not null)
            Set(entitlementKey, entitlement!, deployment, values);
        return new Assertion(values);
    }

    /// <summary>Under all the keys that the claim behind the key arrives with.</summary>
    private static void Set(string key, string value, Deployment deployment, Dictionary<string, string> values)
    {
        values[key] = value;
        if (MappingPeople.Claim(key) is { } claim)
        {
            foreach (var arriving in ClaimKeys.Of(deployment, claim))
                values[arriving] = value;
        }
    }

    /// <returns>Null: refused.</returns>
    private static HashSet<string>? Groups(MappingEngine engine, Assertion login, GroupBook book)
    {
        try
        {
            if (engine.Evaluate(login).Mapped is not { } mapped)
                return null;
            var groups = mapped.GroupIds.Select(id => id?.ToString() ?? "").ToHashSet(StringComparer.Ordinal);
            groups.UnionWith(mapped.GroupNames.OfType<JsonObject>().Select(book.IdOf));
            return groups;
        }
        catch (UndecidedException)
        {
            return null;
        }
    }
}
