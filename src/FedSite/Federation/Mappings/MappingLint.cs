namespace FedSite.Federation.Mappings;

/// <summary>Finds what is wrong with a mapping that Keystone accepts, and what comes of it.</summary>
public static partial class MappingLint
{
    /// <summary>All findings: those of the whole first, then by rule.</summary>
    public static IReadOnlyList<LintFinding> Check(MappingDocument mapping, LintContext context)
    {
        var subjects = mapping.Rules.Select(rule => new LintSubject(rule)).ToList();
        var findings = Whole(subjects, context)
            .Concat(subjects.SelectMany(subject => Issuers(subject, context)))
            .Concat(subjects.SelectMany(subject => Keys(subject, context)))
            .Concat(subjects.SelectMany(subject => Headers(subject, context)))
            .Concat(subjects.SelectMany(Expressions))
            .Concat(subjects.SelectMany(Fields))
            .Concat(subjects.SelectMany(Contradictions))
            .Concat(subjects.SelectMany(subject => Groups(subject, context)))
            .Concat(subjects.SelectMany(subject => Emails(subject, subjects)))
            .Concat(subjects.SelectMany(subject => OldClaims(subject, subjects, context)))
            .Concat(subjects.SelectMany(subject => Repeated(subject, subjects)))
            .Concat(subjects.SelectMany(subject => Overlaps(subject, subjects, context)));
        return
        [
            .. findings.OrderBy(finding => finding.Rule ?? -1).ThenBy(finding => finding.Id, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<LintFinding> Whole(List<LintSubject> subjects, LintContext context)
    {
        if (context.RemoteIds is { Count: 0 })
            yield return LintRules.NoRemoteIds.At(null, "The identity provider has no remote ids.");
        if (!subjects.Exists(subject => subject.NamesUser))
            yield return LintRules.NoUser.At(null, "No rule gives a user a name or an id.");
        var projects = subjects.Where(subject => subject.Rule.Local.Any(local => local.Member("projects") is not null));
        if (projects.Skip(1).Any())
        {
            var rules = string.Join(", ", projects.Select(subject => subject.Rule.Index));
            yield return LintRules.ManyProjects.At(null, $"The rules {rules} give projects.");
        }
    }

    private static IEnumerable<LintFinding> Issuers(LintSubject subject, LintContext context)
    {
        var rule = subject.Rule.Index;
        // With one remote id Keystone has looked at the issuer already.
        if (!subject.Requires(KeyKind.Issuer) && context.RemoteIds is not { Count: 1 })
            yield return LintRules.NoIssuer.At(rule, "It asks for no issuer.");
        var issuers = subject
            .Rule.Remote.Where(requirement =>
                LintSubject.KindOf(requirement.Type) is KeyKind.Issuer && requirement.Condition is Condition.AnyOneOf
            )
            .SelectMany(requirement => requirement.Texts.Select(text => new LintEntitlement(requirement, text)));
        foreach (var issuer in issuers)
        {
            if (context.RemoteIds is { Count: > 0 } known && !known.Any(issuer.Takes))
                yield return LintRules.StrangeIssuer.At(
                    rule,
                    $"{issuer.Listed} is none of {string.Join(", ", known)}."
                );
            else if (context.RemoteIds is null or [] && issuer.Takes(OpenIdProvider.CheckinDemoIssuer))
                yield return LintRules.DemoIssuer.At(rule, $"{issuer.Listed} is Check-in's demo instance.");
        }
    }

    private static IEnumerable<LintFinding> Keys(LintSubject subject, LintContext context)
    {
        foreach (
            var key in subject.Rule.Remote.Select(requirement => requirement.Type).Distinct(StringComparer.Ordinal)
        )
        {
            if (ClaimKeys.Arrives(context.Deployment ?? Configuration.Deployment.ModWsgi, key) == false)
            {
                var where = context.Deployment is null ? " unless Keystone stands behind an HTTP proxy" : "";
                yield return LintRules.LostKey.At(
                    subject.Rule.Index,
                    $"{key} never arrives{where}{Instead(key, context)}."
                );
            }
        }
    }

    private static string Instead(string key, LintContext context)
    {
        var claim = key.StartsWith("HTTP_OIDC_", StringComparison.Ordinal)
            ? key["HTTP_OIDC_".Length..].ToLowerInvariant()
            : key["OIDC-".Length..];
        var keys = ClaimKeys.Of(context.Deployment ?? Configuration.Deployment.ModWsgi, claim);
        return keys.Count == 0 ? "" : $"; {string.Join(" or ", keys)} does";
    }

    // Who asks for an address must not be the only way to what the rule gives.
    private static IEnumerable<LintFinding> Emails(LintSubject subject, List<LintSubject> all)
    {
        if (!subject.Requires(KeyKind.Email) || (subject.Gives.Count == 0 && !IsOnlyName(subject, all)))
            yield break;
        var others = all.Where(other => !other.Requires(KeyKind.Email));
        var given = others.SelectMany(other => other.Gives).ToHashSet(StringComparer.Ordinal);
        if (subject.Gives.Count == 0 || !subject.Gives.All(given.Contains))
            yield return LintRules.EmailRequired.At(subject.Rule.Index, "It asks for an e-mail address.");
    }

    private static bool IsOnlyName(LintSubject subject, List<LintSubject> all) =>
        subject.NamesUser && !all.Exists(other => other.NamesUser && !other.Requires(KeyKind.Email));

    private static IEnumerable<LintFinding> Repeated(LintSubject subject, List<LintSubject> all)
    {
        foreach (var earlier in all.TakeWhile(other => other != subject))
        {
            if (!earlier.Asks.IsSubsetOf(subject.Asks))
                continue;
            var same = earlier.Asks.Count == subject.Asks.Count && LocalOf(earlier) == LocalOf(subject);
            var nothingNew =
                (earlier.NamesUser || !subject.NamesUser)
                && !subject.GivesOfLogin
                && subject.Gives.All(earlier.Gives.Contains);
            if (same)
                yield return LintRules.Duplicate.At(
                    subject.Rule.Index,
                    $"It is the same as rule {earlier.Rule.Index}."
                );
            else if (nothingNew)
                yield return LintRules.GivesNothing.At(
                    subject.Rule.Index,
                    $"Rule {earlier.Rule.Index} applies to the same people and gives as much."
                );
            if (same || nothingNew)
                yield break;
        }
    }

    private static string LocalOf(LintSubject subject) =>
        string.Join('\n', subject.Rule.Local.Select(local => local.ToNode()!.ToJsonString()));
}
