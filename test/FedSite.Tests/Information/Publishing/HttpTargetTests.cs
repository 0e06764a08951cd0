using FedSite.Information.Publishing;
using FedSite.Sandbox;
using FedSite.Sandbox.Pki;
using FedSite.TestKit;
using FedSite.Tests.OpenStack;

namespace FedSite.Tests.Information.Publishing;

public sealed class HttpTargetTests : IAsyncLifetime
{
    private const string Secret = "wrongHorse";
    private static readonly byte[] Document = """{"CloudComputingService":[]}"""u8.ToArray();
    private static readonly byte[] Older = "older"u8.ToArray();

    private readonly CollectingLogger _log = new();
    private FederationSandbox _sandbox = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Url => $"{_sandbox.StoreUrl}site.json";

    public async ValueTask InitializeAsync() =>
        _sandbox = await FederationSandbox.StartAsync(new SandboxOptions { Projects = 0, Servers = 0 }, Ct);

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task The_document_is_stored_as_JSON_and_read_back()
    {
        using var target = Target();
        await target.PublishAsync(Older, Ct);
        await target.PublishAsync(Document, Ct);

        var stored = _sandbox.Store.Files["/site.json"];
        Assert.Equal("application/json", stored.ContentType);
        Assert.Equal(Document, stored.Content);
        Assert.Equal(Document, await target.ReadAsync(Ct));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task It_is_fetched_for_comparison_unless_the_server_tells_its_hash(bool tells, int requests)
    {
        _sandbox.Store.TellsHash = tells;
        await PublishAsync();

        Assert.Equal(requests, _sandbox.Traffic.Requests(SandboxService.Store));
        Assert.Empty(Warnings());
    }

    [Fact]
    public async Task Nothing_is_published_where_nothing_is()
    {
        using var target = Target();

        Assert.Null(await target.ReadAsync(Ct));
    }

    [Fact]
    public async Task Headers_are_sent_with_each_request()
    {
        _sandbox.Store.Authorization = "Bearer token";
        await PublishAsync(headers: new() { ["Authorization"] = "Bearer token", ["Content-Type"] = "text/json" });

        Assert.Equal("text/json", _sandbox.Store.Files["/site.json"].ContentType);
        Assert.Empty(Warnings());
    }

    [Fact]
    public async Task User_and_password_of_the_URL_become_basic_authorization()
    {
        _sandbox.Store.Authorization = $"Basic {Convert.ToBase64String("me@site:käse/:"u8)}";
        await PublishAsync(Url.Replace("://", "://me%40site:k%C3%A4se%2F%3A@", StringComparison.Ordinal));

        Assert.Equal(Document, _sandbox.Store.Files["/site.json"].Content);
    }

    [Fact]
    public async Task A_header_goes_before_what_the_URL_has()
    {
        _sandbox.Store.Authorization = "Bearer token";
        await PublishAsync(
            Url.Replace("://", "://me:you@", StringComparison.Ordinal),
            new() { ["authorization"] = "Bearer token" }
        );

        Assert.Equal(Document, _sandbox.Store.Files["/site.json"].Content);
    }

    [Fact]
    public async Task A_query_goes_along_and_is_not_shown()
    {
        string? query = null;
        _sandbox.Traffic.Fail(
            Fault("PUT") with
            {
                When = request => (query = request.QueryString.Value) is null,
                Times = int.MaxValue,
            }
        );
        using var target = Target($"{Url}?X-Signature={Secret}%2F");
        await target.PublishAsync(Document, Ct);

        Assert.Equal($"?X-Signature={Secret}%2F", query);
        Assert.Equal(Url, target.Name);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(501)]
    public async Task A_server_that_lets_nobody_read_is_trusted_with_a_warning(int status)
    {
        _sandbox.Traffic.Fail(Fault("GET") with { Status = status, Times = int.MaxValue });
        await PublishAsync();

        Assert.Contains("can't be verified", Assert.Single(Warnings()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_that_comes_back_changed_is_not_published()
    {
        _sandbox.Traffic.Fail(Fault("GET") with { Rewrite = body => [.. body, 10] });

        var failure = await FailAsync();

        Assert.Contains("does not give back what was published", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_was_damaged_on_its_way_is_found_out(bool tellsHash)
    {
        _sandbox.Store.TellsHash = tellsHash;
        _sandbox.Traffic.Fail(Fault("PUT") with { Damage = body => body[..^1] });

        await FailAsync();
    }

    [Theory]
    [InlineData(FaultKind.Answer, 500, "PUT")]
    [InlineData(FaultKind.Answer, 429, "PUT")]
    [InlineData(FaultKind.Answer, 503, "GET")]
    [InlineData(FaultKind.Reset, 0, "PUT")]
    [InlineData(FaultKind.Cut, 201, "PUT")]
    [InlineData(FaultKind.CutChunks, 200, "GET")]
    public async Task What_passes_is_survived(FaultKind kind, int status, string method)
    {
        _sandbox.Traffic.Fail(Fault(method) with { Kind = kind, Status = status, Body = "<html>no</html>", Times = 3 });
        await PublishAsync();

        Assert.Equal(Document, _sandbox.Store.Files["/site.json"].Content);
    }

    [Theory]
    [InlineData(401, "expired")]
    [InlineData(403, "expired")]
    [InlineData(404, "Make the folder")]
    [InlineData(409, "Make the folder")]
    [InlineData(405, "takes no PUT")]
    [InlineData(412, "conditions")]
    [InlineData(418, "what it expects")]
    [InlineData(500, "run again later")]
    [InlineData(507, "no room")]
    public async Task A_refusal_is_told_with_what_to_do_and_without_secrets(int status, string toDo)
    {
        _sandbox.Traffic.Fail(Fault("PUT") with { Status = status, Body = Secret, Times = int.MaxValue });

        var failure = await FailAsync(
            $"{Url.Replace("://", $"://{Secret}:{Secret}@", StringComparison.Ordinal)}?sig={Secret}",
            new() { ["X-Key"] = Secret }
        );

        Assert.Contains(
            $"PUT {Url} was answered with {status} (request req-",
            failure.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(toDo, failure.NextStep, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Secret,
            $"{failure.Message}{failure.NextStep}{string.Concat(_log.Lines)}",
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("//")]
    [InlineData("http://[")]
    [InlineData("http:///nowhere")]
    [InlineData("mailto:me")]
    [InlineData("?sig=" + Secret)]
    [InlineData("//me:" + Secret + "@other.example.org/x")]
    public async Task A_redirect_to_wherever_is_a_refusal_without_secrets(string location)
    {
        _sandbox.Traffic.Fail(
            Fault("PUT") with
            {
                Status = 302,
                When = request => (request.HttpContext.Response.Headers.Location = location).Count > 0,
                Times = int.MaxValue,
            }
        );

        var failure = await FailAsync();

        Assert.StartsWith($"PUT {Url} was answered with 302", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        var time = new StandingTime(TimeProvider.System.GetUtcNow());
        _sandbox.Traffic.Fail(
            Fault("PUT") with
            {
                Kind = FaultKind.Stall,
                Stalled = time.RunOut,
                Times = int.MaxValue,
            }
        );

        var failure = await FailAsync($"{Url}?sig={Secret}", time: time);

        Assert.Contains("gave no whole answer within", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_listen_is_told_by_host_and_port()
    {
        var failure = await FailAsync($"http://127.0.0.1:1/site.json?sig={Secret}");

        Assert.StartsWith(
            "No answer to PUT http://127.0.0.1:1/site.json: 127.0.0.1:1 cannot be reached",
            failure.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_certificate_counts_by_the_CA_that_is_configured()
    {
        var folder = Directory.CreateTempSubdirectory("fedsite-").FullName;
        using var authority = TestAuthority.Create(folder, TimeProvider.System);
        using var server = authority.IssueServer();
        await using var sandbox = await FederationSandbox.StartAsync(
            new SandboxOptions
            {
                Projects = 0,
                Servers = 0,
                Certificate = server.Certificate,
            },
            Ct
        );
        var ca = Path.Combine(folder, "ca.pem");
        await File.WriteAllTextAsync(ca, authority.Certificate.ExportCertificatePem(), Ct);
        var url = new Uri(sandbox.StoreUrl, "site.json");

        using (var trusting = new HttpTarget(url, null, ca, "test", new RecordingTime(), _log))
        {
            await trusting.PublishAsync(Document, Ct);
        }
        using var doubting = new HttpTarget(url, null, null, "test", new RecordingTime(), _log);
        var failure = await Assert.ThrowsAsync<FedSiteException>(() => doubting.PublishAsync(Document, Ct));

        Assert.Contains("not trusted", failure.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("X Key", Secret)]
    [InlineData("", Secret)]
    [InlineData("X-Key", Secret + "\n")]
    [InlineData("X-Key", Secret + "\u00e9")]
    public void What_is_no_header_is_refused_without_its_value(string name, string value)
    {
        var failure = Assert.Throws<FedSiteException>(() => Target(headers: new() { [name] = value }));

        Assert.Equal(ExitCode.Usage, failure.ExitCode);
        Assert.DoesNotContain(Secret, failure.Message, StringComparison.Ordinal);
    }

    private static SandboxFault Fault(string method) =>
        new() { Service = SandboxService.Store, When = request => request.Method == method };

    private IEnumerable<string> Warnings() =>
        _log.Lines.Where(line => line.Contains("verified", StringComparison.Ordinal));

    private HttpTarget Target(
        string? url = null,
        Dictionary<string, string>? headers = null,
        TimeProvider? time = null
    ) => new(new Uri(url ?? Url), headers, cacert: null, "test", time ?? new RecordingTime(), _log);

    private async Task PublishAsync(
        string? url = null,
        Dictionary<string, string>? headers = null,
        TimeProvider? time = null
    )
    {
        using var target = Target(url, headers, time);
        await target.PublishAsync(Document, Ct);
    }

    private Task<FedSiteException> FailAsync(
        string? url = null,
        Dictionary<string, string>? headers = null,
        TimeProvider? time = null
    ) => Assert.ThrowsAsync<FedSiteException>(() => PublishAsync(url, headers, time));
}
