using FedSite.Federation.Mappings.Python;

namespace FedSite.Federation.Mappings;

// What expressions, values and fields of a rule come to.
public static partial class MappingLint
{
    private const int ShownExamples = 2;

    // They hold one value: nobody has two subjects.
    private static readonly KeyKind[] SingleKinds = [KeyKind.Subject, KeyKind.Issuer, KeyKind.Email];

    private static IEnumerable<LintFinding> Expressions(LintSubject subject)
    {
        var rule = subject.Rule.Index;
        foreach (var requirement in subject.Rule.Remote.Where(requirement => requirement.Regex))
        {
            foreach (var text in requirement.Texts)
            {
                if (FaultOf(text) is { } fault)
                    yield return fault.Rule.At(rule, $"`{text}`: {fault.What}");
            }
        }

        foreach (var entitlement in subject.Entitlements)
        {
            foreach (var finding in LookAlikes(rule, entitlement).Concat(Urns(rule, entitlement)))
                yield return finding;
        }
    }

    private static (LintRule Rule, string What)? FaultOf(string pattern)
    {
        try
        {
            PythonPattern.Compile(pattern);
            return null;
        }
        catch (PythonError e)
        {
            return (LintRules.BadExpression, e.Message + ".");
        }
        catch (UndecidedException e)
        {
            return (LintRules.Undecided, e.Message);
        }
    }

    private static IEnumerable<LintFinding> LookAlikes(int rule, LintEntitlement entitlement)
    {
        if (!entitlement.IsRegex || entitlement.Meant is not { Length: > 0 } meant)
            yield break;
        var longer = new[] { "x" + meant, meant + "x" }.Where(entitlement.Takes).ToList();
        if (longer.Count > 0)
            yield return LintRules.Unanchored.At(
                rule,
                $"`{entitlement.Listed}` takes {string.Join(" and ", longer)} too."
            );
        var others = Enumerable
            .Range(0, meant.Length)
            .Where(at => meant[at] == '.')
            .Select(at => $"{meant[..at]}x{meant[(at + 1)..]}")
            .Where(entitlement.Takes)
            .Take(ShownExamples)
            .ToList();
        if (others.Count > 0)
            yield return LintRules.BareDot.At(
                rule,
                $"`{entitlement.Listed}` takes {string.Join(" and ", others)} too."
            );
    }

    private static IEnumerable<LintFinding> Urns(int rule, LintEntitlement entitlement)
    {
        if (entitlement.Meant is not { } meant || !meant.Contains("urn:", StringComparison.OrdinalIgnoreCase))
            yield break;
        if (Entitlement.Fault(meant) is { } fault)
            yield return LintRules.BrokenUrn.At(rule, $"{entitlement.Listed}: {fault}.");
        else if (IsOddCheckin(meant))
            yield return LintRules.OddUrn.At(rule, $"{entitlement.Listed} is of another form.");
    }

    private static bool IsOddCheckin(string urn)
    {
        const string prefix = "urn:mace:egi.eu:";
        if (!urn.StartsWith(prefix, StringComparison.Ordinal))
            return urn.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
        var parts = urn[prefix.Length..].Split('#');
        var names = parts[0].Split(':');
        return parts.Length != 2
            || parts[1].Length == 0
            || names.Length < 2
            || names[0] != "group"
            || Array.Exists(names, name => name.Length == 0)
            || Array.FindIndex(names, name => name.StartsWith("role=", StringComparison.Ordinal)) is var role
                && (role >= 0 && role != names.Length - 1 || names[^1] == "role=");
    }

    private static IEnumerable<LintFinding> Fields(LintSubject subject)
    {
        var rule = subject.Rule;
        // Only groups that describe themselves, names in JSON, bring a domain along.
        var lacking = rule.Local.Where(local =>
            local.Member("groups") is { } groups
            && local.Member("domain") is null
            && !groups.GetString()!.Contains("name", StringComparison.Ordinal)
        );
        if (lacking.Any())
            yield return LintRules.NoDomain.At(rule.Index, "It gives groups without a domain.");
        if (Trial(rule) is { } fault)
            yield return fault.Rule.At(rule.Index, fault.What);
    }

    // A login that meets the rule, whatever it asks for: only the local part is in question.
    private static (LintRule Rule, string What)? Trial(MappingRule rule)
    {
        var remote = rule.Remote.Select(
            (requirement, i) =>
                requirement with
                {
                    Type = requirement.GivesValue ? $"value {i}" : "condition",
                    Condition = Condition.Present,
                    Values = [],
                }
        );
        var fields = remote.Where(requirement => requirement.Type != "condition").ToList();
        var trial = new MappingDocument([rule with { Remote = fields }]);
        var values = fields.ToDictionary(field => field.Type, _ => "x", StringComparer.Ordinal);
        try
        {
            var result = new MappingEngine(trial).Evaluate(new Assertion(values));
            return result.Error is { Kind: not "ValidationError" } error
                ? (LintRules.BadField, $"{error.Message} Keystone raises {error.Kind}.")
                : null;
        }
        catch (UndecidedException e)
        {
            return (LintRules.Undecided, e.Message);
        }
    }

    private static IEnumerable<LintFinding> Contradictions(LintSubject subject)
    {
        var rule = subject.Rule;
        foreach (var wanted in rule.Remote.Where(requirement => requirement.Condition is Condition.AnyOneOf))
        {
            var texts = wanted.Texts.ToList();
            if (texts.Count == 0)
            {
                yield return LintRules.NeverMatches.At(rule.Index, $"any_one_of of {wanted.Type} lists no text.");
                continue;
            }

            if (wanted.Regex)
                continue;
            var against = rule.Remote.Where(other => other != wanted && other.Type == wanted.Type).ToList();
            var excluded = against.Find(other => texts.TrueForAll(text => Excludes(other, text)));
            if (excluded is not null)
                yield return LintRules.NeverMatches.At(
                    rule.Index,
                    $"Every value of {wanted.Type} that any_one_of lists is excluded by {excluded.Condition.Word()}."
                );
        }

        foreach (var empty in rule.Remote.Where(r => r.Condition is Condition.Whitelist && !r.Texts.Any()))
            yield return LintRules.NeverMatches.At(
                rule.Index,
                $"whitelist of {empty.Type} lists no text: it gives nothing."
            );
    }

    // Of a key with one value; where there are several, another one may meet the other requirement.
    private static bool Excludes(Requirement other, string text)
    {
        var takes = other.Texts.Any(listed => new LintEntitlement(other, listed).Takes(text));
        return other.Condition switch
        {
            Condition.NotAnyOf => takes,
            Condition.AnyOneOf => !takes && SingleKinds.Contains(LintSubject.KindOf(other.Type)),
            _ => false,
        };
    }
}
