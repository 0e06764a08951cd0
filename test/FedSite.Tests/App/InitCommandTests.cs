using FedSite.Configuration;
using FedSite.Tests.Configuration;

namespace FedSite.Tests.App;

public sealed class InitCommandTests : IDisposable
{
    private readonly TextFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string File => Path.Combine(_folder.Path, "new/site.yaml");

    [Fact]
    public async Task Written_file_is_valid()
    {
        using var terminal = new TestTerminal();
        await terminal.RunAsync($"init --site EXAMPLE-SITE --auth-url http://h:5000 --username u --output-file {File}");
        var site = SiteFile.Load(File, new HostEnvironment(_ => "x", _folder.Path)).Config;
        Assert.Equal(
            ("EXAMPLE-SITE", "http://h:5000", "u"),
            (site.Site.Name, site.OpenStack!.Auth!.AuthUrl, site.OpenStack.Auth.Username)
        );
    }

    [Fact]
    public async Task Images_that_the_written_file_suggests_are_valid()
    {
        using var terminal = new TestTerminal();
        await terminal.RunAsync($"init --site A --auth-url http://h:5000 --username u --output-file {File}");
        var text = await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken);
        var start = text.IndexOf("# images:", StringComparison.Ordinal);
        var end = text.IndexOf("\n\n", start, StringComparison.Ordinal);
        var suggested = string.Join('\n', text[start..end].Split('\n').Select(line => line["# ".Length..]));
        var file = _folder.Write("suggested.yaml", text[..start] + suggested + text[end..]);
        var images = SiteFile.Load(file, new HostEnvironment(_ => "x", _folder.Path)).Config.Images;
        Assert.Equal(
            ("egi_vm_images", "example-ops"),
            (Assert.Single(images.Sources).Project, images.OpenStack!.Cloud)
        );
    }

    [Fact]
    public async Task Written_file_is_not_for_everybody()
    {
        using var terminal = new TestTerminal();
        await terminal.RunAsync($"init --site A --output-file {File}");
        Assert.Equal(UnixFileMode.None, System.IO.File.GetUnixFileMode(File) & UnixFileMode.OtherRead);
    }

    [Fact]
    public async Task Existing_file_stays_as_it_is()
    {
        _folder.Write("new/site.yaml", "mine");
        using var terminal = new TestTerminal();
        Assert.Equal(ExitCode.Usage, await terminal.RunAsync($"init --site A --output-file {File}"));
        Assert.Equal("mine", await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Force_replaces_an_existing_file()
    {
        _folder.Write("new/site.yaml", "mine");
        using var terminal = new TestTerminal();
        Assert.Equal(ExitCode.Done, await terminal.RunAsync($"init --site A --force --output-file {File}"));
        Assert.NotEqual("mine", await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Questions_are_asked_on_a_terminal()
    {
        using var terminal = new TestTerminal { Input = "EXAMPLE-SITE\n\nhttp://h:5000/v3\n\n" };
        await terminal.RunAsync($"init --output-file {File}");
        var site = SiteFile.Load(File, new HostEnvironment(_ => "x", _folder.Path)).Config;
        Assert.Equal(("EXAMPLE-SITE", "accounting"), (site.Site.Name, site.OpenStack!.Auth!.Username));
    }

    [Fact]
    public async Task A_catch_all_file_says_site_Keystone_and_VOs()
    {
        var catchall = _folder.Write("A.yaml", Catchall);
        using var terminal = new TestTerminal();
        await terminal.RunAsync($"init --catchall {catchall} --cloud example --output-file {File}");
        var site = SiteFile.Load(File, new HostEnvironment(_ => null, _folder.Path)).Config;
        Assert.Equal(
            ("EXAMPLE-SITE", "https://h:5000/v3/", "example"),
            (site.Site.Name, site.Federation!.Keystone, site.OpenStack!.Cloud)
        );
        Assert.Equal(["ops", "/med/imaging"], site.Vos.Select(vo => vo.Name));
    }

    [Fact]
    public async Task What_a_catch_all_file_has_and_the_configuration_cannot_hold_is_told_there_and_on_the_terminal()
    {
        var catchall = _folder.Write("A.yaml", Catchall + "    share: 3\n");
        using var terminal = new TestTerminal();
        await terminal.RunAsync($"init --catchall {catchall} --cloud example --output-file {File}");
        var text = await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken);
        var expected = $"{catchall}:9:5: vos[1].share: FedSite does not know this key";
        Assert.Contains($"# Left out: {expected}", text, StringComparison.Ordinal);
        Assert.Contains($"warning: {expected}", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_catch_all_file_and_a_site_name_exclude_each_other()
    {
        using var terminal = new TestTerminal();
        Assert.Equal(ExitCode.Usage, await terminal.RunAsync("init --catchall A.yaml --site B --cloud c"));
    }

    [Fact]
    public async Task A_faulty_catch_all_file_writes_nothing()
    {
        var catchall = _folder.Write("A.yaml", "gocdb: A\n");
        using var terminal = new TestTerminal();
        Assert.Equal(
            ExitCode.Usage,
            await terminal.RunAsync($"init --catchall {catchall} --cloud c --output-file {File}")
        );
        Assert.Contains($"{catchall}:1:1: endpoint: this key is required", terminal.Error, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
    }

    [Theory]
    [InlineData("--site A/B", "An option, or an answer, says what can't stand in site.yaml: site.name: ")]
    [InlineData("--site A --auth-url nonsense", "site.yaml: openstack.auth.auth_url: ")]
    public async Task A_faulty_option_is_told_without_lines_of_a_file_that_is_not_there(string options, string expected)
    {
        using var terminal = new TestTerminal();
        Assert.Equal(ExitCode.Usage, await terminal.RunAsync($"init {options} --output-file {File}"));
        Assert.Contains(expected, terminal.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "site.yaml:",
            terminal.Error.Replace("site.yaml: ", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_protocol_that_Keystone_could_not_have_is_told_with_the_line_of_the_catch_all_file()
    {
        var catchall = _folder.Write("A.yaml", "gocdb: A\nendpoint: https://h/v3\nprotocol: open id\n");
        using var terminal = new TestTerminal();
        await terminal.RunAsync($"init --catchall {catchall} --cloud c --output-file {File}");
        Assert.Contains($"{catchall}:3:11: protocol: expected", terminal.Error, StringComparison.Ordinal);
    }

    private const string Catchall = """
        gocdb: EXAMPLE-SITE
        endpoint: https://h:5000/v3/
        vos:
          - name: ops
            auth:
              project_id: 0123456789abcdef0123456789abcdef
          - name: /med/imaging
            auth: {project_id: 0123456789abcdef0123456789abcdef}

        """;

    [Fact]
    public async Task Nobody_to_ask_is_wrong_usage()
    {
        using var terminal = new TestTerminal();
        Assert.Equal(ExitCode.Usage, await terminal.RunAsync($"init --output-file {File}"));
    }

    [Fact]
    public async Task Name_that_no_site_can_have_writes_nothing()
    {
        using var terminal = new TestTerminal();
        Assert.Equal(ExitCode.Usage, await terminal.RunAsync($"init --site a/b --output-file {File}"));
        Assert.False(System.IO.File.Exists(File));
    }
}
