using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.Federation.Retirement;
using FedSite.Messages;
using FedSite.Sandbox;
using FedSite.Sandbox.World;
using FedSite.TestKit;
using FedSite.Tests.Federation.Plans;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Tests.Federation.Retirement;

/// <summary>A site whose VO <see cref="Vo"/> leaves, with a seeded project of its own; biomed stays.</summary>
internal sealed class LeavingSite : IAsyncDisposable
{
    public const string Vo = "vo.access.egi.eu";

    private readonly FederationSite _site;

    private LeavingSite(FederationSite site)
    {
        _site = site;
        Project = site.World.SeededProjects.First().Id;
        Projects.Add(Project);
        Other = site.World.SeededProjects.Last().Id;
        // Seeded projects name VOs of their own.
        foreach (var project in site.World.SeededProjects.ToList())
            site.World.Put(project with { Properties = new Dictionary<string, IReadOnlyList<string>>() });
        site.Replace("{name: access, domain: Default}", $"{{id: {Project}}}");
    }

    public FederationSite Site => _site;
    public CloudWorld World => _site.World;

    /// <summary>Id of the VO's project, which has servers.</summary>
    public string Project { get; }

    /// <summary>Ids of the VO's projects.</summary>
    public List<string> Projects { get; } = [];

    /// <summary>Id of a project of no VO, which has servers.</summary>
    public string Other { get; }

    public DateOnly Today { get; } = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    public SiteConfig Config =>
        _site.Config with
        {
            State = _site.State.Folder,
            Messaging = _site.Config.Messaging with
            {
                Queues = new QueuesConfig
                {
                    Cloud = new() { Spool = Path.Combine(_site.State.Folder, "cloud"), Topic = "cloud" },
                    Storage = new() { Spool = Path.Combine(_site.State.Folder, "storage"), Topic = "storage" },
                },
            },
        };

    public Outbox Outbox => Outbox.Open(Config, TimeProvider.System, NullLoggerFactory.Instance);

    public AccountingStore Accounting => new(_site.State, TimeProvider.System);

    public RetirementStore Store => _site.Plans.Retirements;

    public VoRetirements Retirements =>
        new(
            Config,
            _site.Cloud,
            _site.State,
            _site.Plans,
            new ProjectDelivery(Config, Accounting, Outbox),
            new HurriedTime(TimeSpan.FromMilliseconds(1))
        );

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="servers">In three projects.</param>
    public static async Task<LeavingSite> StartAsync(int servers = 60)
    {
        var site = new LeavingSite(await FederationSite.StartAsync(new SandboxOptions { Servers = servers }));
        await site.Site.ApplyAsync();
        return site;
    }

    public IEnumerable<SandboxServer> Servers(string? project = null) =>
        World.Servers(project ?? Project).Where(server => !server.Deleted);

    public Task<RetirementPlan> PlanAsync(RetirementStage stage) => Retirements.PlanAsync(Vo, stage, Today, Token);

    /// <summary>Does one stage wholly.</summary>
    public async Task<RetirementPlan> DoAsync(RetirementStage stage)
    {
        var plan = await PlanAsync(stage);
        Assert.Empty(plan.Problems);
        var result = await Retirements.DoAsync(plan, done: null, Token);
        Assert.Empty(result.Failed.Select(failed => failed.Failure.Message));
        Assert.Empty(result.Left);
        Assert.Equal(stage, Store.Find(Vo)!.Stage);
        return plan;
    }

    public async Task ReachAsync(RetirementStage stage)
    {
        foreach (var one in RetirementStages.All.Where(one => one <= stage))
        {
            if (one == RetirementStage.Accounting)
                Deliver();
            await DoAsync(one);
        }
    }

    public async Task<RetirementPlan> UndoAsync()
    {
        var plan = await Retirements.PlanUndoAsync(Vo, Token);
        Assert.Empty(plan.Problems);
        Assert.True((await Retirements.DoAsync(plan, done: null, Token)).IsWhole);
        return plan;
    }

    /// <summary>Ends after its first action as a killed process does.</summary>
    public async Task KillAsync(RetirementPlan plan) =>
        await Assert.ThrowsAnyAsync<Exception>(() =>
            Retirements.DoAsync(plan, _ => throw new InvalidOperationException("killed"), Token)
        );

    /// <summary>As an accounting run does that reads until an hour from now.</summary>
    public void Deliver(double hours = 1)
    {
        var run = Accounting.StartRun(manual: false);
        var until = TimeProvider.System.GetUtcNow().AddHours(hours);
        Accounting.Advance(
            run,
            [
                .. Projects.SelectMany(project =>
                    Config.Accounting.Kinds.Select(kind => new FinishedWindow(
                        new WindowKey("TEST", "", "service", project, kind.Word()),
                        until,
                        []
                    ))
                ),
            ]
        );
    }

    public IReadOnlyList<Guid> Ids(string status) =>
        [.. Servers().Where(server => server.Status == status).Select(server => server.Id).Order()];

    /// <summary>The VO has another project, with servers.</summary>
    public async Task TakeSecondProjectAsync()
    {
        var second = World.SeededProjects.ElementAt(1).Id;
        Projects.Add(second);
        Site.Replace($"{{id: {Project}}}", $"{{id: {Project}}}, {{id: {second}}}");
        await Site.ApplyAsync();
    }

    public void TakeOutOfFile()
    {
        var start = Site.Text.IndexOf($"  - name: {Vo}", StringComparison.Ordinal);
        var end = Site.Text.IndexOf("  - name: ", start + 1, StringComparison.Ordinal);
        Site.Text = end < 0 ? Site.Text[..start].Replace("vos:", "vos: []") : Site.Text.Remove(start, end - start);
    }

    /// <summary>Another VO has the project too.</summary>
    public void ShareProject() =>
        Site.Text += $"information:\n  vos:\n    - name: other.example.org\n      projects: [{Project}]\n";

    /// <summary>An image of this project.</summary>
    public string Image(
        string owner,
        string visibility,
        bool isProtected = false,
        params (string Status, string Project)[] members
    )
    {
        var image = World.Images.First() with
        {
            Id = Guid.CreateVersion7().ToString(),
            Name = "of a test",
            OwnerId = owner,
            Visibility = visibility,
            Protected = isProtected,
            Members = members.ToDictionary(member => member.Project, member => member.Status),
        };
        World.Put(image);
        return image.Id;
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();
}
