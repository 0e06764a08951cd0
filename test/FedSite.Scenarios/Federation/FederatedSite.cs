using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
using FedSite.Scenarios.Support;
using FedSite.TestKit;

namespace FedSite.Scenarios.Federation;

/// <summary>
/// A site that has joined: an empty Keystone, and what <c>fedsite federation render</c> and <c>fedsite apply</c> made of it.
/// Nothing else has a hand in it, except for the virtual host and the start of the servers.
/// </summary>
public abstract class FederatedSite : IAsyncLifetime
{
    private const string Access = "urn:mace:egi.eu:group:vo.access.egi.eu:role=vm_operator#aai.egi.eu";
    private const string Biomed = "urn:mace:egi.eu:group:biomed:role=member#aai.egi.eu";
    private const string Auditor = "urn:mace:egi.eu:group:cloud.egi.eu:role=auditor#aai.egi.eu";

    private readonly string _deployment;
    private readonly bool _isSeveral;
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-federation-").FullName;

    protected FederatedSite(string deployment, bool isSeveral = false) =>
        (_deployment, _isSeveral) = (deployment, isSeveral);

    internal TestFederation Federation { get; } = Require.Federation();

    /// <summary>Ids of the identity providers, in the order of <see cref="TestFederation.Providers"/>.</summary>
    internal static IReadOnlyList<string> Idps { get; } = ["egi.eu", "partner.example.org"];

    public async ValueTask InitializeAsync()
    {
        foreach (var folder in new[] { "apache", "keystone", "esaco" })
        {
            if (Directory.Exists(Rendered(folder)))
            {
                Directory.Delete(Rendered(folder), recursive: true);
            }
        }
        await File.WriteAllTextAsync(Path.Combine(_folder, "secret"), Federation.Providers[0].ClientSecret);
        await File.WriteAllTextAsync(Path.Combine(_folder, "passphrase"), "of the tests");
        await File.WriteAllTextAsync(Path.Combine(_folder, "site.yaml"), SiteYaml());
        await DoneAsync("federation", "render", "apache", "--output-dir", Rendered("apache"));
        await DoneAsync("federation", "render", "keystone", "--output-dir", Rendered("keystone"));
        if (_isSeveral)
        {
            await DoneAsync("federation", "render", "esaco", "--output-dir", Rendered("esaco"));
            foreach (var file in new[] { "apache/introspection-password", "esaco/password" })
            {
                await File.WriteAllTextAsync(Rendered(file), "of the proxy");
            }
        }
        await ServeAsync();
        await DoneAsync("apply", "--yes");
    }

    /// <summary>Runs the program with the administrator's credentials.</summary>
    internal async Task<BufferedCommandResult> RunAsync(params string[] arguments) =>
        await Cli.Wrap(TestSite.Executable)
            .WithArguments([.. arguments, "--config", Path.Combine(_folder, "site.yaml")])
            .WithEnvironmentVariables(variables =>
                variables
                    .Set("OS_AUTH_URL", Federation.Keystone)
                    .Set("OS_CACERT", Federation.Ca)
                    .Set("OS_USERNAME", Federation.Admin.Username)
                    .Set("OS_PASSWORD", Federation.Admin.Password)
                    .Set("OS_PROJECT_NAME", Federation.Admin.Project)
                    .Set("OS_USER_DOMAIN_NAME", Federation.Admin.Domain)
                    .Set("OS_PROJECT_DOMAIN_NAME", Federation.Admin.Domain)
            )
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private async Task DoneAsync(params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.True(
            run.ExitCode == 0,
            $"fedsite {string.Join(' ', arguments)}: exit code {run.ExitCode}\n{run.StandardOutput}\n{run.StandardError}"
        );
    }

    private async Task ServeAsync()
    {
        var serve = await Cli.Wrap(Federation.Script)
            .WithArguments(["serve", _deployment])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.True(serve.ExitCode == 0, $"{serve.StandardOutput}\n{serve.StandardError}");
    }

    private string Rendered(string path) => Path.Combine(Federation.Rendered, path);

    private string SiteYaml() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            site: {name: TEST-SITE}
            federation:
            {{(_isSeveral ? SeveralProviders() : OneProvider())}}
              provider_ca: {{Federation.Ca}}
              crypto_passphrase: !file {{_folder}}/passphrase
              keystone: {{Federation.Keystone}}
              horizon: {{Federation.Dashboard}}
              deployment: {{_deployment}}
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
        var providers = Federation.Providers.Zip(Idps)
            .Select(
                (pair, i) =>
                    $"    - {{issuer: \"{pair.First.Issuer}\", idp: {pair.Second}, mapping: mapping-{i}, client: {Client(pair.First)}}}"
            );
        return $"  introspection_proxy: {Federation.Introspection}\n  providers:\n{string.Join('\n', providers)}";
    }

    private string Client(TestOpenIdProvider provider) => $"{{id: {provider.ClientId}, secret: !file {_folder}/secret}}";
}

/// <summary>Keystone inside Apache.</summary>
public sealed class ModWsgiSite() : FederatedSite("mod_wsgi");

/// <summary>Apache's mod_proxy_uwsgi before Keystone.</summary>
public sealed class ProxyUwsgiSite() : FederatedSite("proxy_uwsgi");

/// <summary>Apache's mod_proxy_http before Keystone.</summary>
public sealed class ProxyHttpSite() : FederatedSite("proxy_http");

/// <summary>Two providers and the introspection proxy.</summary>
public sealed class TwoProvidersSite() : FederatedSite("mod_wsgi", isSeveral: true);
