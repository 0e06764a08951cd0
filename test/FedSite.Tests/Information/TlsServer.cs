using System.Diagnostics;
using System.Globalization;

namespace FedSite.Tests.Information;

/// <summary><c>openssl s_server</c>: a TLS server that shares no code with us.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private const string Ready = "ACCEPT ";

    private readonly Process _process;

    private TlsServer(Process process, int port)
    {
        _process = process;
        Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://localhost:{port}/v3"));
    }

    public Uri Url { get; }

    /// <summary>Listens when this returns.</summary>
    public static async Task<TlsServer> StartAsync(params string[] options)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("openssl", ["s_server", "-accept", "127.0.0.1:0", "-www", .. options])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var ct = TestContext.Current.CancellationToken;
        while (await process.StandardOutput.ReadLineAsync(ct) is { } line)
        {
            if (line.StartsWith(Ready, StringComparison.Ordinal))
            {
                return new(process, int.Parse(line.Split(':')[^1], CultureInfo.InvariantCulture));
            }
        }

        throw new InvalidOperationException("openssl s_server ended");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
