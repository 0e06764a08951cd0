using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CsCheck;
using FedSite.Grid;
using FedSite.Sandbox.Pki;

namespace FedSite.Tests.Grid;

/// <summary>Messages that others signed, and messages that somebody tampered with.</summary>
public sealed class SignedMessageVerifyTests(GridSite site) : IClassFixture<GridSite>
{
    private const string Text = "APEL-cloud-message: v0.4\nVMUUID: 1\n%%\n\nVMUUID: 2\n%%\n";

    [Theory]
    [InlineData(TestKey.Rsa)]
    [InlineData(TestKey.Ec)]
    public async Task A_message_signed_by_openssl_is_accepted_with_its_signer(TestKey key)
    {
        var check = site.Verify(await OpenSslSignAsync(site.Host(key), "-text"));

        Assert.Empty(check.Findings);
        Assert.Equal(GridSite.HostDn, check.Signer?.Slash);
        Assert.Equal(Text, Encoding.ASCII.GetString(check.Text.Span));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task The_line_ends_of_the_wire_do_not_matter(string lineEnd)
    {
        var wire = Encoding.ASCII.GetString(await OpenSslSignAsync(site.RsaHost, "-text")).ReplaceLineEndings(lineEnd);

        Assert.True(site.Verify(Encoding.ASCII.GetBytes(wire)).IsValid);
    }

    [Theory]
    [InlineData("sha384")]
    [InlineData("sha512")]
    public async Task Stronger_digests_are_accepted(string digest) =>
        Assert.True(site.Verify(await OpenSslSignAsync(site.RsaHost, "-text", "-md", digest)).IsValid);

    [Fact]
    public async Task A_signature_without_signed_attributes_is_accepted_and_has_no_time()
    {
        var check = site.Verify(await OpenSslSignAsync(site.RsaHost, "-text", "-noattr"));

        Assert.True(check.IsValid);
        Assert.Null(check.SigningTime);
    }

    [Theory]
    [InlineData("sha1", "SHA-1")]
    [InlineData("md5", "MD5")]
    public async Task A_broken_digest_is_refused(string digest, string name) =>
        AssertRefused(
            await OpenSslSignAsync(site.RsaHost, "-text", "-md", digest),
            "signature.weak-digest",
            $"The signature uses {name}"
        );

    [Fact]
    public async Task An_opaque_signature_is_refused() =>
        AssertRefused(await OpenSslSignAsync(site.RsaHost, "-nodetach"), "message.opaque", "opaque form");

    [Fact]
    public async Task An_encrypted_message_is_refused()
    {
        var run = await OpenSsl.RunAsync(
            ["smime", "-encrypt", "-aes128", site.RsaHost.CertificateFile],
            site.Sign(Text)
        );

        AssertRefused(run.Bytes, "message.encrypted", "encrypted");
    }

    [Fact]
    public async Task A_message_without_inner_header_is_refused() =>
        AssertRefused(await OpenSslSignAsync(site.RsaHost), "message.header", "The signed part has no header");

    [Fact]
    public async Task A_message_without_certificate_is_refused() =>
        AssertRefused(
            await OpenSslSignAsync(site.RsaHost, "-text", "-nocerts"),
            "signature.no-certificate",
            "not in the message"
        );

    [Fact]
    public async Task A_signer_named_by_key_identifier_is_refused()
    {
        var run = await OpenSsl.RunAsync(
            [
                "cms",
                "-sign",
                "-keyid",
                "-text",
                "-signer",
                site.RsaHost.CertificateFile,
                "-inkey",
                site.RsaHost.KeyFile,
            ],
            Encoding.ASCII.GetBytes(Text)
        );

        AssertRefused(run.Bytes, "signature.identifier", "key identifier");
    }

    [Fact]
    public async Task Two_signers_are_refused() =>
        AssertRefused(
            await OpenSslSignAsync(
                site.RsaHost,
                "-text",
                "-signer",
                site.EcHost.CertificateFile,
                "-inkey",
                site.EcHost.KeyFile
            ),
            "signature.signers",
            "2 signers"
        );

    [Fact]
    public async Task Further_certificates_change_nothing_but_are_reported()
    {
        using var other = site.Authority.IssueHost("/DC=org/DC=example/CN=aaa.example.org");

        var check = site.Verify(await OpenSslSignAsync(site.RsaHost, "-text", "-certfile", other.CertificateFile));

        Assert.Equal(GridSite.HostDn, check.Signer?.Slash);
        Assert.Equal("signature.more-certificates", Assert.Single(check.Findings).Id);
    }

    [Fact]
    public async Task The_signer_must_be_trusted_itself_whatever_other_certificates_come_along()
    {
        using var stranger = TestAuthority.Create(site.Folder, TimeProvider.System, "/CN=Stranger CA", TestKey.Ec);
        using var host = stranger.IssueHost("/CN=stranger.example.org", new() { Key = TestKey.Ec });

        AssertRefused(
            await OpenSslSignAsync(host, "-text", "-certfile", site.RsaHost.CertificateFile),
            "chain.unknown-authority",
            "no trusted authority /CN=Stranger CA"
        );
    }

    [Fact]
    public void A_certificate_that_borrows_issuer_and_serial_number_does_not_borrow_the_name()
    {
        using var stranger = TestAuthority.Create(
            site.Folder,
            TimeProvider.System,
            "/DC=org/DC=example/O=FedSite/CN=Test CA"
        );
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(
            DistinguishedName.Parse("/CN=forged.example.org"),
            key,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        using var bare = request.Create(
            stranger.Certificate.SubjectName,
            X509SignatureGenerator.CreateForRSA(stranger.Certificate.GetRSAPrivateKey()!, RSASignaturePadding.Pkcs1),
            GridSite.Now.AddDays(-1),
            GridSite.Now.AddDays(1),
            site.RsaHost.Certificate.SerialNumberBytes.Span
        );
        using var forged = bare.CopyWithPrivateKey(key);

        foreach (var extra in new[] { null, site.RsaHost.Certificate })
            Assert.Null(site.Verify(CmsMessage(forged, extra)).Signer);
    }

    [Fact]
    public void A_host_of_an_unknown_authority_is_refused()
    {
        using var stranger = TestAuthority.Create(site.Folder, TimeProvider.System, "/CN=Stranger CA", TestKey.Ec);
        using var host = stranger.IssueHost("/CN=stranger.example.org", new() { Key = TestKey.Ec });

        AssertRefused(SignBy(host), "chain.unknown-authority", "no trusted authority /CN=Stranger CA that issued it");
    }

    [Fact]
    public void A_host_of_an_authority_that_only_has_the_right_name_is_refused()
    {
        using var stranger = TestAuthority.Create(
            site.Folder,
            TimeProvider.System,
            "/DC=org/DC=example/O=FedSite/CN=Test CA"
        );
        using var host = stranger.IssueHost(GridSite.HostDn);

        Assert.False(site.Verify(SignBy(host)).IsValid);
    }

    [Fact]
    public void A_signature_is_judged_for_the_time_given()
    {
        var wire = site.Sign(Text);

        var late = SignedMessage.Verify(wire, site.Trust, GridSite.Now.AddYears(2));
        var early = SignedMessage.Verify(wire, site.Trust, GridSite.Now.AddYears(-2));

        Assert.Equal("chain.expired", Assert.Single(late.Findings, f => f.IsError).Id);
        Assert.Equal("chain.not-yet-valid", Assert.Single(early.Findings, f => f.IsError).Id);
    }

    [Fact]
    public void A_signing_time_in_the_future_is_reported()
    {
        var wire = SignedMessage.Sign(Encoding.ASCII.GetBytes(Text), site.Rsa, GridSite.Now.AddHours(1));

        Assert.Equal("signature.from-the-future", Assert.Single(site.Verify(wire).Findings).Id);
    }

    [Fact]
    public void A_changed_text_is_refused()
    {
        var wire = Encoding
            .ASCII.GetString(site.Sign(Text))
            .Replace("VMUUID: 2", "VMUUID: 3", StringComparison.Ordinal);

        AssertRefused(Encoding.ASCII.GetBytes(wire), "signature.wrong", "was changed after signing");
    }

    [Fact]
    public void A_refused_message_shows_neither_text_nor_signer()
    {
        var wire = Encoding
            .ASCII.GetString(site.Sign(Text))
            .Replace("VMUUID: 2", "VMUUID: 3", StringComparison.Ordinal);

        var check = site.Verify(Encoding.ASCII.GetBytes(wire));

        Assert.Null(check.Signer);
        Assert.Equal(0, check.Text.Length);
    }

    [Fact]
    public void A_message_that_is_cut_off_is_refused()
    {
        var wire = site.Sign(Text);

        AssertRefused(wire[..^60], "message.parts", "cut off");
    }

    [Fact]
    public void A_third_part_is_refused()
    {
        var wire = Encoding.ASCII.GetString(site.Sign(Text));
        var boundary = wire.Split("boundary=\"")[1].Split('"')[0];
        var extended = wire.Replace(
            $"--{boundary}--",
            $"--{boundary}\nContent-Type: text/plain\n\nmore\n--{boundary}--"
        );

        AssertRefused(Encoding.ASCII.GetBytes(extended), "message.parts", "more than two parts");
    }

    [Fact]
    public void A_line_that_only_looks_like_the_boundary_is_refused()
    {
        var wire = Encoding.ASCII.GetString(site.Sign(Text));
        var boundary = wire.Split("boundary=\"")[1].Split('"')[0];
        var changed = wire.Replace("VMUUID: 2", $"--{boundary}x", StringComparison.Ordinal);

        AssertRefused(Encoding.ASCII.GetBytes(changed), "message.boundary", "only looks like");
    }

    [Fact]
    public void A_header_field_that_comes_twice_is_refused()
    {
        byte[] wire = [.. "Content-Type: text/plain\n"u8, .. site.Sign(Text)];

        AssertRefused(wire, "message.header", "twice");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("APEL-cloud-message: v0.4\nVMUUID: 1\n%%\n\n")]
    [InlineData("Content-Type: text/plain\n\nhello\n")]
    public void A_text_that_is_no_signed_message_is_refused(string text) =>
        Assert.StartsWith("message.", Assert.Single(site.Verify(Encoding.ASCII.GetBytes(text)).Findings).Id);

    [Fact]
    public void A_message_beyond_the_size_limit_is_refused_unread() =>
        AssertRefused(new byte[SignedMessage.MaximumBytes + 1], "message.too-large", "is the limit");

    [Fact]
    public void No_bytes_make_the_check_throw() =>
        Gen.Byte.Array[0, 400].Sample(bytes => !site.Verify(bytes).IsValid, threads: 1);

    [Fact]
    public void No_change_of_a_message_makes_the_check_throw_or_passes_with_another_text()
    {
        byte[][] good = [site.Sign(Text), site.Sign(Text, TestKey.Ec)];
        Gen.Select(Gen.Int[0, 1], Gen.Select(Gen.Int[0, 3999], Gen.Byte, Gen.Int[0, 2]).Array[1, 3])
            .Sample(
                (which, edits) =>
                {
                    var check = site.Verify(Edit(good[which], edits));
                    return !check.IsValid || Encoding.ASCII.GetString(check.Text.Span) == Text;
                },
                iter: 1500,
                threads: 1
            );
    }

    [Fact]
    public void No_change_of_the_signatures_bytes_makes_the_check_throw()
    {
        var wire = Encoding.ASCII.GetString(site.Sign(Text));
        var head = wire[..(wire.IndexOf("smime.p7s\"\n\n", StringComparison.Ordinal) + "smime.p7s\"\n\n".Length)];
        var base64 = wire[head.Length..].Split("\n\n")[0];
        var tail = wire[(head.Length + base64.Length)..];
        var der = Convert.FromBase64String(base64);
        Gen.Select(Gen.Int[0, 3999], Gen.Byte, Gen.Int[0, 2])
            .Array[1, 3]
            .Sample(
                edits =>
                {
                    var edited = Convert.ToBase64String(Edit(der, edits));
                    var check = site.Verify(Encoding.ASCII.GetBytes(head + edited + tail));
                    return !check.IsValid || check.Signer!.Slash == GridSite.HostDn;
                },
                iter: 1500,
                threads: 1
            );
    }

    private static byte[] Edit(byte[] bytes, (int At, byte Value, int Kind)[] edits)
    {
        var edited = bytes.ToList();
        foreach (var (at, value, kind) in edits)
        {
            if (kind == 0)
                edited[at % edited.Count] = value;
            else if (kind == 1)
                edited.Insert(at % edited.Count, value);
            else
                edited.RemoveAt(at % edited.Count);
        }
        return [.. edited];
    }

    private void AssertRefused(byte[] wire, string id, string words)
    {
        var finding = Assert.Single(site.Verify(wire).Findings, f => f.IsError);
        Assert.Equal(id, finding.Id);
        Assert.Contains(words, finding.Text, StringComparison.Ordinal);
    }

    private static byte[] SignBy(IssuedCertificate host)
    {
        using var credential = HostCredential.Load(host.CertificateFile, host.KeyFile, TimeProvider.System);
        return SignedMessage.Sign(Encoding.ASCII.GetBytes(Text), credential, GridSite.Now);
    }

    private static async Task<byte[]> OpenSslSignAsync(IssuedCertificate host, params string[] options)
    {
        string[] arguments = ["smime", "-sign", "-signer", host.CertificateFile, "-inkey", host.KeyFile, .. options];
        return (await OpenSsl.RunAsync(arguments, Encoding.ASCII.GetBytes(Text))).Bytes;
    }

    private static byte[] CmsMessage(X509Certificate2 signer, X509Certificate2? extra)
    {
        var signed = "Content-Type: text/plain\r\n\r\n" + Text.ReplaceLineEndings("\r\n");
        var cms = new SignedCms(new ContentInfo(Encoding.ASCII.GetBytes(signed)), detached: true);
        var by = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, signer)
        {
            IncludeOption = X509IncludeOption.EndCertOnly,
        };
        if (extra is not null)
            by.Certificates.Add(extra);
        cms.ComputeSignature(by);
        var wire = $"""
            Content-Type: multipart/signed; boundary=b

            --b
            {signed}
            --b
            Content-Type: application/pkcs7-signature

            {Convert.ToBase64String(cms.Encode())}
            --b--
            """;
        return Encoding.ASCII.GetBytes(wire);
    }
}
