using System.Text.Json.Nodes;
using CliWrap;
using CliWrap.Buffered;
using FedSite.Scenarios.Support;
using FedSite.TestKit;

namespace FedSite.Scenarios.Federation;

/// <summary>The real Nova: a private flavor with an accelerator, and a project of a VO.</summary>
public sealed class FlavorAccessTests : IAsyncLifetime
{
    private const string Flavor = "flavors-scenario.xlarge";
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-flavors-").FullName;
    private readonly TestCloud _cloud = Require.Cloud();
    private PlainApi _admin = null!;
    private string _id = "";

    public async ValueTask InitializeAsync()
    {
        _admin = await PlainApi.LoginToProjectAsync(_cloud, "admin", "alpha");
        var body = $$"""
            {
              "flavor": {"name": "{{Flavor}}", "vcpus": 1, "ram": 64, "disk": 1, "os-flavor-access:is_public": false}
            }
            """;
        _id = (string)(await _admin.SendAsync(HttpMethod.Post, "compute", "/flavors", body))!["flavor"]!["id"]!;
        Write("flavors: [flavors-scenario.xlarge]");
    }

    public async ValueTask DisposeAsync()
    {
        await _admin.SendAsync(HttpMethod.Delete, "compute", $"/flavors/{_id}");
        _admin.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_member_sees_the_private_flavor_only_after_apply()
    {
        using var member = await PlainApi.LoginToProjectAsync(_cloud, "plainReader", "alpha");
        Assert.DoesNotContain(Flavor, await SeenAsync(member));

        await DoneAsync("apply", "--only", "flavors", "--yes");

        Assert.Contains(Flavor, await SeenAsync(member));
        var specs = (await member.GetAsync("compute", $"/flavors/{_id}/os-extra_specs"))["extra_specs"]!;
        Assert.Equal("GPU", (string?)specs["Accelerator:Type"]);
        Assert.Equal("a100:1", (string?)specs["pci_passthrough:alias"]);
        await DoneAsync("plan", "--only", "flavors");
    }

    [Fact]
    public async Task A_flavor_that_is_not_there_is_said_and_the_rest_is_applied()
    {
        Write("flavors: [flavors-scenario.none, flavors-scenario.xlarge]");

        var run = await RunAsync("apply", "--only", "flavors", "--yes");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("There is no flavor flavors-scenario.none", run.StandardOutput, StringComparison.Ordinal);
        using var member = await PlainApi.LoginToProjectAsync(_cloud, "plainReader", "alpha");
        Assert.Contains(Flavor, await SeenAsync(member));
    }

    [Fact]
    public async Task Lint_and_list_see_what_apply_has_set()
    {
        await DoneAsync("apply", "--only", "flavors", "--yes");

        var list = JsonNode.Parse((await RunAsync("flavors", "list", "--output", "json")).StandardOutput)!.AsArray();
        var lint = JsonNode.Parse((await RunAsync("flavors", "lint", "--output", "json")).StandardOutput)!.AsArray();

        var listed = list.Single(flavor => (string?)flavor!["name"] == Flavor)!;
        Assert.Equal([_cloud.Projects["alpha"].Id], listed["projects"]!.AsArray().Select(id => (string)id!));
        Assert.Equal("PCI a100:1", (string?)listed["scheduler"]);
        Assert.DoesNotContain(lint, finding => (string?)finding!["flavor"] == Flavor);
    }

    [Fact]
    public async Task Nova_itself_reads_what_is_rendered()
    {
        var python = Require.Program("/usr/bin/python3", "python3-nova");
        Require.Program("/usr/lib/python3/dist-packages/nova/pci/request.py", "python3-nova");
        var rendered = Path.Combine(_folder, "nova.conf.d");
        await DoneAsync("federation", "render", "nova-gpu", "-o", rendered);
        const string Program = """
            import json, sys
            import nova.conf
            from nova.pci import request, whitelist
            conf = nova.conf.CONF
            conf([], project="nova", default_config_files=[], default_config_dirs=[sys.argv[1]])
            devices = whitelist.Whitelist(conf.pci.device_spec)
            print(json.dumps([
                request._get_alias_from_config(), len(devices.specs), conf.filter_scheduler.enabled_filters[-1]
            ]))
            """;

        var run = await Cli.Wrap(python)
            .WithArguments(["-c", Program, rendered])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);

        Assert.True(run.ExitCode == 0, run.StandardError);
        Assert.Equal(
            """[{"a100": ["legacy", [{"vendor_id": "10de", "product_id": "20f1", "dev_type": "type-PF"}]]}, 1, "PciPassthroughFilter"]""",
            run.StandardOutput.Trim()
        );
    }

    private static async Task<IReadOnlyList<string>> SeenAsync(PlainApi member) =>
        [
            .. (await member.GetAsync("compute", "/flavors"))["flavors"]!
                .AsArray()
                .Select(flavor => (string)flavor!["name"]!),
        ];

    private void Write(string flavors) =>
        File.WriteAllText(
            Path.Combine(_folder, "site.yaml"),
            $$"""
            site: {name: TEST-SITE}
            federation: {provider: checkin-demo, keystone: "{{_cloud.Keystone}}"}
            vos:
              - name: vo.alpha.example
                projects: [{id: {{_cloud.Projects["alpha"].Id}}}]
                {{flavors}}
            flavors:
              - name: {{Flavor}}
                accelerator:
                  {type: GPU, number: 1, vendor: NVIDIA, model: Tesla A100, memory: 40, version: PCIe,
                   virtualization_type: PCI passthrough, pci: "10de:20f1", pci_type: PF}
                alias: "a100:1"
            state: {{_folder}}/state

            """
        );

    private async Task DoneAsync(params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.True(run.ExitCode == 0, $"exit code {run.ExitCode}\n{run.StandardOutput}\n{run.StandardError}");
    }

    private async Task<BufferedCommandResult> RunAsync(params string[] arguments) =>
        await Cli.Wrap(TestSite.Executable)
            .WithArguments([.. arguments, "--config", Path.Combine(_folder, "site.yaml")])
            .WithEnvironmentVariables(variables =>
                variables
                    .Set("OS_AUTH_URL", _cloud.Keystone.ToString())
                    .Set("OS_USERNAME", _cloud.Accounts["admin"].Username)
                    .Set("OS_PASSWORD", _cloud.Accounts["admin"].Password)
                    .Set("OS_PROJECT_NAME", "admin")
                    .Set("OS_USER_DOMAIN_NAME", "Default")
                    .Set("OS_PROJECT_DOMAIN_NAME", "Default")
            )
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
}
