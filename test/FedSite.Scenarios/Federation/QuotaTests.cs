using System.Text.Json.Nodes;
using FedSite.Configuration;
using FedSite.Federation.Plans;
using FedSite.Federation.Quotas;
using FedSite.OpenStack;
using FedSite.Scenarios.Support;
using FedSite.State;
using FedSite.TestKit.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Scenarios.Federation;

/// <summary>Quotas of a new project on the real OpenStack: applied, seen by each service, and enforced.</summary>
public sealed class QuotaTests : IAsyncLifetime
{
    private const string AdminScope = """{"project":{"name":"admin","domain":{"name":"Default"}}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-quota-").FullName;
    private readonly string _vo = $"quota-{Guid.CreateVersion7():N}.example.org";
    private readonly List<string> _made = [];
    private TestCloud _test = null!;
    private ContractCloud _cloud = null!;
    private RawCloud _raw = null!;
    private string _admin = "";
    private string _member = "";
    private string _project = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _test = Require.Cloud();
        _cloud = ContractCloud.Read(Environment.GetEnvironmentVariable("FEDSITE_TEST_CLOUD")!);
        _raw = new RawCloud(_cloud);
        _admin = await _raw.TokenAsync(_cloud.Admin, AdminScope, Ct);
    }

    [Fact]
    public async Task Quotas_are_seen_and_enforced_by_each_service()
    {
        await ApplyAsync(
            "{instances: 1, cores: 2, ram: 4GiB, volumes: 1, volume_storage: 3GiB, floating_ips: 1, networks: 1, images: 1, image_storage: 1GiB}"
        );
        await EnterAsync();

        await ServersAsync();
        await OneTooManyAsync("volumev3", "/volumes", """{"volume":{"name":"quota","size":1}}""", "volume", 413);
        await OneTooManyAsync("network", "/v2.0/networks", """{"network":{"name":"quota"}}""", "network", 409);
        var external = _test.Networks["public"].Id;
        await OneTooManyAsync(
            "network",
            "/v2.0/floatingips",
            $$$"""{"floatingip":{"floating_network_id":"{{{external}}}"}}""",
            "floatingip",
            409
        );
        var image = """{"name":"quota","disk_format":"raw","container_format":"bare"}""";
        await OneTooManyAsync("image", "/v2/images", image, key: null, 413);
        await SeenAsync();
        await BelowUseAsync();
        await CinderRefusesAsync();
    }

    private FederationPlans Plans(OpenStackCloud cloud, StateDatabase state, string quota) =>
        new(Site(quota), cloud, state, TimeProvider.System);

    private SiteConfig Site(string quota) =>
        SiteFile
            .Read(
                $$"""
                site: {name: TEST}
                federation: {provider: checkin-demo, keystone: "{{_cloud.KeystoneUrl}}", domain: Default}
                vos:
                  - name: {{_vo}}
                    entitlements: []
                    projects: [{name: {{_vo}}, domain: Default, quota: {{quota}}}]

                """,
                "/site.yaml",
                new HostEnvironment(_ => null, "/")
            )
            .Config;

    private static PlanScope Scope => new(PlanPart.Vos, Vo: null, Prune: false);

    private async Task ApplyAsync(string quota)
    {
        using var cloud = Connect();
        var state = StateDatabase.Open(_folder);
        var plans = Plans(cloud, state, quota);
        var plan = await plans.PlanAsync(Scope, Ct);
        Assert.Empty(plan.Problems.Select(problem => problem.Message));
        Assert.Empty(plan.Findings.Select(finding => finding.Message));
        var result = await plans.ApplyAsync(plan, done: null, Ct);
        Assert.Empty(result.Failed.Select(failed => failed.Failure.Message));
        var left = await plans.PlanAsync(Scope, Ct);
        Assert.Empty(left.Changes.Select(change => $"{change.Kind} {change.Name}"));
    }

    /// <summary>As the admin, in the project.</summary>
    private async Task EnterAsync()
    {
        var keystone = _cloud.KeystoneUrl;
        var projects = (await _raw.GetAsync($"{keystone}/projects?name={_vo}", _admin, Ct)).Json["projects"]!;
        _project = (string)projects[0]!["id"]!;
        var roles = (await _raw.GetAsync($"{keystone}/roles?name=admin", _admin, Ct)).Json["roles"]!;
        var user = (string)
            (await _raw.LogInAsync(RawCloud.Password(_cloud.Admin, AdminScope), Ct)).Json["token"]!["user"]!["id"]!;
        var grant = $"{keystone}/projects/{_project}/users/{user}/roles/{roles[0]!["id"]}";
        Assert.Equal(204, (await _raw.SendAsync("PUT", grant, _admin, null, Ct)).Status);
        _member = await _raw.TokenAsync(_cloud.Admin, RawCloud.ProjectScope(_project), Ct);
    }

    private async Task ServersAsync()
    {
        var flavor = _test.Flavors["tiny"].Id;
        var image = _test.Images["plain"].Id;
        await OneTooManyAsync(
            "compute",
            "/servers",
            $$$"""{"server":{"name":"quota","flavorRef":"{{{flavor}}}","imageRef":"{{{image}}}","networks":"none"}}""",
            "server",
            403
        );
    }

    /// <summary>The first one is made, the second refused.</summary>
    /// <param name="key">Of the answer; null: it is the thing itself.</param>
    private async Task OneTooManyAsync(string service, string path, string body, string? key, int refusal)
    {
        var url = $"{await UrlAsync(service)}{path}";
        var first = await PostAsync(url, body);
        Assert.True(first.Status is 200 or 201 or 202, $"{url}: {first.Status} {first.Text}");
        var id = (string)(key is null ? first.Json : first.Json[key]!)["id"]!;
        _made.Add($"{url}/{id}");
        await IsCountedAsync(service, $"{url}/{id}");
        var second = await PostAsync(url, body);
        if (second.Status < 300)
            _made.Add($"{url}/{(string?)(key is null ? second.Json : second.Json[key]!)["id"]}");
        Assert.True(second.Status == refusal, $"{url}: {second.Status} {second.Text}");
    }

    /// <summary>Nova counts a server once its cell has it.</summary>
    private async Task IsCountedAsync(string service, string url)
    {
        var deadline = TimeProvider.System.GetUtcNow().AddMinutes(2);
        while (
            service == "compute"
            && (string?)(await _raw.GetAsync(url, _member, Ct)).Json["server"]?["status"] != "ACTIVE"
        )
        {
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, $"{url} does not become active");
            await Task.Delay(500, Ct);
        }
    }

    private Task<RawAnswer> PostAsync(string url, string body) =>
        url.Contains("/servers", StringComparison.Ordinal)
            ? _raw.SendAsync("POST", url, _member, body, Ct, ("OpenStack-API-Version", "compute 2.90"))
            : _raw.SendAsync("POST", url, _member, body, Ct);

    private async Task<string> UrlAsync(string service) =>
        (await _raw.EndpointAsync(service, Ct)).Replace(_cloud.ProjectId, _project, StringComparison.Ordinal);

    private async Task SeenAsync()
    {
        using var cloud = Connect();
        var read = await new VoQuotaReader(cloud).ReadAsync(Site("{cores: 1}").Vos, only: null, Ct);
        var seen = read.Quotas.ToDictionary(quota => quota.Quota, quota => (quota.Limit, quota.Used));

        Assert.Empty(read.Warnings);
        Assert.Equal((1, 1), seen["instances"]);
        Assert.Equal((4096, 512), seen["ram"]);
        Assert.Equal((1, 1), seen["volumes"]);
        Assert.Equal((3, 1), seen["volume_storage"]);
        Assert.Equal((1, 1), seen["floating_ips"]);
        Assert.Equal((1, 1), seen["networks"]);
        Assert.Equal((1, 1), seen["images"]);
        Assert.Equal(1024, seen["image_storage"].Limit);
        Assert.True(read.Quotas.Single(quota => quota.Quota == "cores").Share > 0);
        var usage = await _raw.GetAsync($"{await UrlAsync("image")}/v2/info/usage", _member, Ct);
        Assert.Equal(1024, (int)usage.Json["usage"]!["image_size_total"]!["limit"]!);
    }

    /// <summary>Less than there is of it needs force, and then all take it but Cinder.</summary>
    private async Task BelowUseAsync()
    {
        const string Quota = "{instances: 0, floating_ips: 0, images: 0}";
        using var cloud = Connect();
        var state = StateDatabase.Open(_folder);
        var plans = Plans(cloud, state, Quota);

        Assert.Equal(3, (await plans.PlanAsync(Scope, Ct)).Problems.Count);
        var plan = await plans.PlanAsync(Scope with { Force = true }, Ct);
        var result = await plans.ApplyAsync(plan, done: null, Ct);
        Assert.Empty(result.Failed.Select(failed => failed.Failure.Message));
        Assert.Empty((await plans.PlanAsync(Scope, Ct)).Changes);
    }

    private async Task CinderRefusesAsync()
    {
        var admin = (string)
            (await _raw.LogInAsync(RawCloud.Password(_cloud.Admin, AdminScope), Ct)).Json["token"]!["project"]!["id"]!;
        var cinder = (await _raw.EndpointAsync("volumev3", Ct)).Replace(
            _cloud.ProjectId,
            admin,
            StringComparison.Ordinal
        );
        var url = $"{cinder}/os-quota-sets/{_project}";
        var refused = await _raw.SendAsync("PUT", url, _admin, """{"quota_set":{"volumes":0}}""", Ct);

        Assert.Equal(400, refused.Status);
    }

    private OpenStackCloud Connect() =>
        OpenStackCloud.Connect(
            _cloud.Credentials(_cloud.Admin) with
            {
                ProjectName = "admin",
                ProjectDomainName = "Default",
            },
            TimeProvider.System,
            NullLoggerFactory.Instance
        );

    public async ValueTask DisposeAsync()
    {
        foreach (var url in _made)
            await _raw.SendAsync("DELETE", url, _member, null, CancellationToken.None);
        var keystone = _cloud.KeystoneUrl;
        foreach (var kind in (string[])["groups", "projects"])
        {
            var found = await _raw.GetAsync($"{keystone}/{kind}?name={_vo}", _admin, CancellationToken.None);
            foreach (var thing in found.Json[kind]!.AsArray())
                await _raw.SendAsync(
                    "DELETE",
                    $"{keystone}/{kind}/{thing!["id"]}",
                    _admin,
                    null,
                    CancellationToken.None
                );
        }
        _raw.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
