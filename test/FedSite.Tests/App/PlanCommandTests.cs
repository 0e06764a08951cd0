using System.Text.Json;
using FedSite.Sandbox;
using FedSite.Sandbox.World;
using FedSite.Tests.Federation.Plans;

namespace FedSite.Tests.App;

public sealed class PlanCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-plan-").FullName;
    private FederationSandbox _sandbox = null!;

    private string SiteYaml => Path.Combine(_folder, "site.yaml");
    private string PlanJson => Path.Combine(_folder, "plan.json");

    public async ValueTask InitializeAsync()
    {
        _sandbox = await FederationSandbox.StartAsync(
            new SandboxOptions { Servers = 12 },
            TestContext.Current.CancellationToken
        );
        Write(FederationSite.Yaml);
    }

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Plan_ends_with_4_when_something_has_to_change_and_0_when_nothing()
    {
        Assert.Equal(ExitCode.Differences, (await RunAsync("plan")).Exit);
        Assert.Equal(ExitCode.Done, (await RunAsync("apply --yes")).Exit);
        Assert.Equal(ExitCode.Done, (await RunAsync("plan")).Exit);
    }

    [Fact]
    public async Task A_plan_that_cannot_be_applied_ends_with_1()
    {
        Write(FederationSite.Yaml.Replace("roles: [member, reader]", "roles: [astronaut]", StringComparison.Ordinal));

        Assert.Equal(ExitCode.Failed, (await RunAsync("plan")).Exit);
        Assert.Equal(ExitCode.Failed, (await RunAsync("apply --yes")).Exit);
        Assert.Empty(_sandbox.World.Groups);
    }

    [Fact]
    public async Task Without_an_answer_nothing_is_done()
    {
        var (exit, _, error) = await RunAsync("apply");

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains("--yes", error, StringComparison.Ordinal);
        Assert.Empty(_sandbox.World.Groups);
    }

    [Theory]
    [InlineData("yes\n", ExitCode.Done, 3)]
    [InlineData("no\n", ExitCode.Failed, 0)]
    [InlineData("", ExitCode.Failed, 0)]
    public async Task Only_a_yes_goes_on(string answer, ExitCode expected, int groups)
    {
        var (exit, _, _) = await RunAsync("apply", answer);

        Assert.Equal(expected, exit);
        Assert.Equal(groups, _sandbox.World.Groups.Count());
    }

    [Fact]
    public async Task A_plan_in_a_file_is_applied_exactly()
    {
        await RunAsync($"plan --vo biomed --out {PlanJson}");
        Assert.DoesNotContain(
            "password",
            await File.ReadAllTextAsync(PlanJson, TestContext.Current.CancellationToken),
            StringComparison.OrdinalIgnoreCase
        );
        await RunAsync("apply --only federation --yes");
        await RunAsync($"plan --vo biomed --out {PlanJson}");

        var (exit, _, _) = await RunAsync($"apply {PlanJson} --yes");

        Assert.Equal(ExitCode.Done, exit);
        Assert.DoesNotContain(_sandbox.World.Groups, group => group.Name == "vo.access.egi.eu");
    }

    [Fact]
    public async Task A_plan_in_a_file_is_refused_when_the_cloud_has_moved()
    {
        await RunAsync($"plan --out {PlanJson}");
        var domain = _sandbox.World.Domains.Single(domain => domain.Name == "egi.eu").Id;
        _sandbox.World.Put(
            new SandboxGroup
            {
                Id = "new",
                Name = "biomed",
                DomainId = domain,
            }
        );

        var (exit, _, error) = await RunAsync($"apply {PlanJson} --yes");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("no longer: create group biomed@egi.eu", error, StringComparison.Ordinal);
        Assert.Empty(_sandbox.World.Federation.Mappings);
    }

    [Fact]
    public async Task A_lock_out_is_refused_until_it_is_meant()
    {
        await RunAsync("apply --yes");
        Write(FederationSite.Yaml.Replace("checkin-demo", "checkin", StringComparison.Ordinal));

        var refused = await RunAsync("apply --yes");
        Assert.Equal(ExitCode.Failed, refused.Exit);
        Assert.Contains("vo.access.egi.eu", refused.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync("apply --yes --lock-out")).Exit);
    }

    [Fact]
    public async Task Restore_shows_and_with_yes_puts_back()
    {
        await RunAsync("apply --yes");
        var before = _sandbox.World.Federation.FindMapping("egi-mapping")!.Rules;
        Write(FederationSite.Yaml.Replace("checkin-demo", "checkin", StringComparison.Ordinal));
        await RunAsync("apply --yes --lock-out");

        Assert.Equal(ExitCode.Differences, (await RunAsync("federation restore")).Exit);
        Assert.Equal(ExitCode.Done, (await RunAsync("federation restore --yes")).Exit);

        Assert.Equal(before, _sandbox.World.Federation.FindMapping("egi-mapping")!.Rules);
    }

    [Theory]
    [InlineData("plan --prune --only vos")]
    [InlineData("plan --prune --vo biomed")]
    [InlineData("plan --only federation --vo biomed")]
    [InlineData("plan --vo nobody.example.org")]
    [InlineData("apply nothing.json --yes")]
    public async Task Options_that_make_no_sense_are_refused(string commandLine)
    {
        Assert.Equal(ExitCode.Usage, (await RunAsync(commandLine)).Exit);
    }

    [Fact]
    public async Task The_account_of_the_file_is_never_taken()
    {
        using var terminal = new TestTerminal();

        var exit = await terminal.RunAsync($"plan --config {SiteYaml}");

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains("--os-cloud", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_without_rights_is_told_which_it_needs()
    {
        var (exit, _, error) = await RunAsync(
            "plan",
            user: _sandbox.World.Member.Name,
            project: _sandbox.World.SeededProjects.First().Name
        );

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("role admin", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_holds_the_plan_and_what_was_done()
    {
        var (_, output, _) = await RunAsync("apply --yes --output json");

        var document = JsonDocument.Parse(output).RootElement;
        Assert.Equal(
            document.GetProperty("plan").GetProperty("changes").GetArrayLength(),
            document.GetProperty("done").GetInt32()
        );
    }

    [Fact]
    public async Task An_apply_that_fails_in_parts_tells_all_failures_and_ends_with_3()
    {
        WriteQuotas();
        Refuse(SandboxService.Nova);
        Refuse(SandboxService.Cinder);

        var (exit, _, error) = await RunAsync("apply --yes");

        Assert.Equal(ExitCode.Partly, exit);
        Assert.Contains("2 changes failed, ", error, StringComparison.Ordinal);
        Assert.Contains("+ quota nova of project access@Default: Nova answered 418", error, StringComparison.Ordinal);
        Assert.Contains(
            "+ quota cinder of project access@Default: Cinder answered 418",
            error,
            StringComparison.Ordinal
        );
        Assert.NotNull(_sandbox.World.Federation.FindMapping("egi-mapping"));
    }

    [Fact]
    public async Task An_apply_of_which_nothing_was_done_ends_with_1()
    {
        await RunAsync("apply --yes");
        WriteQuotas();
        Refuse(SandboxService.Nova);
        Refuse(SandboxService.Cinder);

        Assert.Equal(ExitCode.Failed, (await RunAsync("apply --yes")).Exit);
    }

    [Fact]
    public async Task Json_holds_every_failure()
    {
        WriteQuotas();
        Refuse(SandboxService.Nova);
        Refuse(SandboxService.Cinder);

        var (_, output, _) = await RunAsync("apply --yes --output json");

        var document = JsonDocument.Parse(output).RootElement;
        Assert.Equal(
            ["+ quota nova of project access@Default", "+ quota cinder of project access@Default"],
            document.GetProperty("failed").EnumerateArray().Select(failed => failed.GetProperty("change").GetString())
        );
        Assert.Equal(0, document.GetProperty("left").GetInt32());
    }

    [Fact]
    public async Task Quotas_that_cannot_be_read_are_a_finding_and_end_with_3()
    {
        await RunAsync("apply --yes");
        WriteQuotas();
        _sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Nova,
                Status = 403,
                Times = int.MaxValue,
            }
        );

        var (exit, output, _) = await RunAsync("apply --yes");

        Assert.Equal(ExitCode.Partly, exit);
        Assert.Contains("? Nova answered 403", output, StringComparison.Ordinal);
        Assert.Contains("but for what the plan marks with ?", output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Partly, (await RunAsync("plan")).Exit);
    }

    private void WriteQuotas() =>
        Write(
            FederationSite.Yaml.Replace(
                "{name: access, domain: Default",
                "{name: access, domain: Default, quota: {cores: 200, volumes: 5}",
                StringComparison.Ordinal
            )
        );

    private void Refuse(SandboxService service) =>
        _sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = service,
                When = request => request.Method == "PUT",
                Status = 418,
                Times = int.MaxValue,
            }
        );

    private void Write(string yaml) => File.WriteAllText(SiteYaml, yaml + $"state: {Path.Combine(_folder, "state")}\n");

    private async Task<(ExitCode Exit, string Out, string Error)> RunAsync(
        string commandLine,
        string? input = null,
        string? user = null,
        string project = "admin"
    )
    {
        using var terminal = new TestTerminal { Input = input };
        foreach (
            var (name, value) in new[]
            {
                ("OS_AUTH_URL", _sandbox.KeystoneUrl.ToString()),
                ("OS_USERNAME", user ?? _sandbox.World.Admin.Name),
                ("OS_PASSWORD", CloudWorld.Password),
                ("OS_PROJECT_NAME", project),
            }
        )
            terminal.Environment[name] = value;
        var exit = await terminal.RunAsync($"{commandLine} --config {SiteYaml}");
        return (exit, terminal.Out, terminal.Error);
    }
}
