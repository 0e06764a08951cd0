using System.Text.Json.Nodes;
using FedSite.App.Terminals;
using FedSite.Federation.Mappings;

namespace FedSite.App.Commands;

/// <summary>What Keystone makes of a login, for people.</summary>
internal static class ExplainView
{
    private const int ShownValues = 5;

    /// <param name="output">Where to.</param>
    /// <param name="number">Which of several logins; null: it is the only one.</param>
    /// <param name="result">What came out.</param>
    /// <param name="remoteUser">As the web server says; null: it says nothing.</param>
    /// <param name="groups">Those of the cloud; empty: it was not asked.</param>
    public static void Show(
        Output output,
        int? number,
        MappingResult result,
        string? remoteUser,
        IReadOnlyList<KnownGroup> groups
    )
    {
        if (number > 1)
            output.Line();
        var who = number is null ? "" : $"Login {number}: ";
        if (result.Error is { } error)
        {
            output.Line($"{who}Refused: {error.Message}");
            output.Line($"Keystone raises {error.Kind}; the client sees HTTP {error.HttpStatus}.");
        }
        else
        {
            output.Line($"{who}Admitted.");
            ShowMapped(output, result.Mapped!, remoteUser, groups);
        }

        foreach (var note in Notes(result, remoteUser))
            output.Line($"note: {note}");
        foreach (var rule in result.Rules)
            ShowRule(output, rule);
    }

    /// <summary>What the rules alone do not decide.</summary>
    public static IReadOnlyList<string> Notes(MappingResult result, string? remoteUser)
    {
        var notes = new List<string>();
        if (result.Mapped is not { } mapped)
            return notes;
        if (IsEphemeral(mapped) && FederatedUser.Of(mapped.User, remoteUser).User is null)
        {
            notes.Add(
                "No rule names the user: Keystone takes REMOTE_USER of the web server, and refuses the login without one."
            );
        }

        if (!IsEphemeral(mapped))
            notes.Add("The user is a local one, which must exist in Keystone with its own roles; groups are ignored.");
        else if (mapped.GroupIds.Count + mapped.GroupNames.Count + mapped.Projects.Count == 0)
            notes.Add("No rule gives a group or a project: the user can log in, and do nothing.");
        return notes;
    }

    private static bool IsEphemeral(MappedProperties mapped) => mapped.User["type"]!.GetValue<string>() == "ephemeral";

    private static void ShowMapped(
        Output output,
        MappedProperties mapped,
        string? remoteUser,
        IReadOnlyList<KnownGroup> groups
    )
    {
        var table = new TextTable("what", "value");
        var user = IsEphemeral(mapped) ? FederatedUser.Of(mapped.User, remoteUser).User : null;
        table.Add("user", user?.Name ?? Text(mapped.User["name"]) ?? Text(mapped.User["id"]) ?? "");
        if (user is not null && user.UniqueId != user.Name)
            table.Add("id at the provider", user.UniqueId);
        foreach (var key in new[] { "email", "domain", "type" })
        {
            if (mapped.User[key] is { } value)
                table.Add(key, Text(value));
        }

        foreach (var id in mapped.GroupIds)
            table.Add("group", Named(Text(id), groups));
        foreach (var group in mapped.GroupNames.Select(Group).Distinct())
            table.Add("group", group);
        foreach (var project in mapped.Projects.OfType<JsonObject>())
        {
            var roles = project["roles"]!.AsArray().Select(role => Text(role!["name"]));
            table.Add("project", $"{Text(project["name"])}, roles {string.Join(", ", roles)}");
        }

        output.Table(table);
    }

    private static string Named(string? id, IReadOnlyList<KnownGroup> groups) =>
        groups.FirstOrDefault(group => group.Id == id) is { } known
            ? $"{known.Name}, domain {known.DomainName}, id {id}{(known.HasRole ? "" : "; it has no role anywhere")}"
            : $"id {id}{(groups.Count > 0 ? "; there is no such group: the login is refused" : "")}";

    private static string Group(JsonNode? group)
    {
        if (group is not JsonObject { } named || named["domain"] is not JsonObject domain)
            return Text(group) ?? "";
        var where = Text(domain["name"]) is { Length: > 0 } name ? $"domain {name}" : $"domain id {Text(domain["id"])}";
        return $"{Text(named["name"])}, {where}";
    }

    private static string? Text(JsonNode? value) =>
        value is JsonValue text && text.TryGetValue<string>(out var plain) ? plain : value?.ToJsonString();

    private static void ShowRule(Output output, RuleTrace rule)
    {
        var word = rule.Outcome switch
        {
            RuleOutcome.Applies => "applies",
            RuleOutcome.Skipped => $"is skipped: {rule.Why}",
            RuleOutcome.Failed => $"stops Keystone: {rule.Why}",
            _ => "is not reached",
        };
        output.Line();
        output.Line($"rule {rule.Index} {word}");
        foreach (var requirement in rule.Requirements)
            ShowRequirement(output, requirement);
    }

    private static void ShowRequirement(Output output, RequirementTrace trace)
    {
        var field = trace.Field is { } number && trace.Gives is { } gives ? $" → {{{number}}} = {Some(gives)}" : "";
        output.Line($"  {(trace.Holds ? "yes" : "no ")} {trace.Why}{field}");
        foreach (var match in trace.Matches.Take(ShownValues))
            output.Line(match.Value == match.By ? $"        {match.Value}" : $"        {match.Value} by {match.By}");
        if (trace.Holds || trace.Requirement.Condition is not Condition.AnyOneOf || trace.Seen is null)
            return;
        output.Line($"        seen:   {Some(trace.Seen)}");
        output.Line($"        wanted: {Some([.. trace.Requirement.Values.Select(value => value.ToString())])}");
    }

    private static string Some(IReadOnlyList<string> values)
    {
        var shown = string.Join(", ", values.Take(ShownValues).Select(value => value.Length == 0 ? "(empty)" : value));
        if (values.Count == 0)
            return "(none)";
        return values.Count > ShownValues ? $"{shown} and {values.Count - ShownValues} more" : shown;
    }
}
