using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CsCheck;
using FedSite.Grid;
using FedSite.Sandbox.Pki;

namespace FedSite.Tests.Grid;

public sealed class TrustFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-trust-").FullName;
    private readonly TestAuthority _root;
    private readonly TestAuthority _intermediate;
    private readonly IssuedCertificate _host;

    public TrustFolderTests()
    {
        _root = TestAuthority.Create(_folder, TimeProvider.System, "/DC=org/CN=Root", TestKey.Ec);
        _intermediate = _root.IssueIntermediate("/DC=org/CN=Issuing", TestKey.Ec);
        _host = _intermediate.IssueHost("/DC=org/CN=host.example.org", new() { Key = TestKey.Ec });
    }

    private string Trust => Path.Combine(_folder, "trust");

    private string CrlFile =>
        Path.Combine(Trust, DistinguishedName.OpenSslHash(_intermediate.Certificate.SubjectName) + ".r0");

    public void Dispose()
    {
        _host.Dispose();
        _root.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_chain_over_an_intermediate_authority_is_trusted()
    {
        _root.WriteTrustFolder(Trust);

        Assert.Empty(Check());
    }

    [Fact]
    public void A_chain_must_end_in_a_self_signed_authority_of_the_folder()
    {
        _root.WriteTrustFolder(Trust);
        File.Delete(Path.Combine(Trust, DistinguishedName.OpenSslHash(_root.Certificate.SubjectName) + ".0"));

        Assert.Equal("chain.unknown-authority", Assert.Single(Check()).Id);
    }

    [Fact]
    public void An_expired_authority_is_refused()
    {
        var late = GridSite.Now.AddYears(11);
        using var host = _root.IssueHost(
            "/CN=late.example.org",
            new() { Key = TestKey.Ec, NotAfter = late.AddYears(1) }
        );
        _root.WriteTrustFolder(Trust);

        var finding = Assert.Single(TrustFolder.Load(Trust).Check(host.Certificate, late));

        Assert.Equal("chain.expired", finding.Id);
        Assert.Contains("/DC=org/CN=Root: an authority of the chain expired", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_revocation_list_is_a_warning_unless_demanded()
    {
        _root.WriteTrustFolder(Trust, crls: false);

        Assert.All(Check(), f => Assert.Equal(("crl.missing", false), (f.Id, f.IsError)));
        Assert.All(Check(requireCrls: true), f => Assert.Equal(("crl.missing", true), (f.Id, f.IsError)));
    }

    [Fact]
    public void A_revoked_certificate_is_refused()
    {
        _intermediate.Revoke(_host.Certificate);
        _root.WriteTrustFolder(Trust);

        AssertError("chain.revoked", "was revoked on");
    }

    [Fact]
    public void A_certificate_below_a_revoked_authority_is_refused()
    {
        _root.Revoke(_intermediate.Certificate);
        _root.WriteTrustFolder(Trust);

        AssertError("chain.revoked", "/DC=org/CN=Issuing");
    }

    [Fact]
    public void A_revocation_list_in_der_counts_as_much()
    {
        _root.WriteTrustFolder(Trust);
        _intermediate.Revoke(_host.Certificate);
        File.WriteAllBytes(CrlFile, _intermediate.MakeCrl());

        AssertError("chain.revoked", "was revoked on");
    }

    [Fact]
    public void The_newest_of_several_revocation_lists_counts()
    {
        _root.WriteTrustFolder(Trust);
        _intermediate.Revoke(_host.Certificate);
        File.WriteAllBytes(Path.ChangeExtension(CrlFile, ".r1"), _intermediate.MakeCrl(GridSite.Now.AddMinutes(-1)));

        AssertError("chain.revoked", "was revoked on");
    }

    [Fact]
    public void An_expired_revocation_list_is_refused()
    {
        _root.WriteTrustFolder(Trust);
        File.WriteAllBytes(CrlFile, _intermediate.MakeCrl(GridSite.Now.AddDays(-9), GridSite.Now.AddDays(-2)));

        AssertError("crl.expired", "run fetch-crl");
    }

    [Fact]
    public void A_revocation_list_of_tomorrow_is_refused()
    {
        _root.WriteTrustFolder(Trust);
        File.WriteAllBytes(CrlFile, _intermediate.MakeCrl(GridSite.Now.AddDays(1)));

        AssertError("crl.not-yet-valid", "yet to come");
    }

    [Fact]
    public void A_revocation_list_that_another_key_signed_is_refused()
    {
        using var stranger = TestAuthority.Create(_folder, TimeProvider.System, "/DC=org/CN=Issuing", TestKey.Ec);
        _root.WriteTrustFolder(Trust);
        File.WriteAllBytes(CrlFile, stranger.MakeCrl());

        AssertError("crl.unusable", "did not sign it");
    }

    [Fact]
    public void A_damaged_revocation_list_is_refused()
    {
        _root.WriteTrustFolder(Trust);
        File.WriteAllText(CrlFile, "<html>not found</html>");

        AssertError("crl.unusable", "cannot be used");
    }

    [Fact]
    public void A_revocation_list_of_another_authority_under_the_same_hash_does_not_disturb()
    {
        using var stranger = TestAuthority.Create(_folder, TimeProvider.System, "/CN=Stranger", TestKey.Ec);
        _root.WriteTrustFolder(Trust);
        File.WriteAllBytes(Path.ChangeExtension(CrlFile, ".r1"), stranger.MakeCrl());

        Assert.Empty(Check());
    }

    [Fact]
    public void An_authority_under_several_names_is_one_authority()
    {
        _root.WriteTrustFolder(Trust);
        foreach (var file in Directory.GetFiles(Trust, "*.0"))
            File.CreateSymbolicLink(Path.Combine(Trust, "01234567." + Path.GetFileName(file)[0] % 10), file);

        Assert.Equal(2, TrustFolder.Load(Trust).Count);
    }

    [Fact]
    public void Other_files_of_an_igtf_folder_are_left_alone_and_a_bad_one_is_reported()
    {
        _root.WriteTrustFolder(Trust);
        File.WriteAllText(Path.Combine(Trust, "Some-CA.info"), "alias = Some-CA");
        File.WriteAllText(Path.Combine(Trust, "Some-CA.signing_policy"), "access_id_CA X509 '/CN=x'");
        File.WriteAllText(Path.Combine(Trust, "89abcdef.0"), "nothing");

        var trust = TrustFolder.Load(Trust);

        Assert.Equal(2, trust.Count);
        Assert.Contains("89abcdef.0", Assert.Single(trust.Findings).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_says_what_to_install()
    {
        var refusal = Assert.Throws<FedSiteException>(() => TrustFolder.Load("/nowhere"));

        Assert.Contains("/nowhere does not exist", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("ca-policy-egi-core", refusal.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_authorities_is_refused() =>
        Assert.Contains(
            "holds no certification authority",
            Assert.Throws<FedSiteException>(() => TrustFolder.Load(_folder)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task A_certificate_signed_with_sha1_is_refused()
    {
        string[] request = ["req", "-x509", "-sha1", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null"];
        var made = await OpenSsl.RunAsync([.. request, "-subj", "/CN=old.example.org"]);
        using var old = X509Certificate2.CreateFromPem(made.Output);
        _root.WriteTrustFolder(Trust);

        var finding = Assert.Single(TrustFolder.Load(Trust).Check(old, GridSite.Now));

        Assert.Equal("chain.weak-digest", finding.Id);
    }

    [Fact]
    public void No_bytes_make_the_reading_of_a_revocation_list_throw()
    {
        var good = _intermediate.MakeCrl();
        var pem = Encoding.ASCII.GetBytes(PemEncoding.WriteString("X509 CRL", good));
        Gen.OneOf(
                Gen.Byte.Array[0, 200],
                Gen.Select(Gen.Bool, Gen.Select(Gen.Int[0, 9999], Gen.Byte).Array[1, 4])
                    .Select((isPem, edits) => Edit(isPem ? pem : good, edits))
            )
            .Sample(
                bytes =>
                {
                    var list = RevocationList.Parse("file", bytes);
                    return list.FaultFor(_intermediate.Certificate) is not null
                        || list.RevokedAt(_host.Certificate) is null;
                },
                iter: 3000
            );
    }

    [Fact]
    public async Task Tls_trusts_the_folder()
    {
        _root.WriteTrustFolder(Trust);
        using var server = _root.IssueServer();

        await HandshakeAsync(server.Certificate, TlsTrust.ClientPolicy(TrustFolder.Load(Trust)));
    }

    [Fact]
    public async Task Tls_does_not_trust_a_server_of_another_authority()
    {
        using var stranger = TestAuthority.Create(_folder, TimeProvider.System, "/CN=Stranger", TestKey.Ec);
        using var server = stranger.IssueServer();
        _root.WriteTrustFolder(Trust);

        await Assert.ThrowsAsync<AuthenticationException>(() =>
            HandshakeAsync(server.Certificate, TlsTrust.ClientPolicy(TrustFolder.Load(Trust)))
        );
    }

    [Fact]
    public void Tls_trusts_the_systems_authorities_too()
    {
        var bundle = "/etc/ssl/certs/ca-certificates.crt";
        Assert.SkipUnless(File.Exists(bundle), "This system has no package ca-certificates.");
        var system = new X509Certificate2Collection();
        system.ImportFromPemFile(bundle);
        _root.WriteTrustFolder(Trust);

        Assert.Equal(system.Count + 1, TlsTrust.ClientPolicy(TrustFolder.Load(Trust)).CustomTrustStore.Count);
    }

    private IReadOnlyList<GridFinding> Check(bool requireCrls = false) =>
        TrustFolder.Load(Trust).Check(_host.Certificate, GridSite.Now, requireCrls);

    private void AssertError(string id, string words)
    {
        var finding = Assert.Single(Check());
        Assert.Equal((id, true), (finding.Id, finding.IsError));
        Assert.Contains(words, finding.Text, StringComparison.Ordinal);
    }

    private static byte[] Edit(byte[] bytes, (int At, byte Value)[] edits)
    {
        var edited = bytes.ToArray();
        foreach (var (at, value) in edits)
            edited[at % edited.Length] = value;
        return edited;
    }

    private static async Task HandshakeAsync(X509Certificate2 certificate, X509ChainPolicy policy)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, cancel);
        using var accepted = await listener.AcceptTcpClientAsync(cancel);
        await using var serverTls = new SslStream(accepted.GetStream());
        await using var clientTls = new SslStream(client.GetStream());
        var serving = serverTls.AuthenticateAsServerAsync(new() { ServerCertificate = certificate }, cancel);
        await clientTls.AuthenticateAsClientAsync(
            new() { TargetHost = "localhost", CertificateChainPolicy = policy },
            cancel
        );
        await serving;
    }
}
