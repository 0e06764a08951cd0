using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace FedSite.Tests.App;

public sealed class FederationCommandTests : IDisposable
{
    private const string Rules = """
        [{
          "local": [{"user": {"name": "{0}"}, "group": {"id": "g1"}}],
          "remote": [
            {"type": "HTTP_OIDC_SUB"},
            {"type": "HTTP_OIDC_ISS", "any_one_of": ["https://aai.egi.eu/auth/realms/egi"]},
            {"type": "OIDC-entitlements", "any_one_of": ["^urn:ex:y$"], "regex": true}
          ]
        }]
        """;

    private const string Member =
        """{"sub": "member@egi.eu", "iss": "https://aai.egi.eu/auth/realms/egi", "entitlements": ["urn:ex:y"]}""";

    private const string Stranger =
        """{"sub": "stranger@egi.eu", "iss": "https://evil.example", "entitlements": "urn:ex:y"}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-mapping-").FullName;

    private string Mapping => Write("mapping.json", Rules);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Explain_says_who_a_member_becomes_and_why()
    {
        using var terminal = Terminal(Member);

        var exit = await terminal.RunAsync($"federation explain --claims - --mapping {Mapping}");

        Assert.Equal(ExitCode.Done, exit);
        Assert.StartsWith("Admitted.", terminal.Out, StringComparison.Ordinal);
        Assert.Contains("member@egi.eu", terminal.Out, StringComparison.Ordinal);
        Assert.Contains("rule 0 applies", terminal.Out, StringComparison.Ordinal);
        Assert.Contains("urn:ex:y by ^urn:ex:y$", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_says_why_a_stranger_is_refused_with_exit_1()
    {
        using var terminal = Terminal(Stranger);

        var exit = await terminal.RunAsync($"federation explain --claims - --mapping {Mapping}");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains(
            "Keystone raises ValidationError; the client sees HTTP 401.",
            terminal.Out,
            StringComparison.Ordinal
        );
        Assert.Contains("rule 0 is skipped: no value of HTTP_OIDC_ISS matches", terminal.Out, StringComparison.Ordinal);
        Assert.Contains("seen:   https://evil.example", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_as_json_has_the_form_of_Keystone()
    {
        using var terminal = Terminal(Member);

        await terminal.RunAsync($"federation explain --claims - --mapping {Mapping} --output json");

        using var document = JsonDocument.Parse(terminal.Out);
        var login = document.RootElement;
        Assert.Equal(
            ["user", "group_ids", "group_names", "projects", "rules"],
            login.EnumerateObject().Select(member => member.Name)
        );
        Assert.Equal("member@egi.eu", login.GetProperty("user").GetProperty("name").GetString());
        Assert.Equal("g1", login.GetProperty("group_ids")[0].GetString());
        Assert.Equal("applies", login.GetProperty("rules")[0].GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Explain_answers_JSON_Lines_by_an_array_and_exit_3_when_some_are_refused()
    {
        using var terminal = Terminal($"{Member}\n{Stranger}\n");

        var exit = await terminal.RunAsync($"federation explain --claims - --mapping {Mapping} --output json");

        Assert.Equal(ExitCode.Partly, exit);
        using var document = JsonDocument.Parse(terminal.Out);
        Assert.Equal(2, document.RootElement.GetArrayLength());
        Assert.Equal("ValidationError", document.RootElement[1].GetProperty("error").GetString());
        Assert.False(document.RootElement[1].TryGetProperty("user", out _));
    }

    [Fact]
    public async Task Explain_reads_a_token_and_says_that_its_signature_is_not_checked()
    {
        var token = $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Member))}.c2ln";
        using var terminal = Terminal(token + "\n");

        var exit = await terminal.RunAsync($"federation explain --token - --mapping {Mapping}");

        Assert.Equal(ExitCode.Done, exit);
        Assert.Contains("signature of the token is not checked", terminal.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("opaque-token", "holds no JWT")]
    [InlineData("a.b.c", "holds no JWT")]
    [InlineData("a.b.c.d.e", "is encrypted")]
    public async Task Explain_refuses_another_token_and_never_shows_it(string token, string reason)
    {
        using var terminal = Terminal(token);

        var exit = await terminal.RunAsync($"federation explain --token - --mapping {Mapping}");

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains(reason, terminal.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(token, terminal.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("federation explain --mapping -", "No login is given.")]
    [InlineData("federation explain --claims - --token x --mapping -", "exclude each other")]
    [InlineData("federation explain --claims - --mapping -", "can't be both")]
    [InlineData("federation lint --config /nowhere/site.yaml", "/nowhere/site.yaml")]
    [InlineData("federation lint /nowhere/mapping.json", "/nowhere/mapping.json cannot be read")]
    public async Task What_is_missing_is_wrong_usage(string commandLine, string reason)
    {
        using var terminal = Terminal(Rules);

        Assert.Equal(ExitCode.Usage, await terminal.RunAsync(commandLine));
        Assert.Contains(reason, terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_of_a_good_mapping_ends_with_exit_0()
    {
        using var terminal = Terminal(Rules);

        Assert.Equal(ExitCode.Done, await terminal.RunAsync("federation lint - --deployment mod_wsgi"));
        Assert.Equal("0 errors, 0 warnings, 0 remarks.\n", terminal.Out);
    }

    [Fact]
    public async Task Lint_of_a_faulty_mapping_names_the_rule_and_ends_with_exit_1()
    {
        using var terminal = Terminal(Rules.Replace("^urn", "urn"));

        Assert.Equal(ExitCode.Failed, await terminal.RunAsync("federation lint -"));
        Assert.Contains(
            "rule 0: ERROR FS-MAP-001: `urn:ex:y$` takes xurn:ex:y too.",
            terminal.Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Lint_as_json_is_a_list_of_findings()
    {
        using var terminal = Terminal(Rules.Replace("^urn", "urn"));

        await terminal.RunAsync("federation lint - --output json");

        using var document = JsonDocument.Parse(terminal.Out);
        var finding = Assert.Single(document.RootElement.EnumerateArray().ToList());
        Assert.Equal(
            ("FS-MAP-001", 0),
            (finding.GetProperty("id").GetString(), finding.GetProperty("rule").GetInt32())
        );
    }

    private static TestTerminal Terminal(string input) => new() { In = Encoding.UTF8.GetBytes(input) };

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
