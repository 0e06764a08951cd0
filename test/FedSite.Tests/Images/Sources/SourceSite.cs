using System.Collections.Concurrent;
using FedSite.Configuration;
using FedSite.Images.Sources;
using FedSite.Sandbox;
using FedSite.Sandbox.Oci;
using FedSite.TestKit;
using Microsoft.Extensions.Logging;

namespace FedSite.Tests.Images.Sources;

/// <summary>A source whose registry is the sandbox's.</summary>
internal sealed class SourceSite : IAsyncDisposable, ILoggerFactory
{
    public static readonly DateTimeOffset Now = new(2026, 10, 15, 12, 0, 0, TimeSpan.Zero);

    private SourceSite(FederationSandbox sandbox, StandingTime time)
    {
        Sandbox = sandbox;
        Time = time;
        Config = new ImageSourceConfig { Registry = sandbox.RegistryUrl.ToString(), Project = "vo" };
    }

    public FederationSandbox Sandbox { get; }
    public SandboxRegistry Registry => Sandbox.Registry;
    public StandingTime Time { get; }
    public ImageSourceConfig Config { get; set; }
    public KnownManifests Memory { get; } = new();
    public CollectingLogger Log { get; } = new();

    /// <summary>Host and port of the registry.</summary>
    public string Host => Sandbox.RegistryUrl.Authority;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<SourceSite> StartAsync()
    {
        var time = new StandingTime(Now);
        var sandbox = await FederationSandbox.StartAsync(new SandboxOptions { TimeProvider = time, Servers = 0 }, Ct);
        return new SourceSite(sandbox, time);
    }

    public RegistrySource Open() => new(Config, Memory, Time, this);

    public async Task<SourceListing> ListAsync()
    {
        using var source = Open();
        return await source.ListAsync(Ct);
    }

    /// <summary>The slots that are offered, without the registry's host.</summary>
    public async Task<IReadOnlyList<string>> SlotsAsync()
    {
        var listing = await ListAsync();
        Assert.Null(listing.Failure);
        Assert.Empty(listing.Unread);
        return [.. listing.Offers.Select(offer => offer.Slot[(Host.Length + 1)..])];
    }

    public PushedImage Push(string repository, params IReadOnlyList<string> tags) =>
        Registry.PushImage(repository, tags, SandboxContent.Of(SmallImage.Qcow2($"{repository} {tags[0]}")));

    public void AddProvider(ILoggerProvider provider) { }

    public ILogger CreateLogger(string categoryName) => Log;

    public void Dispose() { }

    public ValueTask DisposeAsync() => Sandbox.DisposeAsync();
}

internal sealed class KnownManifests : IManifestMemory
{
    private readonly ConcurrentDictionary<string, byte[]> _bodies = new(StringComparer.Ordinal);

    public byte[]? Find(string digest) => _bodies.GetValueOrDefault(digest);

    public void Keep(string digest, byte[] body) => _bodies[digest] = body;
}
