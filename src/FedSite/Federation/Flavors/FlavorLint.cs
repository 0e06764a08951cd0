using System.Globalization;
using FedSite.OpenStack.Compute;

namespace FedSite.Federation.Flavors;

/// <summary>
/// Judges the flavors of a cloud by what the federation agreed: the metadata <c>Accelerator:*</c>, what the scheduler is
/// told, and a flavor for monitoring.
/// </summary>
public static class FlavorLint
{
    /// <summary>GB of disk that monitoring wants.</summary>
    private const int MonitoringDisk = 8;

    private static readonly string[] Wished =
    [
        FlavorSpecs.Vendor,
        FlavorSpecs.Model,
        FlavorSpecs.Memory,
        FlavorSpecs.Version,
        FlavorSpecs.VirtualizationType,
    ];

    /// <param name="flavors">All that the account sees.</param>
    /// <param name="monitored">Names of private flavors that the VO <c>ops</c> may use.</param>
    public static IReadOnlyList<FlavorFinding> Check(
        IReadOnlyList<ListedFlavor> flavors,
        IReadOnlyCollection<string> monitored
    )
    {
        var findings = new List<FlavorFinding>();
        foreach (var flavor in flavors.OrderBy(flavor => flavor.Name, StringComparer.Ordinal))
        {
            if (flavor.ExtraSpecs is { } specs)
                findings.AddRange(CheckOne(flavor, specs));
        }

        findings.AddRange(CheckMonitoring(flavors, monitored));
        if (flavors.Count(flavor => flavor.ExtraSpecs is null) is > 0 and var hidden)
            findings.Add(
                FlavorRules.NotSeen.At(
                    null,
                    $"Nova shows no extra specs of {hidden} {(hidden == 1 ? "flavor" : "flavors")} to this account"
                )
            );
        return findings;
    }

    private static IEnumerable<FlavorFinding> CheckOne(ListedFlavor flavor, IReadOnlyDictionary<string, string> specs)
    {
        var card = Metadata(specs);
        var hints = SchedulerHints.Of(specs);
        foreach (var hint in hints.Unreadable)
            yield return FlavorRules.BadHint.At(flavor.Name, hint);
        if (card.Count == 0)
        {
            if (!hints.IsEmpty && hints.IsCard)
                yield return FlavorRules.NoMetadata.At(flavor.Name, $"it gives {string.Join(", ", hints.Words)}");
            else if (hints.Aliases.Count > 0)
                yield return FlavorRules.PlainDevice.At(flavor.Name, $"it gives {string.Join(", ", hints.Words)}");
            if (!hints.IsCard)
                yield break;
        }
        else
        {
            foreach (var finding in CheckMetadata(flavor.Name, card, specs).Concat(Compare(flavor.Name, card, hints)))
                yield return finding;
        }

        if (flavor.IsPublic)
            yield return FlavorRules.Public.At(flavor.Name, "everybody has it");
    }

    private static IEnumerable<FlavorFinding> CheckMetadata(
        string flavor,
        IReadOnlyDictionary<string, string> card,
        IReadOnlyDictionary<string, string> specs
    )
    {
        foreach (var key in card.Keys.Where(key => card[key].Trim().Length == 0))
            yield return FlavorRules.Empty.At(flavor, $"{key} is empty", Fill(flavor, key));
        string[] needed = [FlavorSpecs.Type, FlavorSpecs.Number];
        if (needed.Where(key => !card.ContainsKey(key)).ToList() is [_, ..] missing)
            yield return FlavorRules.Missing.At(
                flavor,
                $"{string.Join(" and ", missing)} {(missing.Count > 1 ? "are" : "is")} missing"
            );
        if (Wished.Where(key => !card.ContainsKey(key)).ToList() is [_, ..] wished)
            yield return FlavorRules.Incomplete.At(flavor, $"there is no {string.Join(", ", wished)}");
        string[] numbers = [FlavorSpecs.Number, FlavorSpecs.Memory];
        foreach (var key in numbers.Where(key => card.TryGetValue(key, out var text) && text.Trim().Length > 0))
        {
            if (Number(card[key]) is null or 0)
                yield return FlavorRules.NoNumber.At(flavor, $"{key} is {card[key]}");
        }

        if (
            card.TryGetValue(FlavorSpecs.Type, out var type)
            && type.Trim().Length > 0
            && !FlavorSpecs.Types.Contains(type, StringComparer.Ordinal)
        )
            yield return FlavorRules.UnknownType.At(flavor, $"{FlavorSpecs.Type} is {type}");
        foreach (var key in specs.Keys.Where(IsMetadata).Except(FlavorSpecs.Known).Order(StringComparer.Ordinal))
            yield return Unknown(flavor, key);
    }

    private static string Fill(string flavor, string key) =>
        key switch
        {
            FlavorSpecs.Type => $"Write one of {string.Join(", ", FlavorSpecs.Types)}.",
            FlavorSpecs.Number => "Write how many a server gets, such as 1 or 0.5.",
            FlavorSpecs.Version => "Write which one it is, such as PCIe; `0` where there is none.",
            _ => $"Write its value, or take the key away: {Unset(flavor, key)}.",
        };

    private static string Unset(string flavor, string key) =>
        $"`openstack flavor unset --property {Word(key)} {Word(flavor)}`";

    /// <summary>As a shell takes it.</summary>
    private static string Word(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || "._:-".Contains(c, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static FlavorFinding Unknown(string flavor, string key)
    {
        var meant =
            FlavorSpecs.Known.FirstOrDefault(known => known.Equals(key, StringComparison.OrdinalIgnoreCase))
            ?? NearestWord.Of(key, FlavorSpecs.Known);
        return meant is null
            ? FlavorRules.UnknownKey.At(
                flavor,
                $"{key} is none of the agreed keys",
                $"Take it away, if it is nobody's: {Unset(flavor, key)}."
            )
            : FlavorRules.UnknownKey.At(
                flavor,
                $"{key} is none of the agreed keys",
                $"Write {meant}, if that is meant, and {Unset(flavor, key)}."
            );
    }

    /// <summary>A device of an alias is given whole; of resources several may make one card.</summary>
    private static IEnumerable<FlavorFinding> Compare(
        string flavor,
        IReadOnlyDictionary<string, string> card,
        SchedulerHints hints
    )
    {
        if (hints.IsEmpty)
        {
            if (hints.Unreadable.Count == 0)
                yield return FlavorRules.NoScheduling.At(
                    flavor,
                    $"neither {FlavorSpecs.Alias} nor {FlavorSpecs.Vgpu} nor a custom resource is set"
                );
            yield break;
        }

        if (hints.HasProfile || Number(card.GetValueOrDefault(FlavorSpecs.Number)) is not ({ } number and > 0))
            yield break;
        var whole = SchedulerHints.Count(hints.Aliases);
        var most = whole + SchedulerHints.Count(hints.Resources);
        var isWhole = hints.Resources.Count == 0 && number == decimal.Truncate(number);
        if (number > most || (isWhole && number != most))
            yield return FlavorRules.CountDiffers.At(
                flavor,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{FlavorSpecs.Number} is {number}, the scheduler gives {string.Join(", ", hints.Words)}"
                )
            );
    }

    private static IEnumerable<FlavorFinding> CheckMonitoring(
        IReadOnlyList<ListedFlavor> flavors,
        IReadOnlyCollection<string> monitored
    )
    {
        var chosen = flavors
            .Where(flavor => !flavor.Disabled && flavor.DiskGiB >= MonitoringDisk)
            .Where(flavor => flavor.IsPublic || monitored.Contains(flavor.Name))
            .OrderBy(flavor => flavor.Vcpus)
            .ThenBy(flavor => flavor.RamMiB)
            .FirstOrDefault();
        if (chosen is null)
            yield return FlavorRules.NoMonitoring.At(null, "no flavor for all, or for the VO ops, has 8 GB of disk");
        else if (HasCard(chosen))
            yield return FlavorRules.MonitoringTakesCard.At(chosen.Name, "it is the smallest with 8 GB of disk");
    }

    /// <summary>By its metadata or by what the scheduler is told.</summary>
    internal static bool HasCard(ListedFlavor flavor) =>
        flavor.ExtraSpecs is { } specs && (specs.Keys.Any(IsMetadata) || SchedulerHints.Of(specs).IsCard);

    /// <summary>Agreed keys by their own spelling, though the flavor has them in other capitals; unknown ones count too.</summary>
    private static Dictionary<string, string> Metadata(IReadOnlyDictionary<string, string> specs)
    {
        var card = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in specs.Where(spec => IsMetadata(spec.Key)).OrderBy(spec => spec.Key))
            card[key] = value;
        return card;
    }

    private static bool IsMetadata(string key) =>
        key.StartsWith(FlavorSpecs.Prefix, StringComparison.OrdinalIgnoreCase);

    private static decimal? Number(string? text) =>
        decimal.TryParse(text?.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
