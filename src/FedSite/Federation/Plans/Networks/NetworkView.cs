namespace FedSite.Federation.Plans.Networks;

/// <summary>Networks of the projects that the file gives one.</summary>
internal sealed record NetworkView
{
    public static NetworkView Empty { get; } = new();
}
