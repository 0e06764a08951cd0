using System.Net;
using System.Net.Sockets;
using FedSite.Information;
using FedSite.Sandbox;
using FedSite.Sandbox.Pki;

namespace FedSite.Tests.Information;

public sealed class TlsProbeTests : IDisposable
{
    private const string Issuer = "/DC=org/DC=example/O=Grid, Inc./CN=CA \"One\"";

    private static readonly string[] Others =
    [
        "/C=XX/O=Universität Müller/OU=a + b/CN=a=b;c <d>",
        "/C=XX/ST= x /L=#y/UID=z/emailAddress=ca@example.org/CN=host/ca",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-tls-").FullName;
    private readonly TestAuthority _authority;
    private readonly IssuedCertificate _server;

    public TlsProbeTests()
    {
        _authority = TestAuthority.Create(_folder, TimeProvider.System, Issuer, TestKey.Ec);
        _server = _authority.IssueServer("other.example.org");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _server.Dispose();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("-tls1_2", "-verify")]
    [InlineData("-tls1_3", "-verify")]
    [InlineData("-tls1_3", "-Verify")]
    public async Task Issuer_and_announced_authorities_are_told_in_slash_form(string version, string wish)
    {
        await using var server = await StartAsync(version, wish, "1", "-CAfile", Authorities());

        var seen = await TlsProbe.ProbeAsync(server.Url, Ct);

        Assert.Equal(Issuer, seen.IssuerCA);
        Assert.Equal([Issuer, .. Others], seen.TrustedCA);
    }

    [Fact]
    public async Task A_server_that_refuses_us_still_says_whom_it_trusts()
    {
        await using var server = await StartAsync("-tls1_2", "-Verify", "1", "-CAfile", Authorities());

        var seen = await TlsProbe.ProbeAsync(server.Url, Ct);

        Assert.Equal("UNKNOWN", seen.IssuerCA);
        Assert.Equal([Issuer, .. Others], seen.TrustedCA);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_server_that_wants_no_certificates_announces_none(string version)
    {
        await using var server = await StartAsync(version);

        var seen = await TlsProbe.ProbeAsync(server.Url, Ct);

        Assert.Equal(Issuer, seen.IssuerCA);
        Assert.Empty(seen.TrustedCA);
    }

    [Fact]
    public async Task Https_of_the_sandbox_is_seen()
    {
        await using var sandbox = await FederationSandbox.StartAsync(
            new SandboxOptions { Servers = 0, Certificate = _server.Certificate },
            Ct
        );

        Assert.Equal(Issuer, (await TlsProbe.ProbeAsync(sandbox.KeystoneUrl, Ct)).IssuerCA);
    }

    [Fact]
    public async Task Plain_http_is_unknown()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions { Servers = 0 }, Ct);

        AssertUnknown(await TlsProbe.ProbeAsync(sandbox.KeystoneUrl, Ct));
        AssertUnknown(await TlsProbe.ProbeAsync(new UriBuilder(sandbox.KeystoneUrl) { Scheme = "https" }.Uri, Ct));
    }

    [Theory]
    [InlineData("https://127.0.0.1:1/v3")]
    [InlineData("https://nowhere.invalid/v3")]
    [InlineData("https://[::1]:1/v3")]
    public async Task Who_does_not_answer_is_unknown(string url) =>
        AssertUnknown(await TlsProbe.ProbeAsync(new Uri(url), Ct));

    [Fact]
    public async Task The_users_own_cancellation_ends_it()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var probing = TlsProbe.ProbeAsync(new Uri($"https://{silent.LocalEndpoint}/v3"), cancel.Token);
        using var client = await silent.AcceptSocketAsync(Ct);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probing);
    }

    private static void AssertUnknown(EndpointCertificates seen)
    {
        Assert.Equal("UNKNOWN", seen.IssuerCA);
        Assert.Equal(["UNKNOWN"], seen.TrustedCA);
    }

    private Task<TlsServer> StartAsync(params string[] options) =>
        TlsServer.StartAsync(["-cert", _server.CertificateFile, "-key", _server.KeyFile, .. options]);

    private string Authorities()
    {
        var file = Path.Combine(_folder, "authorities.pem");
        File.WriteAllText(file, _authority.Certificate.ExportCertificatePem() + "\n");
        foreach (var dn in Others)
        {
            using var other = TestAuthority.Create(_folder, TimeProvider.System, dn, TestKey.Ec);
            File.AppendAllText(file, other.Certificate.ExportCertificatePem() + "\n");
        }

        return file;
    }
}
