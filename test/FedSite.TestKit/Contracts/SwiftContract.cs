using Xunit;

namespace FedSite.TestKit.Contracts;

/// <summary>What we rely on in Swift. Each test has an object of its own, and removes it.</summary>
public abstract class SwiftContract(ContractCloud cloud) : IAsyncLifetime
{
    private const string Text = """{"name":"é"}""";
    private const string TextHash = "91f39c90c2e18220d580bcb588597e10";

    private readonly RawCloud _raw = new(cloud);
    private readonly string _name = $"contract {Guid.CreateVersion7()}.json";
    private string _token = "";
    private string _account = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Url => $"{_account}/{cloud.Container}/{Uri.EscapeDataString(_name)}";

    [Fact]
    public async Task An_object_comes_back_as_it_was_stored_under_its_MD5()
    {
        var stored = await PutAsync(Url, Text);
        var read = await _raw.GetAsync(Url, _token, Ct);

        Assert.Equal((201, TextHash), (stored.Status, stored.Header("ETag")));
        Assert.Equal((200, Text, TextHash), (read.Status, read.Text, read.Header("ETag")));
    }

    [Fact]
    public async Task A_body_with_the_hash_that_was_announced_replaces_the_object()
    {
        await PutAsync(Url, "before");
        var stored = await PutAsync(Url, Text, ("ETag", TextHash));

        Assert.Equal(201, stored.Status);
        Assert.Equal(Text, (await _raw.GetAsync(Url, _token, Ct)).Text);
    }

    [Fact]
    public async Task A_body_with_another_hash_than_was_announced_is_422_and_the_old_object_stays()
    {
        await PutAsync(Url, "before");
        var damaged = await PutAsync(Url, Text + " ", ("ETag", TextHash));

        Assert.Equal(422, damaged.Status);
        Assert.Equal("before", (await _raw.GetAsync(Url, _token, Ct)).Text);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("GET")]
    public async Task In_a_container_that_does_not_exist_everything_is_404(string method)
    {
        var answer = await _raw.SendAsync(
            method,
            $"{_account}/no-such/{Guid.CreateVersion7()}",
            _token,
            Body(method),
            Ct
        );

        Assert.Equal(404, answer.Status);
        Assert.Contains("The resource could not be found.", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_does_not_exist_is_404()
    {
        Assert.Equal(404, (await _raw.GetAsync(Url, _token, Ct)).Status);
    }

    [Fact]
    public async Task What_was_deleted_is_gone()
    {
        await PutAsync(Url, Text);

        Assert.Equal(204, (await _raw.SendAsync("DELETE", Url, _token, null, Ct)).Status);
        Assert.Equal(404, (await _raw.GetAsync(Url, _token, Ct)).Status);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("GET")]
    public async Task A_reader_of_the_project_is_403(string method)
    {
        var token = await _raw.TokenAsync(cloud.Reader, RawCloud.ProjectScope(cloud.ProjectId), Ct);
        var url = $"{AccountOf(cloud.ProjectId)}/{cloud.Container}/x.json";

        Assert.Equal(403, (await _raw.SendAsync(method, url, token, Body(method), Ct)).Status);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("GET")]
    public async Task Another_projects_account_is_403(string method)
    {
        var url = $"{AccountOf(cloud.OtherProjectId)}/{cloud.Container}/x.json";

        Assert.Equal(403, (await _raw.SendAsync(method, url, _token, Body(method), Ct)).Status);
    }

    [Fact]
    public async Task Another_projects_account_is_403_to_an_admin_too()
    {
        var token = await _raw.TokenAsync(
            cloud.Admin,
            """{"project":{"name":"admin","domain":{"name":"Default"}}}""",
            Ct
        );

        Assert.Equal(403, (await _raw.GetAsync(Url, token, Ct)).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    public async Task Without_a_good_token_the_answer_is_401(string? token)
    {
        var answer = await _raw.GetAsync(Url, token, Ct);

        Assert.Equal(401, answer.Status);
        Assert.StartsWith("Swift realm=\"AUTH_", answer.Header("WWW-Authenticate"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_answer_has_the_id_of_the_transaction_under_two_names()
    {
        var answer = await _raw.GetAsync(Url, _token, Ct);

        Assert.StartsWith("tx", answer.Header("X-Trans-Id"), StringComparison.Ordinal);
        Assert.Equal(answer.Header("X-Trans-Id"), answer.Header("X-Openstack-Request-Id"));
    }

    [Fact]
    public async Task A_token_of_the_system_sees_the_service_without_endpoints()
    {
        var answer = await _raw.LogInAsync(RawCloud.Password(cloud.Admin, """{"system":{"all":true}}"""), Ct);
        var service = answer.Json["token"]!["catalog"]!.AsArray().Single(s => (string)s!["type"]! == "object-store")!;

        Assert.Empty(service["endpoints"]!.AsArray());
    }

    public async ValueTask InitializeAsync()
    {
        var answer = await _raw.LogInAsync(
            RawCloud.Password(cloud.Publisher, RawCloud.ProjectScope(cloud.StoreProjectId)),
            Ct
        );
        _token = answer.Header("X-Subject-Token")!;
        var service = answer.Json["token"]!["catalog"]!.AsArray().Single(s => (string)s!["type"]! == "object-store")!;
        _account = (string)service["endpoints"]!.AsArray().First(e => (string)e!["interface"]! == "public")!["url"]!;
    }

    public async ValueTask DisposeAsync()
    {
        await _raw.SendAsync("DELETE", Url, _token, null, CancellationToken.None);
        _raw.Dispose();
        GC.SuppressFinalize(this);
    }

    private Task<RawAnswer> PutAsync(string url, string body, params (string Name, string Value)[] headers) =>
        _raw.SendAsync("PUT", url, _token, body, Ct, headers);

    private string AccountOf(string project) => $"{_account[..(_account.LastIndexOf('/') + 1)]}AUTH_{project}";

    private static string? Body(string method) => method == "PUT" ? Text : null;
}
