using System.Text;
using System.Xml;
using CsCheck;
using FedSite.Information.Gocdb;

namespace FedSite.Tests.Information.Gocdb;

public sealed class GocdbXmlTests
{
    private const string Service =
        "<SERVICE_ENDPOINT PRIMARY_KEY=\"7513G0\"><HOSTNAME>h</HOSTNAME><IN_PRODUCTION>Y</IN_PRODUCTION>"
        + "<SITENAME>SITE-Ü</SITENAME><URL>https://h:5000/v3</URL></SERVICE_ENDPOINT>";

    private const string Downtime =
        "<DOWNTIME PRIMARY_KEY=\"1G0\"><HOSTNAME>h</HOSTNAME><SERVICE_TYPE>org.openstack.nova</SERVICE_TYPE>"
        + "<SEVERITY>OUTAGE</SEVERITY><START_DATE>1656288000</START_DATE><END_DATE>1688169600</END_DATE></DOWNTIME>";

    // The example of https://gocdb.github.io/api/read/get_service, shortened.
    private const string Published = """
        <?xml version="1.0" encoding="UTF-8"?>
        <results>
          <SERVICE_ENDPOINT PRIMARY_KEY="1G0">
            <PRIMARY_KEY>1G0</PRIMARY_KEY>
            <HOSTNAME>lodur.torchit.ch</HOSTNAME>
            <GOCDB_PORTAL_URL>https://localhost/portal/index.php?Page_Type=Service&amp;id=1</GOCDB_PORTAL_URL>
            <CORE/>
            <IN_PRODUCTION>N</IN_PRODUCTION>
            <NODE_MONITORED>Y</NODE_MONITORED>
            <SITENAME>Torch</SITENAME>
            <URL/>
            <ENDPOINTS>
              <ENDPOINT>
                <ID>1</ID>
                <NAME>sampleEndpoint</NAME>
                <EXTENSIONS/>
                <URL>https://lodur.torchit.ch:443/identity/v3/</URL>
                <INTERFACENAME>Local-LFC</INTERFACENAME>
              </ENDPOINT>
            </ENDPOINTS>
            <EXTENSIONS><EXTENSION><LOCAL_ID>9</LOCAL_ID><KEY>URL</KEY><VALUE>x</VALUE></EXTENSION></EXTENSIONS>
          </SERVICE_ENDPOINT>
        </results>
        """;

    [Fact]
    public void The_published_example_is_read()
    {
        var service = Assert.Single(Services(Published));

        Assert.Equal(
            ("1G0", "Torch", "lodur.torchit.ch", false, true),
            (service.Id, service.SiteName, service.Host, service.InProduction, service.Monitored)
        );
        Assert.Equal([EndpointUrl.Of(new Uri("https://lodur.torchit.ch/identity/v3"))], service.Urls);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"a\": 1}")]
    [InlineData("<html><head><title>Log in</title></head><body><form></form></body></html>")]
    [InlineData("<!DOCTYPE html><html><body>Log in<br></body></html>")]
    [InlineData("<error>Invalid parameter</error>")]
    [InlineData("<results>")]
    [InlineData($"<results>{Service}")]
    [InlineData($"<results>{Service}</results><results/>")]
    [InlineData("<results><SERVICE_ENDPOINT></results>")]
    [InlineData("<results>&nbsp;</results>")]
    [InlineData($"<!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><results>{Service}&b;</results>")]
    [InlineData($"<!DOCTYPE r SYSTEM \"file:///etc/passwd\"><results>{Service}</results>")]
    public void What_is_no_answer_of_gocdb_is_refused(string text) => Assert.Throws<XmlException>(() => Services(text));

    [Theory]
    [InlineData("<results/>")]
    [InlineData("<results>text<other><SERVICE_ENDPOINT PRIMARY_KEY=\"1G0\"/></other></results>")]
    [InlineData("<results><SERVICE_ENDPOINT/><SERVICE_ENDPOINT PRIMARY_KEY=\"\"/></results>")]
    [InlineData("<results><SERVICE_ENDPOINT PRIMARY_KEY=\"7513G0&#10;x\"/></results>")]
    [InlineData("<results><SERVICE_ENDPOINT><PRIMARY_KEY>&lt;script&gt;</PRIMARY_KEY></SERVICE_ENDPOINT></results>")]
    public void What_has_no_id_is_no_service(string text) => Assert.Empty(Services(text));

    [Fact]
    public void An_odd_object_costs_no_other()
    {
        var deep = string.Concat(Enumerable.Repeat("<URL>", 5000)) + string.Concat(Enumerable.Repeat("</URL>", 5000));
        var odd = $"<SERVICE_ENDPOINT PRIMARY_KEY=\"1G0\">{deep}<URL>::</URL><URL>ftp://h/</URL></SERVICE_ENDPOINT>";

        Assert.Equal(
            ["1G0", "7513G0", "7513G0"],
            Services($"<results>{odd}{Service}{Service}</results>").Select(s => s.Id)
        );
    }

    [Theory]
    [InlineData("START_DATE", "yesterday")]
    [InlineData("START_DATE", "-1")]
    [InlineData("END_DATE", "99999999999999")]
    [InlineData("END_DATE", "")]
    public void A_downtime_without_times_is_left_out(string element, string value)
    {
        var start = Downtime.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        var end = Downtime.IndexOf($"</{element}>", StringComparison.Ordinal);
        var odd = Downtime[..start] + value + Downtime[end..];

        Assert.Single(Downtimes($"<results>{odd}{Downtime}</results>"));
    }

    [Fact]
    public void A_long_description_is_cut_where_no_character_is_torn()
    {
        var text = new string('x', 999) + "😀😀";
        var long1 = Downtime.Replace(
            "<SEVERITY>",
            $"<DESCRIPTION>{text}</DESCRIPTION><SEVERITY>",
            StringComparison.Ordinal
        );

        Assert.Equal(
            new string('x', 999),
            Assert.Single(Downtimes($"<results>{long1}</results>")).Downtime.Description
        );
    }

    [Fact]
    public void An_answer_without_end_is_refused()
    {
        var filler = new string('x', 17 << 20);

        Assert.Throws<XmlException>(() => Services($"<results><a>{filler}</a></results>"));
    }

    [Fact]
    public void Changed_bytes_are_read_or_refused_and_nothing_else() => Fuzz(iterations: 2000);

    [Fact]
    [Trait("Category", "Long")]
    public void Changed_bytes_are_read_or_refused_and_nothing_else_100_000_times() => Fuzz(iterations: 100_000);

    private static void Fuzz(int iterations)
    {
        var good = Encoding.UTF8.GetBytes(
            Published.Replace("</results>", $"{Service}{Downtime}</results>", StringComparison.Ordinal)
        );
        string[] pieces =
        [
            "<results>",
            "</results>",
            "<!DOCTYPE a>",
            "<![CDATA[",
            "]]>",
            "&#0;",
            "&lt;",
            "<URL>",
            "\ufeff",
            "é",
        ];
        var piece = Gen.OneOf(
            Gen.OneOf([.. pieces.Select(Gen.Const)]).Select(Encoding.UTF8.GetBytes),
            Gen.Byte.Array[0, 4]
        );
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Int[0, 20], piece)
            .Array[1, 5]
            .Select(changes =>
                changes.Aggregate(
                    good,
                    (bytes, change) =>
                        [.. bytes.Take(change.Item1), .. change.Item3, .. bytes.Skip(change.Item1 + change.Item2)]
                )
            )
            .Sample(
                bytes =>
                {
                    try
                    {
                        using var xml = new MemoryStream(bytes);
                        using var again = new MemoryStream(bytes);
                        return GocdbXml.ReadServices(xml).ToList().Count + GocdbXml.ReadDowntimes(again).ToList().Count
                            < 9;
                    }
                    catch (XmlException)
                    {
                        return true;
                    }
                },
                iter: iterations
            );
    }

    private static List<GocdbService> Services(string text)
    {
        using var xml = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return [.. GocdbXml.ReadServices(xml)];
    }

    private static List<ServiceDowntime> Downtimes(string text)
    {
        using var xml = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return [.. GocdbXml.ReadDowntimes(xml)];
    }
}
