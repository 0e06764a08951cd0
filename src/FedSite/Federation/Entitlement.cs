using System.Text.RegularExpressions;

namespace FedSite.Federation;

/// <summary>
/// Entitlements as Check-in writes them: <c>urn:mace:egi.eu:group:VO[:SUBGROUP…]:role=ROLE#aai.egi.eu</c>.
/// https://docs.egi.eu/providers/check-in/sp/
/// </summary>
public static partial class Entitlement
{
    /// <summary>What keeps any token from bringing this entitlement; null when it may be one.</summary>
    public static string? Fault(string entitlement) =>
        entitlement.Length == 0 ? "it is empty"
        : entitlement.Any(char.IsWhiteSpace) ? "it has a blank in it"
        : entitlement.Contains(';', StringComparison.Ordinal) ? "it has a `;`, at which Keystone splits values"
        : entitlement.Any(char.IsControl) ? "it has a control character in it"
        : entitlement.StartsWith("urn:", StringComparison.OrdinalIgnoreCase) && !Urn().IsMatch(entitlement)
            ? "it is no URN: urn:NAMESPACE:NAME is the form"
        : null;

    /// <summary>
    /// The entitlement as a regular expression that matches it and nothing else, for Keystone's unanchored search.
    /// </summary>
    public static string Pattern(string entitlement) => $"^{Special().Replace(entitlement, "\\$0")}$";

    // https://www.rfc-editor.org/rfc/rfc8141#section-2
    [GeneratedRegex(
        "^urn:[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9]:[^:].*$",
        RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Urn();

    [GeneratedRegex(@"[.^$*+?{}\[\]\\|()]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Special();
}
