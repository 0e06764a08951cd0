using System.Text.Json;
using FedSite.Tests.Configuration;

namespace FedSite.Tests.App;

public sealed class ConfigCommandTests : IDisposable
{
    private readonly TextFolder _folder = new();
    private readonly TestTerminal _terminal = new();

    public void Dispose()
    {
        _terminal.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Validate_shows_every_problem_and_ends_with_2()
    {
        var file = _folder.Write("site.yaml", "site: {nam: A}\nstate: [x]\n");
        var code = await _terminal.RunAsync($"config validate --config {file}");
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("did you mean `name`?", _terminal.Out);
        Assert.Contains("has 3 errors", _terminal.Out);
    }

    [Fact]
    public async Task Validate_takes_a_missing_certificate_for_a_warning()
    {
        var file = _folder.Write("site.yaml", "site: {name: A}\nmessaging: {certificate: none.pem}\n");
        Assert.Equal(ExitCode.Done, await _terminal.RunAsync($"config validate --config {file}"));
        Assert.Contains("none.pem", _terminal.Out);
    }

    [Fact]
    public async Task Validate_gives_one_json_document()
    {
        var file = _folder.Write("site.yaml", "site: {name: A}\nstat: x\n");
        await _terminal.RunAsync($"config validate --output json --config {file}");
        using var document = JsonDocument.Parse(_terminal.Out);
        Assert.False(document.RootElement.GetProperty("valid").GetBoolean());
    }

    [Fact]
    public async Task Validate_warns_of_a_password_that_everybody_can_read()
    {
        var file = _folder.Write("site.yaml", "site: {name: A}\nmessaging: {ams: {token: hunter2}}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        await _terminal.RunAsync($"config validate --config {file}");
        Assert.Contains("chmod o-r", _terminal.Out);
    }

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    public async Task Show_masks_secrets(string format)
    {
        _folder.Write("password", "swordfish\n");
        var file = _folder.Write(
            "site.yaml",
            "site: {name: A}\nopenstack: {auth: {auth_url: 'http://h', username: u, password: !file password}}\n"
                + "messaging: {ams: {token: hunter2}}\n"
        );
        Assert.Equal(ExitCode.Done, await _terminal.RunAsync($"config show --output {format} --config {file}"));
        Assert.Contains("***", _terminal.Out);
        Assert.DoesNotContain("swordfish", _terminal.Out + _terminal.Error);
        Assert.DoesNotContain("hunter2", _terminal.Out + _terminal.Error);
    }

    [Fact]
    public async Task Show_tells_the_credentials_of_clouds_yaml_without_their_secrets()
    {
        _terminal.Environment["OS_CLIENT_CONFIG_FILE"] = _folder.Write(
            "clouds.yaml",
            "clouds: {example: {auth: {auth_url: 'http://h:5000', username: u, password: swordfish}}}"
        );
        var file = _folder.Write("site.yaml", "site: {name: A}\nopenstack: {cloud: example}\n");
        await _terminal.RunAsync($"config show --config {file}");
        Assert.Contains("http://h:5000/v3", _terminal.Out);
        Assert.DoesNotContain("swordfish", _terminal.Out + _terminal.Error);
    }

    [Fact]
    public async Task Schema_is_a_json_document()
    {
        await _terminal.RunAsync("config schema");
        using var document = JsonDocument.Parse(_terminal.Out);
        Assert.False(document.RootElement.GetProperty("additionalProperties").GetBoolean());
    }
}
