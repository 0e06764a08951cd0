namespace FedSite.Scenarios.Support;

/// <summary>A user with the role admin in one project, for as long as a test needs it.</summary>
internal sealed class TemporaryAdmin : IAsyncDisposable
{
    public const string Password = "temporary";

    private readonly PlainApi _api;

    private TemporaryAdmin(PlainApi api, string id, string name) => (_api, Id, Name) = (api, id, name);

    public string Id { get; }
    public string Name { get; }

    public static async Task<TemporaryAdmin> MakeAsync(TestCloud cloud, string project)
    {
        var api = await PlainApi.LoginAsync(cloud, "admin", """{"system":{"all":true}}""");
        var name = $"admin-{Guid.CreateVersion7():N}";
        var user = await api.SendAsync(
            HttpMethod.Post,
            "identity",
            "/users",
            $$$"""{"user":{"name":"{{{name}}}","domain_id":"default","password":"{{{Password}}}"}}"""
        );
        var id = (string)user!["user"]!["id"]!;
        var roles = await api.GetAsync("identity", "/roles?name=admin");
        var role = (string)roles["roles"]![0]!["id"]!;
        await api.SendAsync(
            HttpMethod.Put,
            "identity",
            $"/projects/{cloud.Projects[project].Id}/users/{id}/roles/{role}"
        );
        return new TemporaryAdmin(api, id, name);
    }

    public async ValueTask DisposeAsync()
    {
        await _api.SendAsync(HttpMethod.Delete, "identity", $"/users/{Id}");
        _api.Dispose();
    }
}
