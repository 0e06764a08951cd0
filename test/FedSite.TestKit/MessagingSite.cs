using System.Security.Cryptography.X509Certificates;
using System.Text;
using FedSite.Ams;
using FedSite.Configuration;
using FedSite.Grid;
using FedSite.Messages;
using FedSite.Sandbox.Ams;
using FedSite.Sandbox.Pki;
using FedSite.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedSite.TestKit;

/// <summary>A site with a host certificate, a queue and an AMS of its own, in a temporary folder.</summary>
public sealed class MessagingSite : IAsyncDisposable
{
    public const string Topic = "eu-egi-cloud-accounting";
    public const string HostDn = "/DC=org/DC=example/O=hosts/CN=cloud.example.org";

    private readonly List<string> _texts = [];

    private MessagingSite(string folder, TimeProvider time)
    {
        Folder = folder;
        Time = time;
        Authority = TestAuthority.Create(Path.Combine(folder, "ca"), time, key: TestKey.Ec);
        Authority.WriteTrustFolder(TrustPath);
        Trust = TrustFolder.Load(TrustPath);
        Host = Authority.IssueHost(HostDn, new CertificateTerms { Key = TestKey.Ec });
        Credential = HostCredential.Load(Host.CertificateFile, Host.KeyFile, time);
        Database = StateDatabase.Open(StatePath);
        Queue = OpenQueue();
    }

    public string Folder { get; }
    public string SpoolPath => Path.Combine(Folder, "spool");
    public string StatePath => Path.Combine(Folder, "state");
    public string TrustPath => Path.Combine(Folder, "trust");
    public TimeProvider Time { get; }
    public TestAuthority Authority { get; }
    public TrustFolder Trust { get; }
    public IssuedCertificate Host { get; }
    public HostCredential Credential { get; }
    public StateDatabase Database { get; }
    public OutgoingQueue Queue { get; }
    public AmsSandbox Ams { get; private set; } = null!;

    public AmsConfig AmsConfig =>
        new()
        {
            Host = AmsSandbox.Host,
            Port = Ams.Port,
            AuthPort = Ams.AuthPort,
        };

    /// <summary>Texts that AMS has, in order, each with its signature checked once.</summary>
    public IReadOnlyList<string> DeliveredTexts
    {
        get
        {
            lock (_texts)
            {
                _texts.AddRange(Ams.Delivered.Skip(_texts.Count).Select(TextOf));
                return [.. _texts];
            }
        }
    }

    /// <summary>Starts AMS, with the host registered.</summary>
    public static async Task<MessagingSite> StartAsync(
        CancellationToken cancellationToken,
        TimeProvider? time = null,
        Func<AmsSandboxOptions, AmsSandboxOptions>? options = null
    )
    {
        var site = new MessagingSite(
            Directory.CreateTempSubdirectory("messaging").FullName,
            time ?? new HurriedTime(TimeSpan.Zero)
        );
        using var server = site.Authority.IssueServer();
        var certificate = X509CertificateLoader.LoadPkcs12(server.Certificate.Export(X509ContentType.Pfx), null);
        var defaults = new AmsSandboxOptions { Certificate = certificate };
        site.Ams = await AmsSandbox.StartAsync(options?.Invoke(defaults) ?? defaults, cancellationToken);
        site.Ams.Register(site.Host.Certificate, Topic);
        return site;
    }

    /// <summary>Writes a <c>site.yaml</c> for the program and returns its path.</summary>
    public string WriteSiteFile()
    {
        var file = Path.Combine(Folder, "site.yaml");
        File.WriteAllText(
            file,
            $$"""
            site: {name: EXAMPLE-SITE}
            messaging:
              certificate: {{Host.CertificateFile}}
              key: {{Host.KeyFile}}
              trust: {{TrustPath}}
              ams: {host: {{AmsSandbox.Host}}, port: {{Ams.Port}}, auth_port: {{Ams.AuthPort}}}
              queues:
                cloud: {spool: {{SpoolPath}}, topic: {{Topic}}}
            state: {{StatePath}}

            """
        );
        return file;
    }

    /// <summary>The queue, as a process of its own would open it.</summary>
    public OutgoingQueue OpenQueue() =>
        new("cloud", new QueueConfig { Spool = SpoolPath, Topic = Topic }, StateDatabase.Open(StatePath), Time);

    public AmsClient Connect(AmsConfig? config = null, HostCredential? credential = null) =>
        AmsClient.Connect(config ?? AmsConfig, credential ?? Credential, Trust, StatePath, Time);

    public async Task<SendReport> SendAsync(CancellationToken cancellationToken, AmsConfig? config = null)
    {
        using var ams = Connect(config);
        var sender = new Sender(OpenQueue(), ams, Credential, Time, NullLogger<Sender>.Instance);
        return await sender.SendAsync(progress: null, cancellationToken);
    }

    public async Task<string> EnqueueAsync(string text, CancellationToken cancellationToken, int records = 1) =>
        (
            await Queue.EnqueueAsync(
                [
                    new MessageDraft
                    {
                        Kind = RecordKind.Cloud,
                        Records = records,
                        Text = Encoding.ASCII.GetBytes(text),
                    },
                ],
                cancellationToken
            )
        )[0];

    public async ValueTask DisposeAsync()
    {
        await Ams.DisposeAsync();
        Credential.Dispose();
        Host.Dispose();
        Authority.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private string TextOf(DeliveredMessage message) =>
        SignedMessage.Verify(message.Data, Trust, Time.GetUtcNow()) is { IsValid: true } check
            ? Encoding.ASCII.GetString(check.Text.Span)
            : throw new InvalidDataException($"Message {message.Id} is not signed as it should be.");
}
