using System.Text.Json;
using FedSite.Configuration;
using FedSite.Information;
using FedSite.Information.Documents;
using FedSite.OpenStack;
using FedSite.Sandbox;
using FedSite.Sandbox.World;
using FedSite.State;
using FedSite.TestKit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Tests.Information;

/// <summary>A sandbox cloud whose site is to be described.</summary>
internal sealed class InformationSite : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-").FullName;

    private InformationSite(FederationSandbox sandbox, TimeProvider time)
    {
        Sandbox = sandbox;
        Time = time;
        State = StateDatabase.Open(Path.Combine(_folder, "state"));
        Config = new SiteConfig
        {
            Site = new SiteIdentity { Name = "SANDBOX-SITE" },
            State = State.Folder,
            Information = new InformationConfig { Gocdb = new GocdbConfig { Url = sandbox.GocdbUrl.AbsoluteUri } },
        };
    }

    public FederationSandbox Sandbox { get; }
    public CloudWorld World => Sandbox.World;
    public TimeProvider Time { get; set; }
    public StateDatabase State { get; }
    public SiteConfig Config { get; set; }
    public CollectingLogger Log { get; } = new();

    public InformationConfig Information
    {
        get => Config.Information;
        set => Config = Config with { Information = value };
    }

    /// <summary>The site's account; null: each VO has one of its own.</summary>
    public CloudCredentials? Account { get; set; }

    public string Folder => _folder;

    public static async Task<InformationSite> StartAsync(SandboxOptions options)
    {
        var sandbox = await FederationSandbox.StartAsync(options, CancellationToken.None);
        return new InformationSite(sandbox, options.TimeProvider)
        {
            Account = new CloudCredentials
            {
                AuthType = AuthType.Password,
                AuthUrl = sandbox.KeystoneUrl,
                Username = "accounting",
                Password = CloudWorld.Password,
                UserDomainName = "Default",
                Origin = "test",
            },
        };
    }

    public SiteInformation Open()
    {
        var environment = new HostEnvironment(_ => null, _folder);
        return new SiteInformation(Config, Account, environment, State, Time, new Loggers(Log));
    }

    public async Task<SiteDocument> MakeAsync(params string[] vos)
    {
        using var information = Open();
        return await information.MakeAsync(vos, new Progress<InformationProgress>(), CancellationToken.None);
    }

    /// <summary>The document as its readers get it.</summary>
    public async Task<JsonElement> ReadAsync(params string[] vos) =>
        JsonElement.Parse((await MakeAsync(vos)).ToBytes());

    public async ValueTask DisposeAsync()
    {
        await Sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class Loggers(CollectingLogger log) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName == "FedSite.Information" ? log : NullLogger.Instance;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose() { }
    }
}

internal static class DocumentParts
{
    public static IReadOnlyList<JsonElement> Class(this JsonElement document, string name) =>
        [.. document.GetProperty(name).EnumerateArray()];

    public static JsonElement Only(this JsonElement document, string name) => Assert.Single(document.Class(name));

    public static JsonElement Share(this JsonElement document, string vo) =>
        Assert.Single(
            document.Class("Share"),
            share => share.Text("Name").StartsWith($"{vo} - ", StringComparison.Ordinal)
        );

    public static string Text(this JsonElement value, string member) => value.GetProperty(member).GetString()!;

    public static long Number(this JsonElement value, string member) => value.GetProperty(member).GetInt64();

    public static IReadOnlyList<string> Texts(this JsonElement value, string member) =>
        [.. value.GetProperty(member).EnumerateArray().Select(element => element.GetString()!)];

    public static JsonElement Health(this JsonElement share) => share.GetProperty("OtherInfo").GetProperty("health");

    /// <summary>Parts of a share that are said to be unknown.</summary>
    public static IReadOnlyList<string> FailedParts(this JsonElement share) =>
        share.Health().TryGetProperty("failed", out var failed)
            ? [.. failed.EnumerateArray().Select(failure => failure.Text("part"))]
            : [];
}
