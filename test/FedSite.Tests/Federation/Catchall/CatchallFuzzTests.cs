using System.Text;
using CsCheck;
using FedSite.Configuration;
using FedSite.Federation.Catchall;

namespace FedSite.Tests.Federation.Catchall;

/// <summary>The file is written by hand, in whatever way.</summary>
public sealed class CatchallFuzzTests
{
    private const string Seed = """
        ---
        gocdb: !!str "ZETA-SITE"
        endpoint: &url https://zeta.example.org:5000/v3
        region: Region-One
        protocol: oidc
        images: {sync: true, formats: [qcow2, 'raw']}
        accounting:
          enabled: no
          site_name: ZETA
        vos: # all of them
          - &ops
            name: ops
            auth: {project_id: 0123456789abcdef0123456789abcde1}
          - name: /biomed/vip
            auth:
              region: >-
                Two
          - {<<: *ops, name: vo.example.org}

        """;

    private static readonly string[] Splices =
    [
        "",
        "\n",
        "\r\n",
        "\t",
        "  ",
        "- ",
        ": ",
        "? ",
        "[",
        "]",
        "{",
        "}",
        "&a ",
        "*ops",
        "*url",
        "<<: *ops",
        "!file /etc/passwd",
        "!!str ",
        "!!binary ",
        "null",
        "~",
        "\"",
        "'",
        "#",
        "|\n",
        ">-\n",
        "---\n",
        "...\n",
        "%YAML 9.9\n",
        "${HOME}",
        "\\u0000",
        "\0",
        "\u0085",
        "\u2028",
        "\ufeff",
        "\ud800",
        "名",
        "12",
        "1e5",
        "yes",
        "vos: []\n",
        "a.b",
        "@",
    ];

    private static readonly Gen<string> Texts = Gen.OneOf(Mutated(), Gen.String);

    [Fact]
    public void Whatever_the_file_holds_it_is_refused_by_name_or_makes_a_right_site_yaml() =>
        Texts.Sample(Check, time: 2);

    [Fact]
    [Trait("Category", "Long")]
    public void Whatever_the_file_holds_it_is_refused_by_name_or_makes_a_right_site_yaml_for_a_minute() =>
        Texts.Sample(Check, time: 60);

    private static void Check(string text)
    {
        CatchallFile file;
        try
        {
            // As far as a file can hold it.
            file = CatchallFile.Parse(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), "zeta.yaml");
        }
        catch (FedSiteException e)
        {
            Assert.Matches(@"\Azeta\.yaml:\d+:\d+: \S", e.Message);
            Assert.NotNull(e.NextStep);
            Assert.Equal(ExitCode.Usage, e.ExitCode);
            return;
        }

        var yaml = new NewSiteFile(file.Site.Name) { Federation = CatchallImport.Sections(file) }.ToYaml();
        var site = SiteFile.Read(yaml, "site.yaml", new HostEnvironment(_ => null, Path.GetTempPath())).Config;
        Assert.Equal(file.Site.Vos.Select(vo => vo.Name), site.Vos.Select(vo => vo.Name));
        Assert.Equal(file.Site.Endpoint, site.Federation!.Keystone);
        Assert.Empty(
            CatchallComparison.Differences(file.Site, CatchallFile.Parse(CatchallText.Write(file.Site), "f").Site)
        );
    }

    private static Gen<string> Mutated() =>
        Gen.Select(Gen.Int[0, Seed.Length], Gen.Int[0, 20], Gen.Int[0, Splices.Length - 1])
            .Array[1, 3]
            .Select(changes =>
                changes.Aggregate(
                    Seed,
                    (text, change) =>
                    {
                        var (from, cut, splice) = change;
                        var at = Math.Min(from, text.Length);
                        return text[..at] + Splices[splice] + text[Math.Min(at + cut, text.Length)..];
                    }
                )
            );
}
