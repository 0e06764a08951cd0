using System.Text;
using System.Text.Json;
using FedSite.App;
using FedSite.App.Terminals;
using FedSite.Configuration;
using FedSite.OpenStack;
using FedSite.Sandbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Tests.App;

/// <summary>Commands on the files that <c>sandbox run</c> writes, while it runs.</summary>
public sealed class SandboxRunCommandTests : IAsyncLifetime
{
    private const string Vo = "vo.access.egi.eu";
    private const string LookAlikesToken = "sandbox-lookalike-token";

    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-sandbox-").FullName;
    private readonly FlushedStream _out = new();
    private readonly CancellationTokenSource _end = new();
    private Task<ExitCode> _run = null!;

    private string SiteYaml => Path.Combine(_folder, "site.yaml");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var terminal = new Terminal { Out = _out, Error = TextWriter.Null };
        string[] words = ["sandbox", "run", "--dir", _folder, "--servers", "12", "--output", "json"];
        _run = CommandLine.RunAsync(words, terminal, TimeProvider.System, _end.Token);
        await _out.Flushed.WaitAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _run;
        _end.Dispose();
        await _out.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void It_names_the_provider_and_who_has_access_tokens()
    {
        var document = JsonDocument.Parse(_out.ToArray()).RootElement;

        Assert.StartsWith("https://127.0.0.1:", document.GetProperty("issuer").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            [FederationSandbox.AccessToken, LookAlikesToken],
            document.GetProperty("logins").EnumerateArray().Select(one => one.GetProperty("accessToken").GetString())
        );
    }

    [Fact]
    public async Task Its_site_yaml_is_valid_without_a_warning()
    {
        var (exit, _, error) = await RunAsync("config validate");

        Assert.Equal((ExitCode.Done, ""), (exit, error));
    }

    [Fact]
    public async Task Its_vos_change_nothing_about_what_is_accounted()
    {
        var with = await AccountedAsync();
        var lines = await File.ReadAllLinesAsync(SiteYaml, Ct);
        var rest = lines
            .TakeWhile(line => line != "federation:")
            .Concat(lines.SkipWhile(line => !line.StartsWith("accounting:", StringComparison.Ordinal)));
        await File.WriteAllLinesAsync(SiteYaml, rest, Ct);

        Assert.Equal(await AccountedAsync(), with);
    }

    [Fact]
    public async Task Before_anything_is_applied_the_member_can_log_in_already()
    {
        using var cloud = Connect("sandbox-oidc");

        Assert.Equal(Vo, (await cloud.Identity.GetTokenInfoAsync(TokenScope.Configured, Ct)).ProjectName);
    }

    [Fact]
    public async Task A_login_gives_the_projects_of_the_groups_that_explain_tells()
    {
        Assert.Equal(ExitCode.Differences, (await RunAsync("plan --os-cloud sandbox-admin")).Exit);
        Assert.Equal(ExitCode.Done, (await RunAsync("apply --yes --os-cloud sandbox-admin")).Exit);
        var (exit, told, _) = await ExplainAsync(FederationSandbox.AccessToken);

        using var admin = Connect("sandbox-admin");
        var groups = new List<string>();
        foreach (var id in JsonDocument.Parse(told).RootElement.GetProperty("group_ids").EnumerateArray())
            groups.Add((await admin.Identity.FindGroupAsync(id.GetString()!, Ct))!.Name);
        using var member = Connect("sandbox-oidc");
        var projects = await member.Identity.ListMyProjectsAsync(Ct);

        Assert.Equal(ExitCode.Done, exit);
        // The file names group and project of a VO as the VO.
        Assert.Equal([Vo], groups);
        Assert.Equal(groups, projects.Select(project => project.Name));
    }

    [Fact]
    public async Task Whom_explain_refuses_keystone_refuses()
    {
        await RunAsync("apply --yes --os-cloud sandbox-admin");
        var (exit, _, _) = await ExplainAsync(LookAlikesToken);
        using var cloud = Connect("sandbox-lookalike");

        var refused = await Assert.ThrowsAsync<OpenStackException>(() =>
            cloud.Identity.GetTokenInfoAsync(TokenScope.Configured, Ct)
        );

        Assert.Equal((ExitCode.Failed, 401), (exit, refused.Status));
    }

    [Fact]
    public async Task After_apply_the_checks_of_the_federation_find_nothing()
    {
        await RunAsync("apply --yes --os-cloud sandbox-admin");

        var (exit, output, _) = await RunAsync("check --only federation --os-cloud sandbox-admin");

        Assert.Equal(ExitCode.Done, exit);
        Assert.Contains("0 remarks, 0 warnings, 0 errors", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_gocdb_knows_its_cloud_and_its_document_can_be_published()
    {
        var (exit, output, _) = await RunAsync("check --only information");

        Assert.Equal(ExitCode.Done, exit);
        Assert.Contains("3 ok, 0 remarks, 0 warnings, 0 errors", output, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<string>> AccountedAsync()
    {
        var (_, output, _) = await RunAsync("accounting projects --output json");
        return
        [
            .. JsonDocument
                .Parse(output)
                .RootElement.EnumerateArray()
                .Select(project =>
                    $"{project.GetProperty("id")} {project.GetProperty("vo")} {project.GetProperty("accounted")}"
                )
                .Order(StringComparer.Ordinal),
        ];
    }

    private Task<(ExitCode Exit, string Out, string Error)> ExplainAsync(string token) =>
        RunAsync("federation explain --token - --os-cloud sandbox-admin --output json", token);

    private async Task<(ExitCode Exit, string Out, string Error)> RunAsync(string commandLine, string input = "")
    {
        using var terminal = new TestTerminal { In = Encoding.UTF8.GetBytes(input) };
        terminal.Environment["OS_CLIENT_CONFIG_FILE"] = Path.Combine(_folder, "clouds.yaml");
        var exit = await terminal.RunAsync($"{commandLine} --config {SiteYaml}");
        return (exit, terminal.Out, terminal.Error);
    }

    private OpenStackCloud Connect(string account)
    {
        var host = new HostEnvironment(
            name => name == "OS_CLIENT_CONFIG_FILE" ? Path.Combine(_folder, "clouds.yaml") : null,
            _folder
        );
        var credentials = CloudCredentialsSource.Resolve(config: null, account, host);
        return OpenStackCloud.Connect(credentials, TimeProvider.System, NullLoggerFactory.Instance);
    }

    /// <summary>Tells when something was flushed.</summary>
    private sealed class FlushedStream : MemoryStream
    {
        private readonly TaskCompletionSource _flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Flushed => _flushed.Task;

        public override void Flush() => _flushed.TrySetResult();
    }
}
