using System.Text.Json.Nodes;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Images;

/// <summary>
/// Tests that put images into the real Glance. None runs beside others: what they make would be seen by those that list
/// images, projects and servers.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ImagesCollection : ICollectionFixture<ProjectsOnce>
{
    public const string Name = "images in the real cloud";
}

/// <summary>Made by the first test that needs them, and gone after the last.</summary>
public sealed class ProjectsOnce : IAsyncLifetime
{
    private Task<ImageProjects>? _projects;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_projects is not null)
        {
            await using var projects = await _projects;
        }
    }

    internal Task<ImageProjects> GetAsync(TestCloud cloud) => _projects ??= ImageProjects.MakeAsync(cloud);
}

/// <summary>
/// Projects of these tests alone: one that owns the images, two of VOs, one of nobody; and users. A server must not be in
/// them, as Nova tells of servers for ever and others look up their projects: the project <c>internal</c> has those.
/// </summary>
internal sealed class ImageProjects : IAsyncDisposable
{
    private const string Password = "images";

    private readonly TestCloud _cloud;
    private readonly PlainApi _admin;
    private readonly string _name = $"images-{Guid.CreateVersion7():N}";
    private readonly List<string> _projects = [];
    private readonly List<string> _users = [];
    private Dictionary<string, string> _roles = [];

    private ImageProjects(TestCloud cloud, PlainApi admin) => (_cloud, _admin) = (cloud, admin);

    public string Owner { get; private set; } = "";
    public string A { get; private set; } = "";
    public string B { get; private set; } = "";

    /// <summary>Of no VO.</summary>
    public string Outside { get; private set; } = "";

    /// <summary>Has servers; of no VO unless a test says so.</summary>
    public string Servers => _cloud.Projects["internal"].Id;

    /// <summary>Member of the owner's project, of the VOs', and where servers are.</summary>
    public SeededAccount Keeper { get; private set; } = null!;

    /// <summary>Member of the owner's project.</summary>
    public SeededAccount Owning { get; private set; } = null!;

    /// <summary>Administrator in the owner's project, and so of the whole cloud.</summary>
    public SeededAccount Admin { get; private set; } = null!;

    /// <summary>Member of project A.</summary>
    public SeededAccount InA { get; private set; } = null!;

    /// <summary>Member of project B.</summary>
    public SeededAccount InB { get; private set; } = null!;

    /// <summary>Member of project Outside.</summary>
    public SeededAccount Outsider { get; private set; } = null!;

    public SeenGlance Glance { get; private set; } = null!;

    public static async Task<ImageProjects> MakeAsync(TestCloud cloud)
    {
        var admin = await PlainApi.LoginToProjectAsync(cloud, "admin", "");
        var made = new ImageProjects(cloud, admin);
        var roles = await admin.GetAsync("identity", "/roles");
        made._roles = roles["roles"]!
            .AsArray()
            .ToDictionary(role => (string)role!["name"]!, role => (string)role!["id"]!, StringComparer.Ordinal);
        made.Owner = await made.ProjectAsync("owner");
        made.A = await made.ProjectAsync("a");
        made.B = await made.ProjectAsync("b");
        made.Outside = await made.ProjectAsync("outside");
        made.Keeper = await made.UserAsync("keeper", "member", made.Owner, made.A, made.B, made.Servers);
        made.Owning = await made.UserAsync("owning", "member", made.Owner);
        made.Admin = await made.UserAsync("admin", "admin", made.Owner);
        made.InA = await made.UserAsync("a", "member", made.A);
        made.InB = await made.UserAsync("b", "member", made.B);
        made.Outsider = await made.UserAsync("outsider", "member", made.Outside);
        made.Glance = new SeenGlance(cloud, admin, made.Owner);
        return made;
    }

    /// <summary>The section <c>openstack</c> of a site whose images the project Owner has.</summary>
    public string Account(SeededAccount who) => Account(who, Owner);

    public string Account(SeededAccount who, string project) =>
        $$"""
            {auth_type: v3password, region_name: {{_cloud.Region}}, auth: {auth_url: "{{_cloud.Keystone}}", user_id: {{who.Id}}, password: {{Password}}, project_id: {{project}} } }
            """;

    public Task<PlainApi> LoginAsync(SeededAccount who, string project) => PlainApi.LoginAsync(_cloud, who, project);

    /// <summary>Of the user in the project; gone with the user.</summary>
    public async Task<string> ApplicationCredentialAsync(SeededAccount who, string project)
    {
        using var user = await LoginAsync(who, project);
        var made = await user.SendAsync(
            HttpMethod.Post,
            "identity",
            $"/users/{who.Id}/application_credentials",
            $$$"""{"application_credential":{"name":"{{{Guid.CreateVersion7():N}}}","secret":"{{{Password}}}"} }"""
        );
        return $$"""
            {auth_type: v3applicationcredential, region_name: {{_cloud.Region}}, auth: {auth_url: "{{_cloud.Keystone}}", application_credential_id: {{(string)
                made!["application_credential"]!["id"]!}}, application_credential_secret: {{Password}} } }
            """;
    }

    /// <summary>Many, which the caller takes away again.</summary>
    public async Task<List<string>> ManyAsync(int count)
    {
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
        {
            ids.Add(await MakeProjectAsync($"many-{i}"));
        }
        return ids;
    }

    public Task RemoveProjectAsync(string id) => _admin.SendAsync(HttpMethod.Delete, "identity", $"/projects/{id}");

    public async ValueTask DisposeAsync()
    {
        foreach (var user in _users)
        {
            await _admin.SendAsync(HttpMethod.Delete, "identity", $"/users/{user}");
        }
        foreach (var project in _projects)
        {
            await RemoveProjectAsync(project);
        }
        _admin.Dispose();
    }

    private async Task<string> ProjectAsync(string name)
    {
        var id = await MakeProjectAsync(name);
        _projects.Add(id);
        return id;
    }

    private async Task<string> MakeProjectAsync(string name)
    {
        var made = await _admin.SendAsync(
            HttpMethod.Post,
            "identity",
            "/projects",
            $$$"""{"project":{"name":"{{{_name}}}-{{{name}}}","domain_id":"default"}}"""
        );
        return (string)made!["project"]!["id"]!;
    }

    private async Task<SeededAccount> UserAsync(string name, string role, params string[] projects)
    {
        name = $"{_name}-{name}";
        var made = await _admin.SendAsync(
            HttpMethod.Post,
            "identity",
            "/users",
            new JsonObject
            {
                ["user"] = new JsonObject
                {
                    ["name"] = name,
                    ["domain_id"] = "default",
                    ["password"] = Password,
                },
            }.ToJsonString()
        );
        var id = (string)made!["user"]!["id"]!;
        _users.Add(id);
        foreach (var project in projects)
        {
            await _admin.SendAsync(HttpMethod.Put, "identity", $"/projects/{project}/users/{id}/roles/{_roles[role]}");
        }
        return new SeededAccount(id, name, Password);
    }
}
