using System.Security.Cryptography.X509Certificates;
using FedSite.Federation.Rendering;
using FedSite.Grid;
using FedSite.Sandbox.Pki;
using FedSite.Tests.Grid;

namespace FedSite.Tests.Federation.Rendering;

public sealed class TrustBundleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-bundle-").FullName;
    private readonly TestAuthority _one;
    private readonly TestAuthority _two;

    public TrustBundleTests()
    {
        _one = TestAuthority.Create(_folder, TimeProvider.System, "/DC=org/CN=One", TestKey.Ec);
        _two = TestAuthority.Create(_folder, TimeProvider.System, "/DC=org/CN=Two", TestKey.Ec);
        _one.WriteTrustFolder(Trust);
        _two.WriteTrustFolder(Trust);
    }

    private string Trust => Path.Combine(_folder, "trust");

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task OpenSsl_trusts_and_revokes_by_the_two_files()
    {
        using var good = _two.IssueHost("/DC=org/CN=good.example.org", new() { Key = TestKey.Ec });
        using var bad = _two.IssueHost("/DC=org/CN=bad.example.org", new() { Key = TestKey.Ec });
        _two.Revoke(bad.Certificate);
        _two.WriteTrustFolder(Trust);
        Write(TrustBundle.Read(Trust));

        Assert.Equal(0, (await VerifyAsync(good)).ExitCode);
        Assert.Contains("certificate revoked", (await VerifyAsync(bad)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_end_of_line_joins_nothing()
    {
        foreach (var file in Directory.GetFiles(Trust))
            File.WriteAllText(file, File.ReadAllText(file).TrimEnd('\n'));

        Assert.Equal(2, Certificates(TrustBundle.Read(Trust)));
    }

    [Fact]
    public void A_second_name_of_the_same_file_adds_nothing()
    {
        foreach (var (i, file) in Directory.GetFiles(Trust).Index())
            File.Copy(file, Path.Combine(Trust, $"0000000{i}{Path.GetExtension(file)}"));

        var bundle = TrustBundle.Read(Trust);

        Assert.Equal((2, 2), (Certificates(bundle), Lists(bundle)));
    }

    [Fact]
    public void A_revocation_list_in_der_becomes_pem()
    {
        File.WriteAllBytes(CrlFile(), _one.MakeCrl());

        Assert.Equal(2, Lists(TrustBundle.Read(Trust)));
    }

    [Fact]
    public void A_damaged_revocation_list_is_left_out_and_told()
    {
        File.WriteAllText(CrlFile(), "<html>404</html>");

        var bundle = TrustBundle.Read(Trust);

        Assert.Equal(1, Lists(bundle));
        Assert.Contains(CrlFile(), Assert.Single(bundle.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_revocation_lists_gives_no_bundle()
    {
        foreach (var file in Directory.GetFiles(Trust, "*.r0"))
            File.Delete(file);

        var e = Assert.Throws<FedSiteException>(() => TrustBundle.Read(Trust));

        Assert.Contains("fetch-crl", e.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bundle_needs_no_federation()
    {
        using var folder = new RenderingFolder($"site: {{name: A}}\nmessaging: {{trust: {Trust}}}\n");

        var files = folder.Render(RenderTarget.TrustBundle).Files.Select(file => file.Path);

        Assert.Equal(
            ["igtf-ca.pem", "igtf-crl.pem", "fedsite-trust-bundle.service", "fedsite-trust-bundle.timer"],
            files
        );
    }

    private string CrlFile() =>
        Path.Combine(Trust, DistinguishedName.OpenSslHash(_one.Certificate.SubjectName) + ".r0");

    private void Write(TrustBundle bundle)
    {
        File.WriteAllText(Path.Combine(_folder, "ca.pem"), bundle.Certificates);
        File.WriteAllText(Path.Combine(_folder, "crl.pem"), bundle.RevocationLists);
    }

    private Task<OpenSslRun> VerifyAsync(IssuedCertificate host) =>
        OpenSsl.RunAsync([
            "verify",
            "-crl_check_all",
            "-CAfile",
            Path.Combine(_folder, "ca.pem"),
            "-CRLfile",
            Path.Combine(_folder, "crl.pem"),
            host.CertificateFile,
        ]);

    private static int Certificates(TrustBundle bundle)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(bundle.Certificates);
        return certificates.Count;
    }

    private static int Lists(TrustBundle bundle) =>
        bundle.RevocationLists.Split("-----BEGIN X509 CRL-----\n").Length - 1;
}
