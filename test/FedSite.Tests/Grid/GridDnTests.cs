using System.Security.Cryptography.X509Certificates;
using CsCheck;
using FedSite.Grid;
using FedSite.Sandbox.Pki;

namespace FedSite.Tests.Grid;

public sealed class GridDnTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-dn-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("/DC=org/DC=example/C=XX/O=hosts/O=Test Grid/OU=Dept, of Odd/CN=host/dc.example.org")]
    [InlineData("/C=XX/O=Universität Müller/CN=a+b \"c\" <d>")]
    [InlineData("/C=XX/UID=x/serialNumber=1/street=s/postalCode=p/L=l/ST=st/CN=c/emailAddress=e@f.g")]
    public void The_slash_form_keeps_order_and_values_as_they_are(string dn) => Assert.Equal(dn, Dn(dn).Slash);

    [Theory]
    [InlineData(
        "/DC=org/DC=example/C=XX/O=hosts/O=Test Grid/OU=Dept, of Odd/CN=host/dc.example.org",
        @"CN=host/dc.example.org,OU=Dept\, of Odd,O=hosts+O=Test Grid,C=XX,DC=org+DC=example"
    )]
    [InlineData(
        "/C=XX/L=l/ST=s/street=r/postalCode=p/CN=c/emailAddress=e@f.g",
        "E=e@f.g,CN=c,POSTALCODE=p,STREET=r,L=l,ST=s,C=XX"
    )]
    [InlineData("/O= #a;b\\c /CN=#x", @"CN=\#x,O=\ #a\;b\\c\ ")]
    public void The_authentication_service_has_its_own_order_and_escapes(string dn, string authn) =>
        Assert.Equal(authn, Dn(dn).Authn);

    [Fact]
    public void Attributes_that_the_authentication_service_leaves_out_are_named() =>
        Assert.Equal(["UID", "serialNumber"], Dn("/C=XX/UID=u/serialNumber=1/CN=c").UnknownToAuthn);

    [Theory]
    [InlineData("/DC=org/O=Test Grid/CN=host/dc.example.org")]
    [InlineData("/C=XX/O=Universität Müller/CN=a+b")]
    public async Task What_openssl_prints_matches(string dn)
    {
        using var authority = TestAuthority.Create(_folder, TimeProvider.System, dn, TestKey.Ec);
        var pem = System.Text.Encoding.ASCII.GetBytes(authority.Certificate.ExportCertificatePem());

        var run = await OpenSsl.RunAsync(["x509", "-noout", "-subject", "-nameopt", "compat"], pem);

        Assert.True(GridDn.Of(authority.Certificate.SubjectName).Matches(run.Output["subject=".Length..]));
    }

    [Theory]
    [InlineData("/DC=org/CN=host/dc.example.org", true)]
    [InlineData("  /DC=org/CN=host/dc.example.org\n", true)]
    [InlineData(@"/DC=org/CN=host\/dc.example.org", true)]
    [InlineData("/DC=org/CN=HOST/dc.example.org", false)]
    [InlineData("/DC=org/CN=host/dc.example.or", false)]
    [InlineData("/DC=org", false)]
    public void Only_the_same_name_matches(string given, bool same) =>
        Assert.Equal(same, Dn("/DC=org/CN=host/dc.example.org").Matches(given));

    [Theory]
    [InlineData("/O=x/CN=host/dc.example.org", false)]
    [InlineData("/O=x/CN=a/b=c", false)]
    public void An_ordinary_slash_is_not_ambiguous(string dn, bool ambiguous) =>
        Assert.Equal(ambiguous, Dn(dn).IsAmbiguous);

    [Fact]
    public void A_value_that_looks_like_further_parts_is_ambiguous() =>
        Assert.True(GridDn.Of(new X500DistinguishedName("CN=\"a/CN=b\"")).IsAmbiguous);

    [Fact]
    public void Control_characters_are_shown_not_printed() =>
        Assert.Equal(@"/CN=a\x0Ab", GridDn.Of(new X500DistinguishedName("CN=\"a\nb\"")).Slash);

    [Fact]
    public void Bytes_that_are_no_name_are_a_format_error_and_nothing_else() =>
        Gen.OneOf(Gen.Byte.Array[0, 60], Mutated())
            .Sample(bytes =>
            {
                try
                {
                    return GridDn.Read(bytes).Slash is not null;
                }
                catch (FormatException)
                {
                    return true;
                }
            });

    private static Gen<byte[]> Mutated()
    {
        var good = DistinguishedName.Parse("/DC=org/C=XX/O=Universität/CN=host/dc.example.org").RawData;
        return Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte)
            .Array[1, 4]
            .Select(changes =>
            {
                var bytes = good.ToArray();
                foreach (var (at, value) in changes)
                    bytes[at] = value;
                return bytes;
            });
    }

    private static GridDn Dn(string slash) => GridDn.Of(DistinguishedName.Parse(slash));
}
