using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using CliWrap.Buffered;
using FedSite.Scenarios.Support;
using FedSite.TestKit;

namespace FedSite.Scenarios.Federation;

/// <summary>A site on the real cloud that is to lose a VO: with servers, a volume, images and a user of its own.</summary>
internal sealed class RetiringSite : IAsyncDisposable
{
    private const string Password = "of the tests";

    private readonly TestCloud _cloud;
    private readonly PlainApi _admin;
    private readonly string _accounting;
    private PlainApi? _member;

    private RetiringSite(TestCloud cloud, PlainApi admin, string mark, string accounting)
    {
        (_cloud, _admin, Mark, _accounting) = (cloud, admin, mark, accounting);
    }

    /// <summary>Name of the project, the mapping, the domain; nothing else in the cloud is called so.</summary>
    public string Mark { get; }

    public string Vo => $"{Mark}.example.org";

    public TestSite Program { get; private set; } = null!;

    /// <summary>Ids.</summary>
    public string Project { get; private set; } = "";
    public string Group { get; private set; } = "";

    /// <summary>It runs, and its owner has locked it.</summary>
    public string Server { get; private set; } = "";
    public string Stopped { get; private set; } = "";
    public string Volume { get; private set; } = "";

    /// <summary>The VO's own.</summary>
    public string Image { get; private set; } = "";

    /// <summary>The site's, which the VO may use.</summary>
    public string Shared { get; private set; } = "";

    /// <param name="isAlone">The file names no other VO.</param>
    public static async Task<RetiringSite> StartAsync(bool isAlone = false)
    {
        var cloud = Require.Cloud();
        var admin = await PlainApi.LoginToProjectAsync(cloud, "admin", "admin");
        var mark = $"retire-{Guid.CreateVersion7():N}"[..24];
        var accounting = await admin.SendAsync(
            HttpMethod.Post,
            "identity",
            "/users",
            $$$"""{"user":{"name":"{{{mark}}}","domain_id":"default","password":"{{{Password}}}"}}"""
        );
        var site = new RetiringSite(cloud, admin, mark, (string)accounting!["user"]!["id"]!);
        site.Program = await TestSite.StartAsync(CloudYaml.Of(cloud, mark, Password, scope: ""), site.Yaml(isAlone));
        var who = cloud.Accounts["admin"];
        await File.WriteAllTextAsync(
            Path.Combine(site.Program.Folder, "clouds.yaml"),
            $$"""
            clouds:
              admin:
                auth:
                  auth_url: {{cloud.Keystone}}
                  username: {{who.Username}}
                  password: {{who.Password}}
                  project_name: admin
                  user_domain_name: Default
                  project_domain_name: Default

            """
        );
        return site;
    }

    private string Yaml(bool isAlone) =>
        $$"""
            accounting:
              kinds: [cloud, storage]
            federation:
              issuer: "https://{{Mark}}.example.org/"
              idp: {{Mark}}
              keystone: {{_cloud.Keystone}}
              domain: {{Mark}}
              mapping: {{Mark}}
              accounting_user: {name: {{Mark}}, roles: [reader, accounting]}
            vos:
            {{(isAlone ? "" : Entry($"stays-{Mark}"))}}{{Entry(Mark)}}
            """;

    private static string Entry(string name) =>
        $$"""
              - name: {{name}}.example.org
                entitlements: ["urn:mace:egi.eu:group:{{name}}.example.org:role=vm_operator#aai.egi.eu"]
                projects: [{name: {{name}}, domain: Default}]

            """;

    public async Task EditAsync(string old, string @new)
    {
        var text = await File.ReadAllTextAsync(Program.ConfigFile);
        Assert.Contains(old, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Program.ConfigFile, text.Replace(old, @new, StringComparison.Ordinal));
    }

    public async Task TakeOutOfFileAsync()
    {
        await EditAsync(Entry(Mark), "");
        var text = await File.ReadAllTextAsync(Program.ConfigFile);
        if (!text.Contains("- name: ", StringComparison.Ordinal))
            await EditAsync("vos:\n", "vos: []\n");
    }

    /// <summary>Runs the program with the administrator's account.</summary>
    public Task<BufferedCommandResult> RunAsync(string words) =>
        Program.RunAsync([.. words.Split(' '), "--os-cloud", "admin"]);

    /// <summary>Fails the test unless it is done.</summary>
    public async Task<JsonElement> DoneAsync(string words)
    {
        var run = await RunAsync($"{words} --output json");
        Assert.True(run.ExitCode == 0, $"{words}: {run.ExitCode}\n{run.StandardOutput}\n{run.StandardError}");
        return JsonElement.Parse(run.StandardOutput);
    }

    /// <summary>Does a stage wholly.</summary>
    public Task<JsonElement> ReachAsync(string stage) => DoneAsync($"vo retire {Vo} --stage {stage} --yes");

    public Task<JsonElement> UndoAsync() => DoneAsync($"vo retire {Vo} --undo --yes");

    /// <summary>What keeps a stage from being done; the test fails if nothing does.</summary>
    public async Task<string> RefusedAsync(string stage)
    {
        var run = await RunAsync($"vo retire {Vo} --stage {stage} --yes");
        Assert.True(run.ExitCode == 1, $"{stage}: {run.ExitCode}\n{run.StandardOutput}\n{run.StandardError}");
        return run.StandardError;
    }

    /// <summary>Makes what the file names.</summary>
    public async Task ApplyAsync()
    {
        await DoneAsync("apply --yes");
        Project = (string)(await _admin.GetAsync("identity", $"/projects?name={Mark}"))["projects"]![0]!["id"]!;
        Group = (string)(await GroupsAsync())[0]!["id"]!;
    }

    public async Task FillAsync()
    {
        var account = _cloud.Accounts["publisher"];
        var roles = await _admin.GetAsync("identity", "/roles?name=member");
        await _admin.SendAsync(
            HttpMethod.Put,
            "identity",
            $"/projects/{Project}/users/{account.Id}/roles/{roles["roles"]![0]!["id"]}"
        );
        _member = await PlainApi.LoginAsync(_cloud, account, Project);
        Server = await BootAsync();
        Stopped = await BootAsync();
        await _member.SendAsync(HttpMethod.Post, "compute", $"/servers/{Stopped}/action", """{"os-stop":null}""");
        await UntilAsync(async () => await StatusAsync(Stopped) == "SHUTOFF");
        await _member.SendAsync(HttpMethod.Post, "compute", $"/servers/{Server}/action", """{"lock":null}""");
        Volume = await MadeAsync("volumev3", "volume", """{"size":1}""");
        await UntilAsync(async () =>
            (await VolumesAsync()).Any(one => (string?)one!["id"] == Volume && (string?)one["status"] == "available")
        );
        await MadeAsync("volumev3", "snapshot", $$"""{"volume_id":"{{Volume}}"}""");
        Image = await ImageAsync($$""" "visibility":"private","owner":"{{Project}}" """);
        Shared = await ImageAsync(""" "visibility":"shared" """);
        var members = $"/v2/images/{Shared}/members";
        await _admin.SendAsync(HttpMethod.Post, "image", members, $$"""{"member":"{{Project}}"}""");
        await _admin.SendAsync(HttpMethod.Put, "image", $"{members}/{Project}", """{"status":"accepted"}""");
    }

    public async Task<string?> StatusAsync(string server) =>
        (string?)(await _admin.GetAsync("compute", $"/servers/{server}"))["server"]!["status"];

    /// <summary>As Nova keeps it when it is gone.</summary>
    public async Task<JsonObject> DeletedServerAsync(string id) =>
        (await _admin.GetAsync("compute", $"/servers/detail?all_tenants=1&deleted=1&project_id={Project}"))["servers"]!
            .AsArray()
            .Select(server => server!.AsObject())
            .Single(server => (string?)server["id"] == id);

    public async Task<JsonArray> VolumesAsync() =>
        (await _admin.GetAsync("volumev3", $"/volumes/detail?all_tenants=1&project_id={Project}"))[
            "volumes"
        ]!.AsArray();

    public async Task<bool> HasImageAsync(string id) =>
        (await _admin.TryGetAsync("image", $"/v2/images/{id}")).Status == HttpStatusCode.OK;

    /// <summary>What the projects to which the site's image is offered answered.</summary>
    public async Task<IReadOnlyList<string?>> MembersAsync() =>
        [
            .. (await _admin.GetAsync("image", $"/v2/images/{Shared}/members"))["members"]!
                .AsArray()
                .Select(member => (string?)member!["status"]),
        ];

    public async Task<string> RulesAsync() =>
        (await _admin.GetAsync("identity", $"/OS-FEDERATION/mappings/{Mark}"))["mapping"]!["rules"]!.ToJsonString();

    public async Task<JsonArray> GroupsAsync() =>
        (await _admin.GetAsync("identity", $"/groups?name={Vo}"))["groups"]!.AsArray();

    /// <summary>Ids of users and groups who may do something in the project.</summary>
    public async Task<IReadOnlyList<string?>> AccessAsync() =>
        [
            .. (await _admin.GetAsync("identity", $"/role_assignments?scope.project.id={Project}"))["role_assignments"]!
                .AsArray()
                .Select(one => (string?)(one!["user"] ?? one["group"])!["id"]),
        ];

    public string AccountingUser => _accounting;

    public async Task<bool> IsEnabledAsync() =>
        (bool)(await _admin.GetAsync("identity", $"/projects/{Project}"))["project"]!["enabled"]!;

    private async Task<string> BootAsync()
    {
        var flavor = _cloud.Flavors.Values.First(one =>
            one is { Public: true, Deleted: false, Id: not null, ExtraSpecs.Count: 0 }
        );
        var image = _cloud.Images.Values.First(one => one is { Visibility: "public", Status: "active", Hidden: false });
        var made = await _member!.SendAsync(
            HttpMethod.Post,
            "compute",
            "/servers",
            $$$"""{"server":{"name":"{{{Mark}}}","flavorRef":"{{{flavor.Id}}}","imageRef":"{{{image.Id}}}","networks":"none"}}""",
            "2.37"
        );
        var id = (string)made!["server"]!["id"]!;
        await UntilAsync(async () => await StatusAsync(id) == "ACTIVE");
        return id;
    }

    private async Task<string> MadeAsync(string service, string kind, string fields) =>
        (string)
            (await _member!.SendAsync(HttpMethod.Post, service, $"/{kind}s", $$"""{"{{kind}}":{{fields}}}"""))![kind]![
                "id"
            ]!;

    private async Task<string> ImageAsync(string fields) =>
        (string)
            (
                await _admin.SendAsync(
                    HttpMethod.Post,
                    "image",
                    "/v2/images",
                    $$"""{"name":"{{Mark}}","disk_format":"raw","container_format":"bare",{{fields}}}"""
                )
            )!["id"]!;

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var look = 0; !await holds(); look++)
        {
            Assert.True(look < 300, "the cloud took more than a minute");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await RemoveAllAsync();
        }
        finally
        {
            _member?.Dispose();
            _admin.Dispose();
            if (Program is not null)
                await Program.DisposeAsync();
        }
    }

    private async Task RemoveAllAsync()
    {
        foreach (var visibility in new[] { "private", "shared" })
            await DeleteAsync("image", $"/v2/images?name={Mark}&visibility={visibility}", "images", "/v2/images");
        if (Project.Length > 0)
        {
            var where = $"?all_tenants=1&project_id={Project}";
            await DeleteAsync("compute", $"/servers{where}", "servers", "/servers");
            await DeleteAsync("volumev3", $"/snapshots{where}", "snapshots", "/snapshots");
            await UntilAsync(async () =>
                (await _admin.GetAsync("volumev3", $"/snapshots{where}"))["snapshots"]!.AsArray().Count == 0
            );
            await DeleteAsync("volumev3", $"/volumes{where}", "volumes", "/volumes");
        }

        foreach (var path in new[] { $"/identity_providers/{Mark}/protocols/openid", $"/identity_providers/{Mark}" })
            await TryDeleteAsync($"/OS-FEDERATION{path}");
        await TryDeleteAsync($"/OS-FEDERATION/mappings/{Mark}");
        foreach (var name in new[] { Mark, $"stays-{Mark}" })
            await DeleteAsync("identity", $"/projects?name={name}", "projects", "/projects");
        foreach (var domain in (await _admin.GetAsync("identity", $"/domains?name={Mark}"))["domains"]!.AsArray())
        {
            var path = $"/domains/{domain!["id"]}";
            await _admin.SendAsync(HttpMethod.Patch, "identity", path, """{"domain":{"enabled":false}}""");
            await _admin.SendAsync(HttpMethod.Delete, "identity", path);
        }

        await _admin.SendAsync(HttpMethod.Delete, "identity", $"/users/{_accounting}");
    }

    private async Task DeleteAsync(string service, string list, string key, string path)
    {
        foreach (var thing in (await _admin.GetAsync(service, list))[key]!.AsArray())
            await _admin.SendAsync(HttpMethod.Delete, service, $"{path}/{thing!["id"]}");
    }

    private async Task TryDeleteAsync(string path)
    {
        if ((await _admin.TryGetAsync("identity", path)).Status == HttpStatusCode.OK)
            await _admin.SendAsync(HttpMethod.Delete, "identity", path);
    }
}
