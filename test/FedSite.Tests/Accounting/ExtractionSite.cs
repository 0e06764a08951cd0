using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.Messages;
using FedSite.OpenStack;
using FedSite.Sandbox;
using FedSite.Sandbox.World;
using FedSite.State;
using FedSite.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.Tests.Accounting;

/// <summary>A sandbox cloud, a spool and a state folder to extract with.</summary>
internal sealed class ExtractionSite : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedsite-").FullName;

    private ExtractionSite(FederationSandbox sandbox, TimeProvider time)
    {
        Sandbox = sandbox;
        Time = time;
        State = StateDatabase.Open(Path.Combine(_folder, "state"));
        Store = new AccountingStore(State, time);
        Config = new SiteConfig
        {
            Site = new SiteIdentity { Name = "TEST-SITE" },
            State = State.Folder,
            Messaging = new MessagingConfig
            {
                Queues = new QueuesConfig
                {
                    Cloud = new QueueConfig
                    {
                        Spool = Path.Combine(_folder, "spool"),
                        Topic = "eu-egi-cloud-accounting",
                    },
                    Storage = new QueueConfig
                    {
                        Spool = Path.Combine(_folder, "spool-storage"),
                        Topic = "eu-egi-storage-accounting",
                    },
                },
            },
        };
    }

    public FederationSandbox Sandbox { get; }
    public TimeProvider Time { get; }
    public StateDatabase State { get; }
    public AccountingStore Store { get; }
    public SiteConfig Config { get; set; }
    public CollectingLogger Log { get; } = new();

    public static async Task<ExtractionSite> StartAsync(SandboxOptions options) =>
        new(await FederationSandbox.StartAsync(options, CancellationToken.None), options.TimeProvider);

    public async Task<ExtractionResult> ExtractAsync(ExtractionRequest? request = null)
    {
        using var cloud = Connect();
        var extraction = new Extraction(Config, cloud, Store, Outbox(), Time, Log);
        return await extraction.RunAsync(request ?? new(), new Progress<ExtractionProgress>(), CancellationToken.None);
    }

    /// <summary>How to log in; null: as user <c>accounting</c> with its password.</summary>
    public CloudCredentials? Credentials { get; set; }

    public OpenStackCloud Connect() =>
        OpenStackCloud.Connect(
            Credentials
                ?? new CloudCredentials
                {
                    AuthType = AuthType.Password,
                    AuthUrl = Sandbox.KeystoneUrl,
                    Username = "accounting",
                    Password = CloudWorld.Password,
                    UserDomainName = "Default",
                    Origin = "test",
                },
            Time,
            NullLoggerFactory.Instance
        );

    public Outbox Outbox() => FedSite.Messages.Outbox.Open(Config, Time, NullLoggerFactory.Instance);

    public OutgoingQueue Queue(RecordKind kind = RecordKind.Cloud) => Outbox().QueueOf(kind);

    /// <summary>Records in the spool, in the order in which they would be sent.</summary>
    public List<MessageRecord> Queued(RecordKind kind = RecordKind.Cloud)
    {
        var queue = Queue(kind);
        return
        [
            .. queue
                .Spool.List()
                .Select(name => MessageContent.Parse(File.ReadAllBytes(Path.Combine(queue.Spool.Folder, name))))
                .Where(m => m.Kind == kind)
                .SelectMany(m => m.Records),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await Sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
