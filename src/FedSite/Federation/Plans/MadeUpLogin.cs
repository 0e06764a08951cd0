using FedSite.Configuration;
using FedSite.Federation.Mappings;

namespace FedSite.Federation.Plans;

/// <summary>Makes up somebody whom a rule of a mapping admits.</summary>
/// <param name="deployment">Decides which claims arrive.</param>
/// <param name="mapping">Others of its rules may be needed too, such as one that says what users are called.</param>
internal sealed class MadeUpLogin(Deployment deployment, MappingDocument mapping)
{
    public Deployment Deployment => deployment;

    public bool? Arrives(string key) => ClaimKeys.Arrives(deployment, key);

    public Assertion By(MappingRule rule, string? entitlementKey, string? entitlement, string? issuer)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (entitlementKey is not null)
            Add(entitlementKey, entitlement!, values);
        Add(MappingPeople.IssuerOf(rule)?.Type ?? "OIDC-iss", issuer ?? "https://issuer.example.org", values);
        var further = rule.Remote.Where(requirement =>
            requirement.Condition is Condition.AnyOneOf or Condition.Whitelist
            && requirement != MappingPeople.IssuerOf(rule)
            && requirement != MappingPeople.EntitlementOf(rule)
        );
        foreach (var requirement in further.Where(requirement => requirement.Texts.Any()))
            Add(requirement.Type, Sample(requirement.Texts.First(), requirement.Regex), values);
        var keys = mapping.Rules.SelectMany(any => any.Remote).Select(requirement => requirement.Type);
        foreach (var key in keys.Concat(["OIDC-sub", "OIDC-email"]).Where(key => !IsEntitlement(key)))
            Default(key, values);
        foreach (var requirement in rule.Remote)
            Default(requirement.Type, values);
        return new Assertion(values);
    }

    /// <summary>A text that the expression most likely matches.</summary>
    public static string Sample(string text, bool isRegex)
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

    private bool IsEntitlement(string key) => mapping.Rules.Any(rule => MappingPeople.EntitlementOf(rule)?.Type == key);

    /// <summary>Each claim has a value of its own, so that it shows which one users are called by.</summary>
    private void Default(string key, Dictionary<string, string> values)
    {
        if (!values.ContainsKey(key))
            Add(key, $"{MappingPeople.Claim(key) ?? key}-of-somebody@example.org", values);
    }

    /// <summary>Under all the keys that the claim behind the key arrives with.</summary>
    private void Add(string key, string value, Dictionary<string, string> values)
    {
        var keys = MappingPeople.Claim(key) is { } claim ? ClaimKeys.Of(deployment, claim) : [];
        foreach (var one in keys.Append(key).Distinct(StringComparer.Ordinal))
            values[one] = values.TryGetValue(one, out var others) && others != value ? $"{value};{others}" : value;
    }
}
