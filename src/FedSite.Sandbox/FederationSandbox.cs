using System.Security.Cryptography.X509Certificates;
using FedSite.Sandbox.Ams;
using FedSite.Sandbox.Gocdb;
using FedSite.Sandbox.Oci;
using FedSite.Sandbox.OpenStack;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox;

/// <summary>
/// A whole federation inside this process, over real HTTP on 127.0.0.1: the services of one OpenStack cloud, GOCDB, a
/// registry of VM images and, when <see cref="SandboxOptions.Folder"/> is given, the messaging service with the
/// certificates that it takes, and an OpenID provider.
/// Users: <c>admin</c> (project <c>admin</c>, system), <c>accounting</c> (each project with servers), <c>member</c>
/// (first project); everybody's password is <see cref="CloudWorld.Password"/>, everybody's domain <c>Default</c>.
/// </summary>
public sealed class FederationSandbox : IAsyncDisposable
{
    public const string Region = "RegionOne";

    /// <summary>
    /// The OpenID Connect access token that Keystone takes: for the first user of the first project as long as mappings
    /// are not evaluated or no identity provider is stored, for <see cref="SandboxLogins.Member"/> afterwards.
    /// </summary>
    public const string AccessToken = "sandbox-access-token";

    private readonly List<LoopbackServer> _servers = [];
    private readonly Endpoints _endpoints = new();
    private readonly Tokens _tokens;
    private readonly SandboxOptions _options;
    private string _gocdbServer = "";
    private SandboxMessaging? _messaging;
    private SandboxLogins? _logins;

    private FederationSandbox(SandboxOptions options)
    {
        _options = options;
        World = new CloudWorld(options);
        Store = new SandboxStore(options.TimeProvider);
        Registry = new SandboxRegistry(options.TimeProvider);
        Traffic = new SandboxTraffic(options.Latency);
        _tokens = new Tokens(options);
    }

    /// <summary>Keystone's URL with <c>/v3</c>.</summary>
    public Uri KeystoneUrl => new($"{_endpoints.Identity}/v3");
    public Uri NovaUrl => new($"{_endpoints.Compute}/v2.1");
    public Uri GlanceUrl => new(_endpoints.Image);
    public Uri NeutronUrl => new(_endpoints.Network);

    /// <summary>Cinder's URL with <c>/v3</c> and without a project.</summary>
    public Uri CinderUrl => new($"{_endpoints.BlockStorage}/v3");

    /// <summary>GOCDB's public interface.</summary>
    public Uri GocdbUrl => new($"{_gocdbServer}{GocdbApi.Path}");

    /// <summary>What GOCDB has.</summary>
    public SandboxGocdb Gocdb { get; private set; } = null!;

    /// <summary>Swift's URL with <c>/v1</c> and without an account.</summary>
    public Uri SwiftUrl => new($"{_endpoints.ObjectStorage}/v1");

    /// <summary>The URL of <see cref="Store"/>, with a slash at its end.</summary>
    public Uri StoreUrl { get; private set; } = null!;

    /// <summary>The web server that takes documents.</summary>
    public SandboxStore Store { get; }

    /// <summary>The URL of <see cref="Registry"/>.</summary>
    public Uri RegistryUrl { get; private set; } = null!;

    /// <summary>The registry of VM images.</summary>
    public SandboxRegistry Registry { get; }

    /// <summary>What the cloud holds; to be changed by tests.</summary>
    public CloudWorld World { get; }

    /// <summary>Request counters and faults.</summary>
    public SandboxTraffic Traffic { get; }

    /// <summary>The messaging service.</summary>
    /// <exception cref="InvalidOperationException">Started without <see cref="SandboxOptions.Folder"/>.</exception>
    public AmsSandbox Ams => _messaging?.Ams ?? throw new InvalidOperationException("the sandbox has no folder");

    /// <summary>Certificates and trust; null without <see cref="SandboxOptions.Folder"/>.</summary>
    public SandboxMessaging? Messaging => _messaging;

    /// <summary>The OpenID provider and its people; null without <see cref="SandboxOptions.Folder"/>.</summary>
    public SandboxLogins? Logins => _logins;

    /// <summary>Starts all services; they listen when this returns.</summary>
    /// <exception cref="IOException">A given port is taken.</exception>
    public static async Task<FederationSandbox> StartAsync(SandboxOptions options, CancellationToken ct)
    {
        var sandbox = new FederationSandbox(options);
        try
        {
            await sandbox.StartOpenStackAsync(ct);
            await sandbox.StartRegistryAsync(ct);
            await sandbox.StartGocdbAsync(ct);
            if (options.Folder is not null)
            {
                sandbox._messaging = await SandboxMessaging.StartAsync(options, options.Folder, ct);
                sandbox._logins = await SandboxLogins.StartAsync(options, sandbox._messaging, sandbox.World, ct);
            }
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
        return sandbox;
    }

    /// <summary>Id of the project that a request's token is scoped to; null: no token, or none of a project.</summary>
    public string? ProjectOf(HttpRequest request) => _tokens.Of(request)?.Project?.Id;

    /// <summary>Makes all tokens invalid, as if they had expired.</summary>
    public void RevokeTokens() => _tokens.RevokeAll();

    /// <summary>
    /// Writes the accounts as <c>clouds.yaml</c>, mode 0600: <c>sandbox</c> (accounting, without scope),
    /// <c>sandbox-project</c>, <c>sandbox-admin</c>, <c>sandbox-member</c>, <c>sandbox-fedsite</c> (application
    /// credential), <c>sandbox-oidc</c>; with an OpenID provider <c>sandbox-lookalike</c>, whom Keystone refuses.
    /// </summary>
    public void WriteCloudsYaml(string path, string? caFile = null)
    {
        WritePrivate(path, CloudsYaml.Text(this, caFile));
    }

    private static void WritePrivate(string path, string text)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var file = new StreamWriter(path, options);
        file.Write(text);
    }

    /// <summary>
    /// Writes a <c>site.yaml</c> for this federation, mode 0600: spool and state go into folders beside it.
    /// </summary>
    /// <exception cref="InvalidOperationException">Started without <see cref="SandboxOptions.Folder"/>.</exception>
    public void WriteSiteYaml(string path)
    {
        var messaging = _messaging ?? throw new InvalidOperationException("the sandbox has no folder");
        WritePrivate(path, SiteYaml.Text(this, messaging, _logins!, Path.GetDirectoryName(Path.GetFullPath(path))!));
    }

    private async Task StartOpenStackAsync(CancellationToken ct)
    {
        var shapes = new KeystoneJson(_options, World, _endpoints);
        var keystone = new Keystone(World, _tokens, shapes, _endpoints);
        var nova = new Nova(_options, World, _tokens, _endpoints);
        _endpoints.Identity = await ServeAsync(SandboxService.Keystone, keystone.HandleAsync, ct);
        _endpoints.Compute = await ServeAsync(SandboxService.Nova, nova.HandleAsync, ct);
        var glance = new Glance(_options, World, _tokens, _endpoints);
        var neutron = new Neutron(_options, World, _tokens, _endpoints);
        var cinder = new Cinder(_options, World, _tokens, _endpoints);
        _endpoints.Image = await ServeAsync(SandboxService.Glance, glance.HandleAsync, ct);
        _endpoints.Network = await ServeAsync(SandboxService.Neutron, neutron.HandleAsync, ct);
        _endpoints.BlockStorage = await ServeAsync(SandboxService.Cinder, cinder.HandleAsync, ct);
        var swift = new Swift(_options, World, _tokens, _endpoints);
        _endpoints.ObjectStorage = await ServeAsync(SandboxService.Swift, swift.HandleAsync, ct);
    }

    private async Task StartRegistryAsync(CancellationToken ct)
    {
        var api = new RegistryApi(Registry);
        Registry.AddExamples(
            (World.SeededProjects.FirstOrDefault() ?? World.AdminProject).Name,
            _options.RegistryImages
        );
        RegistryUrl = new Uri(await ServeAsync(SandboxService.Registry, api.HandleAsync, ct));
        // Where registries keep their blobs is another server.
        RequestDelegate store = context =>
            context.Request.Path.Value!.StartsWith(RegistryApi.StoragePath, StringComparison.Ordinal)
                ? api.StorageAsync(context)
                : Store.HandleAsync(context);
        StoreUrl = new Uri($"{await ServeAsync(SandboxService.Store, store, ct)}/");
    }

    private async Task StartGocdbAsync(CancellationToken ct)
    {
        Gocdb = new SandboxGocdb(KeystoneUrl);
        var api = new GocdbApi(Gocdb, _options.TimeProvider);
        _gocdbServer = await ServeAsync(SandboxService.Gocdb, api.HandleAsync, certificate: null, ct);
    }

    private Task<string> ServeAsync(SandboxService service, RequestDelegate handler, CancellationToken ct) =>
        ServeAsync(service, handler, _options.Certificate, ct);

    private async Task<string> ServeAsync(
        SandboxService service,
        RequestDelegate handler,
        X509Certificate2? certificate,
        CancellationToken ct
    )
    {
        var terms = new LoopbackTerms(_options.FirstPort == 0 ? 0 : _options.FirstPort + (int)service, certificate);
        var server = await Traffic.ServeAsync(service, terms, handler, ct);
        _servers.Add(server);
        return server.Url.ToString().TrimEnd('/');
    }

    public async ValueTask DisposeAsync()
    {
        if (_logins is not null)
        {
            await _logins.DisposeAsync();
        }
        if (_messaging is not null)
        {
            await _messaging.DisposeAsync();
        }
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }
}
