using System.Text.Json;
using FedSite.Sandbox;
using FedSite.Tests.Information;

namespace FedSite.Tests.App;

public sealed class InfoCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-info-").FullName;
    private FederationSandbox _sandbox = null!;

    private string SiteJson => Path.Combine(_folder, "site.json");

    public async ValueTask InitializeAsync()
    {
        _sandbox = await FederationSandbox.StartAsync(
            new SandboxOptions { Servers = 12, Folder = _folder },
            TestContext.Current.CancellationToken
        );
        _sandbox.WriteSiteYaml(Path.Combine(_folder, "site.yaml"));
    }

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Show_writes_the_document_and_nothing_else_to_standard_output()
    {
        var (exit, output, _) = await RunAsync("info show");

        Assert.Equal(ExitCode.Done, exit);
        Assert.Equal(output.Length - 1, output.IndexOf('\n', StringComparison.Ordinal));
        Assert.Equal(3, JsonElement.Parse(output).Class("Share").Count);
    }

    [Fact]
    public async Task Pretty_is_the_same_document()
    {
        var one = JsonElement.Parse((await RunAsync("info show --vo biomed")).Out);
        var pretty = (await RunAsync("info show --vo biomed --pretty")).Out;

        Assert.Contains("\n  ", pretty, StringComparison.Ordinal);
        Assert.Equal(one.Only("Share").Text("ID"), JsonElement.Parse(pretty).Only("Share").Text("ID"));
    }

    [Fact]
    public async Task A_failure_ends_with_0_and_with_3_where_that_is_asked_for()
    {
        Break(SandboxService.Cinder, int.MaxValue);

        var (exit, output, error) = await RunAsync("info show");

        Assert.Equal(ExitCode.Done, exit);
        Assert.Equal("warning", JsonElement.Parse(output).Only("CloudComputingEndpoint").Text("HealthState"));
        Assert.Contains("Cinder answered 403", error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Partly, (await RunAsync("info show --strict")).Exit);
    }

    [Fact]
    public async Task When_nobody_gets_in_the_document_says_so_and_the_run_ends_with_3()
    {
        Break(SandboxService.Keystone, int.MaxValue);

        var (exit, _, error) = await RunAsync("info publish");

        Assert.Equal(ExitCode.Partly, exit);
        Assert.Contains("No account got into a project", error, StringComparison.Ordinal);
        var document = JsonElement.Parse(await File.ReadAllBytesAsync(SiteJson, TestContext.Current.CancellationToken));
        Assert.Contains(
            document.Only("CloudComputingEndpoint").GetProperty("OtherInfo").GetProperty("failed").EnumerateArray(),
            failure => failure.Text("part") == "projects"
        );
    }

    [Fact]
    public async Task A_cloud_without_any_vo_is_told_and_ends_with_3()
    {
        foreach (var project in _sandbox.World.SeededProjects.ToList())
            _sandbox.World.Put(project with { Properties = new Dictionary<string, IReadOnlyList<string>>() });
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "site.yaml"),
            $$"""
            site: {name: SANDBOX-SITE}
            openstack:
              auth: {auth_url: "{{_sandbox.KeystoneUrl}}", username: accounting, password: sandbox, user_domain_name: Default}
            information:
              gocdb: {url: "{{_sandbox.GocdbUrl}}"}
            state: {{Path.Combine(_folder, "state")}}
            """,
            TestContext.Current.CancellationToken
        );

        var (exit, _, error) = await RunAsync("info show");

        Assert.Equal(ExitCode.Partly, exit);
        Assert.Contains("a role in no project", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_look_without_state_says_that_VOs_which_leave_may_be_told_of()
    {
        var site = Path.Combine(_folder, "site.yaml");
        var text = await File.ReadAllTextAsync(site, TestContext.Current.CancellationToken);
        var state = Path.Combine(_folder, "no-folder");
        await File.WriteAllTextAsync(state, "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            site,
            text.Replace(Path.Combine(_folder, "state"), state, StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );

        var (exit, _, error) = await RunAsync("info show");

        Assert.Equal(ExitCode.Done, exit);
        Assert.Contains("VOs that leave the site may be in the document", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_writes_a_valid_document_to_the_configured_file()
    {
        var (exit, output, _) = await RunAsync("info publish");

        Assert.Equal(ExitCode.Done, exit);
        Assert.Contains($"published: {SiteJson}", output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync($"info validate {SiteJson}")).Exit);
    }

    [Fact]
    public async Task A_dry_run_publishes_nothing()
    {
        var (exit, output, _) = await RunAsync("info publish --dry-run");

        Assert.Equal(ExitCode.Done, exit);
        Assert.Contains($"would be published: {SiteJson}", output, StringComparison.Ordinal);
        Assert.False(File.Exists(SiteJson));
    }

    [Fact]
    public async Task A_file_that_is_not_configured_may_be_named()
    {
        var other = Path.Combine(_folder, "other.json");

        Assert.Equal(ExitCode.Done, (await RunAsync($"info publish --to {other}")).Exit);

        Assert.True(File.Exists(other));
        Assert.False(File.Exists(SiteJson));
    }

    [Fact]
    public async Task A_target_that_fails_costs_the_others_nothing_and_ends_with_3()
    {
        var (exit, output, error) = await RunAsync($"info publish --to {SiteJson} --to /nonexistent/folder/x.json");

        Assert.Equal(ExitCode.Partly, exit);
        Assert.Contains($"published: {SiteJson}", output, StringComparison.Ordinal);
        Assert.Contains("/nonexistent/folder", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_that_lost_much_is_held_back_unless_it_is_forced()
    {
        await RunAsync("info publish");
        var before = await File.ReadAllBytesAsync(SiteJson, TestContext.Current.CancellationToken);
        HideImages();

        var (exit, _, error) = await RunAsync("info publish");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("held back", error, StringComparison.Ordinal);
        Assert.Contains("--force", error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(SiteJson, TestContext.Current.CancellationToken));
        Assert.Equal(ExitCode.Done, (await RunAsync("info publish --force")).Exit);
        Assert.Equal(ExitCode.Done, (await RunAsync("info publish")).Exit);
    }

    [Fact]
    public async Task A_copy_elsewhere_is_not_what_must_not_be_lost()
    {
        await RunAsync("info publish");
        HideImages();
        await RunAsync($"info publish --force --to {Path.Combine(_folder, "copy.json")}");

        Assert.Equal(ExitCode.Failed, (await RunAsync("info publish")).Exit);
    }

    [Fact]
    public async Task What_did_not_answer_is_not_lost()
    {
        await RunAsync("info publish");
        Break(SandboxService.Glance, int.MaxValue);

        Assert.Equal(ExitCode.Done, (await RunAsync("info publish")).Exit);
    }

    [Fact]
    public async Task On_a_new_machine_the_published_document_is_what_must_not_be_lost()
    {
        await RunAsync("info publish");
        Directory.Delete(Path.Combine(_folder, "state"), recursive: true);
        HideImages();

        Assert.Equal(ExitCode.Failed, (await RunAsync("info publish")).Exit);
    }

    [Fact]
    public async Task Publish_tells_a_script_what_it_did()
    {
        var (_, output, _) = await RunAsync("info publish --output json");

        var view = JsonElement.Parse(output);
        Assert.True(view.GetProperty("complete").GetBoolean());
        Assert.Equal(3, view.Number("shares"));
        Assert.Equal(SiteJson, view.GetProperty("targets")[0].Text("name"));
        Assert.True(view.GetProperty("targets")[0].GetProperty("done").GetBoolean());
    }

    [Fact]
    public async Task Diff_ends_with_0_while_nothing_changes_and_with_4_afterwards()
    {
        await RunAsync("info publish");

        Assert.Equal(ExitCode.Done, (await RunAsync("info diff")).Exit);
        HideImages();
        var (exit, output, _) = await RunAsync("info diff");

        Assert.Equal(ExitCode.Differences, exit);
        Assert.Contains("lost 27 images", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_against_nothing_says_what_to_do()
    {
        var (exit, _, error) = await RunAsync("info diff");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("info publish", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_gocdb_the_document_goes_out_with_the_id_that_is_remembered()
    {
        await RunAsync("info publish");
        Break(SandboxService.Gocdb, int.MaxValue);

        Assert.Equal(ExitCode.Done, (await RunAsync("info publish")).Exit);

        var document = JsonElement.Parse(await File.ReadAllBytesAsync(SiteJson, TestContext.Current.CancellationToken));
        Assert.Equal("15123G0", document.Only("CloudComputingService").GetProperty("OtherInfo").Text("gocdb_id"));
    }

    [Fact]
    public async Task Without_gocdb_and_without_an_id_the_document_goes_out_all_the_same()
    {
        Break(SandboxService.Gocdb, int.MaxValue);

        Assert.Equal(ExitCode.Done, (await RunAsync("info publish")).Exit);

        Assert.Contains(
            FedSite.Information.Validation.DocumentValidator.Check(
                await File.ReadAllBytesAsync(SiteJson, TestContext.Current.CancellationToken),
                TimeProvider.System.GetUtcNow()
            ),
            finding => finding.Where is "CloudComputingService[0].OtherInfo"
        );
    }

    private void HideImages()
    {
        foreach (var image in _sandbox.World.Images.ToList())
            _sandbox.World.Put(image with { Hidden = true });
    }

    private void Break(SandboxService service, int times) =>
        _sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = service,
                Status = 403,
                Times = times,
            }
        );

    private async Task<(ExitCode Exit, string Out, string Error)> RunAsync(string command)
    {
        using var terminal = new TestTerminal();
        terminal.Environment["FEDSITE_CONFIG"] = Path.Combine(_folder, "site.yaml");
        var exit = await terminal.RunAsync(command);
        return (exit, terminal.Out, terminal.Error);
    }
}
