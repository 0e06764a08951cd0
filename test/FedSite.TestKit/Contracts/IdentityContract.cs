using System.Text.Json.Nodes;
using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>Work on what Keystone stores, by the admin, in a domain that is there for one test.</summary>
public abstract class IdentityContract(ContractCloud cloud) : IAsyncLifetime
{
    protected const string Federation = "OS-FEDERATION";

    private readonly RawCloud _raw = new(cloud);
    private readonly Stack<string> _made = new();
    private string _admin = "";

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected ContractCloud Cloud => cloud;

    /// <summary>Part of all names, new for each test.</summary>
    protected string Mark { get; } = $"contract{Guid.CreateVersion7():n}".Remove(8, 20);

    /// <summary>A domain that goes away with all that is in it.</summary>
    protected string DomainId { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _admin = await _raw.TokenAsync(Cloud.Admin, """{"project":{"name":"admin","domain":{"name":"Default"}}}""", Ct);
        DomainId = await MakeDomainAsync(Mark);
    }

    public async ValueTask DisposeAsync()
    {
        while (_made.TryPop(out var path))
        {
            if (path.StartsWith("domains/", StringComparison.Ordinal))
            {
                await SendAsync("PATCH", path, """{"domain":{"enabled":false}}""");
            }
            await SendAsync("DELETE", path);
        }
        _raw.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Task<RawAnswer> SendAsync(string method, string path, string? body = null) =>
        SendAsync(method, path, body, _admin);

    protected Task<RawAnswer> SendAsync(string method, string path, string? body, string token) =>
        _raw.SendAsync(method, $"{Cloud.KeystoneUrl}/{path}", token, body, Ct);

    protected Task<string> TokenAsync(ContractAccount account, string scope) => _raw.TokenAsync(account, scope, Ct);

    protected Task<RawAnswer> LogInAsync(string body) => _raw.LogInAsync(body, Ct);

    /// <summary>Sends, and requires this status.</summary>
    protected async Task<JsonNode> MustAsync(int status, string method, string path, string? body = null)
    {
        var answer = await SendAsync(method, path, body);
        Assert.True(answer.Status == status, $"{method} {path}: {answer.Status}: {answer.Text}");
        return answer.Text.Length == 0 ? new JsonObject() : answer.Json;
    }

    /// <returns>Its id.</returns>
    protected Task<string> MakeDomainAsync(string name) =>
        MakeAsync("domain", $$$"""{"domain":{"name":"{{{name}}}"}}""");

    /// <returns>Its id.</returns>
    protected Task<string> MakeGroupAsync(string name) =>
        MakeAsync("group", $$$"""{"group":{"name":"{{{name}}}","domain_id":"{{{DomainId}}}"}}""");

    /// <returns>Its id.</returns>
    protected Task<string> MakeProjectAsync(string name) =>
        MakeAsync("project", $$$"""{"project":{"name":"{{{name}}}","domain_id":"{{{DomainId}}}"}}""");

    /// <param name="more">Further members, with a leading comma.</param>
    /// <returns>Its id.</returns>
    protected Task<string> MakeUserAsync(string name, string more = "") =>
        MakeAsync("user", $$$"""{"user":{"name":"{{{name}}}","domain_id":"{{{DomainId}}}"{{{more}}} }}""");

    /// <summary>Makes an identity provider in the test's domain.</summary>
    protected Task MakeIdpAsync(string id, string more = "") =>
        PutAsync(
            $"{Federation}/identity_providers/{id}",
            $$$"""{"identity_provider":{"domain_id":"{{{DomainId}}}"{{{more}}} }}"""
        );

    /// <summary>Makes something that the test's end removes.</summary>
    protected async Task<JsonNode> PutAsync(string path, string body)
    {
        var made = await MustAsync(201, "PUT", path, body);
        Forget(path);
        return made;
    }

    /// <summary>Has the test's end remove it.</summary>
    protected void Forget(string path) => _made.Push(path);

    private async Task<string> MakeAsync(string kind, string body)
    {
        var id = (string)(await MustAsync(201, "POST", $"{kind}s", body))[kind]!["id"]!;
        Forget($"{kind}s/{id}");
        return id;
    }

    protected static string Message(RawAnswer answer) => (string)answer.Json["error"]!["message"]!;
}
