using FedSite.Sandbox.Pki;
using FedSite.Tests.Grid;

namespace FedSite.Tests.Sandbox.Pki;

public sealed class TestAuthorityTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-pki-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("/DC=org/DC=example/O=FedSite/CN=Test CA")]
    [InlineData("/C=XX/O=Universität  Müller/OU=  Odd   spaces /CN=Root, \"quoted\"")]
    [InlineData("/DC=org/DC=example/C=XX/O=hosts/O=Test Grid/OU=Dept, of Odd/CN=host/dc.example.org")]
    public async Task Names_are_hashed_as_openssl_hashes_them(string dn)
    {
        using var authority = TestAuthority.Create(_folder, TimeProvider.System, dn, TestKey.Ec);
        authority.WriteTrustFolder(_folder, crls: false);
        var file = Directory.GetFiles(_folder, "*.0").Single();

        var hash = await OpenSsl.RunAsync(["x509", "-noout", "-hash", "-in", file]);

        Assert.Equal(hash.Output.Trim(), Path.GetFileNameWithoutExtension(file));
    }

    [Theory]
    [InlineData(TestKey.Rsa)]
    [InlineData(TestKey.Ec)]
    public async Task Openssl_trusts_a_host_certificate_below_an_intermediate_and_finds_the_revocation_lists(
        TestKey key
    )
    {
        using var root = TestAuthority.Create(_folder, TimeProvider.System, key: key);
        var intermediate = root.IssueIntermediate("/DC=org/DC=example/CN=Issuing CA", key);
        using var host = intermediate.IssueHost("/DC=org/DC=example/CN=host/ce.example.org", new() { Key = key });
        root.WriteTrustFolder(Path.Combine(_folder, "trust"));

        var check = await OpenSsl.RunAsync([
            "verify",
            "-CApath",
            Path.Combine(_folder, "trust"),
            "-crl_check_all",
            host.CertificateFile,
        ]);

        Assert.Equal(0, check.ExitCode);
    }

    [Fact]
    public async Task Openssl_refuses_a_revoked_certificate()
    {
        using var authority = TestAuthority.Create(_folder, TimeProvider.System, key: TestKey.Ec);
        using var host = authority.IssueHost("/DC=org/CN=ce.example.org", new() { Key = TestKey.Ec });
        authority.Revoke(host.Certificate);
        authority.WriteTrustFolder(Path.Combine(_folder, "trust"));

        var check = await OpenSsl.RunAsync([
            "verify",
            "-CApath",
            Path.Combine(_folder, "trust"),
            "-crl_check_all",
            host.CertificateFile,
        ]);

        Assert.Contains("certificate revoked", check.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_is_readable_by_its_owner_alone()
    {
        using var authority = TestAuthority.Create(_folder, TimeProvider.System, key: TestKey.Ec);
        using var host = authority.IssueHost("/DC=org/CN=ce.example.org", new() { Key = TestKey.Ec });

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(host.KeyFile));
    }
}
