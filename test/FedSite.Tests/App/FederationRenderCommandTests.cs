using System.Text.Json;
using FedSite.Federation.Retirement;
using FedSite.State;
using FedSite.Tests.Federation.Rendering;

namespace FedSite.Tests.App;

public sealed class FederationRenderCommandTests : IDisposable
{
    private readonly TestTerminal _terminal = new();
    private readonly RenderingFolder _folder = new(
        """
        site: {name: EXAMPLE}
        federation:
          provider: checkin
          client: {id: keystone, secret: !file secrets/checkin}
          crypto_passphrase: !file secrets/crypto
          keystone: https://keystone.example.org:5000/v3
          horizon: https://dashboard.example.org/dashboard
        """
    );

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Out => Path.Combine(_folder.Path, "out", "apache");

    public void Dispose()
    {
        _terminal.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_single_file_goes_to_standard_output()
    {
        Assert.Equal(ExitCode.Done, await RunAsync("keystone"));

        Assert.StartsWith("# Federated logins in Keystone.\n", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_folder_the_main_file_is_printed_and_the_others_are_named()
    {
        Assert.Equal(ExitCode.Done, await RunAsync("apache"));

        Assert.Contains("--output-dir", _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_written_with_their_modes()
    {
        Assert.Equal(ExitCode.Done, await RunAsync($"apache -o {Out}"));

        Assert.Equal(
            [("federation.conf", "644"), ("setup", "755")],
            Directory
                .GetFiles(Out)
                .Order(StringComparer.Ordinal)
                .Select(file => (Path.GetFileName(file), Convert.ToString((int)File.GetUnixFileMode(file), 8)))
        );
    }

    [Fact]
    public async Task What_is_right_already_is_left_alone()
    {
        await RunAsync($"apache -o {Out}");
        var before = File.GetLastWriteTimeUtc(Path.Combine(Out, "federation.conf"));
        await File.AppendAllTextAsync(Path.Combine(Out, "setup"), "changed by hand", Stop);

        await RunAsync($"apache -o {Out}");

        Assert.Contains($"{Out}/federation.conf is unchanged.", _terminal.Out, StringComparison.Ordinal);
        Assert.Equal(before, File.GetLastWriteTimeUtc(Path.Combine(Out, "federation.conf")));
        Assert.DoesNotContain(
            "changed by hand",
            await File.ReadAllTextAsync(Path.Combine(Out, "setup"), Stop),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Json_lists_the_files()
    {
        Assert.Equal(ExitCode.Done, await RunAsync("apache --output json"));

        var files = JsonElement.Parse(_terminal.Out).EnumerateArray().ToList();
        Assert.Equal(["federation.conf", "setup"], files.Select(file => file.GetProperty("path").GetString()));
        Assert.Equal(["0644", "0755"], files.Select(file => file.GetProperty("mode").GetString()));
        Assert.StartsWith("# Logins", files[0].GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_VO_that_is_withdrawn_is_not_in_the_catch_all_file()
    {
        const string keystone = "https://keystone.example.org:5000/v3";
        var state = Path.Combine(_folder.Path, "state");
        await File.WriteAllTextAsync(
            _folder.SiteYaml,
            $$"""
            site: {name: EXAMPLE}
            state: {{state}}
            federation:
              provider: checkin
              keystone: {{keystone}}
              catchall: {endpoint: {{keystone}}}
            vos:
              - {name: vo.stays.example, projects: [0123456789abcdef0123456789abcdef]}
              - {name: vo.leaves.example, projects: [fedcba9876543210fedcba9876543210]}
            """,
            Stop
        );
        var store = new RetirementStore(StateDatabase.Open(state), "EXAMPLE", new Uri(keystone), TimeProvider.System);
        foreach (var stage in Enum.GetValues<RetirementStage>().Where(stage => stage <= RetirementStage.Withdraw))
            store.Reach("vo.leaves.example", stage);

        Assert.Equal(ExitCode.Done, await RunAsync("catchall"));

        Assert.Contains("vo.stays.example", _terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("vo.leaves.example", _terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_state_a_catch_all_file_may_hold_a_VO_that_leaves_and_ends_with_3()
    {
        var state = Path.Combine(_folder.Path, "state");
        await File.WriteAllTextAsync(state, "no folder", Stop);
        await File.WriteAllTextAsync(
            _folder.SiteYaml,
            $$"""
            site: {name: EXAMPLE}
            state: {{state}}
            federation:
              provider: checkin
              keystone: https://keystone.example.org:5000/v3
              catchall: {endpoint: "https://keystone.example.org:5000/v3"}
            vos:
              - {name: vo.stays.example, projects: [0123456789abcdef0123456789abcdef]}
            """,
            Stop
        );

        Assert.Equal(ExitCode.Partly, await RunAsync("catchall"));

        Assert.Contains("vo.stays.example", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("retiring may be in the file", _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_can_not_be_written_is_told()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "file"), "", Stop);

        Assert.Equal(ExitCode.Failed, await RunAsync($"keystone -o {_folder.Path}/file/below"));

        Assert.Contains("can't be written", _terminal.Error, StringComparison.Ordinal);
    }

    private Task<ExitCode> RunAsync(string rest) =>
        _terminal.RunAsync($"federation render {rest} --config {_folder.SiteYaml}");
}
