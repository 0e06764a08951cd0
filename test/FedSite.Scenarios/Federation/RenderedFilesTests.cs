using System.Text.Json;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Federation;

/// <summary>The programs themselves read what was rendered for them.</summary>
public sealed class RenderedFilesTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly RenderedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Haproxy_takes_its_file_and_the_bundles()
    {
        var haproxy = Require.Program("/usr/sbin/haproxy", "haproxy");
        _folder.OneProvider("https://op.example.org", Balanced);
        await _folder.RenderAsync("haproxy");
        await _folder.RenderAsync("trust-bundle");
        var file = _folder.Moved(
            "haproxy/fedsite-keystone.cfg",
            ("/etc/haproxy/fedsite/keystone.pem", "keystone.pem"),
            ("/etc/fedsite/trust", "trust-bundle")
        );

        var run = await RenderedFolder.RunAsync(haproxy, ["-c", "-f", file]);

        Assert.True(run.ExitCode == 0, run.StandardError);
        Assert.DoesNotContain("WARNING", run.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nginx_takes_its_file_and_the_bundles()
    {
        var nginx = Require.Program("/usr/sbin/nginx", "nginx-light");
        _folder.OneProvider("https://op.example.org", Balanced);
        await _folder.RenderAsync("nginx");
        await _folder.RenderAsync("trust-bundle");
        var file = _folder.Moved(
            "nginx/fedsite-keystone.conf",
            ("/etc/nginx/fedsite/keystone.crt", "keystone.pem"),
            ("/etc/nginx/fedsite/keystone.key", "keystone.pem"),
            ("/etc/fedsite/trust", "trust-bundle")
        );
        _folder.Write(
            "nginx.conf",
            $"pid {_folder.In("pid")}; error_log stderr; events {{}} http {{ access_log off; include {file}; }}"
        );

        var run = await RenderedFolder.RunAsync(nginx, ["-t", "-c", _folder.In("nginx.conf")]);

        Assert.True(run.ExitCode == 0, run.StandardError);
        Assert.DoesNotContain("[warn]", run.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keystone_reads_the_file_of_its_folder_and_knows_the_method()
    {
        var python = Require.Keystone();
        _folder.OneProvider("https://op.example.org", Balanced);
        await _folder.RenderAsync("keystone");
        _folder.Write("keystone.conf", "[federation]\ntrusted_dashboard = https://other.example.org/auth/websso/\n");

        var read = await JsonAsync(
            python,
            """
            import json, sys
            import keystone.conf
            from keystone.auth import core
            from oslo_config import cfg
            keystone.conf.configure()
            keystone.conf.CONF(
                [], project="keystone", default_config_files=[sys.argv[1]], default_config_dirs=[sys.argv[2]]
            )
            conf = keystone.conf.CONF
            core.load_auth_methods()
            conf.register_opt(cfg.StrOpt("remote_id_attribute"), group="openid")
            print(json.dumps([
                sorted(core.AUTH_METHODS), conf.openid.remote_id_attribute, conf.federation.trusted_dashboard,
                conf.federation.sso_callback_template,
            ]))
            """,
            _folder.In("keystone.conf"),
            _folder.In("keystone")
        );

        Assert.Equal(
            """[["application_credential","external","mapped","oauth1","openid","password","token"],"HTTP_OIDC_ISS","""
                + """["https://other.example.org/auth/websso/","https://dashboard.example.org/dashboard/auth/websso/"],"""
                + "\"/etc/keystone/sso_callback_template.html\"]",
            JsonSerializer.Serialize(read)
        );
    }

    [Fact]
    public async Task Python_reads_the_settings_of_the_dashboard()
    {
        var python = Require.Program(Python, "python3");
        _folder.TwoProviders("https://op.example.org/\"é", "https://two.example.org", Balanced);
        await _folder.RenderAsync("horizon");

        var read = await JsonAsync(
            python,
            """
            import json, runpy, sys
            settings = runpy.run_path(sys.argv[1])
            names = ["WEBSSO_ENABLED", "WEBSSO_KEYSTONE_URL", "WEBSSO_CHOICES", "WEBSSO_IDP_MAPPING"]
            print(json.dumps([settings[name] for name in names]))
            """,
            _folder.In("horizon/_90_fedsite_websso.py")
        );

        Assert.Equal(
            """[true,"https://keystone.example.org:5000/v3","""
                + """[["credentials","Keystone Credentials"],["one.eu","one.eu"],["two","two"]],"""
                + """{"one.eu":["one.eu","openid"],"two":["two","openid"]}]""",
            JsonSerializer.Serialize(read)
        );
    }

    [Fact]
    public async Task Esaco_is_started_with_settings_and_secrets()
    {
        var python = Require.Program(Python, "python3-yaml");
        _folder.TwoProviders("https://op.example.org", "https://two.example.org", Balanced);
        await _folder.RenderAsync("esaco");
        File.Copy(_folder.In("password"), _folder.In("esaco/password"));
        _folder.Write("engine", "#!/bin/sh\necho \"$*\"\nenv | grep ^ESACO_ | sort\n");
        File.SetUnixFileMode(_folder.In("engine"), (UnixFileMode)Convert.ToInt32("755", 8));

        var run = await RenderedFolder.RunAsync(
            "/usr/bin/env",
            [$"ENGINE={_folder.In("engine")}", _folder.In("esaco/start")]
        );
        var settings = await JsonAsync(
            python,
            "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))",
            _folder.In("esaco/application.yml")
        );

        Assert.Contains(
            "--env-file esaco.env --env ESACO_CLIENT_SECRET_1 ",
            run.StandardOutput,
            StringComparison.Ordinal
        );
        Assert.Contains("\nESACO_CLIENT_SECRET_1=s3cr\"et $x\\y\n", run.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("\nESACO_USER_PASSWORD=proxy-password\n", run.StandardOutput, StringComparison.Ordinal);
        var first = settings.GetProperty("oidc").GetProperty("clients")[0];
        Assert.Equal("key\"st$one", first.GetProperty("client-id").GetString());
    }

    [Fact]
    public async Task Esaco_does_not_start_without_a_secret()
    {
        _folder.TwoProviders("https://op.example.org", "https://two.example.org", Balanced);
        await _folder.RenderAsync("esaco");

        var run = await RenderedFolder.RunAsync("/usr/bin/env", ["ENGINE=/bin/true", _folder.In("esaco/start")]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("password must hold a secret", run.StandardError, StringComparison.Ordinal);
    }

    private const string Balanced = """
        keystone: https://keystone.example.org:5000/v3
        horizon: https://dashboard.example.org/dashboard
        hosts: [127.0.0.1:5001, 127.0.0.2]
        """;

    private static async Task<JsonElement> JsonAsync(string python, string script, params string[] arguments)
    {
        var run = await RenderedFolder.RunAsync(python, ["-c", script, .. arguments]);
        Assert.True(run.ExitCode == 0, run.StandardError);
        return JsonElement.Parse(run.StandardOutput);
    }
}
