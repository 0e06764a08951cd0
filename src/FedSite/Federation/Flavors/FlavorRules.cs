using FedSite.Federation.Mappings;

namespace FedSite.Federation.Flavors;

/// <summary>A fault that flavors have, under an id that never changes its meaning.</summary>
/// <param name="Title">A few words, for tables.</param>
/// <param name="Consequence">What comes of it.</param>
/// <param name="Todo">What to do about it.</param>
public sealed record FlavorRule(string Id, LintSeverity Severity, string Title, string Consequence, string Todo)
{
    /// <param name="flavor">Its name; null: the flavors as a whole.</param>
    /// <param name="what">With names and values.</param>
    /// <param name="todo">More precise than the rule's.</param>
    internal FlavorFinding At(string? flavor, string what, string? todo = null) =>
        new(Id, flavor, Severity, what, Consequence, todo ?? Todo);
}

/// <summary>A fault that was found.</summary>
public sealed record FlavorFinding(
    string Id,
    string? Flavor,
    LintSeverity Severity,
    string What,
    string Consequence,
    string Todo
);

/// <summary>All faults that <see cref="FlavorLint"/> knows. An id is never used again for something else.</summary>
public static class FlavorRules
{
    public static FlavorRule NoMetadata { get; } =
        Error(
            1,
            "accelerator without metadata",
            "Users can't find the flavor, and its accelerators are not accounted.",
            "Write the flavor with its `accelerator` under `flavors` of site.yaml, then `fedsite apply --only flavors`."
        );

    public static FlavorRule PlainDevice { get; } =
        Warning(
            2,
            "device of the PCI bus without metadata",
            "If it is an accelerator, users can't find it and it is not accounted.",
            "Write the flavor under `flavors` of site.yaml if it is one; for other devices there is nothing to do."
        );

    public static FlavorRule NoScheduling { get; } =
        Error(
            3,
            "metadata without an accelerator",
            "Servers get no accelerator, and one is accounted.",
            "Give the flavor `alias`, `vgpu` or `resources` under `flavors` of site.yaml, or take its Accelerator: keys away."
        );

    public static FlavorRule CountDiffers { get; } =
        Error(
            4,
            "counts that differ",
            "What is accounted is not what servers get.",
            "Make Accelerator:Number and the count for the scheduler the same; a part of a shared card is a fraction."
        );

    public static FlavorRule Missing { get; } =
        Error(
            5,
            "type or number missing",
            "Without them the flavor does not count as one with accelerators.",
            "Write `type` and `number` of its `accelerator` in site.yaml, then `fedsite apply --only flavors`."
        );

    public static FlavorRule Incomplete { get; } =
        Warning(
            6,
            "metadata incomplete",
            "Users can't choose by what is not there.",
            "Write it under `accelerator` of the flavor in site.yaml; `0` for a version where there is none."
        );

    public static FlavorRule Empty { get; } =
        Error(
            7,
            "empty value",
            "Readers of the metadata refuse it, or leave it out.",
            "Write its value; `0` for a version where there is none."
        );

    public static FlavorRule NoNumber { get; } =
        Error(
            8,
            "value that is no number",
            "It is not accounted, or as nothing.",
            "Write a decimal above 0, such as 1 or 0.5; Accelerator:Memory in GB, without a unit."
        );

    public static FlavorRule UnknownKey { get; } =
        Warning(
            9,
            "unknown key",
            "Nobody reads it.",
            "Correct its spelling, or take it away: `openstack flavor unset --property KEY FLAVOR`."
        );

    public static FlavorRule UnknownType { get; } =
        Error(
            10,
            "type outside the agreed list",
            "Nobody finds it by its type.",
            $"Write one of {string.Join(", ", FlavorSpecs.Types)}."
        );

    public static FlavorRule Public { get; } =
        Warning(
            11,
            "public flavor with accelerators",
            "Every project of the cloud can use up the accelerators.",
            "Make it anew with `openstack flavor create --private`, and name it under `flavors` of the VOs; or leave it, if it is for all."
        );

    public static FlavorRule BadHint { get; } =
        Error(
            12,
            "hint that Nova can't read",
            "Servers of the flavor can't be made.",
            "Write NAME:COUNT, several with commas, such as a100:1; resources a whole number."
        );

    public static FlavorRule NoMonitoring { get; } =
        Error(
            13,
            "no flavor for monitoring",
            "The federation's monitoring makes a server of a flavor with 8 GB of disk or more; without one the site is critical.",
            "Make a small public flavor with 10 GB of disk, or a private one that the VO ops names under `flavors`."
        );

    public static FlavorRule MonitoringTakesCard { get; } =
        Warning(
            14,
            "monitoring takes an accelerator",
            "Of the flavors with 8 GB of disk or more monitoring takes the one with the fewest vCPUs, then the least memory.",
            "Make a smaller public flavor without accelerators and with 10 GB of disk; this one can't be made private any more."
        );

    public static FlavorRule NotSeen { get; } =
        Info(
            15,
            "extra specs not shown",
            "Their metadata can't be judged.",
            "Look with another account: --os-cloud NAME."
        );

    public static IReadOnlyList<FlavorRule> All { get; } =
    [
        NoMetadata,
        PlainDevice,
        NoScheduling,
        CountDiffers,
        Missing,
        Incomplete,
        Empty,
        NoNumber,
        UnknownKey,
        UnknownType,
        Public,
        BadHint,
        NoMonitoring,
        MonitoringTakesCard,
        NotSeen,
    ];

    private static FlavorRule Error(int number, string title, string consequence, string todo) =>
        new(Id(number), LintSeverity.Error, title, consequence, todo);

    private static FlavorRule Warning(int number, string title, string consequence, string todo) =>
        new(Id(number), LintSeverity.Warning, title, consequence, todo);

    private static FlavorRule Info(int number, string title, string consequence, string todo) =>
        new(Id(number), LintSeverity.Info, title, consequence, todo);

    private static string Id(int number) => FormattableString.Invariant($"FS-GPU-{number:d3}");
}
