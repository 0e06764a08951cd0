using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace FedSite.Sandbox.Ams;

/// <summary>
/// The ARGO Messaging Service and its token service inside this process, over HTTPS on 127.0.0.1. Behaves like AMS
/// 1.7: batches are stored one message at a time, pulls do not lease, acknowledgements are cumulative.
/// </summary>
public sealed class AmsSandbox : IAsyncDisposable
{
    private readonly AmsSandboxOptions _options;
    private readonly ConcurrentQueue<AmsTrouble> _troubles = new();
    private LoopbackServer? _api;
    private LoopbackServer? _tokens;

    private AmsSandbox(AmsSandboxOptions options)
    {
        _options = options;
        Store = new AmsStore(options);
        Users = new AmsUsers(options);
    }

    /// <summary>Address of both services.</summary>
    public static string Host => "127.0.0.1";

    /// <summary>Port of the API.</summary>
    public int Port => _api!.Url.Port;

    /// <summary>Port of the token service.</summary>
    public int AuthPort => _tokens!.Url.Port;

    public string Project => _options.Project;

    /// <summary>Request counters, and faults of services <c>Ams</c> and <c>AmsTokens</c>.</summary>
    public SandboxTraffic Traffic { get; } = new(latency: TimeSpan.Zero);

    /// <summary>All that was published, in order.</summary>
    public IReadOnlyList<DeliveredMessage> Delivered => Store.All();

    /// <summary>Number of messages in each publish request so far, failed ones included.</summary>
    public IReadOnlyList<int> PublishRequests => [.. Publishes];

    internal AmsStore Store { get; }
    internal AmsUsers Users { get; }
    internal ConcurrentQueue<int> Publishes { get; } = new();

    /// <summary>Starts both services; they listen when this returns.</summary>
    /// <exception cref="IOException">A given port is taken.</exception>
    public static async Task<AmsSandbox> StartAsync(AmsSandboxOptions options, CancellationToken ct)
    {
        var sandbox = new AmsSandbox(options);
        try
        {
            sandbox._api = await sandbox.Traffic.ServeAsync(
                SandboxService.Ams,
                new LoopbackTerms(options.Port, options.Certificate),
                new AmsApi(sandbox, options).HandleAsync,
                ct
            );
            sandbox._tokens = await sandbox.Traffic.ServeAsync(
                SandboxService.AmsTokens,
                new LoopbackTerms(options.AuthPort, options.Certificate, ClientCertificateMode.AllowCertificate),
                new AmsTokenService(sandbox.Users, options).HandleAsync,
                ct
            );
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }

        return sandbox;
    }

    /// <summary>
    /// Makes a host known, as if GOCDB had listed its DN, with the right to publish to these topics (none given: all).
    /// </summary>
    /// <returns>Its token.</returns>
    public string Register(X509Certificate2 host, params string[] topics) =>
        Users.Register(host, topics.Length == 0 ? _options.Topics : topics);

    /// <summary>Gives all users new tokens, as operators may do; the old ones are worth nothing.</summary>
    public void RenewTokens() => Users.RenewTokens();

    /// <summary>Lets the next publish request that has no other trouble run into this one.</summary>
    public void Trouble(AmsTrouble trouble) => _troubles.Enqueue(trouble);

    /// <summary>From now on nobody gets a token.</summary>
    public ValueTask StopTokenServiceAsync() => _tokens!.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }

        if (_tokens is not null)
        {
            await _tokens.DisposeAsync();
        }
    }

    internal AmsTrouble? NextTrouble() => _troubles.TryDequeue(out var trouble) ? trouble : null;
}
