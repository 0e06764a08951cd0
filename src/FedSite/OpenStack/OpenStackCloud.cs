using FedSite.OpenStack.BlockStorage;
using FedSite.OpenStack.Compute;
using FedSite.OpenStack.Identity;
using FedSite.OpenStack.Image;
using FedSite.OpenStack.Network;
using FedSite.OpenStack.ObjectStorage;
using Microsoft.Extensions.Logging;

namespace FedSite.OpenStack;

/// <summary>One OpenStack cloud with one account. Safe for use by many tasks at once.</summary>
public sealed class OpenStackCloud : IDisposable
{
    private readonly CloudHttp _http;
    private readonly TokenCache _tokens;
    private readonly CloudSession _session;

    private readonly ComputeVersions _computeVersions;

    private OpenStackCloud(
        CloudCredentials credentials,
        TimeProvider time,
        ILoggerFactory loggers,
        ComputeVersions versions
    )
    {
        _computeVersions = versions;
        Credentials = credentials;
        var logger = loggers.CreateLogger("FedSite.OpenStack");
        _http = new CloudHttp(credentials, time, logger);
        _tokens = new TokenCache(credentials, new Authenticator(credentials, _http, time), time);
        _session = new CloudSession(credentials, _http, _tokens);
        Identity = new IdentityApi(_session);
        Compute = new ComputeApi(_session, versions);
        Image = new ImageApi(_session, logger);
        Network = new NetworkApi(_session);
        BlockStorage = new BlockStorageApi(_session);
        ObjectStorage = new ObjectStorageApi(_session);
    }

    public CloudCredentials Credentials { get; }
    public IdentityApi Identity { get; }
    public ComputeApi Compute { get; }
    public ImageApi Image { get; }
    public NetworkApi Network { get; }
    public BlockStorageApi BlockStorage { get; }
    public ObjectStorageApi ObjectStorage { get; }

    /// <summary>HTTP requests sent so far, repeated ones included.</summary>
    public long Requests => _http.Requests;

    /// <summary>Sends nothing yet; the first request authenticates.</summary>
    /// <exception cref="FedSiteException">The file of CAs cannot be used.</exception>
    public static OpenStackCloud Connect(CloudCredentials credentials, TimeProvider time, ILoggerFactory loggers) =>
        new(credentials, time, loggers, new ComputeVersions());

    /// <summary>The same for another account of a cloud: what versions its services speak is asked for once.</summary>
    /// <param name="other">Of the same Keystone, region and interface; disposed of together with this one, or later.</param>
    internal static OpenStackCloud ConnectBeside(
        OpenStackCloud other,
        CloudCredentials credentials,
        TimeProvider time,
        ILoggerFactory loggers
    ) => new(credentials, time, loggers, other._computeVersions);

    /// <summary>The services that a token of this scope may see; unscoped tokens see none.</summary>
    public Task<Catalog> GetCatalogAsync(TokenScope scope, CancellationToken ct) => _session.GetCatalogAsync(scope, ct);

    public void Dispose()
    {
        Compute.Dispose();
        _computeVersions.Dispose();
        _tokens.Dispose();
        _http.Dispose();
    }
}
