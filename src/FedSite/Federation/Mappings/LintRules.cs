namespace FedSite.Federation.Mappings;

public enum LintSeverity
{
    /// <summary>Good to know; nothing to do.</summary>
    Info,

    /// <summary>Works, but surprises somebody or will break later.</summary>
    Warning,

    /// <summary>Lets strangers in, locks people out, or never works.</summary>
    Error,
}

/// <summary>A fault that mappings have, under an id that never changes its meaning.</summary>
/// <param name="Title">A few words, for tables.</param>
/// <param name="Consequence">What comes of it.</param>
/// <param name="Todo">What to do about it.</param>
public sealed record LintRule(string Id, LintSeverity Severity, string Title, string Consequence, string Todo)
{
    /// <param name="rule">Index in the mapping; null: the mapping as a whole, or the identity provider.</param>
    /// <param name="what">With names and values.</param>
    internal LintFinding At(int? rule, string what) => new(Id, rule, Severity, what, Consequence, Todo);
}

/// <summary>A fault that was found.</summary>
public sealed record LintFinding(
    string Id,
    int? Rule,
    LintSeverity Severity,
    string What,
    string Consequence,
    string Todo
);

/// <summary>All faults that <see cref="MappingLint"/> knows. An id is never used again for something else.</summary>
public static class LintRules
{
    public static LintRule Unanchored { get; } =
        Error(
            1,
            "entitlement without ^ or $",
            "Keystone searches anywhere in a value: look-alikes get in.",
            "Write it as ^…$."
        );

    public static LintRule BareDot { get; } =
        Warning(
            2,
            "unescaped dot in an entitlement",
            "A dot stands for any character: look-alikes get in.",
            "Write \\. for a dot."
        );

    public static LintRule DemoIssuer { get; } =
        Warning(
            3,
            "issuer of the demo instance",
            "People of the demo instance get in, whoever they say they are.",
            "Name the production issuer."
        );

    public static LintRule StrangeIssuer { get; } =
        Error(
            4,
            "issuer that is no remote id",
            "Keystone refuses that issuer before it looks at the mapping.",
            "Make the issuer and the identity provider's remote ids the same."
        );

    public static LintRule UnknownGroupId { get; } =
        Error(
            5,
            "group id that does not exist",
            "Whoever matches the rule is refused, whatever the other rules give.",
            "Name an existing group, or take the rule out."
        );

    public static LintRule UnknownGroupName { get; } =
        Error(
            6,
            "group name that does not exist",
            "Keystone skips it silently: people log in and have no project.",
            "Make the group, or correct name and domain."
        );

    public static LintRule GroupWithoutRole { get; } =
        Warning(7, "group without a role", "People log in and can do nothing.", "Give the group a role in a project.");

    public static LintRule Duplicate { get; } =
        Warning(
            8,
            "rule that stands there twice",
            "A later change to one of the two changes nothing.",
            "Take one out."
        );

    public static LintRule EmailRequired { get; } =
        Warning(
            9,
            "e-mail address required",
            "Users without an address are locked out.",
            "Give a second rule without it, or leave it out."
        );

    public static LintRule BrokenUrn { get; } =
        Error(
            10,
            "entitlement that nobody can have",
            "The rule never matches: its people are locked out.",
            "Correct the entitlement."
        );

    public static LintRule OddUrn { get; } =
        Warning(
            11,
            "entitlement of an unusual form",
            "Check-in writes urn:mace:egi.eu:group:VO[:SUBGROUP]:role=ROLE#aai.egi.eu; another form may match nobody.",
            "Compare it with a real token."
        );

    public static LintRule LostKey { get; } =
        Error(
            12,
            "key that does not arrive",
            "The web server passes on no such key: the rule never matches.",
            "Name the key that arrives: see the table of keys."
        );

    public static LintRule NeverMatches { get; } =
        Error(13, "requirements that exclude each other", "The rule never matches.", "Correct its requirements.");

    public static LintRule OldClaim { get; } =
        Warning(
            14,
            "old claim alone",
            "Check-in is retiring eduperson_entitlement: these people will be locked out.",
            "Add the same rule for the claim entitlements."
        );

    public static LintRule Overlap { get; } =
        Warning(
            15,
            "entitlement that another rule admits too",
            "Members of one VO get into the group of another.",
            "Make the expressions exact."
        );

    public static LintRule SameEntitlement { get; } =
        Info(16, "two groups for one entitlement", "Its bearers become members of both.", "Nothing, if that is meant.");

    public static LintRule NoIssuer { get; } =
        Warning(
            17,
            "no requirement on the issuer",
            "Any issuer that the identity provider accepts may claim such an entitlement.",
            "Require the issuer with any_one_of."
        );

    public static LintRule NoRemoteIds { get; } =
        Error(
            18,
            "identity provider without remote ids",
            "Keystone accepts every issuer that the web server accepts.",
            "Set its remote ids to the issuers."
        );

    public static LintRule BadExpression { get; } =
        Error(
            19,
            "regular expression that Python refuses",
            "Every login that gets as far as this rule ends with HTTP 500.",
            "Correct the expression."
        );

    public static LintRule BadField { get; } =
        Error(
            20,
            "field that can't be filled in",
            "Whoever matches the rule gets HTTP 500.",
            "Count only requirements without any_one_of and not_any_of, from 0."
        );

    public static LintRule NoDomain { get; } =
        Error(21, "groups without a domain", "Whoever matches the rule is refused.", "Add domain beside groups.");

    public static LintRule NoUser { get; } =
        Warning(
            22,
            "nobody is named",
            "Users get the name that the web server has in REMOTE_USER, or are refused.",
            "Give user name, for instance {0} of the sub claim."
        );

    public static LintRule GivesNothing { get; } =
        Warning(
            23,
            "rule that changes nothing",
            "An earlier rule that applies as well gives the same already.",
            "Take it out, or correct it."
        );

    public static LintRule ManyProjects { get; } =
        Warning(
            24,
            "projects in several rules",
            "Of several applying rules only the last one's projects count.",
            "Give projects by groups with roles."
        );

    public static LintRule Undecided { get; } =
        Warning(25, "what FedSite can't judge", "What it admits is not known here.", "Write it simpler.");

    public static LintRule HeadersAlone { get; } =
        Warning(
            26,
            "keys of headers alone",
            "Where Apache does not refuse such headers from outside, a client can send them and log in as anybody.",
            "Ask for OIDC-… keys; or let Apache refuse the headers, as `fedsite federation render apache` does."
        );

    public static IReadOnlyList<LintRule> All { get; } =
    [
        Unanchored,
        BareDot,
        DemoIssuer,
        StrangeIssuer,
        UnknownGroupId,
        UnknownGroupName,
        GroupWithoutRole,
        Duplicate,
        EmailRequired,
        BrokenUrn,
        OddUrn,
        LostKey,
        NeverMatches,
        OldClaim,
        Overlap,
        SameEntitlement,
        NoIssuer,
        NoRemoteIds,
        BadExpression,
        BadField,
        NoDomain,
        NoUser,
        GivesNothing,
        ManyProjects,
        Undecided,
        HeadersAlone,
    ];

    private static LintRule Error(int number, string title, string consequence, string todo) =>
        new(Id(number), LintSeverity.Error, title, consequence, todo);

    private static LintRule Warning(int number, string title, string consequence, string todo) =>
        new(Id(number), LintSeverity.Warning, title, consequence, todo);

    private static LintRule Info(int number, string title, string consequence, string todo) =>
        new(Id(number), LintSeverity.Info, title, consequence, todo);

    private static string Id(int number) => FormattableString.Invariant($"FS-MAP-{number:d3}");
}
