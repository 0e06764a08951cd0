using System.Text.Json.Nodes;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on in a service that plain accounts use with a token of their project.</summary>
/// <param name="cloud">Where the contract is tried.</param>
/// <param name="type">The service's type in the catalog.</param>
public abstract class ServiceContract(ContractCloud cloud, string type) : IAsyncLifetime
{
    private const string AdminScope = """{"project":{"name":"admin","domain":{"name":"Default"}}}""";

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected ContractCloud Cloud => cloud;
    protected RawCloud Raw { get; } = new(cloud);
    protected string Url { get; private set; } = "";
    protected string Token { get; private set; } = "";

    /// <summary>A token of the admin in the project <c>admin</c>.</summary>
    protected Task<string> AdminTokenAsync() => Raw.TokenAsync(Cloud.Admin, AdminScope, Ct);

    /// <summary>Id of the project <c>admin</c>.</summary>
    protected async Task<string> AdminProjectAsync() =>
        (string)
            (await Raw.LogInAsync(RawCloud.Password(Cloud.Admin, AdminScope), Ct)).Json["token"]!["project"]!["id"]!;

    protected async Task<JsonNode> GetPageAsync(string url, string token)
    {
        var answer = await Raw.GetAsync(url, token, Ct);
        Assert.True(answer.Status == 200, $"{answer.Status}: {answer.Text}");
        return answer.Json;
    }

    public virtual async ValueTask InitializeAsync()
    {
        Url = await Raw.EndpointAsync(type, Ct);
        Token = await Raw.TokenAsync(cloud.Plain, RawCloud.ProjectScope(cloud.ProjectId), Ct);
    }

    public virtual ValueTask DisposeAsync()
    {
        Raw.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
