using System.Text.Json;
using FedSite.Configuration;
using FedSite.Federation.Mappings.Python;

namespace FedSite.Federation.Mappings;

/// <summary>What is known of the cloud around a mapping; what is null is not judged.</summary>
public sealed record LintContext
{
    public static LintContext Nothing { get; } = new();

    public Deployment? Deployment { get; init; }

    /// <summary>Remote ids of the identity provider: the issuers that it accepts.</summary>
    public IReadOnlyList<string>? RemoteIds { get; init; }

    /// <summary>All groups that the mapping could name.</summary>
    public IReadOnlyList<KnownGroup>? Groups { get; init; }

    /// <summary>Names of VOs and their entitlements, to call rules by VO.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? VoEntitlements { get; init; }
}

/// <summary>A group of Keystone.</summary>
/// <param name="HasRole">It has a role in a project or domain.</param>
public sealed record KnownGroup(string Id, string Name, string DomainId, string? DomainName, bool HasRole);

/// <summary>A rule of a mapping, seen by what it asks for and gives.</summary>
internal sealed class LintSubject
{
    public LintSubject(MappingRule rule)
    {
        Rule = rule;
        Entitlements =
        [
            .. rule
                .Remote.Where(requirement =>
                    KindOf(requirement.Type) is KeyKind.Entitlement
                    && requirement.Condition is Condition.AnyOneOf or Condition.Whitelist
                )
                .SelectMany(requirement => requirement.Texts.Select(text => new LintEntitlement(requirement, text))),
        ];
        Gives = [.. rule.Local.SelectMany(Given).Distinct(StringComparer.Ordinal)];
        Asks = [.. rule.Remote.Select(Canonical)];
    }

    public MappingRule Rule { get; }

    /// <summary>Values of the rule's own requirements on entitlements.</summary>
    public IReadOnlyList<LintEntitlement> Entitlements { get; }

    /// <summary>Groups and projects, each as a text of its own; users are not among them.</summary>
    public IReadOnlyList<string> Gives { get; }

    /// <summary>What the login brings decides about the groups or projects.</summary>
    public bool GivesOfLogin => Rule.Local.Any(local => local.Members().Any(one => IsGift(one) && IsFilled(one.Value)));

    /// <summary>Its requirements as texts that can be compared.</summary>
    public HashSet<string> Asks { get; }

    public bool NamesUser =>
        Rule.Local.Any(local =>
            local.Member("user") is { } user && (user.Member("name") ?? user.Member("id")) is not null
        );

    public bool Requires(KeyKind kind) => Rule.Remote.Any(requirement => KindOf(requirement.Type) == kind);

    public static KeyKind KindOf(string key)
    {
        var name =
            key.StartsWith("HTTP_OIDC_", StringComparison.Ordinal) ? key["HTTP_OIDC_".Length..]
            : key.StartsWith("OIDC-", StringComparison.Ordinal) ? key["OIDC-".Length..]
            : key;
        return name.ToLowerInvariant() switch
        {
            "iss" => KeyKind.Issuer,
            "sub" => KeyKind.Subject,
            "email" => KeyKind.Email,
            var other when other.Contains("entitlement", StringComparison.Ordinal) => KeyKind.Entitlement,
            _ => KeyKind.Other,
        };
    }

    private static IEnumerable<string> Given(JsonElement local) =>
        local
            .Members()
            .Where(IsGift)
            .Select(member =>
                member.Name == "groups"
                    ? $"groups {member.Value.GetRawText()} {local.Member("domain")?.GetRawText()}"
                    : $"{member.Name} {member.Value.ToNode()!.ToJsonString()}"
            );

    private static bool IsGift(JsonProperty member) => member.Name is "group" or "groups" or "group_ids" or "projects";

    /// <summary>A text in it has fields.</summary>
    public static bool IsFilled(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!.Contains('{', StringComparison.Ordinal),
            JsonValueKind.Array => value.EnumerateArray().Any(IsFilled),
            JsonValueKind.Object => value.Members().Any(member => IsFilled(member.Value)),
            _ => false,
        };

    private static string Canonical(Requirement requirement) =>
        string.Join(
            '\0',
            requirement
                .Values.Select(value => value.GetRawText())
                .Order(StringComparer.Ordinal)
                .Prepend(requirement.Regex ? "regex" : "equal")
                .Prepend(requirement.Condition.Word())
                .Prepend(requirement.Type)
        );
}

/// <summary>What a key of a login tells.</summary>
internal enum KeyKind
{
    Other,
    Subject,
    Issuer,
    Email,
    Entitlement,
}

/// <summary>An entitlement that a rule asks for.</summary>
internal sealed class LintEntitlement
{
    private readonly PythonPattern? _pattern;

    public LintEntitlement(Requirement requirement, string listed)
    {
        Listed = listed;
        IsRegex = requirement.Regex;
        if (!IsRegex)
        {
            Meant = listed;
            return;
        }

        Meant = PatternSample.Of(listed);
        if (Meant is not null)
            _pattern = PythonPattern.Compile(listed);
    }

    /// <summary>As the rule has it.</summary>
    public string Listed { get; }

    public bool IsRegex { get; }

    /// <summary>The value that is probably meant; null: it can't be told.</summary>
    public string? Meant { get; }

    /// <summary>It takes this value.</summary>
    public bool Takes(string value)
    {
        try
        {
            return IsRegex ? _pattern?.IsIn(value) ?? false : Listed == value;
        }
        catch (UndecidedException)
        {
            return false;
        }
    }
}
