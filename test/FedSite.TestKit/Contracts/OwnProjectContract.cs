using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>
/// What is done as an admin to what a member has made. Each test has a project of its own, which is emptied and removed at the
/// end, whatever came of the test.
/// </summary>
public abstract class OwnProjectContract(ContractCloud cloud) : ServiceContract(cloud, "compute"), IAsyncLifetime
{
    /// <summary>One minute.</summary>
    private const int Looks = 300;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private string _adminProject = "";

    protected string Admin { get; private set; } = "";
    protected string Member { get; private set; } = "";
    protected string Project { get; private set; } = "";
    protected string Network { get; private set; } = "";

    /// <summary>Cinder with the project of the account in its path.</summary>
    protected string CinderOfAdmin { get; private set; } = "";
    protected string CinderOfMember { get; private set; } = "";

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        Admin = await AdminTokenAsync();
        _adminProject = await AdminProjectAsync();
        var body = $$$"""{"project":{"name":"actions-{{{Guid.CreateVersion7():N}}}","domain_id":"default"}}""";
        var made = await Raw.SendAsync("POST", $"{Cloud.KeystoneUrl}/projects", Admin, body, Ct);
        Project = (string)made.Json["project"]!["id"]!;
        var store = RawCloud.Password(Cloud.Publisher, RawCloud.ProjectScope(Cloud.StoreProjectId));
        var user = (string)(await Raw.LogInAsync(store, Ct)).Json["token"]!["user"]!["id"]!;
        var role = (await GetPageAsync($"{Cloud.KeystoneUrl}/roles?name=member", Admin))["roles"]![0]!["id"];
        await Raw.SendAsync(
            "PUT",
            $"{Cloud.KeystoneUrl}/projects/{Project}/users/{user}/roles/{role}",
            Admin,
            null,
            Ct
        );
        Member = await Raw.TokenAsync(Cloud.Publisher, RawCloud.ProjectScope(Project), Ct);
        Network = $"{await Raw.EndpointAsync("network", Ct)}/v2.0";
        var cinder = await Raw.EndpointAsync("volumev3", Ct);
        CinderOfAdmin = cinder.Replace(Cloud.ProjectId, _adminProject, StringComparison.Ordinal);
        CinderOfMember = cinder.Replace(Cloud.ProjectId, Project, StringComparison.Ordinal);
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        foreach (var (url, name) in Collections)
        {
            foreach (var id in await IdsAsync(url, name))
                await Raw.SendAsync("DELETE", $"{url}/{id}", Admin, body: null, CancellationToken.None);
            // Neutron does it at once, and makes a group anew when it is asked for a project's groups.
            var isSlow = !url.StartsWith(Network, StringComparison.Ordinal);
            for (var look = 0; isSlow && look < Looks && (await IdsAsync(url, name)).Count > 0; look++)
                await Task.Delay(Pause, CancellationToken.None);
        }
        await Raw.SendAsync("DELETE", $"{Cloud.KeystoneUrl}/projects/{Project}", Admin, null, CancellationToken.None);
        await DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private IEnumerable<(string Url, string Name)> Collections =>
        [
            ($"{Url}/servers", "servers"),
            ($"{CinderOfAdmin}/snapshots", "snapshots"),
            ($"{CinderOfAdmin}/volumes", "volumes"),
            ($"{Network}/floatingips", "floatingips"),
            ($"{Network}/routers", "routers"),
            ($"{Network}/networks", "networks"),
            ($"{Network}/security-groups", "security_groups"),
        ];

    private async Task<IReadOnlyList<string>> IdsAsync(string url, string name)
    {
        if (Project.Length == 0)
            return [];
        var detail = name == "snapshots" ? "/detail" : "";
        var everywhere = url.StartsWith(Network, StringComparison.Ordinal) ? "" : "&all_tenants=1";
        var page = await Raw.GetAsync($"{url}{detail}?project_id={Project}{everywhere}", Admin, CancellationToken.None);
        return page.Status == 200 ? [.. page.Json[name]!.AsArray().Select(thing => (string)thing!["id"]!)] : [];
    }

    /// <summary>Without a network.</summary>
    protected Task<RawAnswer> BootAsync() =>
        Raw.SendAsync(
            "POST",
            $"{Url}/servers",
            Member,
            $$$"""{"server":{"name":"actions","flavorRef":"{{{Cloud.Content.PlainFlavor}}}","imageRef":"{{{Cloud.Content.PlainImage}}}","networks":"none"}}""",
            Ct,
            ("OpenStack-API-Version", "compute 2.37")
        );

    /// <returns>Id of a server that runs.</returns>
    protected async Task<string> ServerAsync()
    {
        var id = Id(await BootAsync(), "server", 202);
        await UntilAsync(() => StateAsync(id), state => state.Status == "ACTIVE");
        return id;
    }

    protected Task<RawAnswer> ActAsync(string server, string action, string? token = null, string argument = "null") =>
        Raw.SendAsync(
            "POST",
            $"{Url}/servers/{server}/action",
            token ?? Admin,
            $$"""{"{{action}}":{{argument}}}""",
            Ct
        );

    protected Task<RawAnswer> DeleteAsync(string url, string? token = null) =>
        Raw.SendAsync("DELETE", url, token ?? Admin, body: null, Ct);

    /// <summary>404: gone.</summary>
    protected async Task<(string Status, string? Task)> StateAsync(string server)
    {
        var answer = await Raw.GetAsync($"{Url}/servers/{server}", Admin, Ct);
        return answer.Status == 200
            ? ((string)answer.Json["server"]!["status"]!, (string?)answer.Json["server"]!["OS-EXT-STS:task_state"])
            : ($"{answer.Status}", null);
    }

    protected Task<RawAnswer> MakeVolumeAsync(int size = 1) =>
        Raw.SendAsync(
            "POST",
            $"{CinderOfMember}/volumes",
            Member,
            $$$"""{"volume":{"name":"actions","size":{{{size}}}}}""",
            Ct
        );

    /// <returns>Id of one that is available.</returns>
    protected async Task<string> VolumeAsync()
    {
        var id = Id(await MakeVolumeAsync(), "volume", 202);
        await UntilAsync(() => StatusAsync("volume", id), status => status == "available");
        return id;
    }

    /// <summary>404: gone.</summary>
    protected async Task<string> StatusAsync(string kind, string id)
    {
        var answer = await Raw.GetAsync($"{CinderOfAdmin}/{kind}s/{id}", Admin, Ct);
        return answer.Status == 200 ? (string)answer.Json[kind]!["status"]! : $"{answer.Status}";
    }

    protected static string Id(RawAnswer made, string kind, int status)
    {
        Assert.True(made.Status == status, $"{made.Status}: {made.Text}");
        return (string)made.Json[kind]!["id"]!;
    }

    protected static void IsOneOf<T>(T seen, params T[] allowed) => Assert.Contains(seen, allowed.AsEnumerable());

    /// <returns>What was seen on the way, each once, the last as wanted.</returns>
    protected static async Task<IReadOnlyList<T>> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> holds)
    {
        var seen = new List<T>();
        for (var number = 0; number < Looks; number++)
        {
            var now = await look();
            if (!seen.Contains(now))
                seen.Add(now);
            if (holds(now))
                return seen;
            await Task.Delay(Pause, Ct);
        }
        Assert.Fail($"It comes to no end: {string.Join(", ", seen)}");
        return seen;
    }
}
