using System.Text.Json;
using System.Text.Json.Nodes;
using FedSite.Federation.Mappings.Python;

namespace FedSite.Federation.Mappings;

/// <summary>
/// Evaluates the rules of a mapping as Keystone (Zed, on Python 3.11) does, to the kind of its errors, and explains each
/// rule. It knows nothing of groups and roles in the cloud. One evaluation at a time.
/// </summary>
public sealed class MappingEngine(MappingDocument mapping)
{
    private readonly RequirementEvaluator _requirements = new();

    /// <exception cref="UndecidedException">What Keystone would do is not known for sure.</exception>
    public MappingResult Evaluate(Assertion assertion)
    {
        var values = assertion.Values.ToDictionary(
            pair => pair.Key,
            pair => (IReadOnlyList<string>)pair.Value.Split(';'),
            StringComparer.Ordinal
        );
        var traces = new List<RuleTrace>();
        var given = new List<(int Rule, JsonObject Local)>();
        MappingError? error = null;
        foreach (var rule in mapping.Rules)
        {
            if (error is not null)
            {
                traces.Add(new RuleTrace(rule.Index, RuleOutcome.NotReached, "not reached", [], null));
                continue;
            }

            var trace = Evaluate(rule, values, ref error);
            traces.Add(trace);
            if (trace.Gives is { } gives)
                given.AddRange(gives.Select(local => (rule.Index, local!.AsObject())));
        }

        return error is null ? Merged(given, traces) : new MappingResult { Error = error, Rules = traces };
    }

    private static MappingResult Merged(List<(int Rule, JsonObject Local)> given, List<RuleTrace> traces)
    {
        try
        {
            return new MappingResult { Mapped = LocalMerge.Merge([.. given.Select(one => one.Local)]), Rules = traces };
        }
        catch (PythonError e)
        {
            return new MappingResult { Error = new MappingError(e.Kind, Sentence(e.Message)), Rules = traces };
        }
    }

    private RuleTrace Evaluate(
        MappingRule rule,
        Dictionary<string, IReadOnlyList<string>> values,
        ref MappingError? error
    )
    {
        var seen = new List<RequirementTrace>();
        try
        {
            var fields = new List<IReadOnlyList<string>>();
            foreach (var requirement in rule.Remote)
            {
                var trace = _requirements.Evaluate(
                    requirement,
                    values.GetValueOrDefault(requirement.Type),
                    fields.Count
                );
                seen.Add(trace);
                if (!trace.Holds)
                    return new RuleTrace(rule.Index, RuleOutcome.Skipped, trace.Why, seen, null);
                if (trace.Gives is { } gives)
                    fields.Add(gives);
            }

            var local = new JsonArray([.. rule.Local.Select(entry => Filled(entry, fields))]);
            return new RuleTrace(rule.Index, RuleOutcome.Applies, "all its requirements hold", seen, local);
        }
        catch (PythonError e)
        {
            error = new MappingError(e.Kind, $"Rule {rule.Index}: {e.Message}.");
            return new RuleTrace(rule.Index, RuleOutcome.Failed, e.Message, seen, null);
        }
        catch (UndecidedException e)
        {
            throw new UndecidedException($"Rule {rule.Index}: {e.Message}", e.NextStep!);
        }
    }

    private static JsonObject Filled(JsonElement entry, List<IReadOnlyList<string>> fields)
    {
        var filled = new JsonObject();
        foreach (var member in entry.Members())
        {
            filled[member.Name] = member.Value.ValueKind switch
            {
                JsonValueKind.Object => Filled(member.Value, fields),
                JsonValueKind.Array => new JsonArray([
                    .. member.Value.EnumerateArray().Select(item => Inner(item, fields)),
                ]),
                JsonValueKind.String => Text(member.Value.GetString()!, fields),
                _ => throw new PythonError("AttributeError", $"{member.Name} in its local part is no text"),
            };
        }

        return filled;
    }

    private static JsonObject Inner(JsonElement item, List<IReadOnlyList<string>> fields) =>
        item.IsObject()
            ? Filled(item, fields)
            : throw new PythonError("AttributeError", "a list in its local part holds what is no object");

    private static string Text(string template, List<IReadOnlyList<string>> fields)
    {
        try
        {
            return PythonFormat.Apply(template, fields);
        }
        catch (PythonError e) when (e.Kind == "IndexError")
        {
            throw new PythonError("DirectMappingError", $"\"{template}\": {e.Message}");
        }
    }

    private static string Sentence(string message) => $"{char.ToUpperInvariant(message[0])}{message[1..]}.";
}
