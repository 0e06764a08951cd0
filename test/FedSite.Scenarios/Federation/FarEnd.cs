using System.Diagnostics;
using System.Text.Json;
using FedSite.Sandbox.Pki;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Federation;

/// <summary>The servers of <c>far-end.py</c>, on ports of their own.</summary>
internal sealed class FarEnd : IDisposable
{
    private readonly Process _process;

    private FarEnd(Process process, JsonElement ports)
    {
        _process = process;
        Provider = $"https://127.0.0.1:{ports.GetProperty("provider")}";
        Introspection = $"http://127.0.0.1:{ports.GetProperty("introspection")}/introspect";
        Echo = $"127.0.0.1:{ports.GetProperty("echo")}";
    }

    /// <summary>An issuer is this and any path, except that <c>/lies</c> is the document of another.</summary>
    public string Provider { get; }

    /// <summary>Takes the token <c>base64(SUB ISSUER)</c> of keystone with <c>proxy-password</c>.</summary>
    public string Introspection { get; }

    /// <summary>Host and port of a server that answers with the headers that it got.</summary>
    public string Echo { get; }

    public static async Task<FarEnd> StartAsync(IssuedCertificate server)
    {
        var script = Path.Combine(Repository.Root, "test/FedSite.Scenarios/Federation/far-end.py");
        var process = Process.Start(
            new ProcessStartInfo("/usr/bin/python3", [script, server.CertificateFile, server.KeyFile])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return new FarEnd(process, JsonElement.Parse(line ?? throw new EndOfStreamException("far-end.py has ended.")));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
