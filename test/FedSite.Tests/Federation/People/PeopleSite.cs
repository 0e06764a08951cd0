using FedSite.Sandbox;
using FedSite.Sandbox.World;
using FedSite.Tests.App;

namespace FedSite.Tests.Federation.People;

/// <summary>
/// A cloud without servers and idle addresses, whose projects name their VOs by a property: <c>vo.access.egi.eu</c>,
/// <c>fedcloud.egi.eu</c>, <c>biomed</c>; and the program in front of it.
/// </summary>
internal sealed class PeopleSite : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-people-").FullName;

    private PeopleSite(FederationSandbox sandbox)
    {
        Sandbox = sandbox;
        Write("");
        foreach (var address in World.Projects.SelectMany(project => World.FloatingIps.Of(project.Id)).ToList())
            World.FloatingIps.Remove(address.Id);
    }

    public FederationSandbox Sandbox { get; }
    public CloudWorld World => Sandbox.World;

    /// <summary>Of VO <c>vo.access.egi.eu</c>.</summary>
    public SandboxProject Access => World.SeededProjects.First();

    /// <summary>Of VO <c>biomed</c>.</summary>
    public SandboxProject Biomed => World.SeededProjects.Last();

    /// <summary>Somebody of the domain <c>egi.eu</c> with roles in <see cref="Access"/>.</summary>
    public SandboxUser Ada =>
        World.Users.First(user => user.DomainId != "default" && World.RolesIn(user.Id, Access.Id).Count > 0);

    public static async Task<PeopleSite> StartAsync(SandboxOptions? options = null) =>
        new(
            await FederationSandbox.StartAsync(
                options ?? new SandboxOptions { Servers = 0 },
                TestContext.Current.CancellationToken
            )
        );

    /// <summary>Replaces site.yaml.</summary>
    public void Write(string more) =>
        File.WriteAllText(SiteYaml, $"site: {{name: TEST}}\nstate: {Path.Combine(_folder, "state")}\n{more}");

    public SandboxServer PutServer(
        string name,
        int days = 0,
        string? user = null,
        string? project = null,
        Guid? id = null
    )
    {
        var created = World.Start - TimeSpan.FromDays(days);
        var server = new SandboxServer
        {
            Id = id ?? Guid.CreateVersion7(),
            Name = name,
            Status = "ACTIVE",
            ProjectId = project ?? Access.Id,
            UserId = user ?? Ada.Id,
            FlavorId = World.Flavors.First().Id,
            Created = created,
            Updated = created,
            LaunchedAt = created,
        };
        World.Put(server);
        return server;
    }

    /// <summary>Makes a group, and guards the server's port by it.</summary>
    public SandboxSecurityGroup Guard(SandboxServer? server, string name, params SandboxSecurityRule[] rules)
    {
        var group = new SandboxSecurityGroup
        {
            Id = Guid.CreateVersion7().ToString(),
            ProjectId = server?.ProjectId ?? Access.Id,
            Name = name,
            Rules = rules,
            Created = World.Start,
        };
        World.SecurityGroups.Put(group);
        if (server is not null)
        {
            var port = World.Ports.Of(server.ProjectId).Single(p => p.DeviceId == server.Id.ToString());
            World.Ports.Put(port with { SecurityGroups = [.. port.SecurityGroups, group.Id] });
        }

        return group;
    }

    public async Task<(ExitCode Exit, string Out, string Error)> RunAsync(string commandLine)
    {
        using var terminal = new TestTerminal();
        terminal.Environment["OS_AUTH_URL"] = Sandbox.KeystoneUrl.ToString();
        terminal.Environment["OS_USERNAME"] = World.Admin.Name;
        terminal.Environment["OS_PASSWORD"] = CloudWorld.Password;
        terminal.Environment["OS_PROJECT_NAME"] = "admin";
        var exit = await terminal.RunAsync($"{commandLine} --config {SiteYaml}");
        return (exit, terminal.Out, terminal.Error);
    }

    public async ValueTask DisposeAsync()
    {
        await Sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string SiteYaml => Path.Combine(_folder, "site.yaml");
}
