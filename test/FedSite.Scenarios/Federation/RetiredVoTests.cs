using System.Text.Json.Nodes;
using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.Federation;
using FedSite.Federation.Plans;
using FedSite.Federation.Retirement;
using FedSite.Messages;
using FedSite.OpenStack;
using FedSite.OpenStack.Image;
using FedSite.Scenarios.Support;
using FedSite.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Scenarios.Federation;

/// <summary>A VO with servers, a volume, an image and a user leaves the real cloud, to the last stage.</summary>
public sealed class RetiredVoTests : IAsyncLifetime
{
    private readonly string _mark = $"retire-{Guid.CreateVersion7():N}"[..15];
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-retire-").FullName;
    private TestCloud _cloud = null!;
    private OpenStackCloud _client = null!;
    private PlainApi _admin = null!;
    private PlainApi _member = null!;
    private StateDatabase _state = null!;
    private string _project = "";

    private string Vo => $"{_mark}.example.org";

    private string StayingVo => $"stays-{_mark}.example.org";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var file = Environment.GetEnvironmentVariable("FEDSITE_TEST_CLOUD");
        Assert.SkipWhen(file is null, "no real OpenStack: FEDSITE_TEST_CLOUD is not set; ./test.sh sets it");
        _cloud = TestCloud.Load(file!);
        _state = StateDatabase.Open(_folder);
        var admin = _cloud.Accounts["admin"];
        _client = OpenStackCloud.Connect(
            new CloudCredentials
            {
                AuthType = AuthType.Password,
                AuthUrl = _cloud.Keystone,
                Username = admin.Username,
                Password = admin.Password,
                UserDomainName = "Default",
                ProjectName = "admin",
                ProjectDomainName = "Default",
                Origin = "test",
            },
            TimeProvider.System,
            NullLoggerFactory.Instance
        );
        _admin = await PlainApi.LoginToProjectAsync(_cloud, "admin", "admin");
    }

    [Fact]
    public async Task From_first_to_last_stage_each_undone_once()
    {
        var plan = await Plans.PlanAsync(PlanScope.Everything, Token);
        Assert.Empty((await Plans.ApplyAsync(plan, done: null, Token)).Failed.Select(failed => failed.Failure.Message));
        _project = (await _client.Identity.ListProjectsAsync(tag: null, _mark, "default", odd: null, Token))
            .Single()
            .Id;
        var (server, stopped, volume, image, shared) = await FillAsync();

        var owners = await DoAsync(RetirementStage.Owners);
        Assert.Equal((2, 1), Assert.Single(owners.Owners.Select(owner => (owner.Servers, owner.Volumes))));
        Assert.NotNull(owners.Owners[0].Name);

        var mapping = await RulesAsync();
        var group = Plans
            .Store.ReadObjects()
            .Single(thing => thing.Kind == "group" && thing.Name == $"{Vo}@{_mark}")
            .Id;
        await DoAsync(RetirementStage.Unmap);
        Assert.Contains(group, mapping, StringComparison.Ordinal);
        Assert.DoesNotContain(group, await RulesAsync(), StringComparison.Ordinal);
        Assert.Empty((await Plans.PlanAsync(PlanScope.Everything, Token)).Changes);
        await UndoAsync();
        Assert.Equal(mapping, await RulesAsync());
        await DoAsync(RetirementStage.Unmap);

        await DoAsync(RetirementStage.Withdraw);
        Assert.Empty(await MembersAsync(shared));
        await UndoAsync();
        Assert.Equal("accepted", Assert.Single(await MembersAsync(shared)).Status);
        await DoAsync(RetirementStage.Withdraw);

        await DoAsync(RetirementStage.Stop);
        Assert.Equal(("SHUTOFF", "SHUTOFF"), (await StatusAsync(server), await StatusAsync(stopped)));
        await UndoAsync();
        Assert.Equal(("ACTIVE", "SHUTOFF"), (await StatusAsync(server), await StatusAsync(stopped)));
        await DoAsync(RetirementStage.Stop);

        await DoAsync(RetirementStage.Delete);
        Assert.Null(await _client.Image.FindImageAsync(TokenScope.Configured, image, Token));
        Assert.NotNull(await _client.Image.FindImageAsync(TokenScope.Configured, shared, Token));
        Assert.DoesNotContain(volume, (await VolumesAsync()).Select(one => (string?)one!["id"]));

        var undelivered = await PlanAsync(RetirementStage.Accounting);
        Assert.NotEmpty(undelivered.Problems);
        Deliver();
        await DoAsync(RetirementStage.Accounting);

        await DoAsync(RetirementStage.Disable);
        Assert.False((await _client.Identity.FindProjectAsync(_project, Token))!.Enabled);
        Assert.Empty((await Plans.PlanAsync(PlanScope.Everything, Token)).Changes);
        await UndoAsync();
        Assert.True((await _client.Identity.FindProjectAsync(_project, Token))!.Enabled);
        await DoAsync(RetirementStage.Disable);
    }

    private SiteConfig Config =>
        SiteFile
            .Read(
                $$"""
                site: {name: TEST}
                state: {{_folder}}
                messaging:
                  queues:
                    cloud: {spool: {{_folder}}/cloud}
                    storage: {spool: {{_folder}}/storage}
                federation:
                  issuer: "https://{{_mark}}.example.org/"
                  idp: {{_mark}}
                  keystone: {{_cloud.Keystone}}
                  domain: {{_mark}}
                  mapping: {{_mark}}
                vos:
                  - name: {{Vo}}
                    entitlements: ["urn:mace:egi.eu:group:{{Vo}}:role=vm_operator#aai.egi.eu"]
                    projects: [{name: {{_mark}}, domain: Default}]
                  - name: {{StayingVo}}
                    entitlements: ["urn:mace:egi.eu:group:{{StayingVo}}:role=vm_operator#aai.egi.eu"]
                    projects: [{name: stays-{{_mark}}, domain: Default}]
                """,
                "/site.yaml",
                new HostEnvironment(_ => null, "/")
            )
            .Config;

    private FederationPlans Plans => new(Config, _client, _state, TimeProvider.System);

    private AccountingStore Accounting => new(_state, TimeProvider.System);

    private VoRetirements Retirements =>
        new(
            Config,
            _client,
            _state,
            Plans,
            new ProjectDelivery(
                Config,
                Accounting,
                Outbox.Open(Config, TimeProvider.System, NullLoggerFactory.Instance)
            ),
            TimeProvider.System
        );

    private Task<RetirementPlan> PlanAsync(RetirementStage stage) =>
        Retirements.PlanAsync(Vo, stage, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime), Token);

    private async Task<RetirementPlan> DoAsync(RetirementStage stage)
    {
        var plan = await PlanAsync(stage);
        await DoneAsync(plan);
        return plan;
    }

    private async Task UndoAsync() => await DoneAsync(await Retirements.PlanUndoAsync(Vo, Token));

    private async Task DoneAsync(RetirementPlan plan)
    {
        Assert.Empty(plan.Problems);
        var result = await Retirements.DoAsync(plan, done: null, Token);
        Assert.Empty(result.Failed.Select(failed => $"{failed.Action}: {failed.Failure.Message}"));
        Assert.Empty(result.Left);
    }

    /// <summary>Two servers, one of them stopped, a locked one the other; a volume with a snapshot; images.</summary>
    private async Task<(string Server, string Stopped, string Volume, string Image, string Shared)> FillAsync()
    {
        var account = _cloud.Accounts["publisher"];
        var roles = await _admin.GetAsync("identity", "/roles?name=member");
        await _admin.SendAsync(
            HttpMethod.Put,
            "identity",
            $"/projects/{_project}/users/{account.Id}/roles/{roles["roles"]![0]!["id"]}"
        );
        _member = await PlainApi.LoginAsync(_cloud, account, _project);
        var server = await BootAsync();
        var stopped = await BootAsync();
        await _member.SendAsync(HttpMethod.Post, "compute", $"/servers/{stopped}/action", """{"os-stop":null}""");
        await UntilAsync(async () => await StatusAsync(stopped) == "SHUTOFF");
        await _member.SendAsync(HttpMethod.Post, "compute", $"/servers/{server}/action", """{"lock":null}""");
        var volume = await MadeAsync("volumev3", "volume", """{"size":1}""");
        await UntilAsync(async () =>
            (await VolumesAsync()).Any(one => (string?)one!["id"] == volume && (string?)one["status"] == "available")
        );
        await MadeAsync("volumev3", "snapshot", $$"""{"volume_id":"{{volume}}"}""");
        var image = await ImageAsync(TokenScope.Configured, "private");
        await _client.Image.UpdateImageAsync(TokenScope.Configured, image, [ImageChange.Set("owner", _project)], Token);
        var shared = await ImageAsync(TokenScope.Configured, "shared");
        await _client.Image.AddMemberAsync(TokenScope.Configured, shared, _project, Token);
        await _client.Image.SetMemberStatusAsync(TokenScope.Configured, shared, _project, "accepted", Token);
        return (server, stopped, volume, image, shared);
    }

    private async Task<string> BootAsync()
    {
        var flavor = _cloud.Flavors.Values.First(one =>
            one is { Public: true, Deleted: false, Id: not null, ExtraSpecs.Count: 0 }
        );
        var image = _cloud.Images.Values.First(one => one is { Visibility: "public", Status: "active", Hidden: false });
        var made = await _member.SendAsync(
            HttpMethod.Post,
            "compute",
            "/servers",
            $$$"""{"server":{"name":"{{{_mark}}}","flavorRef":"{{{flavor.Id}}}","imageRef":"{{{image.Id}}}","networks":"none"}}""",
            "2.37"
        );
        var id = (string)made!["server"]!["id"]!;
        await UntilAsync(async () => await StatusAsync(id) == "ACTIVE");
        return id;
    }

    private async Task<string> MadeAsync(string service, string kind, string fields) =>
        (string)
            (await _member.SendAsync(HttpMethod.Post, service, $"/{kind}s", $$"""{"{{kind}}":{{fields}}}"""))![kind]![
                "id"
            ]!;

    private async Task<string> ImageAsync(TokenScope scope, string visibility)
    {
        var image = await _client.Image.CreateImageAsync(
            scope,
            new NewImage
            {
                Id = Guid.CreateVersion7().ToString(),
                Name = _mark,
                DiskFormat = "raw",
                Visibility = visibility,
            },
            Token
        );
        return image.Id;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var look = 0; look < 60 && !await holds(); look++)
            await Task.Delay(TimeSpan.FromSeconds(1), Token);
    }

    private async Task<string?> StatusAsync(string id) =>
        (string?)(await _admin.GetAsync("compute", $"/servers/{id}"))["server"]!["status"];

    private async Task<JsonArray> VolumesAsync() =>
        (await _admin.GetAsync("volumev3", $"/volumes/detail?all_tenants=1&project_id={_project}"))[
            "volumes"
        ]!.AsArray();

    private Task<IReadOnlyList<ImageMember>> MembersAsync(string image) =>
        _client.Image.ListMembersAsync(TokenScope.Configured, image, Token);

    private async Task<string> RulesAsync() =>
        (await _client.Identity.Federation.FindMappingAsync(_mark, Token))!.Rules.GetRawText();

    private void Deliver()
    {
        var run = Accounting.StartRun(manual: false);
        Accounting.Advance(
            run,
            [
                .. Config.Accounting.Kinds.Select(kind => new FinishedWindow(
                    new WindowKey("TEST", "", "service", _project, kind.Word()),
                    TimeProvider.System.GetUtcNow().AddMinutes(1),
                    []
                )),
            ]
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await RemoveAllAsync();
            _client.Dispose();
            _admin.Dispose();
            _member?.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task RemoveAllAsync()
    {
        var none = CancellationToken.None;
        foreach (var visibility in new[] { "private", "shared" })
        {
            await foreach (
                var image in _client.Image.ListImagesAsync(
                    TokenScope.Configured,
                    new ImageQuery { Visibility = visibility },
                    none
                )
            )
            {
                if (image.Name == _mark)
                    await _client.Image.DeleteImageAsync(TokenScope.Configured, image.Id, none);
            }
        }

        if (_project.Length > 0)
        {
            await foreach (var server in _client.Compute.ListServersAsAdminAsync(_project, none))
                await _client.Compute.DeleteServerAsync(server.Item!.Id, none);
        }

        var federation = _client.Identity.Federation;
        await federation.DeleteProtocolAsync(_mark, "openid", none);
        await federation.DeleteIdentityProviderAsync(_mark, none);
        await federation.DeleteMappingAsync(_mark, none);
        foreach (var name in new[] { _mark, $"stays-{_mark}" })
        {
            foreach (
                var project in await _client.Identity.ListProjectsAsync(tag: null, name, "default", odd: null, none)
            )
                await _admin.SendAsync(HttpMethod.Delete, "identity", $"/projects/{project.Id}");
        }

        foreach (var domain in (await _client.Identity.ListDomainsAsync(none)).Where(one => one.Name == _mark))
        {
            await _client.Identity.UpdateDomainAsync(domain.Id, new JsonObject { ["enabled"] = false }, none);
            await _admin.SendAsync(HttpMethod.Delete, "identity", $"/domains/{domain.Id}");
        }
    }
}
