using System.Text.Json;
using FedSite.Federation.Mappings.Python;

namespace FedSite.Federation.Mappings;

/// <summary>Holds one requirement against the values of its key.</summary>
internal sealed class RequirementEvaluator
{
    private readonly Dictionary<string, PythonPattern> _patterns = new(StringComparer.Ordinal);

    /// <param name="seen">Values of its key; null: there is no such key.</param>
    /// <param name="field">The n of <c>{n}</c> that it would fill.</param>
    /// <exception cref="PythonError">Keystone stops here.</exception>
    public RequirementTrace Evaluate(Requirement requirement, IReadOnlyList<string>? seen, int field)
    {
        if (seen is null)
        {
            var missing = $"{requirement.Type} is not there";
            return new RequirementTrace(requirement, Holds: false, missing, null, [], null, null);
        }

        var matches = Matches(requirement, seen);
        var holds = requirement.Condition switch
        {
            Condition.AnyOneOf => matches.Count > 0,
            Condition.NotAnyOf => matches.Count == 0,
            _ => true,
        };
        var why = Why(requirement, seen, matches);
        if (!requirement.GivesValue)
            return new RequirementTrace(requirement, holds, why, seen, matches, null, null);
        return new RequirementTrace(requirement, holds, why, seen, matches, field, Gives(requirement, seen, matches));
    }

    private List<ValueMatch> Matches(Requirement requirement, IReadOnlyList<string> seen)
    {
        if (requirement.Condition is Condition.Present)
            return [];
        if (requirement.Regex)
            return ByExpression(requirement, seen);
        if (requirement.Values.Any(value => value.IsObject() || value.IsArray()))
            throw new PythonError("TypeError", $"{requirement.Condition.Word()} lists what is no text");
        var listed = requirement.Texts.ToHashSet(StringComparer.Ordinal);
        return [.. seen.Distinct(StringComparer.Ordinal).Where(listed.Contains).Select(v => new ValueMatch(v, v))];
    }

    private List<ValueMatch> ByExpression(Requirement requirement, IReadOnlyList<string> seen)
    {
        // Keystone tries all expressions on each value, so a faulty one is found whatever the others say.
        var patterns = requirement.Values.Select(Pattern).ToList();
        var matches = new List<ValueMatch>();
        foreach (var value in seen)
        {
            var by = patterns.FindIndex(pattern => pattern.IsIn(value));
            if (by >= 0)
                matches.Add(new ValueMatch(value, requirement.Values[by].GetString()!));
        }

        return matches;
    }

    private PythonPattern Pattern(JsonElement value)
    {
        if (!value.IsString())
            throw new PythonError("TypeError", "a regular expression is no text");
        var text = value.GetString()!;
        if (_patterns.TryGetValue(text, out var known))
            return known;
        try
        {
            return _patterns[text] = PythonPattern.Compile(text);
        }
        catch (PythonError e)
        {
            throw new PythonError(e.Kind, $"`{text}`: {e.Message}");
        }
    }

    // Keystone keeps these values in sets, so the order of several is by chance there; here it is that of the login.
    private static IReadOnlyList<string> Gives(
        Requirement requirement,
        IReadOnlyList<string> seen,
        List<ValueMatch> matches
    ) =>
        requirement.Condition switch
        {
            Condition.Whitelist => [.. matches.Select(match => match.Value)],
            Condition.Blacklist =>
            [
                .. seen.Distinct(StringComparer.Ordinal).Except(matches.Select(match => match.Value)),
            ],
            _ => seen,
        };

    private static string Why(Requirement requirement, IReadOnlyList<string> seen, List<ValueMatch> matches)
    {
        var what = requirement.Regex ? "expression" : "value";
        return requirement.Condition switch
        {
            Condition.AnyOneOf when matches.Count == 0 => $"no value of {requirement.Type} matches a listed {what}",
            Condition.AnyOneOf => $"{requirement.Type} has a listed value",
            Condition.NotAnyOf when matches.Count > 0 =>
                $"{requirement.Type} has {matches[0].Value}, which matches a {what} that must not be",
            Condition.NotAnyOf => $"{requirement.Type} has no listed value",
            Condition.Whitelist => $"{matches.Count} of {seen.Count} values of {requirement.Type} are listed",
            Condition.Blacklist => $"{matches.Count} of {seen.Count} values of {requirement.Type} are taken out",
            _ => $"{requirement.Type} is there",
        };
    }
}
