using FedSite.OpenStack;
using FedSite.OpenStack.Compute;
using FedSite.Sandbox;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Tests.OpenStack;

/// <summary>A sandbox, and the product's client on it as <c>accounting</c>. Pauses between tries are not waited for.</summary>
internal sealed class TestCloud : IAsyncDisposable
{
    private readonly List<OpenStackCloud> _clients = [];

    private TestCloud(FederationSandbox sandbox, TimeProvider time)
    {
        Sandbox = sandbox;
        Time = time;
    }

    public FederationSandbox Sandbox { get; }
    public TimeProvider Time { get; }
    public string ProjectId => Sandbox.World.SeededProjects.First().Id;

    public CloudCredentials Credentials =>
        new()
        {
            AuthType = AuthType.Password,
            AuthUrl = Sandbox.KeystoneUrl,
            Username = Sandbox.World.Accounting.Name,
            Password = Sandbox.World.Accounting.Password,
            UserDomainName = "Default",
            Origin = "test",
        };

    public static async Task<TestCloud> StartAsync(SandboxOptions? options = null, TimeProvider? time = null) =>
        new(
            await FederationSandbox.StartAsync(options ?? new SandboxOptions(), TestContext.Current.CancellationToken),
            time ?? new RecordingTime()
        );

    public OpenStackCloud Connect(CloudCredentials? credentials = null, ILoggerFactory? loggers = null)
    {
        var client = OpenStackCloud.Connect(credentials ?? Credentials, Time, loggers ?? NullLoggerFactory.Instance);
        _clients.Add(client);
        return client;
    }

    public async Task<List<Listed<Server>>> ServersAsync(OpenStackCloud client, DateTimeOffset? since = null)
    {
        var ct = TestContext.Current.CancellationToken;
        var servers = new List<Listed<Server>>();
        await foreach (var server in client.Compute.ListServersAsync(ProjectId, since, ct))
        {
            servers.Add(server);
        }
        return servers;
    }

    public Task<List<Listed<Server>>> ServersAsync() => ServersAsync(Connect());

    /// <summary>Answers the next list of servers with this text.</summary>
    public void AnswerServers(
        string body,
        int status = 200,
        int times = 1,
        string? retryAfter = null,
        bool reset = false
    ) =>
        Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Nova,
                When = request => request.Path.Value!.EndsWith("/servers/detail", StringComparison.Ordinal),
                Status = status,
                Body = body,
                Times = times,
                RetryAfter = retryAfter,
                Kind = reset ? FaultKind.Reset : FaultKind.Answer,
            }
        );

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }
        await Sandbox.DisposeAsync();
    }
}

/// <summary>The real clock; remembers the waits it was asked for and makes them short. Time-outs stay.</summary>
internal sealed class RecordingTime : TimeProvider
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(61);
    private readonly Lock _change = new();
    private readonly List<TimeSpan> _waits = [];

    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_change)
            {
                return [.. _waits];
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var isWait = dueTime > TimeSpan.Zero && dueTime < LongestWait;
        if (isWait)
        {
            lock (_change)
            {
                _waits.Add(dueTime);
            }
        }
        return base.CreateTimer(callback, state, isWait ? TimeSpan.FromMilliseconds(1) : dueTime, period);
    }
}
