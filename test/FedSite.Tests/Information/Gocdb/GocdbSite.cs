using FedSite.Configuration;
using FedSite.Information.Gocdb;
using FedSite.Sandbox;
using FedSite.Sandbox.Gocdb;
using FedSite.State;
using FedSite.TestKit;

namespace FedSite.Tests.Information.Gocdb;

/// <summary>The sandbox's site asks its GOCDB; the clock stands on 2026-11-20, 12:00.</summary>
internal sealed class GocdbSite : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-gocdb-").FullName;

    private GocdbSite(FederationSandbox sandbox, StandingTime time)
    {
        Sandbox = sandbox;
        Time = time;
        Config = new GocdbConfig { Url = sandbox.GocdbUrl.AbsoluteUri };
        Endpoint = sandbox.KeystoneUrl;
        State = StateDatabase.Open(_folder);
    }

    public FederationSandbox Sandbox { get; }
    public StandingTime Time { get; }
    public GocdbConfig Config { get; set; }
    public string Name { get; set; } = SandboxGocdb.Site;
    public Uri Endpoint { get; set; }
    public StateDatabase? State { get; set; }
    public CollectingLogger Log { get; } = new();
    public long Requests => Sandbox.Traffic.Requests(SandboxService.Gocdb);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<GocdbSite> StartAsync()
    {
        var time = new StandingTime(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        return new(
            await FederationSandbox.StartAsync(new SandboxOptions { Servers = 0, TimeProvider = time }, Ct),
            time
        );
    }

    public Task<GocdbAnswer> AskAsync() => new GocdbRegistry(Config, Name, Endpoint, State, Time, Log).AskAsync(Ct);

    /// <summary>The service as it is, and otherwise.</summary>
    public void Register(Func<RegisteredService, RegisteredService> change) =>
        Sandbox.Gocdb.Put(change(Sandbox.Gocdb.Own));

    /// <summary>From an hour ago until in an hour.</summary>
    public RegisteredDowntime Downtime(RegisteredService? service = null) =>
        new()
        {
            Service = service ?? Sandbox.Gocdb.Own,
            Start = Time.GetUtcNow().AddHours(-1),
            End = Time.GetUtcNow().AddHours(1),
        };

    public void Fail(SandboxFault? fault = null, string method = "") =>
        Sandbox.Traffic.Fail(
            (fault ?? new SandboxFault { Service = SandboxService.Gocdb }) with
            {
                Times = int.MaxValue,
                When = request => request.QueryString.Value!.Contains(method, StringComparison.Ordinal),
            }
        );

    public void Answer(string body, string method = "", string type = "application/xml") =>
        Fail(
            new SandboxFault
            {
                Service = SandboxService.Gocdb,
                Status = 200,
                Body = body,
                ContentType = type,
            },
            method
        );

    public async ValueTask DisposeAsync()
    {
        await Sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
