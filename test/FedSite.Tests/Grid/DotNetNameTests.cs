using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using CsCheck;
using FedSite.Grid;

namespace FedSite.Tests.Grid;

public sealed class DotNetNameTests
{
    private static readonly string[] Types =
    [
        "2.5.4.3",
        "2.5.4.6",
        "2.5.4.8",
        "2.5.4.10",
        "2.5.4.11",
        "2.5.4.17",
        "2.5.4.43",
        "0.9.2342.19200300.100.1.1",
        "0.9.2342.19200300.100.1.25",
        "1.2.840.113549.1.9.1",
        "1.2.3.4.5",
    ];

    [Theory]
    [InlineData("CN=\"a, \"\"b\"\" + c\", O=x, C=XX", "/C=XX/O=x/CN=a, \"b\" + c")]
    [InlineData("OU=x + UID=y, E=a@b, OID.1.2.3.4.5=odd", "/1.2.3.4.5=odd/emailAddress=a@b/OU=x/UID=y")]
    [InlineData("CN=\"\", nonsense=x", "/nonsense=x/CN=")]
    [InlineData("CN=\"unfinished", "/CN=unfinished")]
    [InlineData("", "")]
    public void It_is_read(string text, string slash) => Assert.Equal(slash, GridDn.OfText(text).Slash);

    [Fact]
    public void The_text_says_what_the_encoding_says() =>
        Gen.Select(
                Gen.OneOf([.. Types.Select(Gen.Const)]),
                Gen.OneOf(Gen.String["ab ,+=\"#<>;\\/é\n"], Gen.OneOf(Gen.Const(""), Gen.Const(" "), Gen.Const("+")))
            )
            .Array[1, 3]
            .Array[1, 4]
            .Select(Encode)
            .Sample(name => GridDn.OfText(name.Name).Slash == GridDn.Of(name).Slash);

    private static X500DistinguishedName Encode((string Type, string Value)[][] rdns)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            foreach (var rdn in rdns)
            {
                using var set = writer.PushSetOf();
                foreach (var (type, value) in rdn)
                {
                    using var part = writer.PushSequence();
                    writer.WriteObjectIdentifier(type);
                    writer.WriteCharacterString(UniversalTagNumber.UTF8String, value);
                }
            }
        }
        return new X500DistinguishedName(writer.Encode());
    }
}
