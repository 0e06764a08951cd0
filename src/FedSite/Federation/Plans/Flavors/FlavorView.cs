using FedSite.OpenStack.Compute;

namespace FedSite.Federation.Plans.Flavors;

/// <summary>Flavors that the file names, and who may use them.</summary>
internal sealed record FlavorView
{
    public static FlavorView Empty { get; } = new();

    /// <summary>By name, which Nova gives only once.</summary>
    public IReadOnlyDictionary<string, ListedFlavor> Flavors { get; init; } = new Dictionary<string, ListedFlavor>();

    /// <summary>By id of a private flavor that a VO of the plan has: ids of the projects that may use it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Access { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Names of all other flavors.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>Of flavors that Nova lists and that can't be understood.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];
}
