using FedSite.Federation.Mappings;

namespace FedSite.App.Commands;

/// <summary>How faults are told to people.</summary>
internal static class LintWords
{
    public static string Of(LintSeverity severity) =>
        severity switch
        {
            LintSeverity.Error => "ERROR",
            LintSeverity.Warning => "warning",
            _ => "info",
        };

    /// <summary>For instance <c>1 errors, 0 warnings, 2 remarks.</c></summary>
    public static string Counts(IReadOnlyList<LintSeverity> severities)
    {
        var counts = Enum.GetValues<LintSeverity>()
            .Reverse()
            .Select(severity => $"{severities.Count(one => one == severity)} {Plural(severity)}");
        return $"{string.Join(", ", counts)}.";
    }

    private static string Plural(LintSeverity severity) =>
        severity switch
        {
            LintSeverity.Error => "errors",
            LintSeverity.Warning => "warnings",
            _ => "remarks",
        };
}
