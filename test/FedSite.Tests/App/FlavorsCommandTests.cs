using System.Text.Json;
using FedSite.Sandbox;
using FedSite.Sandbox.World;

namespace FedSite.Tests.App;

public sealed class FlavorsCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-flavors-").FullName;
    private FederationSandbox _sandbox = null!;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await FederationSandbox.StartAsync(
            new SandboxOptions { Servers = 12 },
            TestContext.Current.CancellationToken
        );
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "site.yaml"),
            "site: {name: TEST}\nvos: [{name: biomed, projects: [x], flavors: [g1]}]\n",
            TestContext.Current.CancellationToken
        );
        _sandbox.World.Put(
            new SandboxFlavor
            {
                Id = "g1",
                Name = "g1",
                Vcpus = 8,
                Ram = 1536,
                Disk = 80,
                IsPublic = false,
                Access = [_sandbox.World.AdminProject.Id],
                ExtraSpecs = new Dictionary<string, string> { ["pci_passthrough:alias"] = "a100:1" },
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task List_says_for_whom_a_flavor_is_and_what_it_gives()
    {
        var (exit, text) = await RunAsync("flavors list");
        var (_, json) = await RunAsync("flavors list --output json --accelerators");
        using var document = JsonDocument.Parse(json);
        var flavor = document.RootElement.EnumerateArray().Single(one => one.GetProperty("id").GetString() == "g1");

        Assert.Equal(ExitCode.Done, exit);
        Assert.Matches(@"g1 +8 +1\.5 +80 +1 project +biomed +PCI a100:1", text);
        Assert.Equal(_sandbox.World.AdminProject.Id, flavor.GetProperty("projects")[0].GetString());
        Assert.DoesNotContain("m1.small", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_ends_with_1_on_errors_and_says_what_to_do()
    {
        var (exit, text) = await RunAsync("flavors lint");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("flavor g1: ERROR FS-GPU-001: it gives PCI a100:1", text, StringComparison.Ordinal);
        Assert.Contains("fedsite apply --only flavors", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_ends_with_0_when_there_are_only_warnings()
    {
        _sandbox.World.Put(_sandbox.World.FindFlavor("g1")! with { Removed = true });

        var (exit, text) = await RunAsync("flavors lint");

        Assert.Equal(ExitCode.Done, exit);
        Assert.Contains("0 errors", text, StringComparison.Ordinal);
    }

    private async Task<(ExitCode Exit, string Out)> RunAsync(string line)
    {
        using var terminal = new TestTerminal();
        terminal.Environment["OS_AUTH_URL"] = _sandbox.KeystoneUrl.AbsoluteUri;
        terminal.Environment["OS_USERNAME"] = _sandbox.World.Admin.Name;
        terminal.Environment["OS_PASSWORD"] = _sandbox.World.Admin.Password!;
        terminal.Environment["OS_USER_DOMAIN_NAME"] = "Default";
        terminal.Environment["OS_PROJECT_NAME"] = "admin";
        terminal.Environment["OS_PROJECT_DOMAIN_NAME"] = "Default";
        var exit = await terminal.RunAsync($"{line} --config {_folder}/site.yaml");
        return (exit, terminal.Out);
    }
}
