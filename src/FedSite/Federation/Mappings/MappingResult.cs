using System.Text.Json.Nodes;

namespace FedSite.Federation.Mappings;

/// <summary>What Keystone makes of a login, and why.</summary>
public sealed record MappingResult
{
    /// <summary>Null: the login is refused.</summary>
    public MappedProperties? Mapped { get; init; }

    /// <summary>Null: the login is mapped.</summary>
    public MappingError? Error { get; init; }

    /// <summary>All rules, in the mapping's order.</summary>
    public required IReadOnlyList<RuleTrace> Rules { get; init; }
}

/// <summary>Who somebody becomes, in Keystone's own form.</summary>
/// <param name="User">Whatever of name, id, email, domain and type the rules give; type is always there.</param>
/// <param name="GroupIds">Ids; texts, unless the mapping is odd. Keystone refuses the login when one is unknown.</param>
/// <param name="GroupNames">Groups by name and domain; Keystone skips unknown ones silently.</param>
/// <param name="Projects">Projects that Keystone makes at the login, with the user's roles.</param>
public sealed record MappedProperties(JsonObject User, JsonArray GroupIds, JsonArray GroupNames, JsonArray Projects);

/// <summary>Why a login is refused.</summary>
/// <param name="Kind">Class of the exception that Keystone raises, for instance <c>ValidationError</c>.</param>
/// <param name="Message">In our words.</param>
public sealed record MappingError(string Kind, string Message)
{
    /// <summary>What the client sees: a refusal, or a fault of the server that the site has to mend.</summary>
    public int HttpStatus => Kind is "ValidationError" or "Unauthorized" ? 401 : 500;
}

public enum RuleOutcome
{
    /// <summary>All requirements hold.</summary>
    Applies,

    /// <summary>One does not.</summary>
    Skipped,

    /// <summary>Keystone stops with an error here.</summary>
    Failed,

    /// <summary>An earlier rule failed.</summary>
    NotReached,
}

/// <summary>What became of one rule.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Why">In words.</param>
/// <param name="Requirements">As far as they were looked at; the last one is what a skipped rule is skipped for.</param>
/// <param name="Gives">The local part with its values filled in; null: it does not apply.</param>
public sealed record RuleTrace(
    int Index,
    RuleOutcome Outcome,
    string Why,
    IReadOnlyList<RequirementTrace> Requirements,
    JsonArray? Gives
);

/// <summary>What became of one requirement.</summary>
/// <param name="Seen">The values of its key; null: the login has no such key.</param>
/// <param name="Matches">Values that are listed, and what lists them.</param>
/// <param name="Field">The n of <c>{n}</c> that it fills; null: it fills none.</param>
/// <param name="Gives">What it fills it with.</param>
public sealed record RequirementTrace(
    Requirement Requirement,
    bool Holds,
    string Why,
    IReadOnlyList<string>? Seen,
    IReadOnlyList<ValueMatch> Matches,
    int? Field,
    IReadOnlyList<string>? Gives
);

/// <summary>A value of the login, and the first listed value or expression that it matches.</summary>
public sealed record ValueMatch(string Value, string By);
