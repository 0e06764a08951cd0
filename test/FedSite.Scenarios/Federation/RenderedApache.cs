using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using CliWrap.Buffered;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Federation;

/// <summary>
/// A real Apache with what was rendered for it, before a server that answers with what reaches it: the WSGI keys with
/// mod_wsgi, else the headers.
/// </summary>
internal sealed class RenderedApache : IDisposable
{
    private static readonly string[] Modules =
    [
        "mpm_event",
        "authn_core",
        "authz_core",
        "authz_user",
        "headers",
        "setenvif",
        "alias",
        "auth_openidc",
        "wsgi",
        "proxy",
        "proxy_http",
    ];

    private readonly RenderedFolder _folder;
    private readonly string _program = Require.Program("/usr/sbin/apache2", "apache2");
    private readonly HttpClient _client;
    private Process? _process;

    public RenderedApache(RenderedFolder folder)
    {
        Require.Program("/usr/lib/apache2/modules/mod_auth_openidc.so", "libapache2-mod-auth-openidc");
        Require.Program("/usr/lib/apache2/modules/mod_wsgi.so", "libapache2-mod-wsgi-py3");
        Require.Root();
        _folder = folder;
        Port = FreePort();
        var trust = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        trust.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(folder.In("ca.pem")));
        _client = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                CookieContainer = new CookieContainer(),
                SslOptions = { CertificateChainPolicy = trust },
            }
        )
        {
            BaseAddress = new Uri($"http://127.0.0.1:{Port}/"),
        };
        // mod_auth_openidc sends browsers alone to a provider.
        _client.DefaultRequestHeaders.Add("Accept", "text/html");
    }

    public int Port { get; }

    /// <summary>Writes the site's own configuration around what is in the folder <c>apache</c>.</summary>
    /// <param name="backend">Host and port that requests go on to; null: mod_wsgi.</param>
    public void Configure(string? backend)
    {
        var own = FreePort().ToString(CultureInfo.InvariantCulture);
        foreach (var file in Directory.GetFiles(_folder.In("apache")))
        {
            // Tests that run beside this one have the port of the product.
            var text = File.ReadAllText(file);
            if (text.Contains("127.0.0.1:8157", StringComparison.Ordinal))
                File.WriteAllText(file, text.Replace("127.0.0.1:8157", $"127.0.0.1:{own}", StringComparison.Ordinal));
        }

        _folder.Write(
            "dump.wsgi",
            """
            import json
            def application(environ, start):
                start("200 OK", [("Content-Type", "application/json")])
                return [json.dumps({key: str(value) for key, value in environ.items()}).encode()]

            """
        );
        _folder.Write(
            "apache.conf",
            $"""
            ServerRoot {_folder.Path}
            ServerName 127.0.0.1
            Listen 127.0.0.1:{Port}
            PidFile {_folder.In("apache.pid")}
            DefaultRuntimeDir {_folder.Path}
            ErrorLog {_folder.In("error.log")}
            User www-data
            Group www-data
            StartServers 1
            {string.Join(
                '\n',
                Modules.Select(name => $"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so")
            )}
            Define FEDSITE_DIR {_folder.In("apache")}
            IncludeOptional {_folder.In("apache")}/introspection.con[f]
            WSGISocketPrefix {_folder.In("wsgi")}
            <VirtualHost 127.0.0.1:{Port}>
              <Location "/">
                Require all granted
              </Location>
              {(backend is null ? $"WSGIScriptAlias / {_folder.In("dump.wsgi")}" : $"ProxyPass / http://{backend}/")}
              Include {_folder.In("apache")}/federation.conf
            </VirtualHost>

            """
        );
    }

    /// <summary>What <c>apachectl -t</c> says.</summary>
    public Task<BufferedCommandResult> CheckAsync() =>
        RenderedFolder.RunAsync(_program, ["-t", "-f", _folder.In("apache.conf")]);

    public async Task StartAsync()
    {
        _process = Process.Start(_program, ["-DFOREGROUND", "-f", _folder.In("apache.conf")]);
        for (var tries = 0; tries < 200 && !_process.HasExited; tries++)
        {
            try
            {
                // An answer, not only a connection: the first worker may still be at its beginning.
                using var answer = await _client.GetAsync(
                    new Uri("/", UriKind.Relative),
                    TestContext.Current.CancellationToken
                );
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }

        Assert.Fail($"Apache does not listen: {Log()}");
    }

    public async Task<HttpResponseMessage> GetAsync(Uri url, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The keys of claims that a request made arrive behind Apache, and the status.</summary>
    public async Task<(HttpStatusCode Status, IReadOnlyDictionary<string, string> Claims)> ClaimsAsync(
        string path,
        params (string Name, string Value)[] headers
    )
    {
        using var response = await GetAsync(new Uri(path, UriKind.Relative), headers);
        if (response.StatusCode != HttpStatusCode.OK)
            return (response.StatusCode, new Dictionary<string, string>());
        return (response.StatusCode, await ClaimsOfAsync(response));
    }

    /// <summary>The keys of claims in the answer of the server behind.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ClaimsOfAsync(HttpResponseMessage response)
    {
        var seen = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return seen.EnumerateObject()
            .Where(key => key.Name.Contains("OIDC", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(key => key.Name, key => key.Value.GetString()!);
    }

    public string Log() => File.Exists(_folder.In("error.log")) ? File.ReadAllText(_folder.In("error.log")) : "no log";

    public void Dispose()
    {
        _client.Dispose();
        if (_process is null)
            return;
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
