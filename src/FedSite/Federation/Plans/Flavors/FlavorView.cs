namespace FedSite.Federation.Plans.Flavors;

/// <summary>Flavors that the file names, and who may use them.</summary>
internal sealed record FlavorView
{
    public static FlavorView Empty { get; } = new();
}
