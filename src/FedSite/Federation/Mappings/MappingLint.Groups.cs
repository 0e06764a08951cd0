using System.Text.Json;

namespace FedSite.Federation.Mappings;

// Groups that a rule gives, and VOs that share them or their entitlements.
public static partial class MappingLint
{
    private static IEnumerable<LintFinding> Groups(LintSubject subject, LintContext context)
    {
        if (context.Groups is not { } known)
            yield break;
        foreach (var group in subject.Rule.Local.Select(local => local.Member("group")).OfType<JsonElement>())
        {
            // What the token fills in is known at the login alone.
            if (LintSubject.IsFilled(group))
                continue;
            if (Find(group, known) is not { } found)
            {
                var rule = group.Member("id") is null ? LintRules.UnknownGroupName : LintRules.UnknownGroupId;
                yield return rule.At(subject.Rule.Index, $"There is no group {NameOf(group)}.");
            }
            else if (!found.HasRole)
            {
                yield return LintRules.GroupWithoutRole.At(subject.Rule.Index, $"The group {found.Name} has no role.");
            }
        }
    }

    private static KnownGroup? Find(JsonElement group, IReadOnlyList<KnownGroup> known)
    {
        if (group.Member("id") is { } id)
            return known.FirstOrDefault(one => one.Id == id.GetString());
        var name = group.Member("name")!.Value.GetString();
        var domain = group.Member("domain")!.Value;
        return known.FirstOrDefault(one =>
            one.Name == name
            && (
                domain.Member("id") is { } domainId
                    ? one.DomainId == domainId.GetString()
                    : one.DomainName is null || one.DomainName == domain.Member("name")?.GetString()
            )
        );
    }

    private static string NameOf(JsonElement group) =>
        group.Member("id") is { } id ? $"with the id {id.GetString()}" : $"{group.Member("name")!.Value.GetString()}";

    // No client can make a variable of the web server; headers it can, on paths that no login protects.
    private static IEnumerable<LintFinding> Headers(LintSubject subject, LintContext context)
    {
        var headersAlone = subject.Rule.Remote.All(requirement =>
            requirement.Type.StartsWith("HTTP_", StringComparison.Ordinal)
        );
        if (headersAlone && context.Deployment is not Configuration.Deployment.ProxyHttp)
            yield return LintRules.HeadersAlone.At(subject.Rule.Index, "All its keys come from headers.");
    }

    private static IEnumerable<LintFinding> OldClaims(LintSubject subject, List<LintSubject> all, LintContext context)
    {
        if (!Uses(subject, old: true) || Uses(subject, old: false))
            yield break;
        var others = all.Where(other => Uses(other, old: false)).ToList();
        var lost = subject
            .Entitlements.Where(entitlement =>
                !others.Exists(other =>
                    subject.Gives.All(other.Gives.Contains)
                    && entitlement.Meant is { } meant
                    && other.Entitlements.Any(one => one.Takes(meant))
                )
            )
            .Select(entitlement => VoOf(entitlement, context))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (lost.Count > 0)
            yield return LintRules.OldClaim.At(
                subject.Rule.Index,
                $"{string.Join(", ", lost)} {(lost.Count == 1 ? "hangs" : "hang")} on eduperson_entitlement alone."
            );
    }

    private static bool Uses(LintSubject subject, bool old) =>
        subject.Rule.Remote.Any(requirement =>
            LintSubject.KindOf(requirement.Type) is KeyKind.Entitlement
            && requirement.Type.Contains("person", StringComparison.OrdinalIgnoreCase) == old
        );

    private static IEnumerable<LintFinding> Overlaps(LintSubject subject, List<LintSubject> all, LintContext context)
    {
        foreach (var earlier in all.TakeWhile(other => other != subject))
        {
            if (subject.Gives.Count == 0 || earlier.Gives.Count == 0 || subject.Gives.Any(earlier.Gives.Contains))
                continue;
            if (Crossing(subject, earlier) is not { } crossing)
                continue;
            var (mine, theirs) = crossing;
            yield return mine.Meant == theirs.Meant
                ? LintRules.SameEntitlement.At(
                    subject.Rule.Index,
                    $"{mine.Meant} is asked for by rule {earlier.Rule.Index} as well, for another group."
                )
                : LintRules.Overlap.At(
                    subject.Rule.Index,
                    $"{VoOf(mine, context)} and {VoOf(theirs, context)} of rule {earlier.Rule.Index} are not told apart."
                );
        }
    }

    private static (LintEntitlement Mine, LintEntitlement Theirs)? Crossing(LintSubject subject, LintSubject earlier)
    {
        var pairs = subject.Entitlements.SelectMany(mine => earlier.Entitlements.Select(theirs => (mine, theirs)));
        foreach (var (mine, theirs) in pairs)
        {
            if (mine.Meant is { } one && theirs.Meant is { } other && (mine.Takes(other) || theirs.Takes(one)))
                return (mine, theirs);
        }

        return null;
    }

    // By its VO where the table has it.
    private static string VoOf(LintEntitlement entitlement, LintContext context)
    {
        var meant = entitlement.Meant ?? entitlement.Listed;
        var vos = (context.VoEntitlements ?? new Dictionary<string, IReadOnlyList<string>>())
            .Where(vo => vo.Value.Contains(meant, StringComparer.Ordinal))
            .Select(vo => vo.Key)
            .ToList();
        return vos.Count > 0 ? string.Join(" and ", vos) : meant;
    }
}
