using System.Text.Json;
using System.Text.Json.Nodes;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.App;

public sealed class VoQuotaCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-quota-").FullName;
    private FederationSandbox _sandbox = null!;

    private SandboxProject Project => _sandbox.World.SeededProjects.First();

    public async ValueTask InitializeAsync()
    {
        _sandbox = await FederationSandbox.StartAsync(
            new SandboxOptions { Servers = 40 },
            TestContext.Current.CancellationToken
        );
        _sandbox.World.SetQuotas(Project.Id, new Dictionary<string, long> { ["cores"] = 640, ["floatingip"] = -1 });
    }

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Limit_use_and_part_of_the_cloud_are_shown()
    {
        var (exit, output, _) = await RunAsync("vo quota");

        Assert.Equal(ExitCode.Done, exit);
        Assert.Matches(@"biomed +\S+ +cores +640 +\d+ +50\.0 ?%", output);
        Assert.Matches(@"floating_ips +unlimited +\d+ +-", output);
        Assert.DoesNotContain("key_pairs", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_VO_is_shown_whole_in_units_of_the_services()
    {
        var (exit, output, _) = await RunAsync("vo quota biomed --output json");

        Assert.Equal(ExitCode.Done, exit);
        var quotas = JsonDocument.Parse(output).RootElement.GetProperty("quotas").EnumerateArray().ToList();
        var ram = quotas.Single(quota => quota.GetProperty("quota").GetString() == "ram");
        Assert.Equal(4_000_000, ram.GetProperty("limit").GetInt64());
        Assert.Equal("MiB", ram.GetProperty("unit").GetString());
        Assert.Equal(5_242_880, ram.GetProperty("capacity").GetInt64());
        Assert.Contains("image_storage", quotas.Select(quota => quota.GetProperty("quota").GetString()));
    }

    [Fact]
    public async Task What_cannot_be_read_is_said_and_the_rest_is_shown()
    {
        _sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Cinder,
                Times = 1000,
                Status = 418,
            }
        );

        var (exit, output, error) = await RunAsync("vo quota");

        Assert.Equal(ExitCode.Partly, exit);
        Assert.Contains("Cinder answered 418", error, StringComparison.Ordinal);
        Assert.Contains("instances", output, StringComparison.Ordinal);
        Assert.DoesNotContain("volume_storage", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_that_is_not_there_is_said()
    {
        var (exit, _, error) = await RunAsync(
            "vo quota lost.example.org",
            "  - {name: lost.example.org, projects: [nowhere]}"
        );

        Assert.Equal(ExitCode.Partly, exit);
        Assert.Contains(
            "VO lost.example.org: no project nowhere: correct it in site.yaml, or write {name",
            error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_name_that_several_projects_have_is_said_with_their_ids()
    {
        var domain = new SandboxDomain { Id = "0123456789abcdef0123456789abcdef", Name = "other" };
        _sandbox.World.Put(domain);
        _sandbox.World.Put(Project with { Id = "fedcba9876543210fedcba9876543210", DomainId = domain.Id });

        var (exit, _, error) = await RunAsync(
            "vo quota twice.example.org",
            $"  - {{name: twice.example.org, projects: [{Project.Name}]}}"
        );

        Assert.Equal(ExitCode.Partly, exit);
        Assert.Contains(
            $"2 projects are named {Project.Name}: write one of their ids in site.yaml",
            error,
            StringComparison.Ordinal
        );
        Assert.Contains($"{Project.Id} (domain Default)", error, StringComparison.Ordinal);
        Assert.Contains("fedcba9876543210fedcba9876543210 (domain other)", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_of_several_VOs_is_marked_and_counts_once()
    {
        var more = $"  - {{name: fedcloud.egi.eu, projects: [{Project.Id}]}}";

        var (exit, table, _) = await RunAsync("vo quota", more);
        var (_, json, _) = await RunAsync("vo quota --output json", more);
        var (_, one, _) = await RunAsync("vo quota fedcloud.egi.eu --output json", more);

        Assert.Equal(ExitCode.Done, exit);
        Assert.Matches(@"biomed +\S+ \(shared\) +cores +640 +\d+ +50\.0 ?%", table);
        Assert.Matches(@"fedcloud\.egi\.eu +\S+ \(shared\) +cores +640 +\d+ +see biomed", table);
        Assert.Matches(@"fedcloud\.egi\.eu +\S+ \(shared\) +floating_ips +unlimited +\d+ +-", table);
        var cores = Cores(json);
        Assert.Equal([0.5, null], cores.Select(quota => (double?)quota["share"]));
        Assert.Equal([null, "biomed"], cores.Select(quota => (string?)quota["counted_for"]));
        Assert.Equal(
            ["fedcloud.egi.eu", "biomed"],
            cores.Select(quota => (string?)Assert.Single(quota["shared_with"]!.AsArray()))
        );
        var alone = Assert.Single(Cores(one));
        Assert.Equal((0.5, "biomed"), ((double?)alone["share"], (string?)alone["shared_with"]![0]));
    }

    private static List<JsonNode> Cores(string json) =>
        [
            .. JsonNode.Parse(json)!["quotas"]!
                .AsArray()
                .Select(quota => quota!)
                .Where(quota => (string?)quota["quota"] == "cores"),
        ];

    [Fact]
    public async Task A_VO_that_the_site_does_not_have_is_a_mistake()
    {
        var (exit, _, error) = await RunAsync("vo quota biomet");

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains("biomed", error, StringComparison.Ordinal);
    }

    private async Task<(ExitCode Exit, string Out, string Error)> RunAsync(string commandLine, string more = "")
    {
        var file = Path.Combine(_folder, "site.yaml");
        await File.WriteAllTextAsync(
            file,
            $$"""
            site: {name: TEST}
            state: {{_folder}}/state
            vos:
              - {name: biomed, projects: [{{Project.Id}}]}
            {{more}}
            """,
            TestContext.Current.CancellationToken
        );
        using var terminal = new TestTerminal();
        terminal.Environment["OS_AUTH_URL"] = _sandbox.KeystoneUrl.ToString();
        terminal.Environment["OS_USERNAME"] = _sandbox.World.Admin.Name;
        terminal.Environment["OS_PASSWORD"] = CloudWorld.Password;
        terminal.Environment["OS_PROJECT_NAME"] = "admin";
        var exit = await terminal.RunAsync($"{commandLine} --config {file}");
        return (exit, terminal.Out, terminal.Error);
    }
}
