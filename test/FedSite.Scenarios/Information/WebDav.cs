using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Information;

/// <summary>
/// A real Apache with mod_dav: <c>/open/</c> takes everything from everybody, <c>/guarded/</c> only with user and
/// password, <c>/plain/</c> takes nothing.
/// </summary>
internal sealed class WebDav : IDisposable
{
    public const string User = "publisher";
    public const string Password = "wrongHorse";

    private static readonly string[] Modules =
    [
        "mpm_event",
        "authn_core",
        "authn_file",
        "auth_basic",
        "authz_core",
        "authz_user",
        "dav",
        "dav_fs",
    ];

    private readonly string _program = Require.Program("/usr/sbin/apache2", "apache2");
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-dav-").FullName;
    private readonly int _port;
    private readonly Process _process;

    private WebDav()
    {
        Require.Root();
        _port = FreePort();
        // Apache's own account reads and writes there.
        File.SetUnixFileMode(_folder, Mode("755"));
        foreach (var folder in (string[])["open", "guarded", "plain", "locks"])
        {
            Directory.CreateDirectory(In(folder));
            File.SetUnixFileMode(In(folder), Mode("777"));
        }
        File.WriteAllText(In("users"), $"{User}:{{SHA}}LuJm76ltJvVxlXQWoLYCohctaz4=\n");
        File.WriteAllText(In("apache.conf"), Configuration());
        _process = Process.Start(_program, ["-DFOREGROUND", "-f", In("apache.conf")]);
    }

    public Uri Url => new($"http://127.0.0.1:{_port}/");

    public string In(string path) => Path.Combine(_folder, path);

    public static async Task<WebDav> StartAsync()
    {
        var server = new WebDav();
        using var client = new HttpClient(new SocketsHttpHandler(), disposeHandler: true);
        for (var tries = 0; tries < 200 && !server._process.HasExited; tries++)
        {
            try
            {
                using var answer = await client.GetAsync(server.Url, TestContext.Current.CancellationToken);
                return server;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
        var log = File.Exists(server.In("error.log")) ? await File.ReadAllTextAsync(server.In("error.log")) : "no log";
        server.Dispose();
        throw new InvalidOperationException($"Apache does not listen: {log}");
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Configuration() =>
        $"""
            ServerRoot {_folder}
            ServerName 127.0.0.1
            Listen 127.0.0.1:{_port}
            PidFile {In("apache.pid")}
            DefaultRuntimeDir {_folder}
            ErrorLog {In("error.log")}
            User www-data
            Group www-data
            StartServers 1
            {string.Join(
                '\n',
                Modules.Select(name => $"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so")
            )}
            DocumentRoot {_folder}
            DavLockDB {In("locks")}/db
            <Location "/">
              Require all granted
            </Location>
            <Location "/open">
              Dav On
            </Location>
            <Location "/guarded">
              Dav On
              AuthType Basic
              AuthName store
              AuthUserFile {In("users")}
              Require valid-user
            </Location>

            """;

    private static UnixFileMode Mode(string octal) => (UnixFileMode)Convert.ToInt32(octal, 8);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
