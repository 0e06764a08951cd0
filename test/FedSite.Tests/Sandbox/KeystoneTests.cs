using System.Net;
using FedSite.Sandbox;
using Microsoft.Extensions.Time.Testing;

namespace FedSite.Tests.Sandbox;

public sealed class KeystoneTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_ends_when_its_time_is_over()
    {
        var time = new FakeTimeProvider();
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions { TimeProvider = time }, Ct);
        using var client = new SandboxClient(sandbox);
        await client.LoginAsync("accounting", sandbox.World.SeededProjects.First());
        time.Advance(TimeSpan.FromMinutes(61));

        var (status, _, _) = await client.GetAsync($"{sandbox.NovaUrl}/servers/detail");

        Assert.Equal(HttpStatusCode.Unauthorized, status);
    }

    [Fact]
    public async Task A_token_made_from_a_token_ends_with_that_one()
    {
        var time = new FakeTimeProvider();
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions { TimeProvider = time }, Ct);
        using var client = new SandboxClient(sandbox);
        var first = await client.LoginAsync("accounting", "\"unscoped\"");
        time.Advance(TimeSpan.FromMinutes(30));
        var login = $$$$"""{"auth":{"identity":{"methods":["token"],"token":{"id":"{{{{client.Token}}}}"} }}}""";

        var (_, body, _) = await client.PostAsync($"{sandbox.KeystoneUrl}/auth/tokens", new StringContent(login));

        Assert.Equal((string?)first["expires_at"], (string?)body!["token"]!["expires_at"]);
    }

    [Fact]
    public async Task A_chunked_body_is_not_read()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions(), Ct);
        using var client = new SandboxClient(sandbox);
        using var login = SandboxClient.PasswordLogin("accounting", "\"unscoped\"");
        using var chunked = new StreamContent(new UnknownLength(await login.ReadAsByteArrayAsync(Ct)));

        var (status, body, _) = await client.PostAsync($"{sandbox.KeystoneUrl}/auth/tokens", chunked);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("Expecting to find auth", (string?)body!["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_role_accounting_only_members_of_the_system_read_other_users()
    {
        var options = new SandboxOptions { AccountingRole = false, AccountingReadsSystem = true };
        await using var sandbox = await FederationSandbox.StartAsync(options, Ct);
        using var client = new SandboxClient(sandbox);
        var url = $"{sandbox.KeystoneUrl}/users/{sandbox.World.Member.Id}";

        await client.LoginAsync("accounting", sandbox.World.SeededProjects.First());
        var byProject = await client.GetAsync(url);
        await client.LoginAsync("accounting", """{"system":{"all":true}}""");
        var bySystem = await client.GetAsync(url);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (byProject.Status, bySystem.Status));
    }

    [Fact]
    public async Task A_project_may_name_several_vos()
    {
        await using var sandbox = await FederationSandbox.StartAsync(new SandboxOptions(), Ct);
        using var client = new SandboxClient(sandbox);
        var project = sandbox.World.SeededProjects.First() with
        {
            Properties = new Dictionary<string, IReadOnlyList<string>> { ["egi.VO"] = ["a.eu", "b.eu"] },
        };
        sandbox.World.Put(project);
        await client.LoginAsync("accounting", project);

        var (_, body, _) = await client.GetAsync($"{sandbox.KeystoneUrl}/projects/{project.Id}");

        Assert.Equal(["a.eu", "b.eu"], body!["project"]!["egi.VO"]!.AsArray().Select(v => (string)v!));
    }

    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
