using FedSite.OpenStack;
using FedSite.Sandbox;
using FedSite.Sandbox.Pki;

namespace FedSite.Tests.OpenStack;

public sealed class TlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-tls-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_service_of_an_unknown_ca_is_not_trusted()
    {
        using var authority = TestAuthority.Create(_folder, TimeProvider.System);
        await using var cloud = await StartAsync(authority, "127.0.0.1");

        var failure = await Assert.ThrowsAsync<OpenStackException>(() =>
            cloud.Connect().Identity.ListMyProjectsAsync(Ct)
        );

        Assert.Contains("not trusted", failure.Message, StringComparison.Ordinal);
        Assert.Contains("cacert", failure.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_of_the_configured_ca_is_trusted()
    {
        using var authority = TestAuthority.Create(_folder, TimeProvider.System);
        await using var cloud = await StartAsync(authority, "127.0.0.1");
        var client = cloud.Connect(cloud.Credentials with { CaCert = CaFile(authority) });

        Assert.NotEmpty(await client.Identity.ListMyProjectsAsync(Ct));
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_not_trusted()
    {
        using var authority = TestAuthority.Create(_folder, TimeProvider.System);
        await using var cloud = await StartAsync(authority, "other.example.org");
        var client = cloud.Connect(cloud.Credentials with { CaCert = CaFile(authority) });

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => client.Identity.ListMyProjectsAsync(Ct));

        Assert.Contains("another name", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_verification_any_certificate_will_do()
    {
        using var authority = TestAuthority.Create(_folder, TimeProvider.System);
        await using var cloud = await StartAsync(authority, "other.example.org");
        var client = cloud.Connect(cloud.Credentials with { Verify = false });

        Assert.NotEmpty(await client.Identity.ListMyProjectsAsync(Ct));
    }

    [Fact]
    public void A_ca_file_that_is_missing_is_a_wrong_configuration()
    {
        var credentials = new CloudCredentials
        {
            AuthType = AuthType.Password,
            AuthUrl = new Uri("https://keystone.example.org/v3"),
            CaCert = Path.Combine(_folder, "missing.pem"),
            Origin = "site.yaml",
        };

        var failure = Assert.Throws<FedSiteException>(() =>
            OpenStackCloud.Connect(
                credentials,
                TimeProvider.System,
                Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance
            )
        );

        Assert.Equal(ExitCode.Usage, failure.ExitCode);
    }

    private static Task<TestCloud> StartAsync(TestAuthority authority, string name) =>
        TestCloud.StartAsync(new SandboxOptions { Certificate = authority.IssueServer(name).Certificate });

    private string CaFile(TestAuthority authority)
    {
        var file = Path.Combine(_folder, "ca.pem");
        File.WriteAllText(file, authority.Certificate.ExportCertificatePem());
        return file;
    }
}
