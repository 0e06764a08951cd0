using System.Text.Json.Nodes;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Federation;

/// <summary>A real Keystone that is not empty, or not yet as the file says.</summary>
[Collection(FederationCollection.Name)]
public sealed class AppliedTests : IAsyncLifetime
{
    private JoiningSite? _site;

    private JoiningSite Site => _site ?? throw new InvalidOperationException(Require.Federation().Keystone);

    public async ValueTask InitializeAsync()
    {
        if (!Require.HasFederation)
            return;
        _site = new JoiningSite("mod_wsgi");
        await _site.RenderAsync();
        await _site.ServeAsync();
    }

    public ValueTask DisposeAsync()
    {
        _site?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_domain_with_a_name_made_up_by_Keystone_is_renamed()
    {
        // As a site does by hand: without a domain.
        var issuer = Site.Federation.Providers[0].Issuer;
        var before = await Site.AskAsync($"identity provider create --remote-id {issuer} egi.eu", "domain list");

        await Site.DoneAsync("apply", "--yes");

        var domains = (await Site.AskAsync("domain list"))[0].AsArray();
        Assert.Equal(before[^1].AsArray().Count, domains.Count);
        Assert.Contains(domains, domain => (string?)domain!["Name"] == "egi.eu");
    }

    [Fact]
    public async Task Checks_find_what_is_missing()
    {
        Require.Federation();
        var run = await Site.RunAsync("check", "--only", "federation", "--output", "json");

        Assert.Equal(1, run.ExitCode);
        var errors = JsonNode.Parse(run.StandardOutput)!["findings"]!
            .AsArray()
            .Where(finding => (string?)finding!["severity"] == "Error")
            .Select(finding => (string)finding!["seen"]!);
        Assert.Contains("The identity provider egi.eu: does not exist.", errors);
    }
}

/// <summary>What the other commands say of a real site that has joined.</summary>
[Collection(FederationCollection.Name)]
public sealed class JoinedCommandsTests(ModWsgiSite site) : IClassFixture<ModWsgiSite>
{
    [Fact]
    public async Task Every_check_is_good()
    {
        Require.Federation();
        var report = await JsonAsync("check", "--only", "federation", "--output", "json");

        var seen = report["findings"]!
            .AsArray()
            .Select(finding => $"{finding!["severity"]} {finding["id"]}")
            .ToHashSet();
        Assert.Equal(
            Enumerable.Range(1, 8).Select(number => $"Ok FS-FED-00{number}"),
            seen.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Explain_asks_the_provider_about_an_opaque_token_and_says_what_Keystone_does()
    {
        using var visitor = new KeystoneVisitor(site.Federation);
        var token = await visitor.AccessTokenAsync(site.Federation.Providers[0], "twoVos");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, token, TestContext.Current.CancellationToken);

        var explained = await JsonAsync("federation", "explain", "--token", file, "--output", "json");

        File.Delete(file);
        var groups = (await site.AskAsync("group list --domain egi.eu"))[0].AsArray();
        Assert.Equal(
            ["biomed", "vo.access.egi.eu"],
            explained["group_ids"]!
                .AsArray()
                .Select(id => (string)groups.Single(group => (string?)group!["ID"] == (string?)id)!["Name"]!)
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Lint_finds_no_fault_in_the_mapping_that_apply_writes()
    {
        Require.Federation();
        var findings = await JsonAsync("federation", "lint", "--output", "json");

        Assert.DoesNotContain(findings.AsArray(), finding => (string?)finding!["severity"] != "info");
    }

    private async Task<JsonNode> JsonAsync(params string[] arguments)
    {
        var run = await site.RunAsync(arguments);
        Assert.True(run.ExitCode == 0, $"exit code {run.ExitCode}\n{run.StandardOutput}\n{run.StandardError}");
        return JsonNode.Parse(run.StandardOutput)!;
    }
}
