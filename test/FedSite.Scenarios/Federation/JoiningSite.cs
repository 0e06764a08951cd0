using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CliWrap;
using CliWrap.Buffered;
using CliWrap.Builders;
using FedSite.Scenarios.Support;
using FedSite.TestKit;

namespace FedSite.Scenarios.Federation;

/// <summary>
/// A site that means to join: its <c>site.yaml</c>, and the steps that an administrator takes with <c>fedsite</c> and with
/// the servers.
/// </summary>
internal sealed class JoiningSite(string deployment, bool isSeveral = false) : IDisposable
{
    private const string Access = "urn:mace:egi.eu:group:vo.access.egi.eu:role=vm_operator#aai.egi.eu";
    private const string Biomed = "urn:mace:egi.eu:group:biomed:role=member#aai.egi.eu";
    private const string Auditor = "urn:mace:egi.eu:group:cloud.egi.eu:role=auditor#aai.egi.eu";

    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-federation-").FullName;

    public TestFederation Federation { get; } = Require.Federation();

    // Two test runs at once would serve each other's Keystone: the second fails here, and says so.
    private readonly FileStream _use = new(
        Path.Combine(Require.Federation().Rendered, "in-use"),
        FileMode.OpenOrCreate,
        FileAccess.ReadWrite,
        FileShare.None
    );

    /// <summary>Ids of the identity providers, in the order of <see cref="TestFederation.Providers"/>.</summary>
    public static IReadOnlyList<string> Idps { get; } = ["egi.eu", "partner.example.org"];

    /// <summary>Writes what Apache, Keystone and the introspection proxy are configured with.</summary>
    public async Task RenderAsync()
    {
        RemoveRendered();
        await WriteAsync("secret", Federation.Providers[0].ClientSecret);
        await WriteAsync("passphrase", "of the tests");
        await WriteAsync("site.yaml", SiteYaml());
        await DoneAsync("federation", "render", "apache", "--output-dir", Rendered("apache"));
        await DoneAsync("federation", "render", "keystone", "--output-dir", Rendered("keystone"));
        if (isSeveral)
        {
            await DoneAsync("federation", "render", "esaco", "--output-dir", Rendered("esaco"));
            await WriteAsync(Rendered("apache/introspection-password"), "ofTheProxy");
            await WriteAsync(Rendered("esaco/password"), "ofTheProxy");
        }
    }

    /// <summary>Starts the servers with what is rendered; Keystone is empty.</summary>
    /// <param name="more"><c>claims</c>: a program in Keystone's place that answers with its WSGI keys.</param>
    public async Task ServeAsync(params string[] more)
    {
        var serve = await Cli.Wrap(Federation.Script)
            .WithArguments(["serve", deployment, .. more])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.True(serve.ExitCode == 0, $"{serve.StandardOutput}\n{serve.StandardError}");
    }

    /// <summary>Runs the program with the administrator's credentials; fails the test unless it is done.</summary>
    public async Task DoneAsync(params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.True(
            run.ExitCode == 0,
            $"fedsite {string.Join(' ', arguments)}: exit code {run.ExitCode}\n{run.StandardOutput}\n{run.StandardError}"
        );
    }

    /// <summary>What the <c>openstack</c> client of Debian shows the administrator, one answer for each command.</summary>
    public async Task<IReadOnlyList<JsonNode>> AskAsync(params string[] commands)
    {
        var run = await Cli.Wrap("/usr/bin/openstack")
            .WithEnvironmentVariables(AsAdmin)
            .WithStandardInputPipe(PipeSource.FromString(string.Concat(commands.Select(c => $"{c} -f json\n"))))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        return Read(Encoding.UTF8.GetBytes(run.StandardOutput));

        static List<JsonNode> Read(byte[] text)
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { AllowMultipleValues = true });
            var answers = new List<JsonNode>();
            while (reader.Read())
            {
                answers.Add(JsonNode.Parse(ref reader)!);
            }
            return answers;
        }
    }

    /// <summary>Runs the program with the administrator's credentials.</summary>
    public async Task<BufferedCommandResult> RunAsync(params string[] arguments) =>
        await Cli.Wrap(TestSite.Executable)
            .WithArguments([.. arguments, "--config", Path.Combine(_folder, "site.yaml")])
            .WithEnvironmentVariables(AsAdmin)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        // It names files of this folder.
        RemoveRendered();
        Directory.Delete(_folder, recursive: true);
        _use.Dispose();
    }

    private void RemoveRendered()
    {
        foreach (var folder in Directory.GetDirectories(Federation.Rendered))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void AsAdmin(EnvironmentVariablesBuilder variables) =>
        variables
            .Set("OS_AUTH_URL", Federation.Keystone)
            .Set("OS_CACERT", Federation.Ca)
            .Set("OS_USERNAME", Federation.Admin.Username)
            .Set("OS_PASSWORD", Federation.Admin.Password)
            .Set("OS_PROJECT_NAME", Federation.Admin.Project)
            .Set("OS_USER_DOMAIN_NAME", Federation.Admin.Domain)
            .Set("OS_PROJECT_DOMAIN_NAME", Federation.Admin.Domain)
            .Set("OS_IDENTITY_API_VERSION", "3");

    private Task WriteAsync(string file, string text) =>
        File.WriteAllTextAsync(Path.Combine(_folder, file), text, TestContext.Current.CancellationToken);

    private string Rendered(string path) => Path.Combine(Federation.Rendered, path);

    private string SiteYaml() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            site: {name: TEST-SITE}
            federation:
            {{(isSeveral ? SeveralProviders() : OneProvider())}}
              provider_ca: {{Federation.Ca}}
              crypto_passphrase: !file {{_folder}}/passphrase
              keystone: {{Federation.Keystone}}
              horizon: {{Federation.Dashboard}}
              deployment: {{deployment}}
              domain: egi.eu
              auditors: ["{{Auditor}}"]
            vos:
              - name: vo.access.egi.eu
                entitlements: ["{{Access}}"]
                projects: [{name: vo.access.egi.eu, domain: Default, roles: [member]}]
              - name: biomed
                entitlements: ["{{Biomed}}"]
                projects: [{name: biomed-project, domain: Default, roles: [reader]}]
            state: {{_folder}}/state

            """
        );

    private string OneProvider() =>
        $"  issuer: {Federation.Providers[0].Issuer}\n  client: {Client(Federation.Providers[0])}";

    private string SeveralProviders()
    {
        var providers = Federation
            .Providers.Zip(Idps)
            .Select(
                (pair, i) =>
                    $"    - {{issuer: \"{pair.First.Issuer}\", idp: {pair.Second}, mapping: mapping-{i}, client: {Client(pair.First)}}}"
            );
        return $"  introspection_proxy: {Federation.Introspection}\n  providers:\n{string.Join('\n', providers)}";
    }

    private string Client(TestOpenIdProvider provider) =>
        $"{{id: {provider.ClientId}, secret: !file {_folder}/secret}}";
}
