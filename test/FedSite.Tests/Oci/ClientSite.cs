using FedSite.Oci;
using FedSite.Sandbox;
using FedSite.Sandbox.Oci;
using FedSite.TestKit;
using Microsoft.AspNetCore.Http;

namespace FedSite.Tests.Oci;

/// <summary>A client and the sandbox's registry.</summary>
internal sealed class ClientSite : IAsyncDisposable
{
    public const string Repository = "vo/image";

    private readonly List<IAsyncDisposable> _servers = [];

    private ClientSite(FederationSandbox sandbox, StandingTime time)
    {
        Sandbox = sandbox;
        Time = time;
        _servers.Add(sandbox);
    }

    public FederationSandbox Sandbox { get; }
    public SandboxRegistry Registry => Sandbox.Registry;
    public StandingTime Time { get; }
    public CollectingLogger Log { get; } = new();

    /// <summary>Requests to the registry so far.</summary>
    public long Requests => Sandbox.Traffic.Requests(SandboxService.Registry);

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<ClientSite> StartAsync()
    {
        var time = new StandingTime(new DateTimeOffset(2026, 10, 15, 12, 0, 0, TimeSpan.Zero));
        var sandbox = await FederationSandbox.StartAsync(new SandboxOptions { TimeProvider = time, Servers = 0 }, Ct);
        return new ClientSite(sandbox, time);
    }

    public RegistryClient Open(
        string? username = SandboxRegistry.Username,
        string? password = SandboxRegistry.Password
    ) => Open(Sandbox.RegistryUrl, username, password);

    public RegistryClient Open(Uri url, string? username = null, string? password = null, string? cacert = null) =>
        new(
            new RegistryAccount
            {
                Url = url,
                Username = username,
                Password = password,
                CaCert = cacert,
                Origin = "site.yaml",
            },
            Time,
            Log
        );

    /// <summary>A registry that answers as it likes.</summary>
    public async Task<RegistryClient> OpenAsync(RequestDelegate handler)
    {
        var server = await LoopbackServer.StartAsync(new LoopbackTerms(0, Certificate: null), handler, Ct);
        _servers.Add(server);
        return Open(server.Url);
    }

    public PushedImage Push(int length = 100_000) =>
        Registry.PushImage(Repository, ["1"], SandboxContent.Pattern(length, seed: 1));

    /// <summary>All bytes of the stream.</summary>
    public static async Task<byte[]> ReadAsync(Stream stream)
    {
        await using (stream)
        {
            using var read = new MemoryStream();
            await stream.CopyToAsync(read, Ct);
            return read.ToArray();
        }
    }

    public static async Task<string> FailAsync(Func<Task> act) =>
        (await Assert.ThrowsAsync<RegistryException>(act)).Message;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }
}
