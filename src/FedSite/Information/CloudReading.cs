using FedSite.OpenStack;
using FedSite.OpenStack.Image;
using FedSite.OpenStack.Network;

namespace FedSite.Information;

/// <summary>What is read once from a cloud, by whichever of its projects comes first and may.</summary>
internal sealed class CloudReading : IDisposable
{
    private readonly Once<string> _version = new(
        (account, project, ct) => account.Compute.NewestVersionAsync(project, ct)
    );

    private readonly Once<List<CloudImage>> _hiddenImages = new(
        (account, project, ct) =>
            account
                .Image.ListImagesAsync(
                    project,
                    new ImageQuery
                    {
                        Visibility = "public",
                        Status = "active",
                        Hidden = true,
                    },
                    ct
                )
                .ToListAsync(ct)
                .AsTask()
    );

    private readonly Once<List<CloudNetwork>> _networks = new(
        async (account, project, ct) =>
            await account
                .Network.ListExternalNetworksAsync(project, ct)
                .Where(listed => listed.Item is not null)
                .Select(listed => listed.Item!)
                .ToListAsync(ct)
    );

    private readonly Once<IReadOnlyList<string>> _volumeTypes = new(
        // Whichever project comes first: private types of its own are not the site's.
        async (account, project, ct) =>
            [
                .. (await account.BlockStorage.ListVolumeTypesAsync(project, ct))
                    .Where(type => type.IsPublic)
                    .Select(type => type.Name)
                    .Order(StringComparer.Ordinal),
            ]
    );

    public CloudFacts Facts { get; } = new();

    public ServiceWatch Watch { get; } = new();

    public FlavorReading Flavors { get; } = new();

    public Once<List<CloudImage>> PublicImages { get; } =
        new(
            (account, project, ct) =>
                account
                    .Image.ListImagesAsync(project, new ImageQuery { Visibility = "public", Status = "active" }, ct)
                    .ToListAsync(ct)
                    .AsTask()
        );

    /// <summary>What no project needs for itself. Each project tries, until one was answered.</summary>
    public IEnumerable<SitePart> SiteParts =>
        [
            Part(Parts.ComputeVersion, ServiceNames.Compute, _version, (facts, value) => facts.ComputeVersion = value),
            Part(Parts.HiddenImages, ServiceNames.Image, _hiddenImages, (facts, value) => facts.HiddenImages = value),
            Part(Parts.Networks, ServiceNames.Network, _networks, (facts, value) => facts.ExternalNetworks = value),
            Part(
                Parts.VolumeTypes,
                ServiceNames.BlockStorage,
                _volumeTypes,
                (facts, value) => facts.VolumeTypes = value
            ),
        ];

    public void Dispose()
    {
        _version.Dispose();
        _hiddenImages.Dispose();
        _networks.Dispose();
        _volumeTypes.Dispose();
        PublicImages.Dispose();
        Flavors.Dispose();
    }

    private static SitePart Part<T>(string name, string service, Once<T> once, Action<CloudFacts, T> keep)
        where T : class =>
        new(
            name,
            service,
            async (facts, account, project, ct) => keep(facts, await once.GetAsync(account, project, ct))
        );
}

/// <summary>A part of <see cref="CloudFacts"/>.</summary>
internal sealed record SitePart(
    string Name,
    string Service,
    Func<CloudFacts, OpenStackCloud, string, CancellationToken, Task> ReadAsync
);
