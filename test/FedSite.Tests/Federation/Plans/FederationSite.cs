using System.Text.Json.Nodes;
using FedSite.Configuration;
using FedSite.Federation;
using FedSite.Federation.Plans;
using FedSite.OpenStack;
using FedSite.Sandbox;
using FedSite.Sandbox.World;
using FedSite.State;
using FedSite.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Tests.Federation.Plans;

/// <summary>A sandbox's cloud, the administrator's account, a state folder, and a <c>site.yaml</c> that may change.</summary>
internal sealed class FederationSite : IAsyncDisposable
{
    public const string Access = "urn:mace:egi.eu:group:vo.access.egi.eu:role=vm_operator#aai.egi.eu";

    public const string Yaml = """
        site: {name: TEST}
        federation:
          provider: checkin-demo
          keystone: https://keystone.example.org:5000/v3
          auditors: ["urn:mace:egi.eu:group:cloud.egi.eu:role=auditor#aai.egi.eu"]
          accounting_user: {name: accounting}
        vos:
          - name: vo.access.egi.eu
            entitlements: ["urn:mace:egi.eu:group:vo.access.egi.eu:role=vm_operator#aai.egi.eu"]
            projects: [{name: access, domain: Default}]
          - name: biomed
            entitlements: ["urn:mace:egi.eu:group:biomed:role=vm_operator#aai.egi.eu"]
            projects: [{name: biomed-here, domain: Default, roles: [member, reader]}]

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-plan-").FullName;
    private readonly StateDatabase _state;
    private readonly List<OpenStackCloud> _clients = [];

    private FederationSite(FederationSandbox sandbox)
    {
        Sandbox = sandbox;
        _state = StateDatabase.Open(_folder);
        Cloud = Connect();
    }

    public FederationSandbox Sandbox { get; }
    public CloudWorld World => Sandbox.World;
    public OpenStackCloud Cloud { get; private set; }
    public string Text { get; set; } = Yaml;
    public StateDatabase State => _state;
    public SiteConfig Config => Load(Text);
    public VoTable Table => new(_state, TimeProvider.System);
    public FederationPlans Plans => new(Load(Text), Cloud, _state, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<FederationSite> StartAsync(SandboxOptions? options = null) =>
        new(await FederationSandbox.StartAsync(options ?? new SandboxOptions { Servers = 12 }, Token));

    /// <summary>A connection that has no token yet.</summary>
    public OpenStackCloud Connect()
    {
        var credentials = new CloudCredentials
        {
            AuthType = AuthType.Password,
            AuthUrl = Sandbox.KeystoneUrl,
            Username = World.Admin.Name,
            Password = World.Admin.Password,
            UserDomainName = "Default",
            ProjectName = "admin",
            ProjectDomainName = "Default",
            Origin = "test",
        };
        var time = new HurriedTime(TimeSpan.FromMilliseconds(1));
        var cloud = OpenStackCloud.Connect(credentials, time, NullLoggerFactory.Instance);
        _clients.Add(cloud);
        return cloud;
    }

    public void Reconnect() => Cloud = Connect();

    public Task<Plan> PlanAsync(PlanScope? scope = null) => Plans.PlanAsync(scope ?? PlanScope.Everything, Token);

    /// <summary>Plans and applies; all changes succeed.</summary>
    public async Task<Plan> ApplyAsync(PlanScope? scope = null)
    {
        var plan = await PlanAsync(scope);
        var result = await Plans.ApplyAsync(plan, done: null, Token);
        Assert.Empty(result.Failed.Select(failed => failed.Failure.Message));
        return plan;
    }

    public Task<ApplyResult> TryApplyAsync(Plan plan) => Plans.ApplyAsync(plan, done: null, Token);

    /// <summary>A private flavor <c>g1.xlarge</c> in the cloud, and in the file, for the first VO.</summary>
    public void GiveFlavor(string flavors)
    {
        Text = Yaml + flavors;
        Replace("  - name: biomed", "    flavors: [g1.xlarge]\n  - name: biomed");
        PutFlavor();
    }

    /// <summary>The flavor <c>g1.xlarge</c> of the cloud anew.</summary>
    public void PutFlavor(params (string Key, string Value)[] specs) =>
        World.Put(
            new SandboxFlavor
            {
                Id = "g1",
                Name = "g1.xlarge",
                Vcpus = 8,
                Ram = 65536,
                Disk = 80,
                IsPublic = false,
                ExtraSpecs = specs.ToDictionary(spec => spec.Key, spec => spec.Value),
            }
        );

    /// <param name="service">Of it alone.</param>
    /// <param name="after">So many requests of it go well first.</param>
    /// <param name="isDone">It does what was asked, and fails then.</param>
    public void FailRequest(SandboxService service, long after, bool isDone, FaultKind kind, int status)
    {
        var seen = 0L;
        Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = service,
                When = _ => seen++ == after,
                Times = 1,
                Done = isDone,
                Kind = kind,
                Status = status,
            }
        );
    }

    public static IEnumerable<string> Lines(Plan plan) =>
        plan.Changes.Select(change => $"{change.Action} {change.Kind} {change.Name}");

    /// <summary>Changes <c>site.yaml</c>.</summary>
    public void Replace(string old, string @new) => Text = Text.Replace(old, @new, StringComparison.Ordinal);

    /// <summary>An identity provider and a protocol as a site makes them by hand.</summary>
    public async Task PutProtocolAsync(string mapping)
    {
        var federation = Cloud.Identity.Federation;
        var fields = new JsonObject
        {
            ["enabled"] = true,
            ["remote_ids"] = new JsonArray(OpenIdProvider.CheckinDemoIssuer),
            ["domain_id"] = World.Domains.Single(domain => domain.Name == "egi.eu").Id,
        };
        await federation.PutIdentityProviderAsync("egi.eu", fields, exists: false, Token);
        await federation.PutProtocolAsync("egi.eu", "openid", mapping, exists: false, Token);
    }

    private static SiteConfig Load(string text)
    {
        var environment = new HostEnvironment(_ => null, "/");
        return SiteFile.Read(text, "/site.yaml", environment).Config;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        await Sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
