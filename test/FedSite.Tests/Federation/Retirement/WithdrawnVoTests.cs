using System.Text.Json;
using FedSite.Sandbox;
using FedSite.Sandbox.World;
using FedSite.Tests.App;
using FedSite.Tests.Information;

namespace FedSite.Tests.Federation.Retirement;

/// <summary>What other commands make of a VO that <c>vo retire</c> has taken to the stage withdraw.</summary>
public sealed class WithdrawnVoTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-withdrawn-").FullName;
    private FederationSandbox _sandbox = null!;

    /// <summary>A VO is called like its project.</summary>
    private SandboxProject Leaving => _sandbox.World.SeededProjects.Last(project => project.Properties.Count > 0);

    private string Staying => _sandbox.World.SeededProjects.ElementAt(1).Name;

    private string SiteYaml => Path.Combine(_folder, "site.yaml");

    public async ValueTask InitializeAsync()
    {
        _sandbox = await FederationSandbox.StartAsync(
            new SandboxOptions { Servers = 12, Folder = _folder },
            TestContext.Current.CancellationToken
        );
        _sandbox.WriteSiteYaml(SiteYaml);
        await RunAsync("apply --yes");
    }

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Images_sync_shares_nothing_with_it_until_that_is_undone()
    {
        await RunAsync("images sync");
        Assert.NotEmpty(SharedWith(Leaving));

        await WithdrawAsync();
        await RunAsync("images sync");
        Assert.Empty(SharedWith(Leaving));
        Assert.NotEmpty(SharedWith(_sandbox.World.SeededProjects.ElementAt(1)));

        await RunAsync($"vo retire {Leaving.Name} --undo --yes");
        await RunAsync("images sync");
        Assert.NotEmpty(SharedWith(Leaving));
    }

    [Fact]
    public async Task The_document_that_is_shown_and_the_one_that_is_published_have_no_share_of_it()
    {
        Assert.Contains(Leaving.Name, Shares(await RunAsync("info show")));
        await WithdrawAsync();

        var shown = Shares(await RunAsync("info show"));
        await RunAsync("info publish --force");

        Assert.Contains(Staying, shown);
        Assert.DoesNotContain(Leaving.Name, shown);
        var published = await File.ReadAllTextAsync(
            Path.Combine(_folder, "site.json"),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(shown, Shares(published));
    }

    [Fact]
    public async Task The_catch_all_file_does_not_name_it()
    {
        Assert.Contains(Leaving.Name, await RunAsync("federation render catchall"), StringComparison.Ordinal);
        await WithdrawAsync();

        var file = await RunAsync("federation render catchall");

        Assert.Contains(Staying, file, StringComparison.Ordinal);
        Assert.DoesNotContain(Leaving.Name, file, StringComparison.Ordinal);
    }

    private async Task WithdrawAsync()
    {
        foreach (var stage in (string[])["owners", "unmap", "withdraw"])
            await RunAsync($"vo retire {Leaving.Name} --stage {stage} --yes");
    }

    private IReadOnlyList<SandboxImage> SharedWith(SandboxProject project) =>
        [
            .. _sandbox.World.Images.Where(image =>
                image.Properties.ContainsKey("fedsite_slot") && image.Members.ContainsKey(project.Id)
            ),
        ];

    private static List<string> Shares(string document) =>
        [.. JsonElement.Parse(document).Class("Share").Select(share => share.Text("Name").Split(" - ")[0])];

    private async Task<string> RunAsync(string words)
    {
        using var terminal = new TestTerminal();
        if (
            words.StartsWith("vo retire", StringComparison.Ordinal)
            || words.StartsWith("apply", StringComparison.Ordinal)
        )
        {
            terminal.Environment["OS_AUTH_URL"] = _sandbox.KeystoneUrl.ToString();
            terminal.Environment["OS_USERNAME"] = _sandbox.World.Admin.Name;
            terminal.Environment["OS_PASSWORD"] = CloudWorld.Password;
            terminal.Environment["OS_PROJECT_NAME"] = "admin";
        }

        var exit = await terminal.RunAsync($"{words} --config {SiteYaml}");
        Assert.True(exit == ExitCode.Done, $"{words}: {exit}\n{terminal.Out}\n{terminal.Error}");
        return terminal.Out;
    }
}
