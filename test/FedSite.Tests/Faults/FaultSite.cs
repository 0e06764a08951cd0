using System.Text;
using System.Text.Json;
using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.Messages;
using FedSite.Sandbox;
using FedSite.Sandbox.Ams;
using FedSite.Sandbox.World;
using FedSite.TestKit;
using FedSite.Tests.App;

namespace FedSite.Tests.Faults;

/// <summary>
/// A site of three projects on a cloud and an AMS that can be made to fail, and the program to run on it. The clock
/// stands still: first at noon of a month's last day, later in the month after.
/// </summary>
internal sealed class FaultSite : IAsyncDisposable
{
    private const string Password = "Correct-horse-7";
    private const string StorageTopic = "eu-egi-storage-accounting";

    private readonly int _parallel;
    private readonly string _token;
    private readonly DateTimeOffset _start;

    private FaultSite(MessagingSite messaging, FederationSandbox cloud, StandingTime time, int parallel)
    {
        Messaging = messaging;
        Cloud = cloud;
        Time = time;
        _parallel = parallel;
        _token = messaging.Ams.Register(messaging.Host.Certificate, MessagingSite.Topic, StorageTopic);
        _start = time.GetUtcNow();
        Projects = [.. cloud.World.SeededProjects.OrderBy(p => p.Name, StringComparer.Ordinal)];
    }

    public MessagingSite Messaging { get; }
    public FederationSandbox Cloud { get; }
    public StandingTime Time { get; }

    /// <summary>In the order in which they are read.</summary>
    public IReadOnlyList<SandboxProject> Projects { get; }

    /// <summary>The project that a fault of one project hits: the second one.</summary>
    public SandboxProject Victim => Projects[1];

    /// <summary>Kinds of records that the site makes.</summary>
    public static IReadOnlyList<RecordKind> Kinds { get; } = Enum.GetValues<RecordKind>();

    /// <summary>Files of the spools other than those that were sent.</summary>
    public IEnumerable<string> Leftovers =>
        Spools
            .SelectMany(spool => Directory.EnumerateFiles(spool.Folder, "*", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/sent/", StringComparison.Ordinal));

    /// <summary>Texts that were delivered, in order, then those that wait or were set aside.</summary>
    private IEnumerable<string> DeliveredAndQueued =>
        Messaging.DeliveredTexts.Concat(
            Spools.SelectMany(spool =>
                spool
                    .List()
                    .Select(name => Path.Combine(spool.Folder, name))
                    .Concat(spool.ListSetAside().Select(spool.PathOfSetAside))
                    .Select(File.ReadAllText)
            )
        );

    /// <summary>Requests that a fault has hit.</summary>
    public long Failures => Cloud.Traffic.Failures + Messaging.Ams.Traffic.Failures;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<FaultSite> StartAsync(int parallel = 1)
    {
        // Certificates must be good for the real clock as well, so the month is the present one.
        var month = UsageWindow.MonthStart(TimeProvider.System.GetUtcNow());
        var time = new StandingTime(month.AddHours(-12));
        var messaging = await MessagingSite.StartAsync(Stop, time);
        var options = new SandboxOptions
        {
            Servers = 30,
            MaxLimit = 4,
            VolumesPerProject = 2,
            TimeProvider = time,
            AccountingReadsSystem = true,
        };
        var cloud = await FederationSandbox.StartAsync(options, Stop);
        cloud.World.Put(cloud.World.Accounting with { Password = Password });
        var site = new FaultSite(messaging, cloud, time, parallel);
        site.WriteConfiguration();
        return site;
    }

    /// <summary>Runs the program in this process.</summary>
    public async Task<FaultRun> RunAsync(string command)
    {
        using var terminal = new TestTerminal { Time = Time };
        var exit = await terminal.RunAsync($"{command} --output json --config {ConfigFile}");
        return new FaultRun(exit, terminal.Out, terminal.Error);
    }

    /// <summary>A run that must end well.</summary>
    public async Task GoodRunAsync(string more = "")
    {
        var run = await RunAsync($"accounting publish {more}");
        Assert.True(run.Exit is ExitCode.Done, run.ToString());
    }

    /// <summary>The time of the run after so many rounds of <see cref="LiveOn"/>.</summary>
    public DateTimeOffset At(int round) => _start.AddHours(round == 0 ? 0 : 23 + round);

    /// <summary>
    /// Time passes, and things happen: in each project one machine ends, one is stopped, one starts, and an address is
    /// given back. The first time, machines do so in either month.
    /// </summary>
    public void LiveOn(int round)
    {
        var before = Time.GetUtcNow();
        Time.MoveTo(At(round));
        foreach (var (number, project) in Projects.Index())
        {
            if (Cloud.World.FloatingIps.Of(project.Id).FirstOrDefault() is { } address)
            {
                Cloud.World.FloatingIps.Remove(address.Id);
            }
            var alive = Cloud.World.Servers(project.Id).Where(s => !s.Deleted && s.LaunchedAt is not null).ToList();
            Happen(project, alive, round, number, before.AddMinutes(20));
            if (round == 1)
            {
                Happen(project, alive[2..], round + 16, number, At(1).AddMinutes(-20));
            }
        }
    }

    public void Fail(SandboxFault fault) =>
        (fault.Service is SandboxService.Ams or SandboxService.AmsTokens ? Messaging.Ams.Traffic : Cloud.Traffic).Fail(
            fault
        );

    /// <summary>Forgets the token of AMS, so that the next run asks for one.</summary>
    public void ForgetToken()
    {
        foreach (var file in Directory.EnumerateFiles(Messaging.StatePath, "ams-token-*"))
        {
            File.Delete(file);
        }
    }

    /// <summary>Puts back into the queue what was set aside, or drops what younger messages have replaced.</summary>
    public async Task TakeBackSetAsideAsync()
    {
        foreach (var name in Spools.SelectMany(spool => spool.ListSetAside()).ToList())
        {
            var retried = await RunAsync($"messages retry {name}");
            if (retried.Exit is not ExitCode.Done)
            {
                Assert.Contains("drop", retried.Error, StringComparison.Ordinal);
                var dropped = await RunAsync($"messages drop {name} --yes");
                Assert.True(dropped.Exit is ExitCode.Done, retried.Error + dropped.Error);
            }
        }
    }

    /// <summary>The run ended in a way that is foreseen, and told no secret.</summary>
    public void AssertSound(FaultRun run)
    {
        Assert.Contains(run.Exit, (ExitCode[])[ExitCode.Done, ExitCode.Failed, ExitCode.Partly]);
        var all = run.Output + run.Error;
        // How tokens of Keystone begin.
        foreach (var word in (string[])["Unexpected", "Exception", Password, "gAAAAA", _token])
        {
            Assert.DoesNotContain(word, all, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(all, letter => char.IsControl(letter) && letter != '\n');
    }

    /// <summary>Each kind of records of each project.</summary>
    public IEnumerable<(SandboxProject Project, RecordKind Kind)> Windows =>
        Projects.SelectMany(_ => Kinds, (project, kind) => (project, kind));

    /// <summary>Windows are good until the time of a run, and all records of that time were queued.</summary>
    public void AssertStateIsTrue(IReadOnlyList<Repository> undisturbed, int rounds)
    {
        var held = Repository.Load(DeliveredAndQueued);
        foreach (var (project, kind) in Windows)
        {
            var good = GoodUntil(project.Id, kind);
            var round = Enumerable.Range(0, rounds + 1).Single(r => At(r) == good);
            Assert.Empty(undisturbed[round].SubjectsOf(kind, project.Name).Except(held.SubjectsOf(kind, project.Name)));
        }
    }

    /// <summary>The end of the last good window.</summary>
    public DateTimeOffset? GoodUntil(string project, RecordKind kind) =>
        new AccountingStore(Messaging.Database, Time).GoodUntil(
            new WindowKey("TEST-SITE", FederationSandbox.Region, "cloud.example.org", project, kind.Word())
        );

    public async Task StopFailingAsync()
    {
        await Cloud.Traffic.StopFailingAsync();
        await Messaging.Ams.Traffic.StopFailingAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Cloud.DisposeAsync();
        await Messaging.DisposeAsync();
    }

    private IEnumerable<Spool> Spools => [new(Messaging.SpoolPath, Time), new(StorageSpool, Time)];

    private string StorageSpool => Messaging.SpoolPath + "-storage";

    private string ConfigFile => Path.Combine(Messaging.Folder, "site.yaml");

    private void Happen(SandboxProject project, List<SandboxServer> alive, int round, int number, DateTimeOffset at)
    {
        Cloud.World.Advance(alive[0].Id, "DELETED", at);
        Cloud.World.Advance(alive[1].Id, alive[1].Status == "SHUTOFF" ? "ACTIVE" : "SHUTOFF", at);
        Cloud.World.Put(
            alive[1] with
            {
                Id = new Guid(round, (short)number, 0, [0, 0, 0, 0, 0, 0, 0, 1]),
                Name = $"new-{round}",
                Status = "ACTIVE",
                ProjectId = project.Id,
                Created = at,
                Updated = at,
                LaunchedAt = at,
            }
        );
    }

    private void WriteConfiguration() =>
        File.WriteAllText(
            ConfigFile,
            $$"""
            site: {name: TEST-SITE, service: cloud.example.org}
            openstack:
              auth_type: v3password
              auth:
                auth_url: {{Cloud.KeystoneUrl}}
                username: accounting
                password: {{Password}}
                user_domain_name: Default
                system_scope: all
              region_name: {{FederationSandbox.Region}}
            vos:
              - {name: {{Projects[0].Name}}, projects: ["{{Projects[0].Name}}@Default"]}
            accounting: {parallel: {{_parallel}}, kinds: [cloud, accelerator, ip, storage]}
            messaging:
              certificate: {{Messaging.Host.CertificateFile}}
              key: {{Messaging.Host.KeyFile}}
              trust: {{Messaging.TrustPath}}
              ams: {host: {{AmsSandbox.Host}}, port: {{Messaging.Ams.Port}}, auth_port: {{Messaging.Ams.AuthPort}}}
              queues:
                cloud: {spool: {{Messaging.SpoolPath}}, topic: {{MessagingSite.Topic}}, records: 20}
                storage: {spool: {{StorageSpool}}, topic: {{StorageTopic}}}
            state: {{Messaging.StatePath}}

            """
        );
}

/// <summary>What a run of the program came to.</summary>
internal sealed record FaultRun(ExitCode Exit, string Output, string Error)
{
    private readonly JsonElement _document = JsonElement.Parse(Output);

    /// <summary>Null: nothing was extracted.</summary>
    public JsonElement? Extraction =>
        _document.TryGetProperty("extraction", out var found) && found.ValueKind is JsonValueKind.Object ? found : null;

    public IReadOnlyList<JsonElement> Projects => List(Extraction, "projects");
    public IReadOnlyList<JsonElement> NotAccounted => List(Extraction, "notAccounted");
    public long Quarantined => Extraction?.GetProperty("quarantined").GetInt64() ?? 0;
    public IReadOnlyList<JsonElement> Sending => List(_document, "sending");

    /// <summary>All that is told to have failed.</summary>
    public IReadOnlyList<string> Complaints =>
        [
            .. List(_document, "errors").Select(e => e.GetProperty("message").GetString()!),
            .. Projects.Select(ErrorOf).OfType<string>(),
            .. NotAccounted.Select(p => p.GetProperty("reason").GetString()!),
            .. Sending.Select(q => q.TryGetProperty("stopped", out var why) ? why.GetString() : null).OfType<string>(),
            .. Sending.SelectMany(q => List(q, "setAside")).Select(m => m.GetProperty("reason").GetString()!),
        ];

    public override string ToString() =>
        new StringBuilder().AppendLine($"{Exit}").Append(Output).Append(Error).ToString();

    public static string? ErrorOf(JsonElement project) =>
        project.TryGetProperty("error", out var error) ? error.GetString() : null;

    private static List<JsonElement> List(JsonElement? parent, string name) =>
        parent is { } p && p.TryGetProperty(name, out var list) ? [.. list.EnumerateArray()] : [];
}
