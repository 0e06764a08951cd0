using System.Security.Cryptography;
using System.Text;
using FedSite.Grid;
using FedSite.Sandbox.Pki;
using Microsoft.Extensions.Time.Testing;

namespace FedSite.Tests.Grid;

public sealed class HostCredentialTests(GridSite site) : IClassFixture<GridSite>
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Theory]
    [InlineData(TestKey.Rsa)]
    [InlineData(TestKey.Ec)]
    public void A_good_pair_loads_without_a_warning(TestKey key)
    {
        var host = site.Host(key);
        using var credential = HostCredential.Load(host.CertificateFile, host.KeyFile, TimeProvider.System);

        Assert.Equal(GridSite.HostDn, credential.Subject.Slash);
        Assert.True(credential.Certificate.HasPrivateKey);
        Assert.Empty(credential.Warnings);
    }

    [Theory]
    [InlineData("-traditional")]
    [InlineData("-text")]
    public async Task Older_and_commented_pem_forms_of_a_key_load(string option)
    {
        foreach (var host in new[] { site.RsaHost, site.EcHost })
        {
            var converted = await OpenSsl.RunAsync(["pkey", "-in", host.KeyFile, option]);
            using var credential = HostCredential.Load(host.CertificateFile, Key(converted.Bytes), TimeProvider.System);

            Assert.True(credential.Certificate.HasPrivateKey);
        }
    }

    [Fact]
    public async Task An_elliptic_key_after_its_parameters_loads()
    {
        var parameters = await OpenSsl.RunAsync(["ecparam", "-name", "prime256v1"]);
        var key = await OpenSsl.RunAsync(["ec", "-in", site.EcHost.KeyFile]);

        using var credential = HostCredential.Load(
            site.EcHost.CertificateFile,
            Key([.. parameters.Bytes, .. key.Bytes]),
            TimeProvider.System
        );

        Assert.True(credential.Certificate.HasPrivateKey);
    }

    [Fact]
    public void Of_several_certificates_the_hosts_own_is_taken()
    {
        var bundle =
            site.Authority.Certificate.ExportCertificatePem() + "\n" + File.ReadAllText(site.RsaHost.CertificateFile);
        var file = site.Write("bundle", Encoding.ASCII.GetBytes(bundle));

        using var credential = HostCredential.Load(file, site.RsaHost.KeyFile, TimeProvider.System);

        Assert.Equal(GridSite.HostDn, credential.Subject.Slash);
        Assert.Contains("holds 2 certificates", Assert.Single(credential.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_ends_soon_is_a_warning()
    {
        var time = new FakeTimeProvider(GridSite.Now.AddDays(345));

        using var credential = HostCredential.Load(site.RsaHost.CertificateFile, site.RsaHost.KeyFile, time);

        Assert.Contains("expires on", Assert.Single(credential.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void An_expired_certificate_is_refused() =>
        AssertRefused(
            site.RsaHost.CertificateFile,
            site.RsaHost.KeyFile,
            "expired on",
            new FakeTimeProvider(GridSite.Now.AddDays(366))
        );

    [Fact]
    public void A_certificate_of_tomorrow_is_refused_and_the_clock_named() =>
        AssertRefused(
            site.RsaHost.CertificateFile,
            site.RsaHost.KeyFile,
            "this machine's clock says",
            new FakeTimeProvider(GridSite.Now.AddDays(-2))
        );

    [Fact]
    public void A_key_of_another_certificate_is_refused() =>
        AssertRefused(site.RsaHost.CertificateFile, site.EcHost.KeyFile, "does not belong to the certificate");

    [Fact]
    public void A_missing_certificate_is_refused() =>
        AssertRefused(
            "/nowhere/hostcert.pem",
            site.RsaHost.KeyFile,
            "certificate file /nowhere/hostcert.pem does not exist"
        );

    [Fact]
    public void A_missing_key_is_refused() =>
        AssertRefused(
            site.RsaHost.CertificateFile,
            "/nowhere/hostkey.pem",
            "key file /nowhere/hostkey.pem does not exist"
        );

    [Fact]
    public void A_folder_in_place_of_a_file_is_refused() =>
        AssertRefused(site.Folder, site.RsaHost.KeyFile, "cannot be read");

    [Fact]
    public void Key_and_certificate_exchanged_are_refused() =>
        AssertRefused(site.RsaHost.KeyFile, site.RsaHost.CertificateFile, "holds no PEM certificate");

    [Fact]
    public void A_file_without_key_is_refused()
    {
        var file = Key("no key"u8.ToArray());

        AssertRefused(site.RsaHost.CertificateFile, file, "holds no PEM key");
    }

    [Fact]
    public void A_certificate_in_der_is_refused_with_the_way_to_convert_it()
    {
        var file = site.Write("der", site.RsaHost.Certificate.RawData);

        var refusal = AssertRefused(file, site.RsaHost.KeyFile, "holds no PEM certificate");

        Assert.Contains("openssl x509 -inform DER", refusal.NextStep, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_key_open_to_others_is_refused(UnixFileMode extra)
    {
        var file = Key(File.ReadAllBytes(site.RsaHost.KeyFile));
        File.SetUnixFileMode(file, OwnerOnly | extra);

        AssertRefused(site.RsaHost.CertificateFile, file, "can be read or changed by others (mode 06");
    }

    [Fact]
    public void The_mode_that_counts_is_that_of_the_file_behind_a_link()
    {
        var file = Key(File.ReadAllBytes(site.RsaHost.KeyFile));
        var link = file + ".link";
        File.CreateSymbolicLink(link, file);

        using var credential = HostCredential.Load(site.RsaHost.CertificateFile, link, TimeProvider.System);

        Assert.Empty(credential.Warnings);
    }

    [Fact]
    public void A_key_open_to_its_group_is_a_warning()
    {
        var file = Key(File.ReadAllBytes(site.RsaHost.KeyFile));
        File.SetUnixFileMode(file, OwnerOnly | UnixFileMode.GroupRead);

        using var credential = HostCredential.Load(site.RsaHost.CertificateFile, file, TimeProvider.System);

        Assert.Contains("whole group", Assert.Single(credential.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pkcs8", "-topk8", "-v2", "aes256")]
    [InlineData("rsa", "-traditional", "-aes128")]
    public async Task An_encrypted_key_is_refused(string command, params string[] options)
    {
        var run = await OpenSsl.RunAsync([
            command,
            "-in",
            site.RsaHost.KeyFile,
            .. options,
            "-passout",
            "pass:something",
        ]);

        AssertRefused(site.RsaHost.CertificateFile, Key(run.Bytes), "is encrypted");
    }

    [Theory]
    [InlineData("ED25519", "Ed25519")]
    [InlineData("ED448", "Ed448")]
    [InlineData("RSA-PSS", "RSA restricted to PSS")]
    public async Task A_key_of_a_kind_that_receivers_do_not_know_is_refused(string algorithm, string name)
    {
        var run = await OpenSsl.RunAsync(["genpkey", "-algorithm", algorithm]);

        AssertRefused(site.RsaHost.CertificateFile, Key(run.Bytes), $"of the kind {name}");
    }

    [Fact]
    public void A_damaged_key_is_refused()
    {
        var pem = PemEncoding.WriteString("PRIVATE KEY", [0x30, 0x03, 0x02, 0x01, 0x00]);

        AssertRefused(site.RsaHost.CertificateFile, Key(Encoding.ASCII.GetBytes(pem)), "is damaged");
    }

    [Fact]
    public void A_damaged_certificate_is_refused()
    {
        var pem = PemEncoding.WriteString("CERTIFICATE", [0x30, 0x03, 0x02, 0x01, 0x00]);

        AssertRefused(site.Write("bad", Encoding.ASCII.GetBytes(pem)), site.RsaHost.KeyFile, "is damaged");
    }

    private string Key(byte[] content)
    {
        var file = site.Write("key", content);
        File.SetUnixFileMode(file, OwnerOnly);
        return file;
    }

    private static FedSiteException AssertRefused(
        string certificateFile,
        string keyFile,
        string words,
        TimeProvider? time = null
    )
    {
        var refusal = Assert.Throws<FedSiteException>(() =>
            HostCredential.Load(certificateFile, keyFile, time ?? TimeProvider.System)
        );
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(refusal.NextStep));
        return refusal;
    }
}
