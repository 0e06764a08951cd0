using System.Globalization;

namespace FedSite.Federation.Flavors;

/// <summary>What makes the scheduler give a flavor's servers a device: aliases of the PCI bus, resources of Placement.</summary>
internal sealed record SchedulerHints
{
    private const string CustomClass = "CUSTOM_";
    private const string Profile = "accel:device_profile";

    /// <summary>Classes of Placement that are accelerators by definition.</summary>
    private static readonly string[] CardClasses = ["VGPU", "PGPU", "FPGA"];

    private static readonly string[] CardWords =
    [
        "GPU",
        "FPGA",
        "TPU",
        "NPU",
        "NVIDIA",
        "TESLA",
        "QUADRO",
        "RTX",
        "INSTINCT",
    ];

    /// <summary>Devices given away whole, by alias.</summary>
    public IReadOnlyDictionary<string, int> Aliases { get; private init; } = new Dictionary<string, int>();

    /// <summary>Parts of a card, or cards that something else hands out, by resource class.</summary>
    public IReadOnlyDictionary<string, int> Resources { get; private init; } = new Dictionary<string, int>();

    /// <summary>By a profile of Cyborg, which alone knows how many.</summary>
    public bool HasProfile { get; private init; }

    /// <summary>Extra specs that can't be read, as <c>KEY = VALUE</c>.</summary>
    public IReadOnlyList<string> Unreadable { get; private init; } = [];

    public bool IsEmpty => Aliases.Count == 0 && Resources.Count == 0 && !HasProfile;

    /// <summary>A name, or a class by definition, says that it is an accelerator.</summary>
    public bool IsCard => HasProfile || Resources.Keys.Any(IsCardName) || Aliases.Keys.Any(IsCardName);

    /// <summary>How they are written, for people.</summary>
    public IEnumerable<string> Words =>
        Aliases
            .Select(alias => string.Create(CultureInfo.InvariantCulture, $"PCI {alias.Key}:{alias.Value}"))
            .Concat(Resources.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key}:{one.Value}")))
            .Concat(HasProfile ? ["device profile"] : []);

    public static SchedulerHints Of(IReadOnlyDictionary<string, string> specs)
    {
        var aliases = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var resources = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var unreadable = new List<string>();
        foreach (var (key, value) in specs.OrderBy(spec => spec.Key, StringComparer.Ordinal))
        {
            if (key == FlavorSpecs.Alias ? !TryAliases(value, aliases) : !TryResource(key, value, resources))
                unreadable.Add($"{key} = {value}");
        }

        return new SchedulerHints
        {
            Aliases = aliases,
            Resources = resources,
            HasProfile = specs.ContainsKey(Profile),
            Unreadable = unreadable,
        };
    }

    /// <summary>How many devices servers get; where some are accelerators by their names, only these count.</summary>
    public static int Count(IReadOnlyDictionary<string, int> devices)
    {
        var cards = devices.Where(device => IsCardName(device.Key)).ToList();
        return cards.Count > 0 ? cards.Sum(card => card.Value) : devices.Values.Sum();
    }

    private static bool TryAliases(string value, SortedDictionary<string, int> aliases)
    {
        foreach (var part in value.Split(','))
        {
            if (
                part.Split(':') is not [var name, var text]
                || name.Trim().Length == 0
                || !TryCount(text, out var count)
            )
                return false;
            aliases[name.Trim()] = aliases.GetValueOrDefault(name.Trim()) + count;
        }

        return true;
    }

    /// <summary>Keys are <c>resources:CLASS</c>, or with a group <c>resources1:CLASS</c>.</summary>
    private static bool TryResource(string key, string value, SortedDictionary<string, int> resources)
    {
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        var name = key[(colon + 1)..];
        if (
            colon < 0
            || !key.StartsWith(FlavorSpecs.Resources, StringComparison.Ordinal)
            || !(CardClasses.Contains(name) || name.StartsWith(CustomClass, StringComparison.Ordinal))
        )
            return true;
        if (!TryCount(value, out var count))
            return false;
        if (count > 0)
            resources[name] = resources.GetValueOrDefault(name) + count;
        return true;
    }

    private static bool TryCount(string text, out int count) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out count);

    private static bool IsCardName(string name)
    {
        var upper = name.ToUpperInvariant();
        return CardClasses.Contains(upper)
            || CardWords.Any(word => upper.Contains(word, StringComparison.Ordinal))
            || upper.Split('-', '_', '.').Any(IsModel);
    }

    /// <summary>Such as A100, V100, H200, T4, L40S, P100, K80, MI250.</summary>
    private static bool IsModel(string word)
    {
        var letters = word.TakeWhile(char.IsAsciiLetter).Count();
        var digits = word.Skip(letters).TakeWhile(char.IsAsciiDigit).Count();
        var series = word[..letters];
        return digits is > 0 and <= 3
            && word.Length - letters - digits <= 1
            && series is "A" or "B" or "H" or "K" or "L" or "M" or "P" or "T" or "V" or "MI" or "GB" or "GH";
    }
}
