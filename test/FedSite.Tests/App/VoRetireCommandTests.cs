using System.Globalization;
using System.Text.Json;
using FedSite.Federation.Retirement;
using FedSite.Sandbox;
using FedSite.Sandbox.World;
using FedSite.TestKit;
using FedSite.Tests.Federation.Plans;

namespace FedSite.Tests.App;

/// <summary>What a person, or a script, sees of <c>vo retire</c>; what the stages do is tested beside them.</summary>
public sealed class VoRetireCommandTests : IAsyncLifetime
{
    private const string Vo = "vo.access.egi.eu";

    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-retire-").FullName;
    private FederationSandbox _sandbox = null!;

    private CloudWorld World => _sandbox.World;

    private string Project => World.SeededProjects.First().Id;

    private IEnumerable<SandboxServer> Running =>
        World.Servers(Project).Where(server => server is { Deleted: false, Status: "ACTIVE" });

    private static string Day(int days) =>
        TimeProvider.System.GetUtcNow().AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public async ValueTask InitializeAsync()
    {
        _sandbox = await FederationSandbox.StartAsync(
            new SandboxOptions { Servers = 30 },
            TestContext.Current.CancellationToken
        );
        Assert.True(World.Servers(Project).Count(server => !server.Deleted) > 2);
        // Seeded projects name VOs of their own.
        foreach (var project in World.SeededProjects.ToList())
            World.Put(project with { Properties = new Dictionary<string, IReadOnlyList<string>>() });
        foreach (var server in World.Servers(Project).Where(server => !server.Deleted).ToList())
            World.Advance(server.Id, "ACTIVE", TimeProvider.System.GetUtcNow());
        var yaml = FederationSite.Yaml.Replace(
            "{name: access, domain: Default}",
            $"{{id: {Project}}}",
            StringComparison.Ordinal
        );
        await File.WriteAllTextAsync(Path.Combine(_folder, "site.yaml"), yaml + $"state: {_folder}/state\n");
        Assert.Equal(ExitCode.Done, (await RunAsync("apply --yes")).Exit);
    }

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Without_a_stage_it_shows_where_the_VO_stands_and_what_comes_next()
    {
        Assert.Equal(
            (ExitCode.Done, $"{Vo} stays: no stage was reached.\n  Next: fedsite vo retire {Vo} --stage owners\n"),
            await ShowAsync()
        );

        await ReachAsync(RetirementStage.Unmap);

        var (exit, output) = await ShowAsync();
        Assert.Equal(ExitCode.Done, exit);
        Assert.StartsWith($"{Vo} leaves: stage unmap, since ", output, StringComparison.Ordinal);
        Assert.EndsWith($"--stage withdraw\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_tells_the_ids_of_the_projects_and_a_new_day_what_it_was_before()
    {
        var (_, text, _) = await RunAsync($"vo retire {Vo} --stage owners --dry-run");
        Assert.Contains($"({Project})", text, StringComparison.Ordinal);
        await RunAsync($"vo retire {Vo} --stage owners --delete-after {Day(9)} --yes");

        var (_, standing, _) = await RunAsync($"vo retire {Vo} --delete-after {Day(5)}");

        Assert.Contains($"{Day(9)} → {Day(5)}", standing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_can_be_asked_nothing_is_done_and_it_says_what_to_give()
    {
        await ReachAsync(RetirementStage.Withdraw);

        var (exit, output, error) = await RunAsync($"vo retire {Vo} --stage stop");

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains("stop server", output, StringComparison.Ordinal);
        Assert.Contains("--yes", error, StringComparison.Ordinal);
        Assert.NotEmpty(Running);
    }

    [Theory]
    [InlineData("yes\n", ExitCode.Done)]
    [InlineData("no\n", ExitCode.Failed)]
    [InlineData("", ExitCode.Failed)]
    public async Task Only_a_yes_goes_on(string answer, ExitCode expected)
    {
        await ReachAsync(RetirementStage.Withdraw);

        var (exit, _, _) = await RunAsync($"vo retire {Vo} --stage stop", answer);

        Assert.Equal(expected, exit);
        Assert.Equal(expected == ExitCode.Done, !Running.Any());
    }

    [Theory]
    [InlineData("owners", "--stage unmap")]
    [InlineData("withdraw", "--stage stop")]
    [InlineData("stop", "--undo")]
    public async Task A_dry_run_shows_all_and_changes_nothing(string reached, string words)
    {
        await ReachAsync(RetirementStages.Parse(reached)!.Value);
        var (before, servers) = (await SeenAsync(), World.Servers(Project).Select(one => one.Status).ToList());

        var (exit, output, _) = await RunAsync($"vo retire {Vo} {words} --dry-run");

        Assert.Equal(ExitCode.Done, exit);
        Assert.Contains("to do.", output, StringComparison.Ordinal);
        Assert.Equal(before, await SeenAsync());
        Assert.Equal(servers, World.Servers(Project).Select(one => one.Status));
    }

    [Fact]
    public async Task A_dry_run_of_what_cannot_be_done_ends_with_1_and_says_why()
    {
        await ReachAsync(RetirementStage.Stop);

        var (exit, output, _) = await RunAsync($"vo retire {Vo} --stage delete --dry-run");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("! No day is set", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_day_that_has_not_come_keeps_delete_from_being_done()
    {
        await ReachAsync(RetirementStage.Stop);

        var (exit, _, error) = await RunAsync($"vo retire {Vo} --stage delete --delete-after {Day(1)} --yes");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains($"from {Day(1)} on", error, StringComparison.Ordinal);
        Assert.Contains("Nothing was done.", error, StringComparison.Ordinal);
        Assert.Contains(World.Servers(Project), server => !server.Deleted);
    }

    [Fact]
    public async Task A_server_that_does_not_come_to_rest_ends_with_3_and_is_named()
    {
        await ReachAsync(RetirementStage.Withdraw);
        var server = Running.First();
        World.Advance(server.Id, "REBOOT", TimeProvider.System.GetUtcNow());

        var (exit, _, error) = await RunAsync($"vo retire {Vo} --stage stop --yes");

        Assert.Equal(ExitCode.Partly, exit);
        Assert.Contains($"{server.Id}) is in state REBOOT", error, StringComparison.Ordinal);
        Assert.Contains("The stage stop was begun", (await ShowAsync()).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, ExitCode.Partly)]
    [InlineData(int.MaxValue, ExitCode.Failed)]
    public async Task What_the_cloud_refuses_is_said_and_the_rest_is_done(int refusals, ExitCode expected)
    {
        await ReachAsync(RetirementStage.Withdraw);
        _sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Nova,
                When = request => request.Path.Value!.EndsWith("/action", StringComparison.Ordinal),
                Times = refusals,
                Status = 403,
                Body = """{"forbidden":{"code":403,"message":"Not by this policy."}}""",
            }
        );

        var (exit, _, error) = await RunAsync($"vo retire {Vo} --stage stop --yes");

        Assert.Equal(expected, exit);
        Assert.Contains("stop server", error, StringComparison.Ordinal);
        Assert.Contains("Not by this policy.", error, StringComparison.Ordinal);
        Assert.Equal(expected == ExitCode.Partly ? 1 : World.Servers(Project).Count(s => !s.Deleted), Running.Count());
    }

    [Fact]
    public async Task Json_of_the_standing_has_its_keys_and_no_plan()
    {
        var document = await JsonAsync($"vo retire {Vo}");

        Assert.Equal(["standing", "plan", "result"], Keys(document));
        Assert.Equal(
            ["vo", "stage", "since", "begun", "delete_after", "unfinished", "next"],
            Keys(document.GetProperty("standing"))
        );
        Assert.Equal(JsonValueKind.Null, document.GetProperty("plan").ValueKind);
    }

    [Fact]
    public async Task Json_of_a_stage_holds_what_was_to_be_done_and_what_was()
    {
        var owners = await JsonAsync($"vo retire {Vo} --stage owners --delete-after {Day(7)} --yes");
        Assert.Equal(
            ["id", "name", "email", "servers", "volumes", "projects"],
            Keys(owners.GetProperty("plan").GetProperty("owners")[0])
        );
        await ReachAsync(RetirementStage.Withdraw);

        var document = await JsonAsync($"vo retire {Vo} --stage stop --yes");

        var plan = document.GetProperty("plan");
        Assert.Equal(["stage", "undo", "projects", "owners", "actions", "notes", "problems"], Keys(plan));
        Assert.Equal(["id", "name", "other_vo"], Keys(plan.GetProperty("projects")[0]));
        Assert.Equal(["action", "kind", "name", "id", "project", "words"], Keys(plan.GetProperty("actions")[0]));
        Assert.Equal(["whole", "done", "failed", "left"], Keys(document.GetProperty("result")));
        Assert.Equal(
            plan.GetProperty("actions").GetArrayLength(),
            document.GetProperty("result").GetProperty("done").GetInt32()
        );
        var standing = document.GetProperty("standing");
        Assert.Equal(
            ("stop", "delete", Day(7)),
            (
                standing.GetProperty("stage").GetString(),
                standing.GetProperty("next").GetString(),
                standing.GetProperty("delete_after").GetString()
            )
        );
    }

    [Fact]
    public async Task A_VO_that_the_site_does_not_have_is_a_mistake_with_the_nearest_one_named()
    {
        var (exit, _, error) = await RunAsync("vo retire vo.acess.egi.eu --stage owners --yes");

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains($"Did you mean {Vo}?", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--stage deleet", "deleet")]
    [InlineData("--stage stop --yes", "--stage owners")]
    [InlineData("--undo --yes", "does not leave")]
    [InlineData("--undo --stage owners", "--undo goes back one stage")]
    [InlineData("--undo --delete-after 2099-01-31", "--undo goes back one stage")]
    [InlineData("--stage owners --delete-after 31.1.2099", "--delete-after 2027-01-31")]
    [InlineData("--stage owners --delete-after 2099-02-30", "is no day")]
    [InlineData("--stage owners --delete-after 2020-01-31 --yes", "is over")]
    [InlineData("--delete-after 2099-01-31", "--stage owners")]
    public async Task Words_that_make_no_sense_are_refused_with_what_to_do(string words, string hint)
    {
        var (exit, _, error) = await RunAsync($"vo retire {Vo} {words}");

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains(hint, error, StringComparison.Ordinal);
        Assert.StartsWith($"{Vo} stays", (await ShowAsync()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_day_can_be_moved_but_not_to_one_that_is_over()
    {
        await ReachAsync(RetirementStage.Owners);

        Assert.Equal(ExitCode.Done, (await RunAsync($"vo retire {Vo} --delete-after {Day(3)}")).Exit);
        Assert.Equal(ExitCode.Usage, (await RunAsync($"vo retire {Vo} --delete-after {Day(-1)}")).Exit);

        Assert.Contains($"may be deleted from {Day(3)} on", (await ShowAsync()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_may_repeat_the_day_that_was_set_when_it_is_over()
    {
        await RunAsync($"vo retire {Vo} --stage owners --delete-after {Day(1)} --yes");

        var (exit, _, _) = await RunAsync(
            $"vo retire {Vo} --stage owners --delete-after {Day(1)} --yes",
            time: new LaterTime(TimeSpan.FromDays(3))
        );

        Assert.Equal(ExitCode.Done, exit);
    }

    [Fact]
    public async Task The_first_stage_undone_the_VO_stays()
    {
        await ReachAsync(RetirementStage.Owners);

        Assert.Equal(ExitCode.Done, (await RunAsync($"vo retire {Vo} --undo --yes")).Exit);

        Assert.StartsWith($"{Vo} stays", (await ShowAsync()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_VO_that_the_file_names_no_more_it_promises_no_next_stage()
    {
        await ReachAsync(RetirementStage.Owners);
        var file = Path.Combine(_folder, "site.yaml");
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            file,
            text.Replace($"name: {Vo}", "name: vo.other.example", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );

        var (exit, output) = await ShowAsync();

        Assert.Equal(ExitCode.Done, exit);
        Assert.Contains("names it no more", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Next:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Keystone_that_is_not_there_ends_with_1_and_is_named()
    {
        var (exit, output, error) = await RunAsync(
            $"vo retire {Vo} --stage owners --yes",
            keystone: "http://127.0.0.1:9/v3"
        );

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("http://127.0.0.1:9", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public async Task A_wrong_password_ends_with_1_and_is_not_shown()
    {
        var (exit, _, error) = await RunAsync($"vo retire {Vo} --stage owners --yes", password: "not-the-one");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("password", error, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-one", error, StringComparison.Ordinal);
    }

    /// <summary>Does all stages down to this one; those that are done already change nothing.</summary>
    private async Task ReachAsync(RetirementStage stage)
    {
        foreach (var one in RetirementStages.All.Where(one => one <= stage))
        {
            var (exit, output, error) = await RunAsync($"vo retire {Vo} --stage {one.Word()} --yes");
            Assert.True(exit == ExitCode.Done, output + error);
        }
    }

    private async Task<(ExitCode Exit, string Output)> ShowAsync()
    {
        var (exit, output, _) = await RunAsync($"vo retire {Vo}");
        return (exit, output);
    }

    private async Task<(string Standing, string? Rules)> SeenAsync() =>
        ((await ShowAsync()).Output, World.Federation.FindMapping("egi-mapping")?.Rules);

    private async Task<JsonElement> JsonAsync(string words)
    {
        var (exit, output, error) = await RunAsync($"{words} --output json");
        Assert.True(exit == ExitCode.Done, error);
        return JsonElement.Parse(output);
    }

    private static IEnumerable<string> Keys(JsonElement value) => value.EnumerateObject().Select(member => member.Name);

    private async Task<(ExitCode Exit, string Out, string Error)> RunAsync(
        string words,
        string? input = null,
        string? keystone = null,
        string? password = null,
        TimeProvider? time = null
    )
    {
        using var terminal = new TestTerminal
        {
            Input = input,
            Time = time ?? new HurriedTime(TimeSpan.FromMilliseconds(1)),
        };
        terminal.Environment["OS_AUTH_URL"] = keystone ?? _sandbox.KeystoneUrl.ToString();
        terminal.Environment["OS_USERNAME"] = World.Admin.Name;
        terminal.Environment["OS_PASSWORD"] = password ?? CloudWorld.Password;
        terminal.Environment["OS_PROJECT_NAME"] = "admin";
        var exit = await terminal.RunAsync($"{words} --config {Path.Combine(_folder, "site.yaml")}");
        return (exit, terminal.Out, terminal.Error);
    }

    private sealed class LaterTime(TimeSpan later) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + later;
    }
}
