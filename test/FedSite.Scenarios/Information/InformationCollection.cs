using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Information;

/// <summary>What the tests read once for all of them.</summary>
public sealed class CloudOnce
{
    private Task<SeenCloud>? _seen;

    internal Task<SeenCloud> SeenAsync(TestCloud cloud) => _seen ??= SeenCloud.ReadAsync(cloud);
}

/// <summary>Tests that compare what is used right now, and so must not run while others make and delete things.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class InformationCollection : ICollectionFixture<CloudOnce>
{
    public const string Name = "information of the real cloud";
}
