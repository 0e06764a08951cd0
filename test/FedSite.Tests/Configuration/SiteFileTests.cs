using CsCheck;
using FedSite.Configuration;

namespace FedSite.Tests.Configuration;

public sealed class SiteFileTests : IDisposable
{
    private readonly TextFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Option_goes_before_the_variable()
    {
        var file = _folder.Write("a.yaml", "site: {name: A}");
        var host = Host(("FEDSITE_CONFIG", _folder.Write("b.yaml", "site: {name: B}")));
        Assert.Equal("A", SiteFile.Load(file, host).Config.Site.Name);
    }

    [Fact]
    public void Variable_goes_before_the_working_folder()
    {
        _folder.Write("site.yaml", "site: {name: A}");
        var host = Host(("FEDSITE_CONFIG", _folder.Write("b.yaml", "site: {name: B}")));
        Assert.Equal("B", SiteFile.Load(file: null, host).Config.Site.Name);
    }

    [Fact]
    public void Missing_file_is_told_with_its_full_path()
    {
        var e = Assert.Throws<ConfigurationException>(() => SiteFile.Load("no.yaml", Host()));
        Assert.Contains(Path.Combine(_folder.Path, "no.yaml"), e.Message);
    }

    [Fact]
    public void Configuration_errors_end_the_program_with_2()
    {
        var e = Assert.Throws<ConfigurationException>(() => SiteFile.Read("sites: x", "/site.yaml", Host()));
        Assert.Equal(ExitCode.Usage, e.ExitCode);
    }

    [Fact]
    public void Missing_certificate_is_found_where_the_file_names_it()
    {
        var site = SiteFile.Read(
            "site: {name: A}\nmessaging: {certificate: c.pem}\n",
            _folder.Path + "/s.yaml",
            Host()
        );
        Assert.Contains(
            site.FindMissingFiles(),
            p => p is { Line: 2, Key: "messaging.certificate" } && p.Message.Contains(_folder.Path + "/c.pem")
        );
    }

    [Fact]
    public void Defaults_of_a_file_that_says_nothing_are_those_of_the_records()
    {
        var site = SiteFile.Read("site: {name: A}\nstate: /s\nimages: {cache: /c}", "/site.yaml", Host());
        var expected = new SiteConfig
        {
            Site = new SiteIdentity { Name = "A" },
            State = "/s",
            Images = new ImagesConfig { Cache = "/c" },
        };
        Assert.Equal(
            System.Text.Json.JsonSerializer.Serialize(expected, ConfigJson.Default.SiteConfig),
            System.Text.Json.JsonSerializer.Serialize(site.Config, ConfigJson.Default.SiteConfig)
        );
    }

    [Fact]
    public void Any_text_is_read_or_refused_with_problems() =>
        Texts.Sample(
            text =>
            {
                try
                {
                    return SiteFile.Read(text, "/site.yaml", Host()).Config is not null;
                }
                catch (ConfigurationException e)
                {
                    return e.Problems.Any(p => p.Severity == ProblemSeverity.Error && p.Line > 0);
                }
            },
            iter: 3_000
        );

    /// <summary>Pieces of YAML in any order, and any characters between.</summary>
    private static Gen<string> Texts =>
        Gen.OneOf(
                One(
                    "site:",
                    "name: A",
                    "vos:",
                    "projects:",
                    "openstack:",
                    "auth:",
                    "accounting: ",
                    "kinds",
                    "queues: {cloud: {",
                    "records",
                    "state: "
                ),
                One("\n", "\n  ", "\n    ", "- ", ": ", ", ", "{", "}", "[", "]", "\t", "#", "? "),
                One(
                    "&a ",
                    "*a",
                    "<<: *a",
                    "!file x",
                    "!!str ",
                    "${X}",
                    "|\n",
                    ">-\n",
                    "---\n",
                    "...\n",
                    "%",
                    "\"",
                    "'"
                ),
                One("null", "~", "1", "0x1f", "yes", "700kB", "\0", "\uFEFF", "\u0085", "\ud800", "é"),
                Gen.String[0, 4]
            )
            .Array[0, 24]
            .Select(string.Concat);

    private static Gen<string> One(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);

    private HostEnvironment Host(params (string Name, string Value)[] variables) =>
        new(name => variables.FirstOrDefault(v => v.Name == name).Value, _folder.Path);
}
