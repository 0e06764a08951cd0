using FedSite.App.Terminals;
using FedSite.Federation.Mappings;

namespace FedSite.App.Commands;

/// <summary>How faults are told to people.</summary>
internal static class LintWords
{
    /// <summary>A fault, what comes of it, and what to do.</summary>
    public static void Show(
        Output output,
        string where,
        LintSeverity severity,
        string id,
        string what,
        string consequence,
        string todo
    )
    {
        output.Line($"{where}: {Of(severity)} {id}: {what}");
        output.Line($"  what comes of it: {consequence}");
        output.Line($"  what to do: {todo}");
    }

    /// <summary>The last line of a list of faults.</summary>
    public static void ShowCounts(Output output, IReadOnlyList<LintSeverity> severities)
    {
        if (severities.Count > 0)
            output.Line();
        output.Line(Counts(severities));
    }

    private static string Of(LintSeverity severity) =>
        severity switch
        {
            LintSeverity.Error => "ERROR",
            LintSeverity.Warning => "warning",
            _ => "info",
        };

    /// <summary>For instance <c>1 errors, 0 warnings, 2 remarks.</c></summary>
    private static string Counts(IReadOnlyList<LintSeverity> severities)
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
