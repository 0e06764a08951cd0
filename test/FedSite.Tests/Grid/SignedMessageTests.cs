using System.Text;
using CsCheck;
using FedSite.Grid;
using FedSite.Sandbox.Pki;

namespace FedSite.Tests.Grid;

public sealed class SignedMessageTests(GridSite site) : IClassFixture<GridSite>
{
    private const string Text = "APEL-cloud-message: v0.4\nVMUUID: 1\n%%\n\nVMUUID: 2\n%%\n";

    [Theory]
    [InlineData(TestKey.Rsa)]
    [InlineData(TestKey.Ec)]
    public async Task Openssl_verifies_what_was_signed_and_gets_the_text_back(TestKey key)
    {
        var file = site.Write("message", site.Sign(Text, key));

        var run = await OpenSsl.RunAsync([
            "smime",
            "-verify",
            "-text",
            "-purpose",
            "any",
            "-CApath",
            site.TrustPath,
            "-in",
            file,
        ]);

        Assert.Contains("Verification successful", run.Error, StringComparison.Ordinal);
        Assert.Equal(Text, run.Output.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData(TestKey.Rsa)]
    [InlineData(TestKey.Ec)]
    public async Task Openssl_verifies_without_a_chain_as_receivers_call_it(TestKey key)
    {
        var file = site.Write("message", site.Sign(Text, key));

        var run = await OpenSsl.RunAsync(["smime", "-verify", "-noverify", "-CApath", site.TrustPath, "-in", file]);

        Assert.Contains("Verification successful", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_signature_holds_the_signers_certificate_alone()
    {
        var file = site.Write("message", site.Sign(Text, TestKey.Ec));

        var bundle = await OpenSsl.RunAsync(["smime", "-pk7out", "-in", file]);
        var printed = await OpenSsl.RunAsync(["pkcs7", "-print_certs"], bundle.Bytes);

        Assert.Equal(1, printed.Output.Split("BEGIN CERTIFICATE").Length - 1);
        Assert.Contains(@"subject=DC = org, DC = example, C = XX", printed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_has_the_wire_form_that_receivers_expect()
    {
        var wire = Encoding.ASCII.GetString(site.Sign(Text));
        var boundary = wire.Split("boundary=\"")[1].Split('"')[0];
        var signature = wire.Split("filename=\"smime.p7s\"\n\n")[1].Split("\n\n")[0];

        var expected = $"""
            MIME-Version: 1.0
            Content-Type: multipart/signed; protocol="application/x-pkcs7-signature"; micalg="sha-256"; boundary="{boundary}"

            This is an S/MIME signed message

            --{boundary}
            Content-Type: text/plain

            {Text}
            --{boundary}
            Content-Type: application/x-pkcs7-signature; name="smime.p7s"
            Content-Transfer-Encoding: base64
            Content-Disposition: attachment; filename="smime.p7s"

            {signature}

            --{boundary}--


            """;
        Assert.Equal(expected, wire);
        Assert.Matches("^----[0-9A-F]{32}$", boundary);
        Assert.All(signature.Split('\n').SkipLast(1), line => Assert.Equal(64, line.Length));
    }

    [Fact]
    public void Boundaries_are_never_used_twice() => Assert.NotEqual(site.Sign(Text), site.Sign(Text));

    [Theory]
    [InlineData(TestKey.Rsa)]
    [InlineData(TestKey.Ec)]
    public void Any_allowed_text_comes_back_byte_by_byte(TestKey key)
    {
        var allowed = "\t\n" + string.Concat(Enumerable.Range(0x20, 0x5f).Select(c => (char)c));
        Gen.Frequency((3, Gen.Char[allowed]), (1, Gen.Const('\n')), (1, Gen.Const('-')))
            .Array[1, 3000]
            .Select(chars => new string(chars) + "x\n"[..(chars.Length % 3)])
            .Where(text => text.Trim(' ', '\t', '\n').Length > 0)
            .Sample(
                text => Encoding.ASCII.GetString(site.Verify(site.Sign(text, key)).Text.Span) == text,
                iter: 60,
                threads: 1
            );
    }

    [Fact]
    public void Line_ends_may_change_on_the_way()
    {
        var wire = Encoding.ASCII.GetString(site.Sign(Text));
        var mixed = string.Concat(wire.Split('\n').Select((line, i) => line + (i % 3 == 0 ? "\n" : "\r\n")));

        var check = site.Verify(Encoding.ASCII.GetBytes(mixed));

        Assert.Equal(Text, Encoding.ASCII.GetString(check.Text.Span));
    }

    [Fact]
    public void A_large_text_is_signed_and_verified()
    {
        var text = string.Concat(Enumerable.Range(0, 1000).Select(i => $"Field{i}: {new string('v', 700)}\n"));

        Assert.Equal(text, Encoding.ASCII.GetString(site.Verify(site.Sign(text)).Text.Span));
    }

    [Fact]
    public void The_signing_time_is_kept() =>
        Assert.InRange(
            site.Verify(site.Sign(Text)).SigningTime!.Value,
            GridSite.Now.AddMinutes(-5),
            GridSite.Now.AddSeconds(1)
        );

    [Fact]
    public async Task Openssl_reads_a_signing_time_beyond_2049()
    {
        var authority = site.Authority;
        using var host = authority.IssueHost(
            "/CN=far.example.org",
            new() { NotAfter = new DateTimeOffset(2060, 1, 1, 0, 0, 0, TimeSpan.Zero) }
        );
        using var credential = HostCredential.Load(host.CertificateFile, host.KeyFile, TimeProvider.System);
        var wire = SignedMessage.Sign(
            Encoding.ASCII.GetBytes(Text),
            credential,
            new DateTimeOffset(2051, 2, 3, 4, 5, 6, TimeSpan.Zero)
        );

        var run = await OpenSsl.RunAsync(["cms", "-verify", "-noverify", "-cmsout", "-print"], wire);

        Assert.Contains("GENERALIZEDTIME:Feb  3 04:05:06 2051 GMT", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData(" \n\t\n", "empty")]
    [InlineData("a\nb\u00e9\n", "Line 2 has the byte 0xC3")]
    [InlineData("a\r\n", "0x0D")]
    [InlineData("a\0", "0x00")]
    [InlineData("a\u000b", "0x0B")]
    [InlineData("a\u007f", "0x7F")]
    [InlineData("Type: application/pkcs7-mime", "application/pkcs7-mime")]
    [InlineData("Type: 7-7-Application/X-PKCS7-Mime\n", "application/x-pkcs7-mime")]
    public void A_text_that_would_not_arrive_intact_is_refused_with_the_reason(string text, string reason)
    {
        var refusal = Assert.Throws<FedSiteException>(() =>
            SignedMessage.Sign(Encoding.UTF8.GetBytes(text), site.Rsa, GridSite.Now)
        );

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_signed_with_a_certificate_that_expired_meanwhile()
    {
        var refusal = Assert.Throws<FedSiteException>(() =>
            SignedMessage.Sign(Encoding.ASCII.GetBytes(Text), site.Rsa, GridSite.Now.AddYears(2))
        );

        Assert.Contains("expired on", refusal.Message, StringComparison.Ordinal);
    }
}
