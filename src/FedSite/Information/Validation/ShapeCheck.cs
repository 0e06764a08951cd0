using System.Text.Json;
using System.Text.RegularExpressions;

namespace FedSite.Information.Validation;

/// <summary>Members, their types and their presence, as <see cref="Contract"/> has them: all that a schema can say.</summary>
internal sealed partial class ShapeCheck(DocumentFindings findings)
{
    public const string TimePattern =
        "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,7})?(Z|[+-][0-9]{2}:[0-9]{2})$";
    public const int LongestUrl = 2048;
    public const string UrlPattern = "^https?://[^/\\s]\\S*$";

    public void Check(JsonElement document)
    {
        foreach (var rule in Contract.Classes)
        {
            if (document.Member(rule.Name) is { } objects)
                CheckClass(objects, rule);
            else if (rule.Harm is not null || rule.IsSingle)
                Missing(
                    new Place(rule.Name, Id: null),
                    rule.Harm,
                    rule.IsSingle ? null : "Write the key with an empty array when there is nothing in it."
                );
        }
    }

    private void CheckClass(JsonElement objects, ClassRule rule)
    {
        var place = new Place(rule.Name, Id: null);
        if (objects.ValueKind is not JsonValueKind.Array)
        {
            Wrong(place, $"{Word(objects)} instead of an array", rule.Harm);
            return;
        }

        var index = 0;
        foreach (var element in objects.EnumerateArray())
        {
            var at = new Place($"{rule.Name}[{index++}]", element.Text("ID"));
            if (element.IsObject())
                CheckObject(element, rule, at);
            else
                Wrong(at, $"{Word(element)} instead of an object", rule.Harm);
        }

        if (rule.IsSingle && index != 1)
            Wrong(place, $"{(index == 0 ? "None" : index)} instead of exactly one", index == 0 ? rule.Harm : null);
    }

    private void CheckObject(JsonElement element, ClassRule rule, Place at)
    {
        foreach (var member in rule.Members)
            CheckMember(element, member, at);
        var place = at.Of(Contract.Associations);
        if (element.Member(Contract.Associations) is not { } associations)
            Missing(place, rule.Associations.Select(association => association.Harm).FirstOrDefault());
        else if (!associations.IsObject())
            Wrong(place, $"{Word(associations)} instead of an object", rule.Harm);
        else
            CheckAssociations(associations, rule, place);
    }

    private void CheckAssociations(JsonElement associations, ClassRule rule, Place at)
    {
        foreach (var association in rule.Associations)
        {
            var place = at.Of(association.Name);
            if (associations.Member(association.Name) is not { } ids)
            {
                if (association.IsRequired)
                    Missing(place, association.Harm);
            }
            else if (ids.ValueKind is not JsonValueKind.Array)
            {
                Wrong(place, $"{Word(ids)} instead of an array of ids", association.Harm);
            }
            else if (association.IsRequired && ids.GetArrayLength() == 0)
            {
                Wrong(place, "No id", association.Harm);
            }
            else if (ids.EnumerateArray().Any(id => id.Text() is null or ""))
            {
                Wrong(place, "An id that is no text, or empty", association.Harm);
            }
        }
    }

    private void CheckMember(JsonElement element, MemberRule rule, Place at)
    {
        var place = at.Of(rule.Name);
        if (element.Member(rule.Name) is not { } value)
        {
            if (rule.IsRequired)
                Missing(place, rule.Harm, rule.NextStep);
        }
        else if (FaultOf(value, rule) is { } fault)
        {
            Wrong(place, fault, rule.Harm);
        }
        else if (rule.Members.Count > 0)
        {
            CheckInner(value, rule, place);
        }
    }

    private void CheckInner(JsonElement value, MemberRule rule, Place place)
    {
        if (value.IsObject())
        {
            foreach (var member in rule.Members)
                CheckMember(value, member, place);
            return;
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            foreach (var member in rule.Members)
                CheckMember(item, member, place with { Where = $"{place.Where}[{index}]" });
            index++;
        }
    }

    private static string? FaultOf(JsonElement value, MemberRule rule)
    {
        var text = value.Text();
        return rule.Kind switch
        {
            MemberKind.Text => text is null ? Instead("a text")
            : rule.Words?.Contains(text, StringComparer.Ordinal) == false
                ? $"\"{DocumentFindings.Cut(text)}\" instead of {string.Join(", ", rule.Words)}"
            : null,
            MemberKind.FilledText => text is { Length: > 0 } ? null : Instead("a text that is not empty"),
            MemberKind.Url => text is { Length: <= LongestUrl } && Url().IsMatch(text)
                ? null
                : Instead("a URL with http or https"),
            MemberKind.Time => text is { Length: <= 40 } && Time().IsMatch(text)
                ? null
                : Instead("a time such as 2026-11-02T08:04:11.201733+00:00"),
            MemberKind.Whole => IsWhole(value) ? Small(value, rule) : Instead("a whole number"),
            MemberKind.Number => value.ValueKind is JsonValueKind.Number ? Small(value, rule) : Instead("a number"),
            MemberKind.Boolean => IsBoolean(value) ? null : Instead("true or false"),
            MemberKind.PerhapsBoolean => IsBoolean(value) || text is "UNKNOWN"
                ? null
                : Instead("true, false or \"UNKNOWN\""),
            MemberKind.Texts => IsArrayOf(value, JsonValueKind.String) ? null : Instead("an array of texts"),
            MemberKind.Objects => IsArrayOf(value, JsonValueKind.Object) ? null : Instead("an array of objects"),
            _ => value.IsObject() ? null : Instead("an object"),
        };

        string Instead(string what) => $"{Word(value)} instead of {what}";
    }

    private static string? Small(JsonElement number, MemberRule rule) =>
        rule.Minimum is { } minimum && number.GetDouble() < minimum ? $"{Word(number)}, less than {minimum}" : null;

    private static bool IsWhole(JsonElement value) =>
        value.ValueKind is JsonValueKind.Number
        && (value.TryGetInt64(out _) || (value.TryGetDouble(out var number) && double.IsInteger(number)));

    private static bool IsBoolean(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False;

    private static bool IsArrayOf(JsonElement value, JsonValueKind kind) =>
        value.ValueKind is JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == kind);

    private static string Word(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "An object",
            JsonValueKind.Array => "An array",
            JsonValueKind.String => value.GetString() is { Length: > 0 } text
                ? $"\"{DocumentFindings.Cut(text)}\""
                : "An empty text",
            JsonValueKind.Number => DocumentFindings.Cut(value.GetRawText()),
            JsonValueKind.Null => "null",
            JsonValueKind.True => "true",
            _ => "false",
        };

    private void Missing(Place place, string? harm, string? nextStep = null) =>
        Add("missing", place, "It is missing", harm, nextStep);

    private void Wrong(Place place, string fault, string? harm) => Add("wrong", place, fault, harm, nextStep: null);

    private void Add(string kind, Place place, string fault, string? harm, string? nextStep) =>
        findings.Add(
            kind,
            new DocumentFinding(
                DocumentSeverity.Error,
                place.Where,
                place.Id,
                harm is null ? $"{fault}, against the contract." : $"{fault}: {harm}.",
                nextStep
            )
        );

    [GeneratedRegex(TimePattern, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Time();

    [GeneratedRegex(UrlPattern, RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Url();

    /// <summary>A place in the document.</summary>
    private readonly record struct Place(string Where, string? Id)
    {
        public Place Of(string member) => this with { Where = $"{Where}.{member}" };
    }
}
