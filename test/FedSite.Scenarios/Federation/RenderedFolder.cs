using CliWrap;
using CliWrap.Buffered;
using FedSite.Sandbox.Pki;
using FedSite.TestKit;

namespace FedSite.Scenarios.Federation;

/// <summary>A folder with a site.yaml, its secrets, and what the real executable renders of it.</summary>
internal sealed class RenderedFolder : IDisposable
{
    private readonly TestAuthority _authority;

    public RenderedFolder()
    {
        _authority = TestAuthority.Create(In("pki"), TimeProvider.System);
        Server = _authority.IssueServer();
        _authority.WriteTrustFolder(In("trust"));
        Write("secret", "s3cr\"et $x\\y\n");
        Write("crypto", "passphrase\n");
        Write("password", "proxy-password\n");
        File.WriteAllText(In("ca.pem"), _authority.Certificate.ExportCertificatePem());
        File.WriteAllText(
            In("keystone.pem"),
            File.ReadAllText(Server.CertificateFile) + "\n" + File.ReadAllText(Server.KeyFile)
        );
        // Apache's own account reads what it serves.
        File.SetUnixFileMode(Path, (UnixFileMode)Convert.ToInt32("755", 8));
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("fedsite-rendered-").FullName;

    /// <summary>Of localhost and 127.0.0.1, by an authority that <c>ca.pem</c> and the folder <c>trust</c> have.</summary>
    public IssuedCertificate Server { get; }

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(In(name))!);
        File.WriteAllText(In(name), text);
    }

    /// <summary>The section <c>federation</c> with one provider; <paramref name="more"/> are further keys.</summary>
    public void OneProvider(string issuer, string more = "") =>
        Write(
            "site.yaml",
            $$"""
            site: {name: EXAMPLE}
            messaging:
              trust: {{In("trust")}}
            federation:
              issuer: {{issuer}}
              client: {id: "key\"st$one", secret: !file secret}
              crypto_passphrase: !file crypto
              provider_ca: {{In("ca.pem")}}
              {{more.Replace("\n", "\n  ", StringComparison.Ordinal)}}

            """
        );

    /// <summary>The same with two.</summary>
    public void TwoProviders(string one, string two, string more = "") =>
        Write(
            "site.yaml",
            $$"""
            site: {name: EXAMPLE}
            messaging:
              trust: {{In("trust")}}
            federation:
              providers:
                - {issuer: {{one}}, idp: one.eu, client: {id: "key\"st$one", secret: !file secret} }
                - {issuer: {{two}}, idp: two, mapping: two, client: {id: keystone, secret: !file secret} }
              crypto_passphrase: !file crypto
              provider_ca: {{In("ca.pem")}}
              {{more.Replace("\n", "\n  ", StringComparison.Ordinal)}}

            """
        );

    /// <summary>Renders into the folder that is named as the target.</summary>
    public async Task RenderAsync(string target)
    {
        var run = await RunAsync(
            TestSite.Executable,
            ["federation", "render", target, "--config", In("site.yaml"), "-o", In(target)]
        );
        Assert.True(run.ExitCode == 0, run.StandardError);
    }

    /// <summary>Puts the password of the introspection proxy in place and runs the rendered <c>setup</c>.</summary>
    public Task<BufferedCommandResult> SetUpAsync()
    {
        File.Copy(In("password"), In("apache/introspection-password"), overwrite: true);
        return RunAsync(In("apache/setup"), []);
    }

    /// <summary>Paths that a program needs below /etc lead here instead.</summary>
    public string Moved(string file, params (string From, string To)[] paths)
    {
        var text = paths.Aggregate(
            File.ReadAllText(In(file)),
            (moved, path) => moved.Replace(path.From, In(path.To), StringComparison.Ordinal)
        );
        Write("moved-" + System.IO.Path.GetFileName(file), text);
        return In("moved-" + System.IO.Path.GetFileName(file));
    }

    public static async Task<BufferedCommandResult> RunAsync(string program, string[] arguments) =>
        await Cli.Wrap(program)
            .WithArguments(arguments)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        Server.Dispose();
        _authority.Dispose();
        Directory.Delete(Path, recursive: true);
    }
}
