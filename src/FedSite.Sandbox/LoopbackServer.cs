using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FedSite.Sandbox;

/// <summary>One Kestrel on one port of 127.0.0.1.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LoopbackServer(WebApplication app, Uri url)
    {
        _app = app;
        Url = url;
    }

    /// <summary><c>http://127.0.0.1:PORT</c>, or <c>https</c> when a certificate was given.</summary>
    public Uri Url { get; }

    /// <summary>
    /// Listens on a port (0: a free one), with TLS when there is a certificate (with its private key). Any client
    /// certificate is let in: the handler judges it.
    /// </summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<LoopbackServer> StartAsync(
        int port,
        X509Certificate2? certificate,
        ClientCertificateMode clientCertificates,
        RequestDelegate handler,
        CancellationToken ct
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 << 20;
            kestrel.Listen(IPAddress.Loopback, port, listen => Configure(listen, certificate, clientCertificates));
        });
        var app = builder.Build();
        app.Run(handler);
        try
        {
            await app.StartAsync(ct);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        return new LoopbackServer(app, new Uri(app.Urls.First()));
    }

    private static void Configure(
        ListenOptions listen,
        X509Certificate2? certificate,
        ClientCertificateMode clientCertificates
    )
    {
        // HTTP/1.1 alone, as the services of an OpenStack speak it.
        listen.Protocols = HttpProtocols.Http1;
        if (certificate is null)
        {
            return;
        }
        listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = clientCertificates;
            https.ClientCertificateValidation = (_, _, _) => true;
        });
    }

    /// <summary>Leaves Ctrl-C and SIGTERM to the program; the default would swallow them.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        // Connections of a client that is still busy are cut, not waited for.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        try
        {
            await _app.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // Said so above.
        }
        await _app.DisposeAsync();
    }
}
