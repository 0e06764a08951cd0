using System.Text.Json.Nodes;
using CliWrap;
using CliWrap.Buffered;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Federation;

/// <summary>A site that joins by hand of these tests: an empty Keystone, served, and nothing applied yet.</summary>
public sealed class EmptySite : IAsyncLifetime
{
    internal JoiningSite Site { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (!Require.HasFederation)
            return;
        Site = new JoiningSite("mod_wsgi");
        await Site.RenderAsync();
        await Site.ServeAsync();
    }

    public ValueTask DisposeAsync()
    {
        Site?.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>What <c>plan</c> says, what <c>apply</c> does, and what everybody else sees of it, on a real Keystone.</summary>
[Collection(FederationCollection.Name)]
public sealed class AppliedTests(EmptySite empty) : IClassFixture<EmptySite>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_plain_client_sees_exactly_what_the_plan_said()
    {
        Require.Federation();
        await empty.Site.ServeAsync();
        var plan = await JsonAsync(4, "plan", "--output", "json");
        await empty.Site.DoneAsync("apply", "--yes");

        var planned = plan["changes"]!.AsArray().Select(change => $"{change!["kind"]} {change["name"]}").Order();

        Assert.Equal(planned, (await SeenAsync()).Order());
    }

    [Fact]
    public async Task A_domain_with_a_name_made_up_by_Keystone_is_renamed()
    {
        Require.Federation();
        await empty.Site.ServeAsync();
        // As a site does by hand: without a domain.
        await OpenStackAsync(
            "identity",
            "provider",
            "create",
            "--remote-id",
            empty.Site.Federation.Providers[0].Issuer,
            "egi.eu"
        );
        var before = (await OpenStackAsync("domain", "list"))!.AsArray().Count;

        await empty.Site.DoneAsync("apply", "--yes");

        var domains = (await OpenStackAsync("domain", "list"))!.AsArray();
        Assert.Equal(before, domains.Count);
        Assert.Contains(domains, domain => (string?)domain!["Name"] == "egi.eu");
    }

    [Fact]
    public async Task Checks_find_the_faults_before_and_none_afterwards()
    {
        Require.Federation();
        await empty.Site.ServeAsync();
        var before = await JsonAsync(1, "check", "--only", "federation", "--output", "json");
        Assert.Contains(
            Findings(before),
            finding => finding.StartsWith("error FS-FED-001", StringComparison.OrdinalIgnoreCase)
        );

        await empty.Site.DoneAsync("apply", "--yes");

        var after = Findings(await JsonAsync(0, "check", "--only", "federation", "--output", "json")).ToList();
        string[] rules = [.. Enumerable.Range(1, 8).Select(number => $"ok FS-FED-00{number}")];
        Assert.All(
            rules,
            rule => Assert.Contains(after, seen => seen.StartsWith(rule, StringComparison.OrdinalIgnoreCase))
        );
        Assert.DoesNotContain(after, seen => seen.StartsWith("warning", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Explain_asks_the_provider_whose_an_opaque_token_is_and_agrees_with_Keystone()
    {
        Require.Federation();
        await empty.Site.ServeAsync();
        await empty.Site.DoneAsync("apply", "--yes");
        using var visitor = new KeystoneVisitor(empty.Site.Federation);
        var accessToken = await visitor.AccessTokenAsync(empty.Site.Federation.Providers[0], "twoVos");
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(file, accessToken, Token);

        var explained = await JsonAsync(0, "federation", "explain", "--token", file, "--output", "json");

        File.Delete(file);
        var groups = (await OpenStackAsync("group", "list", "--domain", "egi.eu"))!.AsArray();
        Assert.Equal(
            ["biomed", "vo.access.egi.eu"],
            explained["group_ids"]!
                .AsArray()
                .Select(id => (string?)groups.Single(group => (string?)group!["ID"] == (string?)id)!["Name"])
                .Order()
        );
    }

    [Fact]
    public async Task The_mapping_that_apply_writes_has_no_faults()
    {
        Require.Federation();
        await empty.Site.ServeAsync();
        await empty.Site.DoneAsync("apply", "--yes");

        var lint = await empty.Site.RunAsync("federation", "lint", "--output", "json");

        Assert.Equal(0, lint.ExitCode);
        Assert.Empty(
            JsonNode.Parse(lint.StandardOutput)!.AsArray().Where(finding => (string?)finding!["severity"] != "info")
        );
    }

    private static IEnumerable<string> Findings(JsonNode report) =>
        report["findings"]!.AsArray().Select(finding => $"{finding!["severity"]} {finding["id"]}: {finding["seen"]}");

    private async Task<JsonNode> JsonAsync(int exitCode, params string[] arguments)
    {
        var run = await empty.Site.RunAsync(arguments);
        Assert.True(run.ExitCode == exitCode, $"exit code {run.ExitCode}\n{run.StandardOutput}\n{run.StandardError}");
        return JsonNode.Parse(run.StandardOutput)!;
    }

    /// <summary>All that is in Keystone beyond an empty one, as plans call it.</summary>
    private async Task<List<string>> SeenAsync()
    {
        var seen = new List<string>();
        foreach (var domain in (await OpenStackAsync("domain", "list"))!.AsArray())
        {
            if ((string?)domain!["Name"] == "egi.eu")
                seen.Add("domain egi.eu");
        }

        foreach (var idp in (await OpenStackAsync("identity", "provider", "list"))!.AsArray())
            seen.Add($"identity provider {idp!["ID"]}");
        foreach (var mapping in (await OpenStackAsync("mapping", "list"))!.AsArray())
            seen.Add($"mapping {mapping!["ID"]}");
        foreach (
            var protocol in (
                await OpenStackAsync("federation", "protocol", "list", "--identity-provider", "egi.eu")
            )!.AsArray()
        )
            seen.Add($"protocol egi.eu/{protocol!["id"]}");
        foreach (var group in (await OpenStackAsync("group", "list", "--domain", "egi.eu"))!.AsArray())
            seen.Add($"group {group!["Name"]}@egi.eu");
        foreach (var project in (await OpenStackAsync("project", "list"))!.AsArray())
        {
            var shown = (await OpenStackAsync("project", "show", (string)project!["ID"]!))!.AsObject();
            if (shown.TryGetPropertyValue("egi.VO", out _))
                seen.Add($"project {project["Name"]}@Default");
        }

        foreach (var role in (await OpenStackAsync("role", "assignment", "list", "--names"))!.AsArray())
        {
            if ((string?)role!["Group"] is not { Length: > 0 } group)
                continue;
            var place = (string?)role["Project"] is { Length: > 0 } project
                ? $"project {project}"
                : $"domain {role["Domain"]}";
            seen.Add($"role {role["Role"]} of group {group} in {place}");
        }

        return seen;
    }

    private async Task<JsonNode?> OpenStackAsync(params string[] arguments)
    {
        var federation = empty.Site.Federation;
        var run = await Cli.Wrap("/usr/bin/openstack")
            .WithArguments([.. arguments, "-f", "json"])
            .WithEnvironmentVariables(variables =>
                variables
                    .Set("OS_AUTH_URL", federation.Keystone)
                    .Set("OS_CACERT", federation.Ca)
                    .Set("OS_IDENTITY_API_VERSION", "3")
                    .Set("OS_USERNAME", federation.Admin.Username)
                    .Set("OS_PASSWORD", federation.Admin.Password)
                    .Set("OS_PROJECT_NAME", federation.Admin.Project)
                    .Set("OS_USER_DOMAIN_NAME", federation.Admin.Domain)
                    .Set("OS_PROJECT_DOMAIN_NAME", federation.Admin.Domain)
            )
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Token);
        Assert.True(run.ExitCode == 0, $"openstack {string.Join(' ', arguments)}: {run.StandardError}");
        return JsonNode.Parse(run.StandardOutput);
    }
}
