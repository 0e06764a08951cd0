using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FedSite.Scenarios.Support;
using FedSite.TestKit.Contracts;

namespace FedSite.Scenarios.Images;

/// <summary>Debian's registry for one test, which may stop it and spoil its disk.</summary>
internal sealed class OwnRegistry : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-registry-").FullName;
    private readonly int _port = FreePort();
    private Process? _process;

    private OwnRegistry() => Raw = new RawRegistry(Url);

    public Uri Url => new($"http://127.0.0.1:{_port}/");
    public RawRegistry Raw { get; }

    public static async Task<OwnRegistry> StartAsync()
    {
        Require.Program("/usr/bin/docker-registry", "docker-registry");
        var registry = new OwnRegistry();
        await registry.RunAsync();
        return registry;
    }

    public async Task RunAsync()
    {
        var config = Path.Combine(_folder, "config.yml");
        await File.WriteAllTextAsync(
            config,
            $$"""
            version: 0.1
            log: {level: error, accesslog: {disabled: true} }
            storage:
              filesystem: {rootdirectory: "{{_folder}}" }
              delete: {enabled: true}
            http: {addr: "127.0.0.1:{{_port}}", secret: fedsite}

            """
        );
        var start = new ProcessStartInfo("/usr/bin/docker-registry", ["serve", config]) { UseShellExecute = false };
        _process = Process.Start(start)!;
        using var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true);
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(Url, "/v2/"), TestContext.Current.CancellationToken);
                return;
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }

    public async Task StopAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _process = null;
    }

    /// <summary>The file of a blob on the registry's disk.</summary>
    public string FileOf(string digest)
    {
        var hex = digest["sha256:".Length..];
        return Path.Combine(_folder, "docker/registry/v2/blobs/sha256", hex[..2], hex, "data");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await StopAsync();
        }
        Raw.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
