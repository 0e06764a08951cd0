using System.Security.Cryptography.X509Certificates;
using FedSite.Sandbox.Ams;
using FedSite.Sandbox.Pki;

namespace FedSite.Sandbox;

/// <summary>A test authority, a host with its certificate, and a messaging service that knows that host.</summary>
public sealed class SandboxMessaging : IAsyncDisposable
{
    public const string HostDn = "/DC=org/DC=example/O=hosts/CN=cloud.example.org";

    private SandboxMessaging(string folder, TimeProvider time)
    {
        var certificates = Path.Combine(folder, "pki");
        RemoveOld(certificates);
        Authority = TestAuthority.Create(certificates, time);
        Host = Authority.IssueHost(HostDn);
        TrustFolder = Path.Combine(folder, "certificates");
        Authority.WriteTrustFolder(TrustFolder);
        using var issued = Authority.IssueServer();
        // TLS on Linux wants a key that came with its certificate.
        ServerCertificate = X509CertificateLoader.LoadPkcs12(issued.Certificate.Export(X509ContentType.Pfx), null);
    }

    public TestAuthority Authority { get; }

    /// <summary>The site's host certificate, registered with AMS for all its topics.</summary>
    public IssuedCertificate Host { get; }

    /// <summary>Folder with the authority's certificate and revocation list, in the layout of IGTF.</summary>
    public string TrustFolder { get; }

    /// <summary>The authority's certificate in that folder.</summary>
    public string CaFile =>
        Path.Combine(TrustFolder, $"{DistinguishedName.OpenSslHash(Authority.Certificate.SubjectName)}.0");

    public AmsSandbox Ams { get; private set; } = null!;

    /// <summary>For all servers of the federation that speak TLS.</summary>
    internal X509Certificate2 ServerCertificate { get; }

    internal static async Task<SandboxMessaging> StartAsync(SandboxOptions options, string folder, CancellationToken ct)
    {
        var messaging = new SandboxMessaging(Path.GetFullPath(folder), options.TimeProvider);
        try
        {
            messaging.Ams = await AmsSandbox.StartAsync(
                new AmsSandboxOptions
                {
                    Certificate = messaging.ServerCertificate,
                    TimeProvider = options.TimeProvider,
                    Port = options.FirstPort == 0 ? 0 : options.FirstPort + 5,
                    AuthPort = options.FirstPort == 0 ? 0 : options.FirstPort + 6,
                },
                ct
            );
        }
        catch
        {
            messaging.DisposeCertificates();
            throw;
        }
        messaging.Ams.Register(messaging.Host.Certificate);
        return messaging;
    }

    // Keys of an earlier sandbox in the same folder, which nobody trusts any more.
    private static void RemoveOld(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }
        foreach (var pattern in (string[])["*.cert.pem", "*.key.pem"])
        {
            foreach (var file in Directory.EnumerateFiles(folder, pattern))
            {
                File.Delete(file);
            }
        }
    }

    private void DisposeCertificates()
    {
        ServerCertificate.Dispose();
        Host.Dispose();
        Authority.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Ams.DisposeAsync();
        DisposeCertificates();
    }
}
