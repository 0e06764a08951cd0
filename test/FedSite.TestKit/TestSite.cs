using System.Globalization;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using FedSite.Sandbox.Ams;
using FedSite.Sandbox.Pki;

namespace FedSite.TestKit;

/// <summary>
/// A site in a folder of its own: host certificate, trust folder, messaging service, <c>site.yaml</c>; and the real
/// executable to run on it.
/// </summary>
public sealed class TestSite : IAsyncDisposable
{
    private readonly IssuedCertificate _server;

    private TestSite(
        string folder,
        TestAuthority authority,
        IssuedCertificate host,
        IssuedCertificate server,
        AmsSandbox ams
    )
    {
        _server = server;
        Folder = folder;
        Authority = authority;
        Host = host;
        Ams = ams;
    }

    public string Folder { get; }
    public TestAuthority Authority { get; }
    public IssuedCertificate Host { get; }
    public AmsSandbox Ams { get; }
    public string ConfigFile => Path.Combine(Folder, "site.yaml");
    public string TrustFolder => Path.Combine(Folder, "trust");
    public string Spool => Path.Combine(Folder, "spool");
    public string State => Path.Combine(Folder, "state");

    /// <summary>Path of the executable: <c>FEDSITE_BINARY</c>, else the one built with these tests.</summary>
    public static string Executable { get; } =
        Environment.GetEnvironmentVariable("FEDSITE_BINARY")
        ?? Path.GetFullPath(
            Path.Combine(
                AppContext.BaseDirectory,
                "../../FedSite.App",
                Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)),
                "FedSite.App"
            )
        );

    /// <summary>Makes a site.</summary>
    /// <param name="openstack">The section <c>openstack</c> of site.yaml, indented by two blanks.</param>
    /// <param name="more">Further sections, as they stand in the file.</param>
    public static async Task<TestSite> StartAsync(string openstack, string more = "")
    {
        var folder = Directory.CreateTempSubdirectory("fedsite-").FullName;
        var authority = TestAuthority.Create(Path.Combine(folder, "pki"), TimeProvider.System);
        var host = authority.IssueHost("/DC=org/DC=example/O=hosts/CN=site.example.org");
        var server = authority.IssueServer();
        var ams = await AmsSandbox.StartAsync(
            new AmsSandboxOptions { Certificate = server.Certificate },
            CancellationToken.None
        );
        ams.Register(host.Certificate, "eu-egi-cloud-accounting", "eu-egi-storage-accounting");
        var site = new TestSite(folder, authority, host, server, ams);
        authority.WriteTrustFolder(site.TrustFolder);
        await File.WriteAllTextAsync(site.ConfigFile, site.Yaml(openstack) + more);
        return site;
    }

    /// <summary>Words in front of the executable: a command that starts it.</summary>
    public IReadOnlyList<string> Launcher { get; set; } = [];

    /// <summary>Runs the executable on this site.</summary>
    public async Task<BufferedCommandResult> RunAsync(params string[] arguments)
    {
        string[] words = [.. Launcher, Executable, .. arguments, "--config", ConfigFile];
        return await Cli.Wrap(words[0])
            .WithArguments(words[1..])
            .WithWorkingDirectory(Folder)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();
    }

    /// <summary>Runs the executable with <c>--output json</c>.</summary>
    public async Task<(JsonElement Answer, BufferedCommandResult Run)> RunJsonAsync(params string[] arguments)
    {
        var run = await RunAsync([.. arguments, "--output", "json"]);
        try
        {
            return (JsonElement.Parse(run.StandardOutput), run);
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException(
                $"Exit code {run.ExitCode}, no JSON: {run.StandardOutput}\n{run.StandardError}",
                e
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Ams.DisposeAsync();
        _server.Dispose();
        Host.Dispose();
        Authority.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private string Yaml(string openstack) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            site:
              name: TEST-SITE
              service: cloud.example.org
            openstack:
            {openstack}
            messaging:
              certificate: {Host.CertificateFile}
              key: {Host.KeyFile}
              trust: {TrustFolder}
              ams: {"{"}host: {AmsSandbox.Host}, port: {Ams.Port}, auth_port: {Ams.AuthPort}{"}"}
              queues:
                cloud: {"{"}spool: {Spool}, topic: eu-egi-cloud-accounting{"}"}
                storage: {"{"}spool: {Spool}-storage, topic: eu-egi-storage-accounting{"}"}
            state: {State}

            """
        );
}
