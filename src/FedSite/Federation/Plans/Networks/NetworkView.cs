using FedSite.OpenStack.Network;

namespace FedSite.Federation.Plans.Networks;

/// <summary>Networks of the projects that the file gives one.</summary>
internal sealed record NetworkView
{
    public static NetworkView Empty { get; } = new();

    /// <summary>By <c>ProjectRef.ToString()</c>; those of projects that are there.</summary>
    public IReadOnlyDictionary<string, NetworkOfProject> Projects { get; init; } =
        new Dictionary<string, NetworkOfProject>();

    /// <summary>Networks that lead out of the cloud, if a project is to have a router to one.</summary>
    public IReadOnlyList<CloudNetwork> External { get; init; } = [];

    /// <summary>Those that the file means, by id or by name.</summary>
    public IReadOnlyList<CloudNetwork> ExternalNamed(string nameOrId)
    {
        var ids = External.Where(network => network.Id == nameOrId).ToList();
        return ids.Count > 0 ? ids : [.. External.Where(network => IsNamed(network.Name, nameOrId))];
    }

    /// <summary>As Neutron's database compares names.</summary>
    public static bool IsNamed(string? name, string wanted) =>
        string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What a project has of its first network.</summary>
/// <param name="Named">Networks that may be it: the one that was made or adopted first, then those of its name by id.</param>
/// <param name="Subnets">Of the first of them.</param>
/// <param name="Interfaces">Ports of routers on it.</param>
/// <param name="Routers">All of the project; none are read where the file wants none.</param>
/// <param name="Earlier">Networks that were made or adopted for it under another name of the file.</param>
internal sealed record NetworkOfProject(
    IReadOnlyList<CloudNetwork> Named,
    IReadOnlyList<Subnet> Subnets,
    IReadOnlyList<Port> Interfaces,
    IReadOnlyList<Router> Routers,
    IReadOnlyList<CloudNetwork> Earlier
);

/// <summary>
/// Kinds of objects. Networks and routers are remembered; subnets and interfaces are found by what they are.
/// </summary>
internal static class NetworkKinds
{
    public const string Network = "network";
    public const string Subnet = "subnet";
    public const string Router = "router";
    public const string Interface = "router interface";
}
